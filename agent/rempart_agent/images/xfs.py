"""XFS, through libfsxfs, which calls the name space ``security`` by XFS's own name, ``secure``.

With parent pointers (feature 0x80) it reads long links wrong (version 20260901): such a file system is refused.

Source: the kernel's fs/xfs/libxfs/xfs_format.h (super block, features) and xfs_acl.h (access lists).
"""

import struct
import uuid

from rempart_agent.images.filesystem import Node
from rempart_agent.images.layer import Layer
from rempart_agent.images.libyal import UnixFileSystem
from rempart_agent.images.xfs_log import is_unmounted
from rempart_agent.source.contract import Malformed, Unfit

_SIZE = 512
_NEEDS_REPAIR = 0x10
_KNOWN = {0x1: "ftype", 0x2: "sparse inodes", 0x4: "meta uuid", 0x8: "bigtime", 0x20: "nrext64", 0x40: "exchange-range"}
_ACLS = {"system.posix_acl_access": "trusted.SGI_ACL_FILE", "system.posix_acl_default": "trusted.SGI_ACL_DEFAULT"}


def is_xfs(layer: Layer) -> bool:
    """Tell whether an XFS file system lies on a layer."""
    return layer.size >= _SIZE and layer.read_at(0, 4) == b"XFSB"


class Xfs(UnixFileSystem):
    """An XFS file system."""

    kind = "xfs"

    def __init__(self, layer: Layer) -> None:
        """Open it.

        Args:
            layer: What it lies on.

        Raises:
            Unfit: its log holds changes, or it has what can't be read here.
            Malformed: its structures can't be understood.
        """
        super().__init__(layer)
        import pyfsxfs

        block = layer.read_at(0, _SIZE)
        size, blocks, _, realtime = struct.unpack_from(">IQQQ", block, 4)
        (log,), (self.root,) = struct.unpack_from(">Q", block, 48), struct.unpack_from(">Q", block, 56)
        (per_group,), (log_blocks, version) = struct.unpack_from(">I", block, 84), struct.unpack_from(">IH", block, 96)
        self.uuid = str(uuid.UUID(bytes=block[32:48]))
        self.label = block[108:120].split(b"\0")[0].decode("utf-8", "replace")
        shift = block[124]
        if size not in {1 << power for power in range(9, 17)} or not per_group or shift > 32:
            raise Malformed("{name}: the super block of XFS can't be understood", name=self.name)
        if blocks * size > layer.size:
            raise Unfit(
                "{name}: XFS of {blocks} bytes is cut off at {size}",
                name=self.name,
                blocks=blocks * size,
                size=layer.size,
            )
        if version & 0xF == 5:
            (incompat,) = struct.unpack_from(">I", block, 216)
            if incompat & _NEEDS_REPAIR:
                raise Unfit("{name}: XFS needs repair: run xfs_repair first", name=self.name)
            unread = [f"0x{1 << bit:x}" for bit in range(32) if incompat >> bit & 1 and 1 << bit not in _KNOWN]
            if unread:
                raise Unfit(
                    "{name}: XFS with the unknown features {unread} can't be read",
                    name=self.name,
                    unread=", ".join(unread),
                )
        if block[126]:
            raise Unfit("{name}: XFS that mkfs did not finish", name=self.name)
        if realtime:
            raise Unfit("{name}: XFS with a realtime device can't be read", name=self.name)
        if not log:
            raise Unfit("{name}: XFS with its log on another disk can't be read", name=self.name)
        at = ((log >> shift) * per_group + (log & ((1 << shift) - 1))) * size
        if not is_unmounted(layer, at, log_blocks * size // 512):
            raise Unfit(
                "{name}: XFS was not unmounted cleanly (its log holds changes): mount it once, or repair it",
                name=self.name,
            )
        self._volume = pyfsxfs.volume()
        with self.errors("the file system"):
            self._volume.open_file_object(self.file)
        self.by_number = self._volume.get_file_entry_by_inode

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr."""
        if name not in _ACLS:
            return super().xattr(
                node, name.replace("security.", "secure.", 1) if name.startswith("security.") else name
            )
        value = super().xattr(node, _ACLS[name])
        return None if value is None else access_list(value, self.name)


def access_list(stored: bytes, name: str) -> bytes:
    """Return an access list as a program sees it, of one that lies on the disk.

    Args:
        stored: A count, and for each entry tag, id, permissions and two bytes of nothing, big-endian.
        name: Of the file system.

    Raises:
        Malformed: it is no such list.
    """
    (count,) = struct.unpack_from(">I", stored) if len(stored) >= 4 else (0xFFFF_FFFF,)
    if len(stored) < 4 + 12 * count:
        raise Malformed("{name}: an access list is cut off", name=name)
    seen = [struct.pack("<I", 2)]
    for number in range(count):
        tag, who, permissions = struct.unpack_from(">IIH", stored, 4 + 12 * number)
        seen.append(struct.pack("<HHI", tag & 0xFFFF, permissions, who if tag in (0x02, 0x08) else 0xFFFFFFFF))
    return b"".join(seen)
