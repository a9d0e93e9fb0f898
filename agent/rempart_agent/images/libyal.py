"""What file systems share that the libraries of libyal read: entries by number, errors of ours, no time before 1970.

The libraries check what they read and raise ``OSError``. What they get wrong is gone around here: an attribute that is
a date hangs on one before 1970, so that times are read as numbers; a folder with a name that is no UTF-8 is refused.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rempart_agent.images.filesystem import Entry, Node
from rempart_agent.images.layer import Layer
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.images.status import Times, make_status
from rempart_agent.source.contract import Malformed, SourceError, Unfit

_MAX_LINK = 65536
_KEPT = 4096  # entries


class LayerFile:
    """A layer as the libraries want it: an object that is read, and moved about in, like a file."""

    def __init__(self, layer: Layer) -> None:
        """Read from ``layer``."""
        self._layer = layer
        self._at = 0
        self.failed: SourceError | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the bytes from here on, fewer only at the end of the layer.

        Raises:
            OSError: the layer could not be read; why stands in ``failed``.
        """
        rest = max(0, self._layer.size - self._at)
        size = rest if size < 0 else min(size, rest)
        try:
            data = self._layer.read_at(self._at, size)
        except SourceError as error:
            self.failed = error
            raise OSError(str(error)) from error
        self._at += size
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to an offset, and return it.

        Args:
            offset: In bytes.
            whence: What it counts from.

        Raises:
            OSError: it lies before the beginning.
        """
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._layer.size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Return the offset."""
        return self._at

    get_offset = tell

    def get_size(self) -> int:
        """Return the size of the layer."""
        return self._layer.size


class FileEntry(Protocol):
    """What the entries of all libraries have."""

    name: str | None
    size: int
    number_of_sub_file_entries: int
    symbolic_link_target: str | None

    def get_sub_file_entry(self, number: int) -> "FileEntry":
        """Return an entry of the folder."""

    def read_buffer_at_offset(self, size: int, offset: int) -> bytes:
        """Return bytes of the file.

        Args:
            size: At most so many.
            offset: Where they begin.
        """

    def get_modification_time_as_integer(self) -> int:
        """Return when the content was changed."""

    def get_access_time_as_integer(self) -> int:
        """Return when it was read."""


class LibyalFileSystem(ListedFileSystem):
    """A file system that a library reads.

    Attributes:
        file: What the library reads from.
    """

    def __init__(self, layer: Layer) -> None:
        """Read from ``layer``; the sibling opens its library."""
        super().__init__(layer.name)
        self.file = LayerFile(layer)
        self._layer = layer

    def entry(self, node: Node) -> FileEntry:
        """Return a node's entry; what the library raises is the caller's."""
        raise NotImplementedError

    def number(self, entry: FileEntry) -> Node:
        """Return an entry's node."""
        raise NotImplementedError

    @contextmanager
    def errors(self, what: str) -> Iterator[None]:
        """Turn what the library raises into ours."""
        try:
            yield
        except (OSError, OverflowError, ValueError, UnicodeError, MemoryError) as error:
            failed, self.file.failed = self.file.failed, None
            if failed is not None:
                raise failed from error
            raise Malformed(
                "{name}: {what} can't be read: {error}", name=self.name, what=SourceError(what), error=str(error)[:200]
            ) from error

    def list_names(self, folder: Node) -> list[Entry]:
        """See ListedFileSystem.list_names."""
        with self.errors(f"the folder {folder}"):
            top = self.entry(folder)
            found: list[Entry] = []
            for number in range(top.number_of_sub_file_entries):
                entry = top.get_sub_file_entry(number)
                found.append(Entry(entry.name or "", self.number(entry)))
                self.keep(found[-1].node, entry)
            return found

    def keep(self, node: Node, entry: FileEntry) -> None:
        """Be given an entry that was read just now; most want nothing of it.

        Args:
            node: Its number.
            entry: What the library made of it.
        """

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """See FileSystem.read."""
        with self.errors(f"the file {node}"):
            entry = self.entry(node)
            size = max(0, min(size, entry.size - offset))
            parts: list[bytes] = []
            while size:
                part = entry.read_buffer_at_offset(size, offset)
                if not part:
                    raise Unfit("{name}: the file {node} ends before its size", name=self.name, node=node)
                parts.append(part)
                size -= len(part)
                offset += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readlink(self, node: Node) -> str:
        """See FileSystem.readlink."""
        with self.errors(f"the link {node}"):
            target = self.entry(node).symbolic_link_target
        if not target or len(target) > _MAX_LINK:
            raise Malformed("{name}: the link {node} leads nowhere", name=self.name, node=node)
        return target

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr: this kind keeps none."""
        return None

    def close(self) -> None:
        """See FileSystem.close."""
        self._layer.close()


class UnixEntry(FileEntry, Protocol):
    """What entries of ext and XFS have besides."""

    file_mode: int
    inode_number: int
    owner_identifier: int
    group_identifier: int
    number_of_links: int
    device_number: tuple[int, int] | None
    extended_attributes: list["Attribute"]

    def get_inode_change_time_as_integer(self) -> int:
        """Return when the inode was changed."""


class Attribute(Protocol):
    """An extended attribute."""

    name: str
    size: int

    def read_buffer_at_offset(self, size: int, offset: int) -> bytes:
        """Return bytes of its value.

        Args:
            size: At most so many.
            offset: Where they begin.
        """


class UnixFileSystem(LibyalFileSystem):
    """A file system with inodes, owners and modes."""

    by_number: Callable[[int], UnixEntry]

    def __init__(self, layer: Layer) -> None:
        """See LibyalFileSystem."""
        super().__init__(layer)
        self._last: dict[Node, UnixEntry] = {}

    def entry(self, node: Node) -> UnixEntry:
        """See LibyalFileSystem.entry."""
        found = self._last.get(node)
        if found is None:
            if len(self._last) > _KEPT:
                self._last.clear()
            found = self._last[node] = self.by_number(node)
        return found

    def keep(self, node: Node, entry: FileEntry) -> None:
        """See LibyalFileSystem.keep: a status is asked next."""
        if len(self._last) > _KEPT:
            self._last.clear()
        self._last[node] = entry  # type: ignore[assignment]  # all of this kind are

    def number(self, entry: FileEntry) -> Node:
        """See LibyalFileSystem.number."""
        return entry.inode_number  # type: ignore[attr-defined,no-any-return]  # all of this kind have one

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status."""
        with self.errors(f"the inode {node}"):
            entry = self.entry(node)
            mode = entry.file_mode
            times = Times(
                entry.get_access_time_as_integer(),
                entry.get_modification_time_as_integer(),
                entry.get_inode_change_time_as_integer(),
            )
            device = entry.device_number if stat.S_ISBLK(mode) or stat.S_ISCHR(mode) else None
            owner, links, size = (entry.owner_identifier, entry.group_identifier), entry.number_of_links, entry.size
        return make_status(mode, node, links, owner, size, times, os.makedev(*device) if device else 0)

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr."""
        with self.errors(f"the attributes of {node}"):
            for attribute in self.entry(node).extended_attributes:
                if attribute.name == name:
                    if attribute.size > _MAX_LINK:
                        raise Malformed(
                            "{name}: an attribute of {node} is longer than any can be", name=self.name, node=node
                        )
                    return attribute.read_buffer_at_offset(attribute.size, 0) if attribute.size else b""
        return None
