"""What is made of the names that a disk gives."""

from __future__ import annotations

import os

import pytest

from rempart_agent.images.filesystem import Entry
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.source.contract import Malformed, Missing


class _Given(ListedFileSystem):
    def __init__(self, names: list[Entry], folds: bool = False) -> None:
        super().__init__("given")
        self.names, self.folds = names, folds

    def status(self, node: int) -> os.stat_result:
        return os.stat_result((0o40755 if node == 1 else 0o100644, node, 0, 1, 0, 0, 0, 0, 0, 0))

    def list_names(self, folder: int) -> list[Entry]:
        return self.names


@pytest.mark.parametrize("names", [["a/b"], [""], ["a\0b"], ["a", "a"]])
def test_names_that_none_can_have_are_refused(names: list[str]) -> None:
    with pytest.raises(Malformed):
        _Given([Entry(name, 2) for name in names]).entries(1)


def test_case_matters_where_it_does() -> None:
    names = [Entry(".", 1), Entry("..", 1), Entry("File", 7)]
    assert _Given(names).entries(1) == [Entry("File", 7)]
    assert _Given(names, folds=True).lookup(1, "fILE") == 7
    with pytest.raises(Missing):
        _Given(names).lookup(1, "fILE")
    with pytest.raises(Missing):
        _Given(names).entries(7)
