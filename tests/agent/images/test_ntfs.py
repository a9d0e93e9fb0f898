r"""NTFS, as mkntfs made it and ntfs-3g filled it: fixtures/ntfs.img.xz, since mounting it needs root and FUSE.

Made by: mkntfs -F -L WIN; files small.txt ("small"), large.bin (300,000 times "z"), "Naïve name.txt" ("é"), 300 files
many/some-long-name-N (N each), a symbolic link, folders Windows/System32/config.
"""

from __future__ import annotations

import lzma
import struct
from pathlib import Path

import pytest
from rempart_testing.images import FileLayer, content, nodes
from rempart_testing.ntfs_log import page

from rempart_agent.images.ntfs import Ntfs, is_ntfs
from rempart_agent.source.contract import Unfit

PACKED = Path(__file__).parent / "fixtures" / "ntfs.img.xz"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    found = tmp_path / "disk.img"
    found.write_bytes(lzma.decompress(PACKED.read_bytes()))
    return found


def test_all_that_was_put_in_comes_out_in_any_case(image: Path) -> None:
    layer = FileLayer(image)
    assert is_ntfs(layer)
    filesystem = Ntfs(layer)
    assert (filesystem.kind, filesystem.label, len(filesystem.uuid)) == ("ntfs", "WIN", 16)
    found = {name for name in nodes(filesystem) if not name.startswith("/$")}
    assert len([name for name in found if name.startswith("/many/some-long-name-")]) == 300
    assert {"/small.txt", "/large.bin", "/Naïve name.txt", "/Windows/System32/config"} <= found
    assert content(filesystem, "/large.bin") == b"z" * 300_000
    assert content(filesystem, "/many/some-long-name-217") == b"217"
    assert content(filesystem, "/Naïve name.txt") == "é".encode()
    assert filesystem.lookup(filesystem.root, "WINDOWS") == filesystem.lookup(filesystem.root, "Windows")


def test_a_volume_that_is_marked_dirty_is_refused(image: Path) -> None:
    data = bytearray(image.read_bytes())
    # $VOLUME_INFORMATION (0x70) of the entry 3 of the master file table: flags behind 8 bytes and the version
    cluster, (table,) = data[13] * 512, struct.unpack_from("<Q", data, 48)
    entry = table * cluster + 3 * 1024
    at = entry + struct.unpack_from("<H", data, entry + 20)[0]
    while struct.unpack_from("<I", data, at)[0] != 0x70:
        at += struct.unpack_from("<I", data, at + 4)[0]
    data[at + struct.unpack_from("<H", data, at + 20)[0] + 10] |= 1
    image.write_bytes(data)
    with pytest.raises(Unfit, match="marked dirty"):
        Ntfs(FileLayer(image))


def test_a_cut_file_is_refused(image: Path) -> None:
    image.write_bytes(image.read_bytes()[: 1 << 20])
    with pytest.raises(Unfit, match="cut off"):
        Ntfs(FileLayer(image))


def test_a_file_whose_content_lies_elsewhere_is_not_read(image: Path) -> None:
    before = Ntfs(FileLayer(image))
    node = before.lookup(before.root, "small.txt")
    data = bytearray(image.read_bytes())
    # $STANDARD_INFORMATION (0x10) of its entry: flags behind four times; 0x400 is FILE_ATTRIBUTE_REPARSE_POINT
    cluster, (table,) = data[13] * 512, struct.unpack_from("<Q", data, 48)
    entry = table * cluster + node * 1024
    at = entry + struct.unpack_from("<H", data, entry + 20)[0]
    assert struct.unpack_from("<I", data, at)[0] == 0x10
    data[at + struct.unpack_from("<H", data, at + 20)[0] + 33] |= 4
    image.write_bytes(data)
    with pytest.raises(Unfit, match="reparse point"):
        content(Ntfs(FileLayer(image)), "/small.txt")


def test_a_volume_with_an_open_log_is_refused_though_it_is_not_marked_dirty(image: Path) -> None:
    data = bytearray(image.read_bytes())
    cluster, (table,) = data[13] * 512, struct.unpack_from("<Q", data, 48)
    entry = table * cluster + 2 * 1024
    at = entry + struct.unpack_from("<H", data, entry + 20)[0]
    while struct.unpack_from("<I", data, at)[0] != 0x80:
        at += struct.unpack_from("<I", data, at + 4)[0]
    # the first run of its $DATA: how many bytes its length and its place have, and these
    run = at + struct.unpack_from("<H", data, at + 32)[0]
    length, place = data[run] & 15, data[run] >> 4
    where = int.from_bytes(data[run + 1 + length : run + 1 + length + place], "little") * cluster
    assert data[where : where + 4] == b"\xff" * 4
    data[where : where + 8192] = page(9, 0, 0) * 2
    image.write_bytes(data)
    with pytest.raises(Unfit, match="its log is open"):
        Ntfs(FileLayer(image))
