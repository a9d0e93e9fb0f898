"""What stands in archives: zip, tar, cpio (newc), and ar as Debian's packages are.

A reader yields each regular member with its name and its bytes, which have to be taken before the next one is asked
for. Names are shown, and never lead anywhere. All raise ``Malformed`` or ``Unfit`` where an archive can't be read on.
"""

import io
import re
import struct
import zlib
from typing import IO, Any, Callable, Iterator, NamedTuple, Tuple, Type

from rempart_agent.readers.files.forward_file import ForwardFile
from rempart_agent.source.contract import Malformed, Unfit

PART = 1 << 20
MOST_OF_DIRECTORY = 8 << 20  # bytes of a zip's list of members
_ODD = (ValueError, OverflowError, IndexError, KeyError, EOFError, RuntimeError, OSError, struct.error, zlib.error)
_TAR_SUM = re.compile(rb" *[0-7]{1,7}[ \0]*")


class Member(NamedTuple):
    """One file in an archive.

    Attributes:
        name: As the archive has it; ``""`` for what follows the archive in the same file.
        parts: Its bytes.
        packed: How many bytes they take up in the archive where it packs each by itself; 0 where it does not.
    """

    name: str
    parts: Iterator[bytes]
    packed: int = 0


class Sealed(Unfit):
    """One member can't be read: it is encrypted, packed in a way that is not known here, or damaged."""


def recognise(head: bytes) -> str:
    """Return what a file is by its beginning: ``zip``, ``tar``, ``cpio``, ``deb``, a packed stream, or ``""``.

    Args:
        head: Its first 512 bytes.
    """
    for kind, magics in _MAGICS:
        if head.startswith(magics):
            return kind
    return "tar" if _is_tar(head) else ""


_MAGICS: Tuple[Tuple[str, Tuple[bytes, ...]], ...] = (
    ("gz", (b"\x1f\x8b\x08",)),
    ("bz2", tuple(b"BZh%d1AY&SY" % level for level in range(1, 10))),
    ("xz", (b"\xfd7zXZ\0",)),
    ("zst", (b"\x28\xb5\x2f\xfd",)),
    ("lz4", (b"\x04\x22\x4d\x18",)),
    ("lz4 legacy", (b"\x02\x21\x4c\x18",)),
    ("zip", (b"PK\3\4", b"PK\5\6")),
    ("cpio", (b"070701", b"070702")),
    ("deb", (b"!<arch>\ndebian-binary",)),
    ("rpm", (b"\xed\xab\xee\xdb",)),
    ("7z", (b"7z\xbc\xaf\x27\x1c",)),
    ("rar", (b"Rar!\x1a\x07",)),
    ("cab", (b"MSCF\0\0\0\0",)),
)


def _is_tar(head: bytes) -> bool:
    """Tell whether a header's sum is right (tar(5)); ``ustar`` alone stands in documentation too."""
    if len(head) < 512 or not _TAR_SUM.fullmatch(head, 148, 156) or not head[0]:
        return False
    said = int(head[148:156].strip(b" \0") or b"0", 8)
    return said == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def tar(file: ForwardFile) -> Iterator[Member]:
    """Yield the members of a tar archive; its end has to be marked, and nothing may follow.

    Args:
        file: The archive.

    Raises:
        Malformed: It is damaged, cut off, or something follows its end.
    """
    import tarfile

    try:
        with tarfile.TarFile(fileobj=file, mode="r", errors="surrogateescape") as opened:
            listed: Any = opened
            member = opened.next()
            while member is not None:
                if member.isreg():
                    content = opened.extractfile(member)
                    if content is not None:
                        yield Member(member.name, _read(content, tarfile.TarError))
                listed.members = []  # a list of all of them could grow without end
                member = opened.next()
            end = opened.offset
    except (tarfile.TarError, *_ODD) as error:
        raise Malformed("tar: {error}", error=error) from error
    file.seek(end)
    marked = file.read(512)
    if len(marked) < 512 or marked.strip(b"\0"):
        raise Malformed("tar: cut off, or damaged")
    for part in file.rest():
        if part.strip(b"\0"):
            raise Malformed("tar: something follows its end")


def _read(content: "IO[bytes]", error_of_kind: Type[Exception]) -> Iterator[bytes]:
    import lzma

    try:
        part = content.read(PART)
        while part:
            yield part
            part = content.read(PART)
    except (error_of_kind, lzma.LZMAError, *_ODD) as error:
        raise Malformed(str(error)) from error


