"""The files of accounts as lines and fields: passwd, shadow, group, gshadow. Pure: text in, text out."""

import hashlib
import re
from typing import Dict, List, NamedTuple, Optional, Tuple

FIELDS: Dict[str, Tuple[str, ...]] = {
    "passwd": ("name", "password", "uid", "gid", "gecos", "home", "shell"),
    "shadow": ("name", "password", "lastday", "min", "max", "warn", "inactive", "expire", "flag"),
    "group": ("name", "password", "gid", "members"),
    "gshadow": ("name", "password", "admins", "members"),
}
NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.@-]*[$]?\Z")
"""What may be the name of an account or a group: never the beginning of an option, nor of a line of NIS."""

_HASH = re.compile(r"[!]*(\$|[./0-9A-Za-z]{13}|_)")


class Line(NamedTuple):
    """A line of such a file, and its place in the text: the first of a name, for that is the one that counts."""

    start: int
    end: int
    fields: Tuple[str, ...]


def find_line(text: str, file: str, name: str) -> Optional[Line]:
    """Return the line of a name; None where there is none that has all its fields."""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.startswith(name + ":"):
            fields = tuple(line.rstrip("\n").split(":"))
            return Line(at, at + len(line), fields) if len(fields) == len(FIELDS[file]) else None
        at += len(line)
    return None


def get_field(text: str, file: str, name: str, field: str) -> Optional[str]:
    """Return a field of a name; None where it has no line."""
    line = find_line(text, file, name)
    return None if line is None else line.fields[FIELDS[file].index(field)]


def put_field(text: str, file: str, name: str, field: str, value: str) -> str:
    """Return the text with one field of one line set; all else stays as it is, byte for byte.

    Raises:
        KeyError: There is no such line.
        ValueError: The value can't stand in a field.
    """
    if re.search(r"[:\n\r\0]", value):
        raise ValueError(f"{value!r} can't be a field of {file}")
    line = find_line(text, file, name)
    if line is None:
        raise KeyError(name)
    fields = list(line.fields)
    fields[FIELDS[file].index(field)] = value
    end = "\n" if text[line.start : line.end].endswith("\n") else ""
    return text[: line.start] + ":".join(fields) + end + text[line.end :]


def add_line(text: str, line: str) -> str:
    """Return the text with a line more: before those of NIS (``+…``), which end what is the machine's own."""
    found = re.search(r"(?m)^[+-]", text)
    at = found.start() if found else len(text)
    before = text[:at] if not text[:at] or text[:at].endswith("\n") else text[:at] + "\n"
    return before + line + "\n" + text[at:]


def drop_line(text: str, file: str, name: str) -> str:
    """Return the text without the line of a name."""
    line = find_line(text, file, name)
    return text if line is None else text[: line.start] + text[line.end :]


def get_line(text: str, file: str, name: str) -> Optional[str]:
    """Return the whole line of a name; None where there is none."""
    line = find_line(text, file, name)
    return None if line is None else ":".join(line.fields)


def members(value: str) -> List[str]:
    """Return the members that a list names."""
    return [name for name in value.split(",") if name]


def add_member(value: str, name: str, left: str = "") -> str:
    """Return the list with a member more: behind its old neighbour, where that is known and there."""
    found = members(value)
    if name in found:
        return value
    found.insert(found.index(left) + 1 if left in found else 0 if left == "^" else len(found), name)
    return ",".join(found)


def drop_member(value: str, name: str) -> str:
    """Return the list without a member."""
    return ",".join(one for one in members(value) if one != name)


def neighbour(value: str, name: str) -> str:
    """Return who stands before a member in a list; ``^`` where it is the first."""
    found = members(value)
    at = found.index(name)
    return found[at - 1] if at else "^"


def is_secret(value: str) -> bool:
    """Tell whether the value of a password field is a hash, or might be one."""
    return bool(_HASH.match(value)) or len(value.strip("!*")) > 1


def digest(value: str) -> str:
    """Return what tells one value of a password field from another, and gives neither away."""
    return hashlib.sha256(b"rempart\0" + value.encode()).hexdigest()


def free_number(texts: List[str], column: int, first: int, last: int) -> Optional[int]:
    """Return the highest number between two that no line of the texts has in a column; None where all are taken."""
    taken = {
        fields[column]
        for text in texts
        for fields in (line.split(":") for line in text.splitlines())
        if len(fields) > column
    }
    return next((number for number in range(last, first - 1, -1) if str(number) not in taken), None)
