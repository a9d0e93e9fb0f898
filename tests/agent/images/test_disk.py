"""Images of whatever format: the same disk comes out of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.disks import Memory, convert, run, sample

from rempart_agent.images.disk import files_of, open_disk, open_files, read_disk
from rempart_agent.images.partition import list_partitions
from rempart_agent.images.pieces import Piece, Pieces
from rempart_agent.source.contract import Malformed, Missing, Unfit


@pytest.mark.parametrize("form", ["raw", "qcow2", "vmdk", "vpc", "vhdx", "vdi"])
def test_the_contents_say_which_format_it_is_and_not_the_name(tmp_path: Path, form: str) -> None:
    made = convert(sample(200_000), tmp_path, form, name="disk")
    run("qemu-img", "convert", "-f", form, "-O", "raw", made, tmp_path / "back.raw")
    expected = (tmp_path / "back.raw").read_bytes()
    disk = open_disk(str(made))
    assert disk.read_at(0, disk.size) == expected
    assert (disk.name, [file.path for file in files_of(disk)]) == ("disk", [str(made)])
    disk.close()
    disk.close()


@pytest.mark.parametrize("form", ["qed", "parallels", "qcow"])
def test_a_format_that_is_not_read_is_no_raw_disk(tmp_path: Path, form: str) -> None:
    with pytest.raises(Unfit, match=r"disk: of format .* not read"):
        open_disk(str(convert(sample(200_000), tmp_path, form, name="disk")))


def test_a_fixed_vhd_without_its_footer_is_no_raw_disk(tmp_path: Path) -> None:
    """Its only mark stands at its end; what is cut there would be read as a disk that is whole."""
    made = convert(sample(200_000), tmp_path, "vpc", "-o", "subformat=fixed", name="disk.VHD")
    assert open_disk(str(made)).size >= 200_000
    made.write_bytes(made.read_bytes()[:-512])
    with pytest.raises(Unfit, match="no footer of VHD"):
        open_disk(str(made))
    assert open_disk(str(made.rename(tmp_path / "disk.raw"))).size >= 200_000


def test_files_are_named_once_whatever_stands_on_them(tmp_path: Path) -> None:
    disk = open_disk(str(convert(sample(200_000), tmp_path, "qcow2")))
    layer = Pieces("both", [Piece(5, disk), Piece(5, Pieces("part", [Piece(9, disk, 3)]))])
    assert [file.path for file in files_of(layer)] == [str(tmp_path / "disk.qcow2")]
    layer.close()
    assert list(files_of(Memory(b""))) == []


def test_an_empty_file_is_an_empty_disk(tmp_path: Path) -> None:
    (tmp_path / "disk.raw").write_bytes(b"")
    disk = open_disk(str(tmp_path / "disk.raw"))
    assert disk.size == 0
    assert list_partitions(disk) is None
    disk.close()


def test_a_file_that_is_not_understood_is_closed(tmp_path: Path) -> None:
    (tmp_path / "disk.qcow2").write_bytes(b"QFI\xfb\0\0\0\x03" + bytes(200))
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(Malformed):
        open_disk(str(tmp_path / "disk.qcow2"))
    with pytest.raises(Missing):
        open_disk(str(tmp_path / "none.qcow2"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_once_its_files_are_open_a_disk_is_read_without_their_names(tmp_path: Path) -> None:
    """The process that reads may have locked itself in by then."""
    data = sample(200_192)
    for options in (("vmdk", "-o", "subformat=twoGbMaxExtentSparse"), ("qcow2",)):
        files = open_files(str(convert(data, tmp_path, *options)))
        for path in tmp_path.iterdir():
            path.unlink()
        disk = read_disk(files)
        assert disk.read_at(0, len(data)) == data
        disk.close()


def test_files_of_a_disk_that_is_not_understood_are_closed(tmp_path: Path) -> None:
    convert(sample(200_192), tmp_path, "vmdk", "-o", "subformat=twoGbMaxExtentSparse")
    (tmp_path / "disk-s001.vmdk").write_bytes(b"KDMV" + bytes(1000))
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(Malformed):
        open_disk(str(tmp_path / "disk.vmdk"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
