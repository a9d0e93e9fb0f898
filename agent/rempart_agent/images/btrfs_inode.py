"""The inodes of btrfs, the names in its folders, and extended attributes, which are written in the same way.

Source: struct btrfs_inode_item and btrfs_dir_item of the kernel's include/uapi/linux/btrfs_tree.h;
fs/btrfs/tree-checker.c for what must hold.
"""

import os
import stat
import struct
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.images.btrfs_tree import Key
from rempart_agent.images.status import Times
from rempart_agent.source.contract import Malformed

INODE_ITEM, INODE_REF, XATTR_ITEM, DIR_ITEM, DIR_INDEX, EXTENT_DATA = 1, 12, 24, 84, 96, 108
ROOT_ITEM, ROOT_BACKREF, ROOT_REF = 132, 144, 156
NO_SUMS = 1
"""A flag of an inode: its data have no checksums."""

_INODE = struct.Struct("<QQQQQIIIIQQQ")
_TIMES = struct.Struct("<qIqIqI")
_SIZE = 160
_NAME = struct.Struct("<QBQQHHB")
_KINDS = frozenset((stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK))
_MOST_NAME = 255
_ATTRIBUTE = 8
_SECOND = 1_000_000_000


class Inode(NamedTuple):
    """One inode.

    Attributes:
        mode: Kind and permissions, as ``st_mode``.
        links: How many names it has.
        owner: Its user and its group.
        size: In bytes.
        times: Of it.
        device: What a device file stands for.
        flags: Bits, ``NO_SUMS`` among them.
    """

    mode: int
    links: int
    owner: tuple[int, int]
    size: int
    times: Times
    device: int
    flags: int


class Name(NamedTuple):
    """A name, and what stands behind it.

    Attributes:
        name: As it lies on the disk.
        target: The key of what it names; of an attribute, nothing.
        kind: What is named.
        value: Of an attribute.
    """

    name: bytes
    target: Key
    kind: int
    value: bytes


def read_inode(item: bytes, name: str) -> Inode:
    """Return an inode.

    Args:
        item: What lies on the disk.
        name: Of the file system, for the error.

    Raises:
        Malformed: it can't be understood.
    """
    if len(item) != _SIZE:
        raise Malformed("{name}: an inode of btrfs with {count} bytes", name=name, count=len(item))
    _, _, size, _, _, links, user, group, mode, device, flags, _ = _INODE.unpack_from(item)
    if stat.S_IFMT(mode) not in _KINDS or mode >> 16:
        raise Malformed("{name}: an inode of btrfs with the mode {mode}", name=name, mode=f"{mode:o}")
    if size >= 1 << 63:
        raise Malformed("{name}: an inode of btrfs says {size} bytes", name=name, size=size)
    access, more, status, still, content, most = _TIMES.unpack_from(item, 112)
    times = Times(access * _SECOND + more, content * _SECOND + most, status * _SECOND + still)
    known = stat.S_ISBLK(mode) or stat.S_ISCHR(mode)
    number = os.makedev(device >> 20 & 0xFFF, device & 0xFFFFF) if known else 0
    return Inode(mode, links, (user, group), size, times, number, flags)


def read_names(item: bytes, name: str) -> Iterator[Name]:
    """Yield the names that one item holds: several where their hash is the same.

    Args:
        item: What lies on the disk.
        name: Of the file system, for the error.

    Raises:
        Malformed: they can't be understood.
    """
    at = 0
    while at < len(item):
        if at + _NAME.size > len(item):
            raise Malformed("{name}: a name in btrfs is cut off", name=name)
        number, what, offset, _, valued, named, kind = _NAME.unpack_from(item, at)
        at += _NAME.size
        end = at + named + valued
        if end > len(item) or not 0 < named <= _MOST_NAME or (valued and kind != _ATTRIBUTE):
            raise Malformed("{name}: a name in btrfs can't be understood", name=name)
        yield Name(item[at : at + named], (number, what, offset), kind, item[at + named : end])
        at = end


def read_root_item(item: bytes, name: str) -> tuple[int, int, int, int, int]:
    """Return what an item says of a tree: its top folder, address, generation, level, and how often it is in use.

    Args:
        item: What lies on the disk (``struct btrfs_root_item``).
        name: Of the file system, for the error.

    Raises:
        Malformed: it is cut off.
    """
    if len(item) < 239:
        raise Malformed("{name}: what btrfs says of a tree is cut off", name=name)
    generation, folder, address = struct.unpack_from("<QQQ", item, _SIZE)
    (uses,) = struct.unpack_from("<I", item, 216)
    return folder, address, generation, item[238], uses


def read_root_reference(item: bytes, name: str) -> tuple[int, bytes]:
    """Return the folder that a subvolume stands in, and its name there.

    Args:
        item: What lies on the disk (``struct btrfs_root_ref``).
        name: Of the file system, for the error.

    Raises:
        Malformed: it can't be understood.
    """
    if len(item) < 18:
        raise Malformed("{name}: what btrfs says of a subvolume's place is cut off", name=name)
    folder, _, length = struct.unpack_from("<QQH", item)
    if len(item) != 18 + length or not 0 < length <= _MOST_NAME:
        raise Malformed("{name}: what btrfs says of a subvolume's place can't be understood", name=name)
    return folder, item[18:]


def read_reference(item: bytes, name: str) -> bytes:
    """Return the first name that a folder gives an inode.

    Args:
        item: What lies on the disk (``struct btrfs_inode_ref``).
        name: Of the file system, for the error.

    Raises:
        Malformed: it can't be understood.
    """
    length = int.from_bytes(item[8:10], "little")
    if len(item) < 10 + length or not 0 < length <= _MOST_NAME:
        raise Malformed("{name}: the name of an inode of btrfs can't be understood", name=name)
    return item[10 : 10 + length]
