"""Reads GVDB files, the hash tables in which dconf and GSettings keep what they have compiled.

Source: gvdb-format.h. Every number of the file is checked before it is used; a file can make the reader neither loop
nor answer more than it is allowed to.
"""

import struct
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.source.contract import Malformed

MAGIC = b"GVariant"
SWAPPED = b"raVGtnai"
MAX_KEY = 4096
MAX_TEXT = 16 * 1024 * 1024  # bytes of keys and values, which may overlap in a hostile file

_NO_PARENT = 0xFFFFFFFF


class Item(NamedTuple):
    """One entry: its key in full, its kind (``v`` value, ``H`` table, ``L`` list of children), where its value lies."""

    key: str
    kind: str
    start: int
    end: int


class Gvdb:
    """A GVDB file.

    Attributes:
        swapped: Its numbers are big-endian.
    """

    def __init__(self, data: bytes) -> None:
        """Open the content of a file.

        Raises:
            Malformed: it is none.
        """
        if data[:8] not in (MAGIC, SWAPPED) or len(data) < 24:
            raise Malformed("no GVDB file")
        self.swapped = data[:8] == SWAPPED
        self._order = ">" if self.swapped else "<"
        self._data = data
        self._spent = 0
        version, _, start, end = struct.unpack_from(self._order + "4I", data, 8)
        if version:
            raise Malformed("a GVDB file of an unknown version")
        self._root = start, end

    def items(self, table: Optional[Item] = None) -> Iterator[Item]:
        """Yield the entries of a table, of the root table where none is given.

        Raises:
            Malformed: the table is damaged.
        """
        start, end = self._root if table is None else (table.start, table.end)
        if start % 4 or not start + 8 <= end <= len(self._data):
            raise Malformed("a GVDB table outside of its file")
        bloom, buckets = struct.unpack_from(self._order + "2I", self._data, start)
        first = start + 8 + 4 * ((bloom & 0x07FFFFFF) + buckets)
        if first > end or (end - first) % 24:
            raise Malformed("a GVDB table of broken entries")
        count = (end - first) // 24
        raw = [struct.unpack_from(self._order + "3IHcx2I", self._data, first + 24 * n) for n in range(count)]
        names: Dict[int, str] = {}
        for number in range(count):
            _, _, _, _, kind, at, stop = raw[number]
            yield Item(self._name(raw, number, names), kind.decode("latin-1"), at, stop)

    def value(self, item: Item) -> bytes:
        """Return the bytes of an entry's value.

        Raises:
            Malformed: they lie outside of the file, or all that was asked is more than any such file holds.
        """
        if not item.start <= item.end <= len(self._data):
            raise Malformed("a GVDB value outside of its file")
        self._spend(item.end - item.start)
        return self._data[item.start : item.end]

    def _spend(self, size: int) -> None:
        self._spent += size
        if self._spent > MAX_TEXT:
            raise Malformed("a GVDB file whose values overlap")

    def _name(self, raw: List[Tuple[int, int, int, int, bytes, int, int]], number: int, names: Dict[int, str]) -> str:
        """Return the key of an entry in full: an entry keeps only what comes after its parent's."""
        way: List[int] = []
        while number != _NO_PARENT and number not in names:
            if number >= len(raw) or len(way) > MAX_KEY:
                raise Malformed("a GVDB entry without its parent")
            way.append(number)
            number = raw[number][1]
        name = names.get(number, "")
        for one in reversed(way):
            _, _, start, size, _, _, _ = raw[one]
            if start + size > len(self._data):
                raise Malformed("a GVDB key outside of its file")
            name += self._data[start : start + size].decode("utf-8", "replace")
            if len(name) > MAX_KEY:
                raise Malformed("a GVDB key of more than {max_key} characters", max_key=MAX_KEY)
            self._spend(len(name))
            names[one] = name
        return name
