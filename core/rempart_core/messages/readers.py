"""What the readers of an endpoint say where they can't read a source, in every language.

They run where no catalogue is, so their sentences are their own ids: English with a name for each value. Here they are
known in French; a sentence that is not known here comes from elsewhere, and stays data.
"""

from functools import cache
from importlib import import_module

from rempart_core.messages.message import Message, Value

MARK = "readers: "
"""What the id of such a message begins with; the sentence follows."""

AREAS = (
    "parts",
    "whys_firewall",
    "whys_sshd",
    "whys_rights",
    "whys_services",
    "whys_shell",
    "whys_packages",
    "whys_boot",
    "disks",
    "filesystems",
    "containers",
    "windows",
    "formats",
    "readers",
    "tables",
    "devices",
    "network",
    "system",
)
"""The modules of ``messages/fr/readers``, in the order in which a sentence is looked for."""

_DEEPEST = 40  # sentences within sentences: a list of reasons is one
_LONGEST = 2_000  # characters of a value


@cache
def _texts(area: str) -> dict[str, str]:
    found: dict[str, str] = import_module(f"rempart_core.messages.fr.readers.{area}").TEXTS
    return found


def _find(sentence: str) -> str | None:
    """Return a sentence in French; None where it is not known. Modules beyond the one that has it are not loaded."""
    return next((text for area in AREAS if (text := _texts(area).get(sentence)) is not None), None)


def sentences() -> dict[str, str]:
    """Return all sentences, English to French."""
    return {english: french for area in reversed(AREAS) for english, french in _texts(area).items()}


def text_of(id_: str, language: str) -> str:
    """Return the text of a reader's message.

    Args:
        id_: ``MARK`` and the sentence.
        language: ``en`` or ``fr``.

    Raises:
        KeyError: The sentence is not known.
    """
    sentence = id_[len(MARK) :]
    french = _find(sentence)
    if french is None:
        raise KeyError(sentence)
    return french if language == "fr" else sentence


def message_of_said(said: object) -> Message | None:
    """Return what an error of an endpoint says as a message; None where it is no sentence that is known here.

    Args:
        said: ``SourceError.said``, perhaps through JSON, from an endpoint that is not trusted.
    """
    found = _read(said, _DEEPEST)
    return found if isinstance(found, Message) else None


def message_or_theirs(said: object, text: str) -> Message:
    """Return what an error says as a message; its English words, marked as another's, where it is not known here.

    Args:
        said: See ``message_of_said``.
        text: Its English words.
    """
    return message_of_said(said) or Message("text.theirs", text=text)


def _read(said: object, depth: int) -> Value | None:
    """Return the message; the sentence as data where it is not known and holds no values; else None."""
    if not isinstance(said, (list, tuple)) or len(said) != 2 or not depth:
        return None
    sentence, given = said
    if not isinstance(sentence, str) or not isinstance(given, dict):
        return None
    if _find(sentence) is None:
        return sentence[:_LONGEST] if not given else None
    values: dict[str, Value] = {}
    for name, value in given.items():
        one = value if isinstance(value, (str, int)) else _read(value, depth - 1)
        if one is None or isinstance(one, bool):
            return None
        values[str(name)] = one[:_LONGEST] if isinstance(one, str) else one
    message = Message.__new__(Message)  # names come from a stranger: not all of them are names of arguments
    message.id, message.values = MARK + sentence, values
    return message if _whole(message) else None


def _whole(message: Message) -> bool:
    """Tell whether a message has a value wherever one stands."""
    from rempart_core.messages.say import Place, template

    return all(not isinstance(part, Place) or part.name in message.values for part in template(message.id, "en"))
