"""Single words of a line: numbers, times, ports, paths, one of some words."""

import re
from typing import Callable, List, NamedTuple, Optional, Tuple

from rempart_agent.said import SaidError

MAX_INT = 0x7FFFFFFF


class Refused(SaidError):
    """sshd does not start with this; ``sure`` is False where the model can't tell."""

    def __init__(self, sentence: str, /, sure: bool = True, **values: object) -> None:
        """Keep the reason.

        Args:
            sentence: See ``SaidError``.
            sure: False where sshd may take it on another system.
            values: See ``SaidError``.
        """
        super().__init__(sentence, **values)
        self.sure = sure


class Arguments(NamedTuple):
    """What one line gives an option.

    Attributes:
        option: The option, by the name that ``sshd -T`` prints.
        words: Its words.
        raw: The rest of the line as written.
        version: OpenSSH's version.
        folder: The working directory of sshd, which relative paths belong to.
        vendor: Whether the build may know more names of algorithms than the model.
        active: False in a Match block while sshd starts, when some values are not looked at.
    """

    option: str
    words: List[str]
    raw: str
    version: Tuple[int, int]
    folder: str = "/"
    vendor: bool = False
    active: bool = True


def one(a: Arguments) -> str:
    """Return the only word.

    Raises:
        Refused: There is none, or more than one.
    """
    if not a.words or not a.words[0]:
        raise Refused("a value is missing")
    if len(a.words) > 1:
        raise Refused("more words than it takes")
    return a.words[0]


def some(a: Arguments) -> List[str]:
    """Return the words, of which there is one at least and none empty.

    Raises:
        Refused: There is none, or an empty one.
    """
    if not a.words or "" in a.words:
        raise Refused("a value is missing")
    return a.words


def choice(**names: str) -> Callable[[Arguments], List[str]]:
    """Return what takes one of some words, in any case, each with what it is printed as.

    What is returned raises ``Refused`` for any other word.
    """

    def parse(a: Arguments) -> List[str]:
        word = one(a).lower().replace("-", "_")
        if word not in names or "_" in a.words[0]:
            raise Refused("unsupported value {words}", words=a.words[0])
        return [names[word]]

    return parse


flag = choice(yes="yes", no="no")
forwarding = choice(yes="yes", no="no", all="yes", remote="remote", local="local")


def whole(text: str) -> int:
    """Return a number as strtonum reads it.

    Raises:
        Refused: It is none.
    """
    if not re.match(r"[ \t\n\v\f\r]*[+-]?[0-9]{1,18}\Z", text) or not 0 <= int(text) <= MAX_INT:
        raise Refused("no number: {text}", text=text)
    return int(text)


def port(text: str, least: int = 1) -> int:
    """Return a port; names of services are /etc/services' business.

    Args:
        text: As it is written.
        least: The smallest that is taken.

    Raises:
        Refused: It is none.
    """
    try:
        found = whole(text)
    except Refused:
        raise Refused("a port by name: {text}", text=text, sure=not re.match(r"[A-Za-z]", text)) from None
    if not least <= found <= 65535:
        raise Refused("no port: {text}", text=text)
    return found


def seconds(text: str) -> Optional[int]:
    """Return a time of sshd_config(5) ("TIME FORMATS", ``1h30m``) in seconds, or None where it is none."""
    if not re.match(r"(?:[0-9]{1,10}[smhdwSMHDW])*[0-9]{1,10}[smhdwSMHDW]?\Z", text):
        return None
    unit = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    total = sum(int(n) * unit[u.lower()] for n, u in re.findall(r"([0-9]+)([smhdwSMHDW]?)", text))
    return total if total <= MAX_INT else None


def time(text: str) -> int:
    """Return a time in seconds.

    Raises:
        Refused: It is none.
    """
    found = seconds(text)
    if found is None:
        raise Refused("no time: {text}", text=text)
    return found


def home(text: str) -> str:
    """Return a path that lies in nobody's home directory.

    Raises:
        Refused: It lies in one, which differs by account.
    """
    if text.startswith("~"):
        raise Refused("a path in a home directory: {text}", text=text, sure=False)
    return text


def path(a: Arguments) -> List[str]:
    """Return a path; sshd puts a relative one below its working directory."""
    word = home(one(a))
    if word.lower() == "none":
        return ["none"]
    return [word if word.startswith("/") else a.folder + "/" + word]
