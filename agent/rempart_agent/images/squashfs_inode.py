"""The inodes of SquashFS.

Source: the structures of the kernel's fs/squashfs/squashfs_fs.h, and fs/squashfs/inode.c for what it makes of them.
"""

import os
import stat
import struct
from typing import NamedTuple

from rempart_agent.images.squashfs_blocks import Cursor
from rempart_agent.source.contract import Malformed

NONE = 0xFFFFFFFF
FOLDER = 1
_KINDS = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK
_HEAD = struct.Struct("<HHHHII")
_MOST_LINK = 65535


class Inode(NamedTuple):
    """One inode.

    Attributes:
        kind: 1 for a folder, 2 for a file, and so on, as entries of folders have it.
        mode: Kind and permissions, as ``st_mode``.
        owner: Which of the owners is its user, and which its group.
        time: Of its content, in seconds since 1970.
        number: Its own.
        links: How many names it has.
        size: In bytes.
        start: Where the first block of data, or of names, lies.
        place: Where the names begin in their block, or the end of a file in its fragment.
        fragment: Which fragment holds the end of a file; ``NONE`` for none.
        blocks: How many blocks a file has.
        words: Where the sizes of these blocks lie: a block of 8 KiB, and the place in it.
        link: Where a link points.
        device: What a device file stands for.
        attributes: Which set of extended attributes it has; ``NONE`` for none.
    """

    kind: int
    mode: int
    owner: tuple[int, int]
    time: int
    number: int
    links: int = 1
    size: int = 0
    start: int = 0
    place: int = 0
    fragment: int = NONE
    blocks: int = 0
    words: tuple[int, int] = (0, 0)
    link: bytes = b""
    device: int = 0
    attributes: int = NONE


def read_inode(cursor: Cursor, block_size: int, name: str) -> Inode:
    """Return an inode.

    Args:
        cursor: Stands before it.
        block_size: Bytes of a block of data.
        name: Of the file system.

    Raises:
        Malformed: it can't be understood.
    """
    kind, mode, user, group, time, number = _HEAD.unpack(cursor.take(_HEAD.size))
    if not 1 <= kind <= 14:
        raise Malformed("{name}: an inode of the unknown kind {kind}", name=name, kind=kind)
    more = kind > 7
    kind -= 7 * more
    base = Inode(kind, _KINDS[kind - 1] | mode & 0o7777, (user, group), time, number)
    if kind == FOLDER:
        return _folder(base, cursor, more)
    if kind == 2:
        return _file(base, cursor, more, block_size)
    (links,) = _numbers(cursor, "I")
    if kind == 3:
        (size,) = _numbers(cursor, "I")
        if not 0 < size <= _MOST_LINK:
            raise Malformed("{name}: the link {number} has {size} bytes", name=name, number=number, size=size)
        base = base._replace(size=size, link=cursor.take(size))
    elif kind in {4, 5}:
        (device,) = _numbers(cursor, "I")
        base = base._replace(device=os.makedev(device >> 8 & 0xFFF, device & 0xFF | device >> 12 & 0xFFF00))
    return base._replace(links=links, attributes=_numbers(cursor, "I")[0] if more else NONE)


def _numbers(cursor: Cursor, form: str) -> tuple[int, ...]:
    return struct.unpack("<" + form, cursor.take(struct.calcsize("<" + form)))


def _folder(base: Inode, cursor: Cursor, more: bool) -> Inode:
    if more:
        links, size, start, _, _, place, attributes = _numbers(cursor, "IIIIHHI")
    else:
        start, links, size, place, _ = _numbers(cursor, "IIHHI")
        attributes = NONE
    return base._replace(links=links, size=size, start=start, place=place, attributes=attributes)


def _file(base: Inode, cursor: Cursor, more: bool, block_size: int) -> Inode:
    if more:
        start, size, _, links, fragment, place, attributes = _numbers(cursor, "QQQIIII")
    else:
        start, fragment, place, size = _numbers(cursor, "IIII")
        links, attributes = 1, NONE
    base = base._replace(links=links, size=size, start=start, place=place, fragment=fragment, attributes=attributes)
    blocks = size // block_size if fragment != NONE else -(-size // block_size)
    return base._replace(blocks=blocks, words=cursor.where())
