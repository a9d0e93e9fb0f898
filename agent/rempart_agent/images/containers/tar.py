"""The members of a tar, read strictly: what can't be understood ends the reading with an error, never in silence.

The forms are those of POSIX (ustar, pax), GNU and V7 as Go's ``archive/tar`` reads them, since that is what makes and
unpacks container images. Python's ``tarfile`` takes a bad header in the middle for the end, so it is no choice here.
"""

import stat
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.images.containers.number import BLOCK, number, padded
from rempart_agent.images.containers.pax import Extended, read_extended, text
from rempart_agent.images.containers.sparse import Sparse, read_extended_map, read_old
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Limit, Malformed

_ZEROS = bytes(BLOCK)
_PIECE = 1 << 20
_LONGEST = 1 << 20
"""Bytes of one extended header or long name: Go's archive/tar takes no more either."""
LINK = 0
"""The type of a hard link, which is a name and no file of its own."""
_TYPES = {
    ord("0"): stat.S_IFREG,
    0: stat.S_IFREG,
    ord("7"): stat.S_IFREG,
    ord("S"): stat.S_IFREG,
    ord("1"): LINK,
    ord("2"): stat.S_IFLNK,
    ord("3"): stat.S_IFCHR,
    ord("4"): stat.S_IFBLK,
    ord("5"): stat.S_IFDIR,
    ord("6"): stat.S_IFIFO,
}
_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK = b"xgLK"


class Member(NamedTuple):
    """One member of a tar.

    Attributes:
        name: As it is written.
        type: One of ``stat.S_IFREG`` and its kin, or ``LINK``.
        mode: The twelve bits of permissions.
        uid: The owner's number.
        gid: The group's number.
        mtime: When it was written, in nanoseconds.
        size: How many bytes the file has; 0 where it is no file.
        target: Where a link points, as it is written.
        device: Major and minor number of a device.
        data: Where in the layer its bytes begin.
        pieces: What is stored of a sparse file, one after the other from ``data`` on; None where all is.
        xattrs: Extended attributes by name; None for none.
    """

    name: str
    type: int
    mode: int
    uid: int
    gid: int
    mtime: int
    size: int
    target: str
    device: tuple[int, int]
    data: int
    pieces: tuple[tuple[int, int], ...] | None
    xattrs: dict[str, bytes] | None


def is_header(block: bytes) -> bool:
    """Return whether a block is a member's header: whether its checksum is right."""
    if len(block) < BLOCK or block == _ZEROS:
        return False
    try:
        said = number(block[148:156], "checksum")
    except Malformed:
        return False
    rest = block[:148] + block[156:BLOCK]
    total = sum(rest) + 8 * 0x20
    return said == total or said == total - 256 * sum(byte > 127 for byte in rest)  # old programs took bytes as signed


def _until_zero(field: bytes) -> str:
    return text(field.split(b"\0", 1)[0])


def _name(block: bytes) -> str:
    name = _until_zero(block[:100])
    if block[257:263] == b"ustar\0":
        prefix = _until_zero(block[345:476] if block[508:512] == b"tar\0" else block[345:500])
        return f"{prefix}/{name}" if prefix else name
    if block[257:265] == b"ustar  \0":  # GNU has two times where POSIX has the prefix
        number(block[345:357], "time")
        number(block[357:369], "time")
    return name


def _read_long(layer: Layer, position: int, size: int) -> bytes:
    if not 0 <= size <= _LONGEST:
        raise Limit("{name}: an extended header of its tar has {size} bytes", name=layer.name, size=size)
    return layer.read_at(position, size)


def _expect_zeros(layer: Layer, position: int) -> None:
    while position < layer.size:
        piece = layer.read_at(position, min(_PIECE, layer.size - position))
        if piece.count(0) != len(piece):
            raise Malformed("{name}: bytes follow the end of its tar, which nothing unpacks", name=layer.name)
        position += len(piece)


