"""Each stored file of each file system comes once, deleted ones with their layer; a search finds what they hide."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

import pytest
from rempart_testing.secrets_made import SECRETS

from rempart_agent.images.contents import contents
from rempart_agent.images.filesystem import FileSystem, Node, Stored
from rempart_agent.readers.files.secret_search import Search
from rempart_agent.source.contract import Malformed
from rempart_agent.source.target import Stored as StoredFile
from rempart_agent.source.target import Target


class _Layers(FileSystem):
    """A file system of a few files."""

    def __init__(self, files: list[tuple[str, bytes, str, bool]]) -> None:
        self._files = files

    def stored(self) -> Iterator[Stored]:
        for node, (path, _, origin, deleted) in enumerate(self._files):
            yield Stored(path, node, origin, deleted)

    def status(self, node: Node) -> os.stat_result:
        if self._files[node][1] == b"damaged":
            raise Malformed("an inode that points nowhere")
        size = len(self._files[node][1])
        return os.stat_result((stat.S_IFREG | 0o644, node, 0, 1, 0, 0, size, 0, 0, 0))

    def read(self, node: Node, offset: int, size: int) -> bytes:
        return self._files[node][1][offset : offset + size]


TOKEN = SECRETS["github_token"].encode()


def test_each_file_comes_once_with_where_it_lies() -> None:
    root = _Layers([("/etc/a", b"one", "sha256:1", True), ("/etc/a", b"two", "sha256:2", False)])
    data = _Layers([("/b", b"three", "", False)])
    files = list(contents([("/", root), ("/data", data), ("/again", root), ("/nfs", None)]))
    assert [(one.path, one.size, one.read(0, 10), one.layer, one.deleted) for one in files] == [
        ("/etc/a", 3, b"one", "sha256:1", True),
        ("/etc/a", 3, b"two", "sha256:2", False),
        ("/data/b", 5, b"three", "", False),
    ]
    assert files[2].read(2, 2) == b"re"


def test_parts_of_one_file_system_are_searched_together() -> None:
    class _Part(_Layers):
        def __init__(self, whole: FileSystem) -> None:
            self._whole = whole

        @property
        def whole(self) -> FileSystem:
            return self._whole

    class _Whole(_Layers):
        def stored_at(self, places: Sequence[tuple[str, FileSystem]]) -> Iterator[Stored]:
            for path, _ in places:
                yield Stored(path, 0)

    whole = _Whole([("/a", b"one", "", False)])
    found = list(contents([("/", _Part(whole)), ("/nfs", None), ("/home", _Part(whole))]))
    assert [(one.path, one.read(0, 9)) for one in found] == [("/", b"one"), ("/home", b"one")]


class _Image(Target):
    """A target of such file systems."""

    def __init__(self, *mounts: tuple[str, FileSystem]) -> None:
        self._mounts = mounts

    def contents(self) -> Iterator[StoredFile]:
        return contents(self._mounts)


def test_a_removed_secret_is_found_with_its_layer_and_damage_is_counted() -> None:
    root = _Layers(
        [
            ("/root/key", TOKEN, "sha256:1", True),
            ("/etc/b", b"damaged", "sha256:1", False),
            ("/c", b"", "sha256:2", False),
        ]
    )
    search = Search(_Image(("/", root)))
    search.all("/")
    found = [(one.file, one.finding.rule, one.layer, one.deleted) for one in search.findings]
    assert found == [("/root/key", "github_token", "sha256:1", True)]
    assert (search.scanned, search.skipped, search.examples) == (2, {"unreadable": 1}, ["/etc/b"])


@pytest.mark.parametrize("size", [10, 1 << 16, (1 << 16) + 5, 3 << 20])
def test_long_files_are_read_part_by_part(size: int) -> None:
    search = Search(_Image(("/", _Layers([("/a", b"x" * (size - 10) + b"\n" + TOKEN, "", False)]))))
    search.all("/")
    assert [one.finding.rule for one in search.findings] == ["github_token"]
    assert search.size == size - 9 + len(TOKEN)


def test_bytes_anywhere_come_of_parts_where_a_target_has_no_better_way() -> None:
    class Parts(Target):
        def chunks(self, path: str, limit: int) -> Iterator[bytes]:
            return iter([b"012", b"345", b"678"])

    whole = b"012345678"
    for at in range(11):
        for size in range(11):
            assert Parts().read_at("/a", at, size) == whole[at : at + size]
