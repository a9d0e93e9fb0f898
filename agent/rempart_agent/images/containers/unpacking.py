"""Layers unpacked into a file without a name, a piece at a time, and held against their digests on the way."""

import os
import zlib
from collections.abc import Iterator
from typing import IO, cast

from rempart_agent.images.containers.choice import LayerBlob
from rempart_agent.images.containers.digest import PIECE, Hashes
from rempart_agent.images.containers.held import Part
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Limit, Malformed, Unfit, reason

DEFAULT_MAXIMUM = 32 << 30
_RATIO = 1_100
"""Unpacked bytes for each packed one: deflate can't do more than 1,032, so more is made to fill a disk."""
_RATIO_FROM = 256 << 20
_WINDOW = 1 << 27
"""Bytes that zstd may look back, which is memory: what its own program accepts without being asked."""
_SPARE = 64 << 20
"""Bytes that stay free on the disk."""
_CHECK_EACH = 32 << 20
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_OTHERS = {b"\xfd7zXZ\0": "xz", b"BZh": "bzip2", b"\x04\x22\x4d\x18": "lz4"}
# An empty file of zstd's with a text of our own, which must come out last: a frame that is cut off would swallow it.
_END = b"rempart: the end"


class Spool:
    """What is unpacked, one after the other; it is bounded, and never fills the disk.

    Attributes:
        unpacked: How many bytes the layers have, those that need no unpacking among them.
    """

    def __init__(self, descriptor: int, maximum: int = DEFAULT_MAXIMUM) -> None:
        """Take an open file.

        Args:
            descriptor: The file, which stays the caller's.
            maximum: The most bytes that layers may have, unpacked.
        """
        self._descriptor, self._maximum = descriptor, maximum
        self._size = self._checked = 0
        self.unpacked = 0

    def count(self, name: str, size: int) -> None:
        """Count unpacked bytes.

        Args:
            name: Whose bytes they are, for the error.
            size: How many more there are.

        Raises:
            Limit: They are more than was allowed.
        """
        self.unpacked += size
        if self.unpacked > self._maximum:
            raise Limit(
                "{name}: unpacked, its layers take more than {maximum} bytes (--image-max)",
                name=name,
                maximum=self._maximum,
            )

    def expect_room(self, name: str, size: int) -> None:
        """Raise ``Unfit`` unless the disk has room for as many bytes, and some to spare.

        Args:
            name: Who needs them, for the error.
            size: How many bytes.

        Raises:
            Unfit: It has not.
        """
        status = os.fstatvfs(self._descriptor)
        if status.f_bavail * status.f_frsize < size + _SPARE:
            raise Unfit("{name}: no room to unpack its layers; TMPDIR names another folder for them", name=name)

    def write(self, name: str, data: bytes) -> None:
        """Write more bytes.

        Args:
            name: Whose bytes they are, for the error.
            data: The bytes; they go behind what was written last.

        Raises:
            Unfit: The disk has no room.
            Limit: They are more than was allowed.
        """
        self.count(name, len(data))
        if self._size + len(data) > self._checked:
            self.expect_room(name, len(data) + _CHECK_EACH)
            self._checked = self._size + len(data) + _CHECK_EACH
        view = memoryview(data)
        try:
            while view:
                written = os.pwrite(self._descriptor, view, self._size)
                self._size += written
                view = view[written:]
        except OSError as error:
            raise Unfit("{name}: its layers can't be unpacked: {why}", name=name, why=reason(error)) from error

    def mark(self) -> int:
        """Return where the next byte goes."""
        return self._size

    def part(self, name: str, start: int) -> Part:
        """Return what was written since a mark.

        Args:
            name: How errors call it.
            start: Where the part begins, in bytes: what ``mark`` returned.
        """
        return Part(name, self._descriptor, start, self._size - start)


