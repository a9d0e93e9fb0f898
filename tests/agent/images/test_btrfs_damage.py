"""Btrfs that is damaged, with its checksums wrong or made right again: rows or errors of ours, in bounds."""

from __future__ import annotations

import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.btrfs_images import SUPER, Sparse, blocks, seal
from rempart_testing.disks import CASES, damaged, survive
from rempart_testing.images import make_btrfs, nodes

from rempart_agent.images.btrfs import Btrfs
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import SourceError

_NODE = 4096


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sparse:
    """Return a disk with trees of several levels, and one copy of each block."""
    top = tmp_path_factory.mktemp("btrfs") / "tree"
    (top / "many").mkdir(parents=True)
    for number in range(60):
        (top / "many" / f"file-{number}").write_text(str(number) * 50)
    (top / "large").write_bytes(os.urandom(9000))
    (top / "text").write_bytes(b"a line of text\n" * 30_000)
    (top / "link").symlink_to("large")
    (top / "sub" / "in").mkdir(parents=True)
    if os.geteuid() == 0:
        os.setxattr(top / "large", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
    options = ("-n", "4k", "-m", "single", "-d", "single", "--compress", "lzo", "--subvol", "rw:sub")
    return Sparse(make_btrfs(top, top.with_name("image"), *options).read_bytes())


def _read_all(layer: Layer) -> None:
    filesystem = Btrfs(layer)
    for path, node in nodes(filesystem).items():
        try:
            status = filesystem.status(node)
            filesystem.xattr(node, "security.capability")
            if stat.S_ISREG(status.st_mode):
                for at in range(0, min(status.st_size, 1 << 20), 1 << 18):
                    filesystem.read(node, at, 1 << 18)
            elif stat.S_ISLNK(status.st_mode):
                assert filesystem.readlink(node), path
        except SourceError as error:
            assert str(error)  # noqa: PT017 - the others are read as well
    for one in filesystem.stored():
        filesystem.status(one.node)


@settings(max_examples=10 * CASES)
@given(data=st.data())
def test_damage_ends_in_rows_or_errors_of_ours(small: Sparse, data: st.DataObject) -> None:
    found = [(SUPER, small.read_at(SUPER, _NODE)), *((one.place, one.data) for one in blocks(small))]
    whole = b"".join(one for _, one in found)
    broken = data.draw(damaged(whole, ((0, 2800), (_NODE, len(whole)))))
    sealed = data.draw(st.booleans())
    changed = {}
    for number, (place, before) in enumerate(found):
        part = broken[number * _NODE : (number + 1) * _NODE]
        if part != before:
            changed[place] = seal(part.ljust(_NODE, b"\0")) if sealed else part
    survive(lambda: _read_all(small.with_pages(changed)))


def test_it_is_read_where_nothing_is_damaged(small: Sparse) -> None:
    assert len(nodes(Btrfs(small))) == 66
    _read_all(small)


def test_no_flipped_byte_of_a_block_is_read(small: Sparse) -> None:
    """Each block has a checksum, and there is one copy of each here."""
    for one in blocks(small):
        data = bytearray(one.data)
        data[-1 - one.place // _NODE % 3000] ^= 1
        try:
            _read_all_or_raise(small.with_pages({one.place: bytes(data)}))
        except SourceError as error:
            assert "checksum" in str(error), error  # noqa: PT017 - blocks of trees that are not read are not missed


def _read_all_or_raise(layer: Layer) -> None:
    filesystem = Btrfs(layer)
    for node in nodes(filesystem).values():
        if stat.S_ISREG(filesystem.status(node).st_mode):
            filesystem.read(node, 0, 1 << 20)
