"""A file system out of a dictionary, for what stands above file systems."""

from __future__ import annotations

import os
import stat

from rempart_agent.images.filesystem import Entry
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.images.status import Times, make_status


class GivenFileSystem(ListedFileSystem):
    """A folder is a dictionary, a file its bytes, a link the text that it leads to."""

    root = 1

    def __init__(self, top: dict[str, object], name: str = "given", **fields: str) -> None:
        super().__init__(name)
        self.kind = fields.get("kind", "ext4")
        self.uuid, self.label = fields.get("uuid", ""), fields.get("label", "")
        self.modes: dict[int, int] = {}
        self.attributes: dict[tuple[int, str], bytes] = {}
        self.closed = 0
        self._all: list[object] = [None, top]

    def status(self, node: int) -> os.stat_result:
        one = self._all[node]
        kind = stat.S_IFDIR | 0o755 if isinstance(one, dict) else stat.S_IFREG | 0o644
        if isinstance(one, str):
            kind = stat.S_IFLNK | 0o777
        size = len(one) if isinstance(one, bytes) else 0
        return make_status(self.modes.get(node, kind), node, 1, (0, 0), size, Times(5, 6, 7))

    def list_names(self, folder: int) -> list[Entry]:
        found = []
        top = self._all[folder]
        assert isinstance(top, dict)
        for name, one in top.items():
            self._all.append(one)
            found.append(Entry(name, len(self._all) - 1))
        return found

    def read(self, node: int, offset: int, size: int) -> bytes:
        one = self._all[node]
        assert isinstance(one, bytes)
        return one[offset : offset + size]

    def readlink(self, node: int) -> str:
        return str(self._all[node])

    def xattr(self, node: int, name: str) -> bytes | None:
        return self.attributes.get((node, name))

    def close(self) -> None:
        self.closed += 1
