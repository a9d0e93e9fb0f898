r"""Command lines of a service: systemd.service(5), config_parse_exec of src/core/load-fragment.c."""

import functools
import re
from typing import List, NamedTuple, Optional, Protocol, Tuple

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.syntax import Assignment
from rempart_agent.said import SaidError

KEYS = ("ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost")
_BLANK = " \t\n\r"
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " "}
_UNSAFE = re.compile("[\0-\x1f\"'\\\\\x7f]")


class Refused(SaidError, ValueError):
    """A command line that systemd refuses: the unit is ``bad-setting``, or its drop-in ends there.

    Attributes:
        before: The commands of the line that stand before what is refused: they count.
    """

    before: "Tuple[Command, ...]" = ()


class Command(NamedTuple):
    """One command.

    Attributes:
        program: What is run.
        arguments: What it is given, its own name first.
        text: As it is written, with its prefixes.
    """

    program: str
    arguments: Tuple[str, ...]
    text: str


class Loaded(Protocol):
    """A unit, as ``load`` gives it."""

    @property
    def called(self) -> str:
        """Its names."""

    @property
    def settings(self) -> Tuple[Assignment, ...]:
        """Its assignments."""


def expanded(text: str, unit: Loaded) -> str:
    """Return a value with what its specifiers stand for; those that only a running system knows stay as they are.

    Args:
        text: The value.
        unit: The unit that it stands in.
    """
    return _expanded(text, unit.called)


def _expanded(text: str, name: str) -> str:
    try:
        return names.expand(text, name)
    except ValueError:
        return text


def lines(unit: Loaded, key: str) -> List[str]:
    """Return the command lines of a setting (``ExecStart``) that count, as they are written, specifiers replaced.

    Args:
        unit: The unit.
        key: The setting.
    """
    return list(dict.fromkeys(one.text for one in commands(unit.settings, key, unit.called)))


def commands(settings: "Tuple[Assignment, ...]", key: str, name: str) -> List[Command]:
    """Return the commands of a setting (``ExecStart``) that count.

    Args:
        settings: The unit's, in order.
        key: The setting.
        name: The unit's.
    """
    found: List[Command] = []
    for setting in settings:
        if setting.section == "Service" and setting.key == key:
            try:
                found = [*found, *parse(setting.value, name)] if setting.value else []
            except Refused as error:
                found = [*found, *error.before]
    return found


def parse(value: str, name: str) -> List[Command]:
    """Read a value of ``ExecStart=``, which may hold several commands parted by ``;``.

    Args:
        value: As it is written.
        name: The unit's.

    Raises:
        Refused: systemd refuses it.
    """
    return list(_parse(value, name))


@functools.lru_cache(maxsize=4096)  # asked for what is started, for the program and for whether it loads
def _parse(value: str, name: str) -> List[Command]:
    found: List[Command] = []
    try:
        _commands(value, name, found)
    except Refused as error:
        error.before = tuple(found)
        raise
    return found


def _commands(value: str, name: str, found: List[Command]) -> None:
    """Add the commands of a line one by one, as systemd does."""
    at: Optional[int] = 0
    while at is not None:
        word, at = _word(value, at)
        if word is None:
            return
        if word == ";":
            continue
        program = word.lstrip("-@:+!")
        flags = word[: len(word) - len(program)]
        flags, program = _flags(flags, program)
        ignored = "-" in flags
        try:
            program = _program(program, name)
            arguments, at = _arguments(value, at, name)
        except Refused:
            if ignored:
                return
            raise
        arguments = arguments if "@" in flags else [program, *arguments]
        if not arguments:
            if ignored:
                return
            raise Refused("no name for the program: {value}", value=value)
        simple = re.sub("/(\\./|/)+", "/", program)
        found.append(Command(simple, tuple(arguments), _expanded(value, name)))


def _flags(flags: str, program: str) -> Tuple[str, str]:
    """Return the prefixes that count, and what follows: each may stand there once, ``!`` twice."""
    seen = ""
    for at, flag in enumerate(flags):
        privileges = "+" in seen or "!" in seen
        if flag == "!" and seen.count("!") == 1 and "+" not in seen:
            pass
        elif flag in seen or (flag in "+!" and privileges):
            return seen, flags[at:] + program
        seen += flag
    return seen, program


def _program(text: str, name: str) -> str:
    try:
        path = names.expand(text, name)
    except names.Unresolved:
        path = text
    except ValueError as error:
        raise Refused.of(error) from None
    if not path or _UNSAFE.search(path) or path.rstrip("/") != path or re.search(r"(^|/)\.\.?\Z", path):
        raise Refused("no program: {path}", path=path)
    if path[0] != "/" and "/" in path:
        raise Refused("neither an absolute path nor a name: {path}", path=path)
    return path


def _arguments(value: str, at: Optional[int], name: str) -> Tuple[List[str], Optional[int]]:
    found: List[str] = []
    while at is not None and at < len(value):
        rest = value[at:]
        if rest[0] == ";" and rest[1:2] in ("", *_BLANK):
            return found, len(value) - len(rest[1:].lstrip(_BLANK))
        if rest[:2] == "\\;" and rest[2:3] in ("", *_BLANK):
            found.append(";")
            at = len(value) - len(rest[2:].lstrip(_BLANK))
            continue
        word, at = _word(value, at, strict=True)
        if word is None:
            break
        try:
            found.append(names.expand(word, name))
        except names.Unresolved:
            found.append(word)
        except ValueError as error:
            raise Refused.of(error) from None
    return found, None


def _word(text: str, at: int, strict: bool = False) -> "Tuple[Optional[str], Optional[int]]":
    """Return the next word, quotes and escapes undone, and where the next begins (extract_first_word); None for none.

    A word that is broken ends the value, or raises ``Refused`` where it is ``strict``.
    """
    end = len(text)
    while at < end and text[at] in _BLANK:
        at += 1
    if at >= end:
        return None, None
    word, quote = "", ""
    while at < end:
        c = text[at]
        if c == "\\":
            if at + 1 >= end and quote:
                break
            escape = _unescape(text, at + 1)  # one that there is not stays as it is written
            word, at = (word + escape[0], escape[1]) if escape else (word + text[at : at + 2], at + 2)
            continue
        if quote:
            word, quote = (word, "") if c == quote else (word + c, quote)
        elif c in "'\"":
            quote = c
        elif c in _BLANK:
            while at < end and text[at] in _BLANK:
                at += 1
            return word, at if at < end else None
        else:
            word += c
        at += 1
    else:
        if not quote:
            return word, None
    if strict:
        raise Refused("broken quotes: {text}", text=text)
    return None, None


def _unescape(text: str, at: int) -> Optional[Tuple[str, int]]:
    """Return what an escape stands for, and where it ends; None for one that there is not (cunescape_one)."""
    c = text[at : at + 1]
    if c in ("\\", '"', "'") and c:
        return c, at + 1
    if c in _ESCAPES and c:
        return _ESCAPES[c], at + 1
    lengths = {"x": 2, "u": 4, "U": 8}
    found = re.compile("[0-9a-fA-F]{{{}}}".format(lengths[c])).match(text, at + 1) if c in lengths else None
    code = int(found.group(), 16) if found else -1
    end = found.end() if found else 0
    octal = re.compile("[0-7]{3}").match(text, at)
    if octal:
        code, end = int(octal.group(), 8), octal.end()
    if not 0 < code <= 0x10FFFF or (octal and code > 0o377) or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code), end