def read_members(layer: Layer) -> Iterator[Member]:
    """Yield the members of a tar in their order.

    Args:
        layer: The bytes of the whole tar.

    Raises:
        Malformed: A header can't be understood, data is cut off, or something follows the end.
        Limit: A header says more than anybody means.
        Unfit: The bytes can't be read.
    """
    try:
        yield from _read_members(layer)
    except (Malformed, Limit) as error:
        if layer.name in str(error):
            raise
        raise type(error)("{name}: {error}", name=layer.name, error=error) from error


def _read_members(layer: Layer) -> Iterator[Member]:
    position = 0
    extended = Extended()
    long_name = long_link = ""
    pending = False
    while position < layer.size:
        block = layer.read_at(position, min(BLOCK, layer.size - position))
        if len(block) < BLOCK:
            raise Malformed("its tar is cut off in a header")
        position += BLOCK
        if block == _ZEROS:
            _expect_zeros(layer, position)
            break
        if not is_header(block):
            raise Malformed("its tar has a damaged header at byte {position}", position=position - BLOCK)
        kind = block[156]
        size = number(block[124:136], "size")
        if kind in (_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK):
            data = _read_long(layer, position, size)
            position += padded(size)
            if kind == _PAX:
                extended = read_extended(data)
            elif kind == _LONG_NAME:
                long_name = _until_zero(data)
            elif kind == _LONG_LINK:
                long_link = _until_zero(data)
            pending = pending or kind != _PAX_GLOBAL  # what is said of all members is passed over by each unpacker
            continue
        member, position = _read_member(layer, block, position, extended, long_name, long_link)
        yield member
        extended, long_name, long_link, pending = Extended(), "", "", False
    if pending:
        raise Malformed("its tar is cut off after an extended header")


def _read_member(
    layer: Layer, block: bytes, position: int, extended: Extended, long_name: str, long_link: str
) -> tuple[Member, int]:
    """Return a member whose header is ``block``, and where the next header lies."""
    kind = block[156]
    name = long_name or extended.path or _name(block)
    if kind not in _TYPES:
        raise Malformed("its tar has a member of the unknown type {kind}", kind=repr(chr(kind)))
    type_ = _TYPES[kind]
    if kind == 0 and name.endswith("/"):
        type_ = stat.S_IFDIR
    stored = number(block[124:136], "size") if extended.size is None else extended.size
    if type_ != stat.S_IFREG:
        stored = 0  # what a header says of the size of a folder or a link is no data
    if stored < 0:
        raise Malformed("its tar has a member of negative size")
    start, whole = position, Sparse(stored, (), position)
    pieces = None
    if kind == ord("S"):
        whole = read_old(layer, block, position, stored)
        start, pieces = whole.data, whole.pieces  # the blocks of the map are not counted in the size
    elif type_ == stat.S_IFREG and extended.sparse:
        whole = read_extended_map(layer, extended.sparse, position, stored)
        pieces = whole.pieces
        name = text(extended.sparse.get("name", b"")) or name
    if start + stored > layer.size:
        raise Malformed("its tar is cut off in {name}", name=repr(name))
    devices = type_ in (stat.S_IFCHR, stat.S_IFBLK)
    member = Member(
        name=name,
        type=type_,
        mode=number(block[100:108], "mode") & 0o7777,
        uid=number(block[108:116], "owner") if extended.uid is None else extended.uid,
        gid=number(block[116:124], "group") if extended.gid is None else extended.gid,
        mtime=number(block[136:148], "time") * 1_000_000_000 if extended.mtime is None else extended.mtime,
        size=whole.size,
        target=(long_link or extended.target or _until_zero(block[157:257])) if type_ in (LINK, stat.S_IFLNK) else "",
        device=(number(block[329:337], "device"), number(block[337:345], "device")) if devices else (0, 0),
        data=whole.data,
        pieces=pieces,
        xattrs=extended.xattrs,
    )
    return member, start + padded(stored)
