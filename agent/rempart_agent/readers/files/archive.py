"""Opens archives and packed files in each other, within bounds: what was not read is counted by its reason.

A file of an audited disk may be made to do harm: bombs end at a ratio, a size, a depth, a number of members and a time.
Nothing is written anywhere, and a name in an archive leads nowhere: it is only told.
"""

import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Tuple

from rempart_agent.formats import zstandard
from rempart_agent.readers.files import archive_format, unpacker
from rempart_agent.readers.files.archive_format import PART, Member
from rempart_agent.readers.files.forward_file import ForwardFile
from rempart_agent.said import Why
from rempart_agent.source.contract import SourceError

DEPTH = 2  # archives in each other; a packed archive (tar.gz) is one
MAX_MEMBER = 64 << 20
MAX_TOGETHER = 512 << 20  # bytes unpacked of one file
MAX_MEMBERS = 100_000  # of one file
MAX_RATIO = 200
SLACK = 1 << 20  # bytes that may come out of few
HEAD = 512
MEMORY = 1 << 27  # of a dictionary of xz

DAMAGED, SEALED, UNKNOWN = (
    "damaged",
    Why("encrypted or of a kind that is not opened"),
    Why("of a kind that is not opened"),
)
DEEP, LARGE, MANY, LATE = (
    Why("nested too deep"),
    Why("larger than is unpacked"),
    Why("with too many members"),
    Why("beyond the time"),
)
BOMB = Why("packed more tightly than is unpacked")
_NO_END = 1 << 62
STREAMS: Tuple[str, ...] = ("gz", "bz2", "xz", "zst", "lz4")
_ARCHIVES = ("zip", "tar", "cpio", "deb")
_ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".lz4")


class Opened(NamedTuple):
    """A file that can be read anywhere.

    Attributes:
        size: How many bytes it has.
        read: Reads bytes from an offset on, so many of them.
    """

    size: int
    read: Callable[[int, int], bytes]

    def parts(self) -> Iterator[bytes]:
        """Yield all of its bytes in order."""
        at = 0
        while at < self.size:
            part = self.read(at, min(PART, self.size - at))
            if not part:
                return
            at += len(part)
            yield part


Content = Tuple[str, Iterator[bytes]]
"""The name of what was in a file, ``""`` for all of it, and its bytes; they are taken before the next is asked for."""


