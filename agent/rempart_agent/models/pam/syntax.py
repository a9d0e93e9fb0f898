"""PAM's files, line by line and word by word, as libpam takes them apart.

Sources: Linux-PAM 1.7.0 ``libpam_internal/pam_line.c`` and ``libpam/pam_misc.c`` (``_pam_tokenize``,
``_pam_parse_control``); 1.5.2 ``libpam/pam_handlers.c`` (``_pam_assemble_line``), which joins lines differently.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.said import SaidError

CODES = re.findall(
    r"\w+",
    "success open_err symbol_err service_err system_err buf_err perm_denied auth_err cred_insufficient "
    "authinfo_unavail user_unknown maxtries new_authtok_reqd acct_expired session_err cred_unavail "
    "cred_expired cred_err no_module_data conv_err authtok_err authtok_recover_err authtok_lock_busy "
    "authtok_disable_aging try_again ignore abort authtok_expired module_unknown bad_item conv_again "
    "incomplete ",
)
"""The names of what a module can return, in the order of their numbers (``pam_tokens.h``)."""
SUCCESS = 0
PERM_DENIED = CODES.index("perm_denied")

IGNORE, OK, DONE, BAD, DIE, RESET = 0, -1, -2, -3, -4, -5
"""What a control makes of a return code; a number above 0 is a jump."""
ACTIONS = (("ignore", IGNORE), ("ok", OK), ("done", DONE), ("bad", BAD), ("die", DIE), ("reset", RESET))

_BLANK = " \n\t"
_SPACE = " \t\n\v\f\r"
LONGEST_OLD = 1000  # of the 1024 bytes that Linux-PAM before 1.6 has for a line
_LARGEST = 2**31 - 1
_NAMES = (*CODES, "default")


class Unclear(SaidError):
    """What libpam makes of it can't be told."""


class Line(NamedTuple):
    """One line of a file: its number, and its words. A word in ``[]`` has lost them."""

    number: int
    words: Tuple[str, ...]


class File(NamedTuple):
    """A file as libpam reads it.

    Attributes:
        lines: Its lines.
        whole: False where it ends within a line that is continued: libpam then refuses the service.
    """

    lines: Tuple[Line, ...]
    whole: bool


def read(text: str, old: bool = False) -> File:
    """Return what libpam reads in a file.

    Args:
        text: The file.
        old: As Linux-PAM before 1.6 joins lines.

    Raises:
        Unclear: a byte or a length that libpam itself stumbles over.
    """
    if "\0" in text:
        raise Unclear("a NUL byte")
    pieces = [piece + "\n" for piece in text.split("\n")]
    pieces[-1] = pieces[-1][:-1]
    if not pieces[-1]:
        pieces.pop()
    lines: List[Line] = []
    whole = True
    for number, line in _old(pieces) if old else _new(pieces):
        if line is None:
            whole = False
        else:
            lines.append(Line(number, tuple(words(line))))
    return File(tuple(lines), whole)


def _new(pieces: List[str]) -> Iterator[Tuple[int, Optional[str]]]:
    joined: Optional[str] = None
    first, goes_on = 1, False
    for number, piece in enumerate(pieces, 1):
        first = first if goes_on else number
        bare = piece.rstrip(_BLANK)
        escaped = bare.endswith("\\")
        line = bare[:-1] + " " if escaped else piece
        ends = not escaped or "#" in line
        line = line.lstrip(" \t")
        visible = line.split("#", 1)[0]
        if not ends:
            joined = line if joined is None and line else (joined + line if joined is not None else None)
            goes_on = True
            continue
        if joined is not None or (visible and visible[0] != "\n"):
            joined = (joined or "") + visible
        if joined:
            yield first, joined
        joined, goes_on = None, False
    if goes_on:
        yield first, None


def _old(pieces: List[str]) -> Iterator[Tuple[int, Optional[str]]]:
    joined = ""
    first = 0
    for number, piece in enumerate(pieces, 1):
        line = piece.lstrip(_BLANK)
        if not line or line[0] == "#":
            continue
        first = first or number
        bare = line.rstrip(_BLANK)
        goes_on = "#" not in line and bare.endswith("\\")
        joined += bare[:-1] + " " if goes_on else line.split("#", 1)[0]
        if len(joined.encode("utf-8", "surrogateescape")) > LONGEST_OLD:
            raise Unclear("a line longer than Linux-PAM before 1.6 reads")
        if not goes_on:
            yield first, joined
            joined, first = "", 0
    if first:
        yield first, None


def words(line: str) -> Iterator[str]:
    r"""Return the words of a line; ``[…]`` is one word, without its brackets, and ``\]`` within it is ``]``."""
    at, end = 0, len(line)
    while True:
        while at < end and line[at] in _BLANK:
            at += 1
        if at >= end:
            return
        if line[at] == "[":
            word, at = _bracketed(line, at + 1)
            yield word
        else:
            start = at
            while at < end and line[at] not in _BLANK:
                at += 1
            yield line[start:at]
        at += 1


def _bracketed(line: str, at: int) -> Tuple[str, int]:
    end = at
    while end < len(line) and line[end] != "]":
        end += 2 if line.startswith("\\]", end) else 1
    return line[at:end].replace("\\]", "]"), end


def _shorthand(success: int, otherwise: int, ignore: int) -> Tuple[int, ...]:
    made = [otherwise] * len(CODES)
    made[SUCCESS] = made[CODES.index("new_authtok_reqd")] = success
    made[CODES.index("ignore")] = ignore
    return tuple(made)


ALL_BAD = (BAD,) * len(CODES)
SHORTHANDS = {
    "required": _shorthand(OK, BAD, IGNORE),
    "requisite": _shorthand(OK, DIE, IGNORE),
    "optional": _shorthand(OK, IGNORE, IGNORE),
    "sufficient": _shorthand(DONE, IGNORE, IGNORE),
}


_KNOWN: Dict[str, Tuple[int, ...]] = {}
_MOST_KNOWN = 1000


def control(word: str) -> Tuple[int, ...]:
    """Return the action for each return code, by number. A control that libpam can't parse makes all of them bad."""
    found = _KNOWN.get(word)
    if found is None:
        found = SHORTHANDS.get(word.lower()) or _parsed(word)
        if len(_KNOWN) < _MOST_KNOWN:
            _KNOWN[word] = found
    return found


def _parsed(word: str) -> Tuple[int, ...]:
    actions: List[Optional[int]] = [None] * len(CODES)
    rest = word.lstrip(_SPACE)
    while rest:
        name = next((n for n in _NAMES if rest.startswith(n)), None)
        if name is None:
            return ALL_BAD
        rest = rest[len(name) :].lstrip(_SPACE)
        if not rest.startswith("="):
            return ALL_BAD
        rest = rest[1:].lstrip(_SPACE)
        action = next(((n, a) for n, a in ACTIONS if rest.startswith(n)), None)
        if action is None:
            number = re.match("[0-9]+", rest)
            value = int(number.group()) if number and len(number.group()) < 1000 else 0
            if number is None or not 0 < value <= _LARGEST:
                return ALL_BAD
            action = number.group(), value
        rest = rest[len(action[0]) :].lstrip(_SPACE)
        for code, known in enumerate(CODES):
            if known == name or (name == "default" and actions[code] is None):
                actions[code] = action[1]
    return tuple(BAD if a is None else a for a in actions)
