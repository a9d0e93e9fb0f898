"""A hive of the Windows registry: keys and values, read strictly; what can't be read whole is an error, never left out.

Source: the public specification of the registry's files (regf). libregf was tried: it leaves out what it can't read and
marks sound keys as corrupted too, so that a missing value could not be told from one that was not read.
"""

import functools
import struct
from collections.abc import Iterator, Sequence

from rempart_agent.images.windows.hive_log import BASE, read_header, recover
from rempart_agent.source.contract import Malformed, SourceError, Unfit
from rempart_agent.source.registry import Value, fold, wide

MAX_SIZE = 400 << 20
"""Bytes of the largest hive that is read; it lies in memory."""
MAX_DEPTH = 512
"""Levels of keys that Windows allows."""
_NOWHERE = 0xFFFFFFFF
_SEGMENT = 16344  # bytes of each piece but the last of a large value
_IS_LINK, _COMPRESSED, _PREDEFINED = 0x10, 0x20, 0x40
_LISTS = {b"li": 4, b"lf": 8, b"lh": 8, b"ri": 4}


class Key:
    """A key of a hive. What is asked of it raises ``Malformed`` where the hive can't be understood.

    Attributes:
        name: As it is written.
        written: When it was last written, as a FILETIME: 100 ns since 1601.
        is_link: Whether it stands for another key, whose path is its value ``SymbolicLinkValue``.
    """

    def __init__(self, hive: "Hive", offset: int, depth: int, parent: int | None) -> None:
        """Read the key of a cell; ``Hive.root`` and ``Hive.key`` do this.

        Args:
            hive: Where it lies.
            offset: Of its cell.
            depth: How many keys stand above it.
            parent: The offset of the one above; None for the root.
        """
        if depth > MAX_DEPTH:
            raise hive.malformed("keys below keys, deeper than the registry can be")
        cell = hive.cell(offset, 76)
        if cell[:2] != b"nk":
            raise hive.malformed("no key at {offset}", offset=offset)
        flags, self.written, _, above, self._keys = struct.unpack_from("<HQIII", cell, 2)
        (self._key_list,) = struct.unpack_from("<I", cell, 28)
        self._values, self._value_list = struct.unpack_from("<2I", cell, 36)
        length, class_length = struct.unpack_from("<2H", cell, 72)
        if parent is not None and above != parent:
            raise hive.malformed("the key at {offset} stands in a key that it does not belong to", offset=offset)
        if flags & _PREDEFINED:
            raise hive.malformed("the key at {offset} stands for one of another registry", offset=offset)
        self.name = hive.name_of(cell, 76, length, bool(flags & _COMPRESSED))
        self.is_link = bool(flags & _IS_LINK)
        self._class = (*struct.unpack_from("<I", cell, 48), class_length)
        self._hive, self._offset, self._depth = hive, offset, depth

    def subkeys(self) -> "Iterator[Key]":
        """Yield the keys below, in the order of their names."""
        for offset in self._places().values():
            yield Key(self._hive, offset, self._depth + 1, self._offset)

    def names(self) -> list[str]:
        """Return the names of the keys below."""
        return [one.name for one in self.subkeys()]

    def subkey(self, name: str) -> "Key | None":
        """Return the key below that has a name, in whatever case; None for none."""
        offset = self._places().get(fold(name))
        return None if offset is None else Key(self._hive, offset, self._depth + 1, self._offset)

    def values(self) -> list[Value]:
        """Return the values, in the order in which they are stored."""
        return self._hive.values(self._values, self._value_list)

    def value(self, name: str) -> Value | None:
        """Return the value of a name, in whatever case; None for none."""
        wanted = fold(name)
        return next((one for one in self.values() if fold(one.name) == wanted), None)

    def class_name(self) -> str:
        """Return the name of its class; ``""`` for none."""
        offset, length = self._class
        if not length or offset == _NOWHERE:
            return ""
        return wide(self._hive.cell(offset, length)[:length])

    def _places(self) -> dict[str, int]:
        """Return where the keys below are, by their names without case."""
        return self._hive.places(self._offset, self._keys, self._key_list, self._depth)