def unpack_layer(layer: LayerBlob, spool: Spool) -> Part:
    """Return the tar of a layer, verified: where it lies if it is not packed, else unpacked into the spool.

    Args:
        layer: The layer.
        spool: Where to unpack it.

    Raises:
        Malformed: It can't be unpacked, or is not what its digests name.
        Limit: It unpacks to more than is allowed, or than anybody means.
        Unfit: It can't be read, or the disk has no room.
    """
    blob = layer.blob
    magic = blob.read_at(0, min(8, blob.size))
    for start, name in _OTHERS.items():
        if magic.startswith(start):
            raise Malformed("{name}: a layer packed by {name_2}, which is not read", name=blob.name, name_2=name)
    if magic.startswith(_GZIP):
        packed = _gunzip
    elif magic.startswith(_ZSTD) or _is_skippable(magic):
        packed = _unzstd
    else:
        spool.count(blob.name, blob.size)
        hashes = Hashes(layer.digest, layer.diff_id)
        for _ in _pieces(blob, hashes):
            pass
        hashes.expect(blob.name)
        return blob
    spool.expect_room(blob.name, blob.size)
    start_at = spool.mark()
    outer, inner = Hashes(layer.digest), Hashes(layer.diff_id)
    for data in packed(blob, outer):
        inner.update(data)
        spool.write(blob.name, data)
        total = spool.mark() - start_at
        if total > _RATIO_FROM and total > _RATIO * blob.size:
            raise Limit(
                "{name}: a layer that unpacks to more than {ratio} times its size", name=blob.name, ratio=_RATIO
            )
    outer.expect(blob.name)
    inner.expect(blob.name)
    return spool.part(blob.name, start_at)


def _is_skippable(magic: bytes) -> bool:
    return len(magic) >= 4 and 0x50 <= magic[0] <= 0x5F and magic[1:4] == b"\x2a\x4d\x18"


def _pieces(blob: Layer, hashes: Hashes) -> Iterator[bytes]:
    for position in range(0, blob.size, PIECE):
        data = blob.read_at(position, min(PIECE, blob.size - position))
        hashes.update(data)
        yield data


def _gunzip(blob: Layer, hashes: Hashes) -> Iterator[bytes]:
    """Yield what a file of gzip's holds, which may consist of several one after the other."""
    member = zlib.decompressobj(31)
    begun = False
    for piece in _pieces(blob, hashes):
        data = piece
        while True:
            try:
                out = member.decompress(data, PIECE)
            except zlib.error as error:
                raise Malformed("{name}: its gzip can't be unpacked", name=blob.name) from error
            begun = True
            if out:
                yield out
            if member.eof:
                data, member, begun = member.unused_data, zlib.decompressobj(31), False
                if not data:
                    break
                continue
            data = member.unconsumed_tail
            if not data and len(out) < PIECE:
                break
    if begun:
        raise Malformed("{name}: its gzip is cut off", name=blob.name)


class _Source:
    """What zstd reads from: a layer's pieces, and our own end behind them."""

    def __init__(self, blob: Layer, hashes: Hashes, end: bytes) -> None:
        self._pieces = _pieces(blob, hashes)
        self._end = end
        self._left = b""

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = next(self._pieces, b"")
            if not self._left:
                self._left, self._end = self._end, b""
        data, self._left = self._left[:size], self._left[size:]
        return data


def _unzstd(blob: Layer, hashes: Hashes) -> Iterator[bytes]:
    """Yield what a file of zstd's holds, which may consist of several frames."""
    try:
        import zstandard
    except ImportError as error:
        raise Unfit("{name}: a layer packed by zstd: pip install 'rempart[images]'", name=blob.name) from error
    end = zstandard.ZstdCompressor(write_checksum=True, write_content_size=True).compress(_END)
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    last = b""
    try:
        with unpacker.stream_reader(cast("IO[bytes]", _Source(blob, hashes, end)), read_across_frames=True) as reader:
            while data := reader.read(PIECE):
                data = last + data
                if len(data) > len(_END):
                    yield data[: -len(_END)]
                last = data[-len(_END) :]
    except zstandard.ZstdError as error:
        raise Malformed("{name}: its zstd can't be unpacked", name=blob.name) from error
    if last != _END:
        raise Malformed("{name}: its zstd is cut off", name=blob.name)
