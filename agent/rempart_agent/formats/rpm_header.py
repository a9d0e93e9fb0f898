"""Reads the headers in which rpm keeps what it knows of a package.

Source: "RPM V4 and V6 package format", the header structure without its magic, as it lies in the database: two numbers
(entries, bytes of data), the entries (tag, type, offset, count), the data. Everything is big-endian.
"""

import struct
from typing import Collection, Dict, Iterator, List, Tuple, Union

from rempart_agent.source.contract import Malformed

MAX_ENTRIES = 1 << 16
MAX_DATA = 256 * 1024 * 1024  # rpm's own limit

TAGS: Dict[int, str] = {
    1000: "name",
    1001: "version",
    1002: "release",
    1003: "epoch",
    1008: "install_time",
    1009: "size",
    1011: "vendor",
    1016: "package_group",
    1022: "arch",
    1044: "source",
    269: "sha1",
    5009: "size",  # of packages of 4 GiB and more, which have no other
    5096: "module",  # name:stream:version:context of the module that it is part of
}
_INT16, _INT32, _INT64, _STRING, _STRINGS, _TRANSLATED = 3, 4, 5, 6, 8, 9
_MODES, _DIGESTS, _DIRINDEXES, _BASENAMES, _DIRNAMES, _DIGEST_ALGORITHM = 1030, 1035, 1116, 1117, 1118, 5011
_SIZES, _LONG_SIZES, _USERS, _GROUPS = 1028, 5008, 1039, 1040


def parse(blob: bytes) -> Dict[str, Union[str, int]]:
    """Return the wanted tags of a header by name; numbers are numbers.

    Raises:
        Malformed: it is no header, or an entry lies outside of it.
    """
    if len(blob) < 8:
        raise Malformed("an rpm header that is cut off")
    entries, size = struct.unpack_from(">2I", blob)
    start = 8 + 16 * entries
    if entries > MAX_ENTRIES or size > MAX_DATA or start + size > len(blob):
        raise Malformed("an rpm header that is cut off")
    found: Dict[str, Union[str, int]] = {}
    for number in range(entries):
        tag, kind, offset, count = struct.unpack_from(">4I", blob, 8 + 16 * number)
        name = TAGS.get(tag)
        if name and count and name not in found:
            found[name] = _value(blob, (start, start + size), kind, start + offset)
    return found


def _value(blob: bytes, data: Tuple[int, int], kind: int, at: int) -> Union[str, int]:
    """Return the first value of an entry."""
    width = {_INT32: 4, _INT64: 8}.get(kind, 1)
    if at < data[0] or at + width > data[1]:
        raise Malformed("an rpm header whose entry lies outside of it")
    if kind in (_INT32, _INT64):
        return int.from_bytes(blob[at : at + width], "big")
    if kind not in (_STRING, _STRINGS, _TRANSLATED):
        raise Malformed("an rpm header with an entry of an unexpected type")
    end = blob.find(b"\0", at, data[1])
    if end < 0:
        raise Malformed("an rpm header with a text that does not end")
    return blob[at:end].decode("utf-8", "replace")


class Files:
    """The files of a package, as far as they are asked for.

    Attributes:
        name: The package's name.
        folders: The folders in which it has files, each with a slash behind.
        algorithm: The number of the digests' algorithm (RFC 4880): 1 is MD5, 8 SHA-256.
    """

    def __init__(self, blob: bytes) -> None:
        """Read names and folders.

        Raises:
            Malformed: it is no header, or an entry lies outside of it.
        """
        self._blob = blob
        parsed = parse(blob)
        self.name = str(parsed.get("name", ""))
        entries, size = struct.unpack_from(">2I", blob)
        start = 8 + 16 * entries
        self._end = start + size
        self._places: Dict[int, Tuple[int, int, int]] = {}
        for number in range(entries):
            tag, kind, offset, count = struct.unpack_from(">4I", blob, 8 + 16 * number)
            self._places.setdefault(tag, (kind, start + offset, count))
        self.folders = self._texts(_DIRNAMES)
        algorithm = self._numbers(_DIGEST_ALGORITHM)
        self.algorithm = algorithm[0] if algorithm else 1

    def files(self, folders: Collection[str]) -> Iterator[Tuple[str, str, int]]:
        """Yield path, digest and mode of each file in some folders.

        Raises:
            Malformed: Its lists differ in length.
        """
        places = {at for at, folder in enumerate(self.folders) if folder in folders}
        names, digests = self._texts(_BASENAMES), self._texts(_DIGESTS)
        modes, indexes = self._numbers(_MODES), self._numbers(_DIRINDEXES)
        if not len(names) == len(digests) == len(modes) == len(indexes):
            raise Malformed("an rpm header whose lists of files differ in length")
        for at, index in enumerate(indexes):
            if index in places:
                yield self.folders[index] + names[at], digests[at], modes[at]

    def owned(self) -> Iterator[Tuple[str, str, str, int, int, str]]:
        """Yield path, owner, group, mode, size and digest of each file.

        Raises:
            Malformed: Its lists differ in length.
        """
        sizes = self._numbers(_LONG_SIZES if _LONG_SIZES in self._places else _SIZES)
        users, groups = self._texts(_USERS), self._texts(_GROUPS)
        files = list(self.files(frozenset(self.folders)))
        if not len(files) == len(sizes) == len(users) == len(groups):
            raise Malformed("an rpm header whose lists of files differ in length")
        for (path, digest, mode), size, user, group in zip(files, sizes, users, groups):
            yield path, user, group, mode, size, digest

    def _texts(self, tag: int) -> List[str]:
        kind, at, count = self._places.get(tag, (_STRINGS, 0, 0))
        if kind != _STRINGS or not 0 <= at <= self._end:
            raise Malformed("an rpm header with an entry of an unexpected type")
        parts = self._blob[at : self._end].split(b"\0", count)[:count] if count else []
        if len(parts) != count:
            raise Malformed("an rpm header with a list that does not end")
        return [part.decode("utf-8", "surrogateescape") for part in parts]

    def _numbers(self, tag: int) -> List[int]:
        kind, at, count = self._places.get(tag, (_INT32, 0, 0))
        width = {_INT16: 2, _INT32: 4, _INT64: 8}.get(kind, 0)
        if not width or count > MAX_ENTRIES * 64 or at + width * count > self._end:
            raise Malformed("an rpm header whose entry lies outside of it")
        return list(struct.unpack_from(">{}{}".format(count, {2: "H", 4: "I", 8: "Q"}[width]), self._blob, at))
