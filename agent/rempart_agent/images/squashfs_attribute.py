"""Extended attributes of SquashFS: sets of them, which inodes share.

Source: struct squashfs_xattr_* of the kernel's fs/squashfs/squashfs_fs.h, and fs/squashfs/xattr.c.
"""

import struct

from rempart_agent.images.squashfs_blocks import Blocks, Cursor
from rempart_agent.source.contract import Malformed

_PREFIXES = "user.", "trusted.", "security."
_ELSEWHERE = 0x100
_MOST = 65536  # bytes of a value: XATTR_SIZE_MAX of Linux
_MOST_OF_THEM = 4096


def find_attribute(blocks: Blocks, index: int, number: int, wanted: str) -> bytes | None:
    """Return the value of an attribute; None where the set has none of this name.

    Args:
        blocks: Of the file system.
        index: Where the index of the sets lies.
        number: Which set.
        wanted: The attribute's full name.

    Raises:
        Malformed: the set can't be understood.
    """
    start, sets, _, end = struct.unpack("<QIIQ", blocks.raw(index, 24))  # the first set lies behind the last value
    place, many, _ = struct.unpack("<QII", blocks.entry(index + 16, sets, number, 16))
    if not 0 < many <= _MOST_OF_THEM:
        raise Malformed("{name}: a file has {many} extended attributes", name=blocks.name, many=many)
    cursor = _at(blocks, start, end, place)
    for _ in range(many):
        kind, length = struct.unpack("<HH", cursor.take(4))
        if kind & ~_ELSEWHERE >= len(_PREFIXES):
            raise Malformed("{name}: an extended attribute of the unknown kind {kind}", name=blocks.name, kind=kind)
        name = _PREFIXES[kind & ~_ELSEWHERE] + cursor.take(length).decode("utf-8", "surrogateescape")
        value = _value(cursor, blocks.name)
        if name != wanted:
            continue
        if not kind & _ELSEWHERE:
            return value
        if len(value) != 8:
            raise Malformed("{name}: the value of an extended attribute lies nowhere", name=blocks.name)
        return _value(_at(blocks, start, end, int.from_bytes(value, "little")), blocks.name)
    return None


def _at(blocks: Blocks, start: int, end: int, place: int) -> Cursor:
    return Cursor(blocks, start + (place >> 16), place & 0xFFFF, end)


def _value(cursor: Cursor, name: str) -> bytes:
    (size,) = struct.unpack("<I", cursor.take(4))
    if size > _MOST:
        raise Malformed("{name}: the value of an extended attribute has {size} bytes", name=name, size=size)
    return cursor.take(size)
