"""What file systems of images have in common."""

from __future__ import annotations

import os
import stat

import pytest

from rempart_agent.images.filesystem import Entry, FileSystem, Stored
from rempart_agent.source.contract import Malformed


class Small(FileSystem):
    """Folders as dictionaries, name to node; any other node is a file."""

    name, kind, root = "disk.raw", "ext4", 1

    def __init__(self, folders: dict[int, dict[str, int]]) -> None:
        self._folders = folders

    def status(self, node: int) -> os.stat_result:
        kind = stat.S_IFDIR if node in self._folders else stat.S_IFREG
        return os.stat_result((kind | 0o644, node, 0, 1, 0, 0, 0, 0, 0, 0))

    def entries(self, folder: int) -> list[Entry]:
        return [Entry(name, node) for name, node in self._folders[folder].items()]


def test_every_file_comes_once_in_the_order_in_which_it_lies() -> None:
    found = Small({1: {"b": 9, "sub": 2}, 2: {"a": 5, "again": 9}})
    assert list(found.stored()) == [Stored("/sub/a", 5), Stored("/b", 9)]


def test_a_folder_within_itself_ends_the_search_and_not_the_machine() -> None:
    with pytest.raises(Malformed, match="stands in itself"):
        list(Small({1: {"sub": 2}, 2: {"up": 1}}).stored())
