r"""NTFS, through libfsntfs.

Source: the documentation of libfsntfs (New Technologies File System), and fs/ntfs3/ntfs.h of the kernel for the boot
sector and the volume's flags. A node is the number of an entry of the master file table.
"""

import os
import struct
from typing import Any

from rempart_agent.images import plain_entry
from rempart_agent.images.filesystem import Node
from rempart_agent.images.layer import Layer
from rempart_agent.images.libyal import FileEntry, LibyalFileSystem
from rempart_agent.images.ntfs_log import HEAD, why_open
from rempart_agent.images.status import Times
from rempart_agent.source.contract import Malformed, Missing, SourceError, Unfit

_LOG, _VOLUME = 2, 3  # the entries of $LogFile and $Volume
_VOLUME_INFORMATION = 0x70
_DIRTY = 0x1
_ENTRY = (1 << 48) - 1
_REPARSE, _FOLDER, _ENCRYPTED = 0x400, 0x10, 0x4000


def is_ntfs(layer: Layer) -> bool:
    """Tell whether an NTFS file system lies on a layer."""
    return layer.size >= 512 and layer.read_at(3, 8) == b"NTFS    "


class Ntfs(LibyalFileSystem):
    """An NTFS file system."""

    kind = "ntfs"
    root = 5
    folds = True

    def __init__(self, layer: Layer) -> None:
        """Open it.

        Args:
            layer: What it lies on.

        Raises:
            Unfit: it was not unmounted cleanly.
            Malformed: its structures can't be understood.
        """
        super().__init__(layer)
        import pyfsntfs

        boot = layer.read_at(0, 512)
        (sector,), (sectors,) = struct.unpack_from("<H", boot, 11), struct.unpack_from("<Q", boot, 40)
        self.uuid = f"{struct.unpack_from('<Q', boot, 72)[0]:016X}"
        if sector * sectors > layer.size:
            raise Unfit(
                "{name}: NTFS of {sector} bytes is cut off at {size}",
                name=self.name,
                sector=sector * sectors,
                size=layer.size,
            )
        self._volume: Any = pyfsntfs.volume()
        with self.errors("the file system"):
            self._volume.open_file_object(self.file)
            self.label = self._volume.name or ""
            about = self._volume.get_file_entry(_VOLUME).attributes
            flags = [one.flags for one in about if one.attribute_type == _VOLUME_INFORMATION]
        if len(flags) != 1:
            raise Malformed("{name}: NTFS without one record of its own state", name=self.name)
        if flags[0] & _DIRTY:
            raise Unfit("{name}: NTFS was not unmounted cleanly (it is marked dirty): run chkdsk first", name=self.name)
        why = why_open(self._head_of_log())
        if why:
            raise Unfit(
                "{name}: NTFS was not unmounted cleanly ({why}): start Windows, and shut it down with shutdown /s",
                name=self.name,
                why=SourceError(why),
            )

    def _head_of_log(self) -> bytes:
        with self.errors("the log"):
            log = self._volume.get_file_entry(_LOG)
            return bytes(log.read_buffer_at_offset(min(HEAD, log.size), 0))

    def entry(self, node: Node) -> Any:
        """See LibyalFileSystem.entry."""
        return self._volume.get_file_entry(node)

    def number(self, entry: FileEntry) -> Node:
        """See LibyalFileSystem.number."""
        return int(entry.file_reference & _ENTRY)  # type: ignore[attr-defined]  # entries of NTFS have one

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status."""
        with self.errors(f"the entry {node}"):
            entry = self.entry(node)
            if not entry.is_allocated():
                raise Missing("{name}: the entry {node} is deleted", name=self.name, node=node)
            folder = entry.has_directory_entries_index()
            link = not folder or entry.file_attribute_flags & _REPARSE
            mode = plain_entry.FOLDER if folder else plain_entry.FILE
            if link and entry.symbolic_link_target:
                mode = plain_entry.LINK
            times = Times(
                plain_entry.filetime(entry.get_access_time_as_integer()),
                plain_entry.filetime(entry.get_modification_time_as_integer()),
                plain_entry.filetime(entry.get_entry_modification_time_as_integer()),
            )
            size = 0 if folder else entry.size
        return plain_entry.status(node, mode, size, times)

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """See FileSystem.read."""
        with self.errors(f"the entry {node}"):
            flags = self.entry(node).file_attribute_flags
        if flags & _ENCRYPTED:
            raise Unfit("{name}: the file {node} is encrypted (EFS)", name=self.name, node=node)
        if flags & _REPARSE:  # compressed by WOF, deduplicated, or a cloud's: its own bytes are not its content
            raise Unfit(
                "{name}: the file {node} has its content elsewhere (a reparse point)", name=self.name, node=node
            )
        return super().read(node, offset, size)
