"""FAT12, FAT16 and FAT32, through libfsfat: the partition that firmware starts from.

The library tells times a month late (version 20260826), so that they are left out.

Source: the kernel's include/uapi/linux/msdos_fs.h for the boot sector.
"""

import os
import struct
from typing import Any

from rempart_agent.images import plain_entry
from rempart_agent.images.filesystem import Node
from rempart_agent.images.layer import Layer
from rempart_agent.images.libyal import FileEntry, LibyalFileSystem
from rempart_agent.images.status import Times
from rempart_agent.source.contract import Unfit

_FOLDER = 0x10
_NO_TIMES = Times()


def is_fat(layer: Layer) -> bool:
    """Tell whether a FAT file system lies on a layer."""
    if layer.size < 512:
        return False
    boot = layer.read_at(0, 512)
    return boot[510:] == b"\x55\xaa" and (boot[54:57] == b"FAT" or boot[82:87] == b"FAT32")


class Fat(LibyalFileSystem):
    """A FAT file system."""

    kind = "vfat"
    folds = True

    def __init__(self, layer: Layer) -> None:
        """Open it.

        Args:
            layer: What it lies on.

        Raises:
            Unfit: it is cut off.
            Malformed: its structures can't be understood.
        """
        super().__init__(layer)
        import pyfsfat

        boot = layer.read_at(0, 512)
        (sector,) = struct.unpack_from("<H", boot, 11)
        sectors = struct.unpack_from("<H", boot, 19)[0] or struct.unpack_from("<I", boot, 32)[0]
        serial = struct.unpack_from("<I", boot, 67 if boot[82:87] == b"FAT32" else 39)[0]
        self.uuid = f"{serial >> 16:04X}-{serial & 0xFFFF:04X}"
        if sector * sectors > layer.size:
            raise Unfit(
                "{name}: FAT of {sector} bytes is cut off at {size}",
                name=self.name,
                sector=sector * sectors,
                size=layer.size,
            )
        self._volume: Any = pyfsfat.volume()
        with self.errors("the file system"):
            self._volume.open_file_object(self.file)
            self.label = (self._volume.label or "").strip()
            self.root = self._volume.get_root_directory().identifier

    def entry(self, node: Node) -> Any:
        """See LibyalFileSystem.entry."""
        return (
            self._volume.get_root_directory() if node == self.root else self._volume.get_file_entry_by_identifier(node)
        )

    def number(self, entry: FileEntry) -> Node:
        """See LibyalFileSystem.number."""
        return int(entry.identifier)  # type: ignore[attr-defined]  # entries of FAT have one

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status."""
        if node == self.root:
            return plain_entry.status(node, plain_entry.FOLDER, 0, _NO_TIMES)
        with self.errors(f"the entry {node}"):
            entry = self.entry(node)
            folder = entry.file_attribute_flags & _FOLDER
            mode, size = (plain_entry.FOLDER, 0) if folder else (plain_entry.FILE, entry.size)
        return plain_entry.status(node, mode, size, _NO_TIMES)
