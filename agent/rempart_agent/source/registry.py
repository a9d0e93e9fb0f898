"""How a table looks at the registry of a Windows system: keys and values, as a hive has them.

A key that does not exist is None; what can't be read raises ``SourceError``. Paths begin with one of the names that
osquery uses: ``HKEY_LOCAL_MACHINE``, ``HKEY_USERS``. Names are compared without their case.
"""

from typing import Iterator, List, NamedTuple, Optional, Protocol, Tuple, Union

NONE, SZ, EXPAND_SZ, BINARY, DWORD, DWORD_BIG_ENDIAN, LINK, MULTI_SZ = range(8)
RESOURCE_LIST, FULL_RESOURCE_DESCRIPTOR = 8, 9
QWORD = 11


class Value(NamedTuple):
    """A value of a key.

    Attributes:
        name: As it is written; ``""`` for the key's default value.
        type: The number of its type: ``SZ``, ``DWORD``, …
        raw: Its bytes.
    """

    name: str
    type: int
    raw: bytes

    @property
    def data(self) -> "Union[str, int, Tuple[str, ...], bytes]":
        """Return what the bytes mean: a text, a number, several texts; the bytes where the type says no more."""
        raw = self.raw
        if self.type in (SZ, EXPAND_SZ, LINK):
            return wide(raw).partition("\0")[0]
        if self.type == MULTI_SZ:
            return tuple(one for one in wide(raw).split("\0") if one)
        if self.type == DWORD and len(raw) == 4:
            return int.from_bytes(raw, "little")
        if self.type == DWORD_BIG_ENDIAN and len(raw) == 4:
            return int.from_bytes(raw, "big")
        if self.type == QWORD and len(raw) == 8:
            return int.from_bytes(raw, "little")
        return raw


class Key(Protocol):
    """A key. What is asked of it raises ``SourceError`` where it can't be read.

    Attributes:
        name: As it is written.
        written: When it was last written, as a FILETIME: 100 ns since 1601.
    """

    name: str
    written: int

    def subkeys(self) -> "Iterator[Key]":
        """Yield the keys below."""

    def names(self) -> List[str]:
        """Return the names of the keys below."""

    def subkey(self, name: str) -> "Optional[Key]":
        """Return the key below that has a name, in whatever case; None for none."""

    def values(self) -> List[Value]:
        """Return the values, in the order in which they are stored."""

    def value(self, name: str) -> Optional[Value]:
        """Return the value of a name, in whatever case; None for none."""


def fold(name: str) -> str:
    """Return a name without its case, as the registry compares names: character by character."""
    if name.isascii():
        return name.upper()
    return "".join(one.upper() if len(one.upper()) == 1 else one for one in name)


def text_of(key: Optional[Key], name: str) -> str:
    """Return a value that is a text; ``""`` where there is none, or it is no text.

    Args:
        key: What has it; None for no key, which has none.
        name: The value's name.
    """
    value = key.value(name) if key is not None else None
    return value.data if value is not None and isinstance(value.data, str) else ""


def wide(raw: bytes) -> str:
    """Return bytes of UTF-16 as text."""
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")
