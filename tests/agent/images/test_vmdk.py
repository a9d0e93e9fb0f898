"""VMDK in one file or several, and descriptors that lead elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, convert, made, read_all, read_in_steps, run, sample, survive

from rempart_agent.images.disk import files_of, open_disk
from rempart_agent.images.layer import Layer
from rempart_agent.images.vmdk import extent_names, open_vmdk
from rempart_agent.source.contract import Malformed, Missing, SourceError, Unfit

SIZE = (3 << 20) + 1536
HEAD = '# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="custom"\n'


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize(
    ("form", "files"),
    [
        ("monolithicSparse", ["disk.vmdk"]),
        ("streamOptimized", ["disk.vmdk"]),
        ("monolithicFlat", ["disk.vmdk", "disk-flat.vmdk"]),
        ("twoGbMaxExtentFlat", ["disk.vmdk", "disk-f001.vmdk"]),
        ("twoGbMaxExtentSparse", ["disk.vmdk", "disk-s001.vmdk"]),
    ],
)
def test_a_disk_is_what_qemu_wrote(tmp_path: Path, form: str, files: list[str], share: float) -> None:
    data = sample(SIZE, share=share)
    disk = open_disk(str(convert(data, tmp_path, "vmdk", "-o", f"subformat={form}")))
    read_in_steps(disk, data)
    assert [file.name for file in files_of(disk)] == files
    disk.close()


def test_a_disk_in_pieces_of_two_gigabytes(tmp_path: Path) -> None:
    raw = tmp_path / "source.raw"
    border = (2 << 30) - 65536
    with raw.open("wb") as file:
        file.truncate((4 << 30) + 65536)
        file.seek(border - 1000)
        file.write(sample(300_000))
    run("qemu-img", "convert", "-O", "vmdk", "-o", "subformat=twoGbMaxExtentSparse", raw, tmp_path / "disk.vmdk")
    disk = open_disk(str(tmp_path / "disk.vmdk"))
    assert disk.size == (4 << 30) + 65536
    assert disk.read_at(border - 2000, 302_000) == bytes(1000) + sample(300_000) + bytes(1000)
    assert len(list(files_of(disk))) == 4
    disk.close()


def _describe(folder: Path, *lines: str, head: str = HEAD) -> Layer:
    (folder / "disk.vmdk").write_text(head + "\n".join(lines) + "\n")
    return open_disk(str(folder / "disk.vmdk"))


def test_extents_follow_each_other_and_may_be_zeros(tmp_path: Path) -> None:
    """As "Virtual Disk Format 5.0" has them: access, sectors, type, name, offset in sectors."""
    data = sample(4096)
    (tmp_path / "one two.bin").write_bytes(data)
    disk = _describe(tmp_path, 'RW 2 FLAT "one two.bin" 3', "RW 4 ZERO", 'RDONLY 1 VMFS "one two.bin"')
    read_in_steps(disk, data[1536:2560] + bytes(2048) + data[:512])
    disk.close()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        *(
            (f'RW 1 FLAT "{name}" 0', "must lie beside")
            for name in ("../secret", "/etc/passwd", "a/b", "..", "", "C:x", "a\\b")
        ),
        ('RW 1 FLAT "link" 0', "loop|link|Too many"),
        ('RW 1 FLAT "folder" 0', "not a regular file"),
        ('RW 9 FLAT "short" 0', "beyond its end"),
        ('RW 1 FLAT "short" 8', "beyond its end"),
        ('NOACCESS 1 FLAT "short" 0', "NOACCESS"),
        ('RW 1 VMFSSPARSE "short"', "of type VMFSSPARSE"),
        ('RW 1 SESPARSE "short"', "of type SESPARSE"),
        ('RW 1 VMFSRDM "short"', "of type VMFSRDM"),
    ],
)
def test_an_extent_that_is_not_beside_or_not_read_is_refused(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "short").write_bytes(bytes(4096))
    (tmp_path / "link").symlink_to("short")
    (tmp_path / "folder").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(Unfit, match=why):
        _describe(tmp_path, 'RW 1 FLAT "short" 0', line)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_one_extent_of_several_is_no_disk(tmp_path: Path) -> None:
    convert(sample(SIZE), tmp_path, "vmdk", "-o", "subformat=twoGbMaxExtentSparse")
    with pytest.raises(Unfit, match="descriptor instead"):
        open_disk(str(tmp_path / "disk-s001.vmdk"))


def test_a_missing_extent_is_missing(tmp_path: Path) -> None:
    disk = convert(sample(SIZE), tmp_path, "vmdk", "-o", "subformat=monolithicFlat")
    (tmp_path / "disk-flat.vmdk").unlink()
    with pytest.raises(Missing):
        open_disk(str(disk))


def test_a_flat_extent_that_is_cut_is_an_error(tmp_path: Path) -> None:
    disk = convert(sample(SIZE), tmp_path, "vmdk", "-o", "subformat=monolithicFlat")
    with (tmp_path / "disk-flat.vmdk").open("r+b") as file:
        file.truncate(SIZE - 1)
    with pytest.raises(Unfit, match="beyond its end"):
        open_disk(str(disk))


def test_a_disk_with_a_parent_is_refused(tmp_path: Path) -> None:
    base = convert(sample(SIZE), tmp_path, "vmdk", name="base.vmdk")
    child = tmp_path / "child.vmdk"
    run("qemu-img", "create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", base, child)
    with pytest.raises(Unfit, match="parent disk"):
        open_disk(str(child))
    with pytest.raises(Unfit, match="parent disk"):
        _describe(tmp_path, "RW 4 ZERO", head=HEAD.replace("ffffffff", "12345678"))


@pytest.mark.parametrize(
    "lines", [(), ("RW 1",), ("RW x FLAT",), ("RW 9999999999999999999 ZERO",), ("RW 1 ZERO",) * 600]
)
def test_a_descriptor_without_sense_is_malformed(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        _describe(tmp_path, *lines)


def test_a_sparse_extent_has_the_size_that_its_descriptor_says(tmp_path: Path) -> None:
    convert(sample(SIZE), tmp_path, "vmdk", "-o", "subformat=twoGbMaxExtentSparse")
    text = (tmp_path / "disk.vmdk").read_text()
    with pytest.raises(Malformed, match="and not"):
        _describe(tmp_path, head=text.replace(f"RW {SIZE // 512} ", f"RW {SIZE // 512 - 1} "))


def test_a_descriptor_within_an_extent_speaks_of_that_extent(tmp_path: Path) -> None:
    data = made("vmdk")
    place = data.index(b"RW ")
    other = data[:place] + data[place:].replace(b"RW ", b"RW 1 ZERO\nRW ", 1)[: len(data) - place]
    with pytest.raises(Malformed, match="other extents"):
        open_vmdk(Memory(other), {})


@settings(max_examples=CASES)
@given(
    st.lists(
        st.sampled_from(
            [*HEAD.split("\n"), "RW ", "2 ", "FLAT ", "SPARSE ", "ZERO", '"a"', " 0", "\n", "\0", "é", "-1"]
        )
    )
)
def test_any_descriptor_ends_in_bytes_or_in_our_error(words: list[str]) -> None:
    file = Memory(("# Disk DescriptorFile\n" + "".join(words)).encode())
    survive(lambda: read_all(open_vmdk(file, dict.fromkeys(extent_names(file), Memory(made("vmdk"))))))


def test_errors_of_a_damaged_file_are_ours() -> None:
    for raw in (b"KDMV", b"", b"# Disk DescriptorFile", b"\xff" * 600):
        with pytest.raises(SourceError):
            open_vmdk(Memory(raw), {})
    with pytest.raises(Missing, match="'a' is missing"):
        open_vmdk(Memory((HEAD + 'RW 1 FLAT "a" 0\n').encode()), {})
