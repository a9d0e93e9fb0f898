"""Extended attributes of ext2, ext3 and ext4: those in the inode and those in a block of their own.

Source: the kernel's Documentation/filesystems/ext4/attributes.rst; fs/ext4/acl.h for how an access list lies on the
disk, and include/uapi/linux/posix_acl_xattr.h for how a program sees it.
"""

import struct
from collections.abc import Iterator

from rempart_agent.source.contract import Malformed, Unfit

MAGIC = 0xEA020000
_ENTRY = struct.Struct("<BBHIII")
_PREFIXES = {
    0: "",
    1: "user.",
    2: "system.posix_acl_access",
    3: "system.posix_acl_default",
    4: "trusted.",
    6: "security.",
    7: "system.",
    8: "system.richacl",
}
_ACLS = ("system.posix_acl_access", "system.posix_acl_default")
_NAMED = (0x02, 0x08)  # ACL_USER, ACL_GROUP: entries with an id


def attributes(area: bytes, first: int, base: int, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield names and values.

    Args:
        area: The block, or the inode.
        first: Where the first entry lies in it.
        base: What the offsets of values count from.
        name: Of the file system.

    Raises:
        Malformed: they can't be understood.
        Unfit: a value lies in an inode of its own.
    """
    at = first
    while at + 4 <= len(area) and area[at : at + 4] != b"\0\0\0\0":
        if at + _ENTRY.size > len(area):
            raise Malformed("{name}: an extended attribute is cut off", name=name)
        length, index, offset, inode, size, _ = _ENTRY.unpack_from(area, at)
        called = area[at + _ENTRY.size : at + _ENTRY.size + length]
        if index not in _PREFIXES or len(called) < length:
            raise Malformed("{name}: an extended attribute can't be understood", name=name)
        if inode:
            raise Unfit("{name}: an extended attribute lies in an inode of its own", name=name)
        value = area[base + offset : base + offset + size]
        if len(value) < size:
            raise Malformed("{name}: the value of an extended attribute is cut off", name=name)
        yield _PREFIXES[index] + called.decode("utf-8", "surrogateescape"), value
        at += (_ENTRY.size + length + 3) & ~3


def as_seen(attribute: str, value: bytes, name: str) -> bytes:
    """Return a value as a program sees it: access lists lie on the disk in another form.

    Args:
        attribute: Its name.
        value: As it lies on the disk.
        name: Of the file system.

    Raises:
        Malformed: an access list can't be understood.
    """
    return access_list(value, name) if attribute in _ACLS else value


def access_list(stored: bytes, name: str) -> bytes:
    """Return an access list as a program sees it, of one that lies on the disk.

    Args:
        stored: Version 1: entries of tag and permissions, those of named users and groups with an id of 32 bits.
        name: Of the file system.

    Raises:
        Malformed: it is no such list.
    """
    seen = [struct.pack("<I", 2)]
    if stored[:4] != struct.pack("<I", 1):
        raise Malformed("{name}: an access list of an unknown version", name=name)
    at = 4
    while at < len(stored):
        if len(stored) - at < 4:
            raise Malformed("{name}: an access list is cut off", name=name)
        tag, permissions = struct.unpack_from("<HH", stored, at)
        at += 4
        who = 0xFFFFFFFF
        if tag in _NAMED:
            if len(stored) - at < 4:
                raise Malformed("{name}: an access list is cut off", name=name)
            (who,) = struct.unpack_from("<I", stored, at)
            at += 4
        seen.append(struct.pack("<HHI", tag, permissions, who))
    return b"".join(seen)
