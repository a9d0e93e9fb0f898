"""Reads where apt takes packages from: one line an entry, and the deb822 format (sources.list(5))."""

import re
from typing import Dict, Iterator, Union

from rempart_agent.models.apt.word import WORD, Refused, plain, truth
from rempart_agent.models.deb822 import stanzas

MAX_SOURCES = 10_000  # of one stanza: types × URIs × suites

Entry = Dict[str, Union[str, int, float, None]]
"""What an entry says, by the columns of the table ``rempart_apt_sources``."""
_BRACKETS = re.compile(r"\s*\[([^\]]*)\]")


def parse_lines(text: str, path: str = "sources.list") -> Iterator[Entry]:
    """Parse the format of one line an entry.

    Args:
        text: All of the file.
        path: What it is called in entries.

    Raises:
        Refused: an entry without a URI or a suite, at which apt stops too.
    """
    for number, raw in enumerate(text.split("\n"), 1):
        line = _uncommented(raw).strip()
        if not line:
            continue
        kind, _, rest = line.replace("\t", " ").partition(" ")
        options: Dict[str, str] = {}
        found = _BRACKETS.match(rest)
        if found:
            rest = rest[found.end() :]
            for option in found.group(1).split():
                name, _, value = option.partition("=")
                options[name.lower()] = plain(value)
        words = [plain(word) for word in WORD.findall(rest)]
        if len(words) < 2:
            raise Refused("{path}:{number}: an entry without a URI and a suite", path=path, number=number)
        row: Entry = {"line": number, "format": "list", "type": kind, "uri": words[0], "suite": words[1]}
        yield {**row, "components": " ".join(words[2:]), **_options(options)}


def parse_stanzas(text: str, path: str = "sources.list.d") -> Iterator[Entry]:
    """Parse the deb822 format.

    Args:
        text: All of the file.
        path: What it is called in entries.

    Raises:
        Refused: a stanza without types, URIs or suites, at which apt stops too; or one that multiplies.
    """
    for number, fields in stanzas(text):
        kinds, uris, suites = (fields.get(name, "").split() for name in ("types", "uris", "suites"))
        if not (kinds and uris and suites):
            raise Refused("{path}:{number}: a stanza without types, URIs or suites", path=path, number=number)
        if len(kinds) * len(uris) * len(suites) > MAX_SOURCES:
            raise Refused(
                "{path}:{number}: a stanza of more than {max_sources} sources",
                path=path,
                number=number,
                max_sources=MAX_SOURCES,
            )
        trust = _options(fields)
        components = " ".join(fields.get("components", "").split())
        for kind in kinds:
            for uri in uris:
                for suite in suites:
                    row: Entry = {"line": number, "format": "deb822", "type": kind, "uri": uri, "suite": suite}
                    yield {**row, "components": components, **trust}


def _options(options: Dict[str, str]) -> Entry:
    signed_by = options.get("signed-by", "")
    return {
        "enabled": int(_switch(options.get("enabled", "")) != "no"),
        "trusted": _switch(options.get("trusted", "")),
        "allow_insecure": _switch(options.get("allow-insecure", "")),
        "allow_weak": _switch(options.get("allow-weak", "")),
        "allow_downgrade": _switch(options.get("allow-downgrade-to-insecure", "")),
        "architectures": _architectures(options),
        "signed_by": "embedded" if "BEGIN PGP" in signed_by else " ".join(signed_by.split()),
    }


def _architectures(options: Dict[str, str]) -> str:
    """Return what an entry says of architectures: ``amd64 +i386 -armhf``."""
    said = []
    for names, sign in (
        (("arch", "architectures"), ""),
        (("arch+", "architectures-add"), "+"),
        (("arch-", "architectures-remove"), "-"),
    ):
        for name in names:
            said += [sign + one for one in options.get(name, "").replace(",", " ").split()]
    return " ".join(said)


def _switch(value: str) -> str:
    said = truth(value.strip())
    return "" if said is None else "yes" if said else "no"


def _uncommented(line: str) -> str:
    """Return a line up to the first ``#`` that stands in no brackets."""
    at = 0
    while at < len(line) and line[at] != "#":
        end = line.find("]", at) if line[at] == "[" else -1
        at = max(at, end) + 1
    return line[:at]
