"""The text of a register's file: UTF-8, and what else it may be said in words that lead out of it."""

import re
import shlex

from rempart_core.messages.message import Message

_ODD = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_PLAIN = bytes([9, 10, 13, *range(0x20, 0x7F)])
_CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_BEGIN = re.compile(r"^<{7} ", re.MULTILINE)


class UnreadableError(Exception):
    """A file makes no sense as a whole.

    Attributes:
        found: What is wrong, with line and column.
    """

    def __init__(self, found: list[tuple[int, int, Message]]) -> None:
        self.found = found
        super().__init__(found)


def decode(data: bytes, file: str) -> str:
    """Return the text of a file, without a byte order mark.

    Args:
        data: All of it.
        file: Its name.

    Raises:
        UnreadableError: It is in another encoding, holds what no text holds, or a merge was left undone in it.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError([(1, 1, _foreign(file, "UTF-16"))])
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        raise UnreadableError([(line, column, _foreign(file, "CP1252"))]) from error
    plain = text.isascii() and not data.translate(None, _PLAIN)
    odd = None if plain else _ODD.search(text)
    if odd:
        raise UnreadableError([(*place(text, odd.start()), Message("registers.character", code=f"{ord(odd[0]):04X}"))])
    if _BEGIN.search(text):
        marks = list(_CONFLICT.finditer(text))
        raise UnreadableError([(*place(text, mark.start()), Message("registers.conflict")) for mark in marks[:20]])
    return text


def _foreign(file: str, encoding: str) -> Message:
    name, new = shlex.quote(file), shlex.quote(f"{file}.utf8")
    command = f"iconv -f {encoding} -t UTF-8 {name} > {new} && mv {new} {name}"
    return Message("registers.no_utf8", command=command)


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of a character.

    Args:
        text: All of the text.
        offset: Which character.
    """
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
