"""Text in two languages, and text that comes from a machine and is not trusted."""

from collections.abc import Iterable
from typing import NamedTuple


class Text(NamedTuple):
    """A text that people read, in English and French."""

    en: str
    fr: str

    def get(self, language: str) -> str:
        """Return the text in ``language`` (``en`` or ``fr``)."""
        return self.fr if language == "fr" else self.en


NOTHING = Text("", "")


def same(text: str) -> Text:
    """Return a text that has one language only, or none: what a program or an endpoint says."""
    return Text(text, text)


def join(texts: Iterable[Text]) -> Text:
    """Return texts as one, with semicolons between them."""
    some = list(texts)
    return Text("; ".join(one.en for one in some), " ; ".join(one.fr for one in some))


_SHOWN = "\ufffd"
_UNSAFE = dict.fromkeys(
    [
        *range(0x20),  # C0 controls, but for the tab and the line feed below
        *range(0x7F, 0xA0),  # DEL and C1 controls
        *(0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF),
        *range(0xD800, 0xE000),  # lone surrogates
        *(0xFFFE, 0xFFFF),  # what no XML may hold
        *range(0xE0000, 0xE0080),  # tags: text that nobody sees
    ],
    _SHOWN,
)
del _UNSAFE[0x09], _UNSAFE[0x0A]
_UNSAFE_LINE = _UNSAFE | {0x09: " ", 0x0A: "⏎", 0x0D: "⏎"}


def clean(text: str) -> str:
    """Return untrusted text without controls, lone surrogates and invisible characters; line feeds and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(_UNSAFE)


def clean_line(text: str) -> str:
    """Return untrusted text as one clean line: as ``clean``, with line ends shown as ``⏎``."""
    return text if text.isascii() and text.isprintable() else text.translate(_UNSAFE_LINE)


def quiet_json(text: str) -> str:
    r"""Return JSON that says the same and harms no log that it is printed into, nor needs more than UTF-8.

    ``##`` stands in strings only; with its second half as ``\\u0023`` no build service finds a command in it. Lone
    surrogates, which UTF-8 can't hold, become escapes as well.
    """
    text = text.replace("##", "#\\u0023")
    if text.isascii():
        return text
    import re

    return re.sub("[\ud800-\udfff\x85\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", text)


def defang(text: str) -> str:
    r"""Return ``text`` such that no build service takes a part of it for a command; what is broken shows a ``\``.

    A pipe's log is read for commands, and a report is often printed into one. Azure Pipelines and GitHub look for
    ``##vso[`` and ``##[`` anywhere in a line, TeamCity for ``##teamcity[``, GitHub for ``::name …::`` at a line's
    beginning, and GitLab and Azure upload the file that ``[[ATTACHMENT|path]]`` names in a JUnit text. Names with
    colons between words (``APT::Periodic``) and IPv6 addresses (``::1``) stay as they are.

    The text must be clean already (:func:`clean`), and what is wrapped must be defanged again line by line.

    Sources: actions/runner ``ActionCommand.cs``; microsoft/azure-pipelines-agent ``Command.cs``; TeamCity "Service
    Messages"; GitLab "Unit test reports".
    """
    if "::" not in text and "##" not in text and "[[" not in text:
        return text
    import re

    text = re.sub(r"##(?=\[|vso\[|teamcity\[)|\[(?=\[attachment\|)", lambda m: m[0] + "\\", text, flags=re.IGNORECASE)
    return re.sub(_COLONS, lambda m: "\\".join(m[0]), text, flags=re.IGNORECASE)


# two colons or more that no word stands before and a name follows, unless that is the rest of an IPv6 address
_COLONS = r"(?<![\w:]):{2,}(?=[a-z_-])(?![0-9a-f]{1,4}(?![\w-])(?!.*::))"