class Hive:
    """A hive, all of it in memory."""

    def __init__(self, data: bytes, logs: Sequence[bytes] = (), name: str = "hive") -> None:
        """Read one.

        Args:
            data: The file.
            logs: Its transaction logs ``LOG1`` and ``LOG2``, those that exist: applied where it was not written out.
            name: How errors call it.

        Raises:
            Malformed: it can't be understood.
            Unfit: it is cut off or too large, or was not written out and no log can be applied.
        """
        self.file = name
        if len(data) > MAX_SIZE:
            raise Unfit("{name}: larger than {max_size} MiB", name=name, max_size=MAX_SIZE >> 20)
        header = read_header(data)
        if header is None or not header.sound or header.kind != 0:
            raise self.malformed("not a hive of the registry, or its header is damaged")
        if header.primary != header.secondary:
            data = recover(data, logs, name)
            header = read_header(data)
            assert header is not None  # noqa: S101 - it was one before
        self._data = data
        self._large = header.minor > 3
        self._end = header.size
        if not 0 < self._end <= len(data) - BASE:
            raise Unfit(
                "{name}: {end} bytes of keys are cut off at {value}",
                name=name,
                end=self._end,
                value=max(0, len(data) - BASE),
            )
        self._check_bins()
        self._kept = functools.lru_cache(maxsize=4096)(self._read_places)
        self.root = Key(self, header.root, 0, None)

    def malformed(self, sentence: str, /, **values: object) -> Malformed:
        """Return the error that says what is wrong with the hive; see SourceError."""
        return Malformed("{file}: {why}", file=self.file, why=SourceError(sentence, **values))

    def key(self, path: str) -> Key | None:
        r"""Return a key by its path below the root (``Microsoft\Windows NT``), in whatever case; None for none."""
        found: Key | None = self.root
        for name in path.split("\\"):
            if name:
                found = found.subkey(name) if found is not None else None
        return found

    def _check_bins(self) -> None:
        at = 0
        while at < self._end:
            signature, offset, size = struct.unpack_from("<4sII", self._data, BASE + at)
            if signature != b"hbin" or offset != at or size % 4096 or not 0 < size <= self._end - at:
                raise self.malformed("the part at {at} is none of a hive", at=at)
            at += size

    def cell(self, offset: int, least: int) -> bytes:
        """Return the content of a cell that is in use.

        Args:
            offset: Within the bins.
            least: How many bytes it must have.
        """
        if offset % 8 or not 32 <= offset <= self._end - 8:
            raise self.malformed("a cell at {offset}, which is outside", offset=offset)
        size = -struct.unpack_from("<i", self._data, BASE + offset)[0]
        if size < least + 4 or size > self._end - offset:
            raise self.malformed("the cell at {offset} is free, too small, or goes beyond the end", offset=offset)
        at = BASE + offset
        return self._data[at + 4 : at + size]

    def name_of(self, cell: bytes, at: int, length: int, compressed: bool) -> str:
        """Return the name of a key or value.

        Args:
            cell: What holds it.
            at: Where it begins there.
            length: In bytes.
            compressed: Whether each byte is a character (ISO 8859-1); else it is UTF-16.
        """
        raw = cell[at : at + length]
        if len(raw) < length:
            raise self.malformed("a name that is longer than its cell")
        return raw.decode("latin-1") if compressed else wide(raw)

    def places(self, parent: int, count: int, offset: int, depth: int) -> dict[str, int]:
        """Return where the keys below a key are, by their names without case.

        Args:
            parent: The key's own cell.
            count: How many it says that it has.
            offset: Where their list is.
            depth: How many keys stand above the key.
        """
        return self._kept(parent, count, offset, depth) if count else {}

    def _read_places(self, parent: int, count: int, offset: int, depth: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for place in self._listed(offset, count, 0):
            key = Key(self, place, depth + 1, parent)
            if fold(key.name) in found:  # the same one again too: no list is longer than the hive has keys
                raise self.malformed("the key at {parent} has two keys of one name", parent=parent)
            found[fold(key.name)] = place
        if len(found) != count:
            raise self.malformed(
                "the key at {parent} has {found} keys, and says {count}", parent=parent, found=len(found), count=count
            )
        return found

    def _listed(self, offset: int, count: int, depth: int) -> Iterator[int]:
        cell = self.cell(offset, 4)
        kind, number = cell[:2], struct.unpack_from("<H", cell, 2)[0]
        step = _LISTS.get(kind, 0)
        if not step or number > count or 4 + step * number > len(cell) or (kind == b"ri" and depth):
            raise self.malformed("the list of keys at {offset} can't be understood", offset=offset)
        for place in range(number):
            (one,) = struct.unpack_from("<I", cell, 4 + step * place)
            if kind == b"ri":
                yield from self._listed(one, count, depth + 1)
            else:
                yield one

    def values(self, count: int, offset: int) -> list[Value]:
        """Return the values of a key.

        Args:
            count: How many it has.
            offset: Where their list is.
        """
        if not count:
            return []
        cell = self.cell(offset, 4 * count)
        found: list[Value] = []
        size = 0
        for one in struct.unpack_from(f"<{count}I", cell):
            found.append(self._value(one))
            size += len(found[-1].raw)
            if size > self._end:
                raise self.malformed("the values at {offset} have more bytes than the hive", offset=offset)
        return found

    def _value(self, offset: int) -> Value:
        cell = self.cell(offset, 20)
        if cell[:2] != b"vk":
            raise self.malformed("no value at {offset}", offset=offset)
        length, size, place, kind, flags = struct.unpack_from("<HIIIH", cell, 2)
        name = self.name_of(cell, 20, length, bool(flags & 1))
        if size >> 31:
            size &= 0x7FFFFFFF
            if size > 4:
                raise self.malformed("the value at {offset} has more bytes than it has room for", offset=offset)
            return Value(name, kind, cell[8 : 8 + size])
        if not size:
            return Value(name, kind, b"")
        if size > _SEGMENT and self._large:
            return Value(name, kind, self._segments(place, size))
        return Value(name, kind, self.cell(place, size)[:size])

    def _segments(self, offset: int, size: int) -> bytes:
        cell = self.cell(offset, 8)
        signature, number, where = struct.unpack_from("<2sHI", cell)
        if signature != b"db" or number != -(-size // _SEGMENT):
            raise self.malformed("the large value at {offset} can't be understood", offset=offset)
        parts: list[bytes] = []
        for one in struct.unpack_from(f"<{number}I", self.cell(where, 4 * number)):
            part = min(size, _SEGMENT)
            parts.append(self.cell(one, part)[:part])
            size -= part
        return b"".join(parts)
