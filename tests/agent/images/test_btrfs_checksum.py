"""The checksums of btrfs, by values of others."""

from __future__ import annotations

import sys

import pytest

from rempart_agent.images.btrfs_checksum import find_checksum, name_hash
from rempart_agent.source.contract import Unfit

EMPTY = {
    0: "00000000",
    1: "99e9d85137db46ef",  # XXH64 of nothing, seed 0: ef46db3751d8e999 (the xxHash specification)
    2: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    3: "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
}


@pytest.mark.parametrize("kind", EMPTY)
def test_each_kind_is_the_one_that_its_specification_describes(kind: int) -> None:
    if kind == 1:
        pytest.importorskip("xxhash")
    checksum, width = find_checksum(kind, "disk")
    assert (checksum(b"").hex(), width) == (EMPTY[kind], len(EMPTY[kind]) // 2)


def test_what_is_not_known_or_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unfit, match="unknown kind 4"):
        find_checksum(4, "disk")
    monkeypatch.setitem(sys.modules, "xxhash", None)
    with pytest.raises(Unfit, match="install rempart"):
        find_checksum(1, "disk")


def test_a_name_is_found_by_the_number_that_mkfs_writes() -> None:
    """The entry "default" in the tree of roots has it as its offset (btrfs inspect-internal dump-tree -t root)."""
    assert name_hash(b"default") == 2378154706