def cpio(file: ForwardFile) -> Iterator[Member]:
    """Yield the members of archives in the new ASCII format (cpio(5)), one behind the other as in an initramfs.

    What follows the last of them, as a packed archive does there, is a member without a name.

    Args:
        file: The archives.

    Raises:
        Malformed: It is damaged or cut off.
    """
    while True:
        start = file.tell()
        header = file.read(110)
        if header[:6] not in {b"070701", b"070702"} or len(header) < 110:
            raise Malformed("cpio: cut off, or damaged")
        try:
            fields = [int(header[at : at + 8], 16) for at in range(6, 110, 8)]
        except ValueError as error:
            raise Malformed("cpio: no numbers in a header") from error
        mode, size, name_size = fields[1], fields[6], fields[11]
        if not 0 < name_size <= 4096:
            raise Malformed("cpio: a name of {name_size} bytes", name_size=name_size)
        name = file.read(name_size).rstrip(b"\0").decode("utf-8", "surrogateescape")
        begin = start + (110 + name_size + 3) // 4 * 4
        file.seek(begin)
        if name == "TRAILER!!!":
            if _next_archive(file):
                continue
            following = file.read(6)
            if following:
                yield Member("", _joined(following, file))
            return
        if mode & 0o170000 == 0o100000 and size:
            yield Member(name, _exactly(file, size))
        file.seek(begin + (size + 3) // 4 * 4)


def _next_archive(file: ForwardFile) -> bool:
    """Go on behind zeros; tell whether another archive begins there."""
    data = file.read(4)
    while data == b"\0\0\0\0":
        data = file.read(4)
    at = file.tell() - len(data)
    data += file.read(2)
    file.seek(at)
    return data[:6] in {b"070701", b"070702"}


def _joined(first: bytes, file: ForwardFile) -> Iterator[bytes]:
    yield first
    yield from file.rest()


def _exactly(file: ForwardFile, size: int) -> Iterator[bytes]:
    while size:
        part = file.read(min(size, PART))
        if not part:
            raise Malformed("cut off")
        size -= len(part)
        yield part


def ar(file: ForwardFile) -> Iterator[Member]:
    """Yield the members of a package of Debian.

    Source: deb(5), and the manual page ``ar`` of section 5.

    Args:
        file: The archive.

    Raises:
        Malformed: It is damaged or cut off.
    """
    at = 8
    file.seek(at)
    header = file.read(60)
    while header:
        if len(header) < 60 or header[58:] != b"`\n" or not header[48:58].strip().isdigit():
            raise Malformed("ar: cut off, or damaged")
        size = int(header[48:58])
        yield Member(header[:16].decode("latin-1").rstrip(" /"), _exactly(file, size))
        at += 60 + size + size % 2
        file.seek(at)
        header = file.read(60)


def zipped(size: int, read: Callable[[int, int], bytes]) -> Iterator[Member]:
    """Yield the members of a zip archive, wherever in the file it begins; ``Sealed`` parts where one can't be read.

    Args:
        size: The size of the file.
        read: Reads bytes from an offset on, so many of them.

    Raises:
        Malformed: It has no list of its members that can be read.
    """
    import lzma
    import zipfile

    try:
        with zipfile.ZipFile(_At(size, read)) as opened:
            for one in opened.infolist():
                if one.is_dir():
                    continue
                if one.flag_bits & 1:
                    yield Member(one.filename, _sealed("encrypted"), one.compress_size)
                    continue
                try:
                    content = opened.open(one)
                except (zipfile.BadZipFile, *_ODD) as error:  # a way of packing that is not known here, or damage
                    yield Member(one.filename, _sealed(str(error)), one.compress_size)
                    continue
                with content:
                    yield Member(one.filename, _read(content, zipfile.BadZipFile), one.compress_size)
    except (zipfile.BadZipFile, lzma.LZMAError, *_ODD) as error:
        raise Malformed("zip: {error}", error=error) from error


def _sealed(why: str) -> Iterator[bytes]:
    yield b""
    raise Sealed(why)


def ends_as_zip(tail: bytes) -> bool:
    """Tell whether a file ends in the end of a zip's directory (APPNOTE 4.3.16), so that one stands behind a program.

    Args:
        tail: Its last bytes, 64 KiB or more where it has so many.
    """
    at = tail.rfind(b"PK\5\6")
    return at >= 0 and len(tail) >= at + 22 and int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail) - at - 22


class _At(io.RawIOBase):
    """A file object over bytes at offsets, in which no read may take more than the list of members may."""

    def __init__(self, size: int, read: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self._size = size
        self._read = read
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = max(offset + (0, self._place, self._size)[whence], 0)
        return self._place

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = max(self._size - self._place, 0)
        if size > MOST_OF_DIRECTORY:
            raise Unfit("zip: a list of members of {size} bytes", size=size)
        data = self._read(self._place, min(size, max(self._size - self._place, 0)))
        self._place += len(data)
        return data