class Archive:
    """One file of the target, and what is packed in it.

    Attributes:
        unread: Why something in it was not read -> how often.
    """

    def __init__(self, opened: Opened, until: float) -> None:
        """Open nothing yet.

        Args:
            opened: The file.
            until: When to stop, by ``time.monotonic``.
        """
        self._opened = opened
        self._until = until
        self._left = MAX_TOGETHER
        self._members = MAX_MEMBERS
        self._stopped = False
        self.unread: Dict[str, int] = {}

    def contents(self, kind: str) -> Iterator[Content]:
        """Yield what is packed in the file, each content that is no archive itself.

        Args:
            kind: What ``archive_format.recognise`` says of it.
        """
        if kind == "zip":
            yield from self._each(archive_format.zipped(self._opened.size, self._opened.read), "", 1, MAX_MEMBER)
        else:
            yield from self._open(kind, "", self._guarded(self._opened.parts()), 0, _NO_END)

    def _skip(self, why: str, stop: bool = False) -> None:
        if not self._stopped:  # else what follows is only cut off by that
            self.unread[why] = self.unread.get(why, 0) + 1
        self._stopped = self._stopped or stop

    def _open(self, kind: str, name: str, parts: Iterator[bytes], depth: int, most: int) -> Iterator[Content]:
        """Yield what is in one archive or stream.

        Args:
            kind: What it is.
            name: Its name in the file.
            parts: Its bytes.
            depth: How many archives it lies in.
            most: How many bytes a member may have.
        """
        if kind not in STREAMS + _ARCHIVES or (kind == "zst" and not zstandard.available()):
            self._skip(UNKNOWN)
            yield name, parts
        elif depth >= DEPTH:
            self._skip(DEEP)
            yield name, parts
        elif kind in STREAMS:
            yield from self._stream(kind, name, parts, depth)
        elif kind == "zip":
            whole = b"".join(parts)  # no more than a member may have
            found = archive_format.zipped(len(whole), lambda at, size: whole[at : at + size])
            yield from self._each(found, name, depth + 1, MAX_MEMBER)
        else:
            reader = {"tar": archive_format.tar, "cpio": archive_format.cpio, "deb": archive_format.ar}[kind]
            level = depth if kind == "deb" and not name else depth + 1  # a package is what is packed in it
            yield from self._each(reader(ForwardFile(parts)), name, level, most)

    def _stream(self, kind: str, name: str, parts: Iterator[bytes], depth: int) -> Iterator[Content]:
        """Yield what a packed stream holds: the content, or what is in the archive that it is."""
        counted = _Counted(parts)
        content = self._guarded(self._bounded(unpacker.unpack(kind, counted, MEMORY), counted))
        head, content = peek(content, HEAD)
        within = archive_format.recognise(head)
        if within in {"tar", "cpio"}:
            yield from self._open(within, name, content, depth, MAX_MEMBER)
        elif within:
            yield from self._open(within, name, self._guarded(content, MAX_MEMBER), depth + 1, MAX_MEMBER)
        else:
            yield name, self._guarded(content, MAX_MEMBER)

    def _each(self, members: Iterator[Member], name: str, depth: int, most: int) -> Iterator[Content]:
        """Yield the contents of an archive's members, those of archives among them too."""
        try:
            for member in members:
                self._members -= 1
                if self._members < 0:
                    self._skip(MANY, stop=True)
                if self._stopped:
                    return
                parts = self._bounded(member.parts, _Size(member.packed)) if member.packed else member.parts
                head, parts = peek(self._guarded(parts, most if member.name else _NO_END), HEAD)
                kind = archive_format.recognise(head)
                below = "/".join(filter(None, (name, member.name[2 * member.name.startswith("./") :])))
                if kind:
                    follows = not member.name and most == _NO_END  # behind the first archive of an initramfs
                    yield from self._open(kind, below, parts, depth - 1 if follows else depth, most)
                else:
                    yield below, parts
        except SourceError:
            self._skip(DAMAGED)

    def _guarded(self, parts: Iterator[bytes], most: int = _NO_END) -> Iterator[bytes]:
        """Yield bytes as far as they go; where that is not their end, it is counted.

        Args:
            parts: The bytes.
            most: How many of them are taken.
        """
        try:
            for part in parts:
                most -= len(part)
                if most < 0:
                    self._skip(LARGE)
                    return
                if time.monotonic() > self._until:
                    self._skip(LATE, stop=True)
                if self._stopped:
                    return
                yield part
        except archive_format.Sealed:
            self._skip(SEALED)
        except SourceError:
            self._skip(DAMAGED)

    def _bounded(self, parts: Iterator[bytes], packed: "_Counted") -> Iterator[bytes]:
        """Yield what comes out of a packed stream within the bounds of the whole file."""
        size = 0
        for part in parts:
            size += len(part)
            self._left -= len(part)
            if size > packed.size * MAX_RATIO + SLACK:
                self._skip(BOMB, stop=True)
            elif self._left < 0:
                self._skip(LARGE, stop=True)
            if self._stopped:
                return
            yield part


class _Counted:
    """Parts, and how many bytes were taken of them."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            for at in range(0, len(part), 1 << 16):
                piece = part[at : at + (1 << 16)]
                self.size += len(piece)
                yield piece


class _Size(_Counted):
    """As many bytes as an archive says that a member takes up."""

    def __init__(self, size: int) -> None:
        super().__init__(iter(()))
        self.size = size


def stem(name: str) -> str:
    """Return a name without the ending that says how it is packed.

    Args:
        name: A path.
    """
    ending = next((end for end in _ENDINGS if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)]


def peek(parts: Iterator[bytes], size: int) -> Tuple[bytes, Iterator[bytes]]:
    """Return the first bytes of parts, and all parts.

    Args:
        parts: The parts.
        size: How many bytes.
    """
    held: List[bytes] = []
    left = size
    for part in parts:
        held.append(part)
        left -= len(part)
        if left <= 0:
            break
    return b"".join(held)[:size], _chain(held, parts)


def _chain(held: List[bytes], parts: Iterator[bytes]) -> Iterator[bytes]:
    yield from held
    yield from parts
