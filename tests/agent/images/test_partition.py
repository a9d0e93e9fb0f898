"""Partition tables as sfdisk writes them, and as nobody should."""

from __future__ import annotations

import struct
import tempfile
import zlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, damaged, run, survive

from rempart_agent.images.partition import Partition, list_partitions
from rempart_agent.source.contract import Malformed, Unfit

SIZE = 20 << 20
GPT = """label: gpt
start=2048, size=2048, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=AAAAAAAA-0000-1111-2222-333333333333, name="EFI"
start=6144, size=4096, type=linux, uuid=BBBBBBBB-0000-1111-2222-333333333333, name="system"
7: start=4096, size=2048, type=linux, uuid=CCCCCCCC-0000-1111-2222-333333333333
"""
GPT_4096 = """label: gpt
start=512, size=512, name="EFI"
start=1536, size=768
"""
MBR = """label: dos
label-id: 0xcafe0001
start=2048, size=2048, type=83, bootable
start=4096, size=30000, type=5
start=6144, size=2048, type=82
start=10240, size=4096, type=8e
start=16384, size=1000, type=83
start=36864, size=1000, type=7
"""
FAR = "label: dos\nstart=2048, size=2048, type=f\nstart=3000, size=5, type=83"


@cache
def _disk(script: str, sector: int = 512) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(SIZE)
        run("sfdisk", "-q", "--sector-size", sector, file.name, given=script)
        return Path(file.name).read_bytes()


def _list(disk: bytes) -> list[Partition]:
    found = list_partitions(Memory(disk))
    assert found is not None
    return found


@pytest.mark.parametrize(("script", "sector"), [(GPT, 512), (GPT_4096, 4096), (MBR, 512), (FAR, 512)])
def test_partitions_are_those_that_partx_sees(tmp_path: Path, script: str, sector: int) -> None:
    (tmp_path / "disk.raw").write_bytes(_disk(script, sector))
    columns = ("--bytes", "--noheadings", "-P", "-o", "NR,TYPE,UUID,NAME,START,SIZE")
    listed = run("partx", "--sector-size", sector, *columns, tmp_path / "disk.raw").splitlines()
    mine = []
    for one in _list(_disk(script, sector)):
        kind = one.type if "-" in one.type else f"0x{one.type.lstrip('0')}"
        (start,) = {piece.offset for piece in one.layer._pieces}  # type: ignore[attr-defined]
        mine.append(
            f'NR="{one.number}" TYPE="{kind}" UUID="{one.uuid}" NAME="{one.label}" START="{start // 512}" '
            f'SIZE="{one.layer.size}"'
        )
    assert mine == [line for line in listed if 'TYPE="0x5"' not in line and 'TYPE="0xf"' not in line]


def test_a_partition_is_named_after_its_disk_and_begins_where_it_says() -> None:
    disk = bytearray(_disk(GPT))
    disk[6144 * 512 : 6144 * 512 + 4] = b"root"
    disk[(6144 + 4096) * 512 - 3 : (6144 + 4096) * 512] = b"end"
    second = _list(bytes(disk))[1].layer
    assert (second.name, second.size, second.read_at(0, 4)) == ("disk.raw partition 2", 4096 * 512, b"root")
    assert second.read_at(second.size - 3, 3) == b"end"


@pytest.mark.parametrize("kind", ["5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "42"])
def test_what_is_spread_over_partitions_is_listed_and_not_read(kind: str) -> None:
    label = "gpt" if "-" in kind else "dos"
    (one,) = _list(_disk(f"label: {label}\nsize=2048, type={kind}"))
    with pytest.raises(Unfit, match=r"disk\.raw partition 1: part of a .* of Windows"):
        one.layer.read_at(0, 1)


def test_labels_are_utf_16() -> None:
    assert [one.label for one in _list(_disk(GPT.replace("system", "Système")))] == ["EFI", "Système", ""]


def test_a_disk_without_a_table_has_no_partitions() -> None:
    assert list_partitions(Memory(b"")) is None
    assert list_partitions(Memory(bytes(511))) is None
    assert list_partitions(Memory(bytes(SIZE))) is None


@pytest.mark.parametrize("options", [["-F", "16"], ["-F", "32"], ["-F", "12"]])
def test_a_fat_without_partitions_is_no_table(tmp_path: Path, options: list[str]) -> None:
    run("mkfs.fat", "-C", *options, tmp_path / "disk.raw", 40960)
    assert list_partitions(Memory((tmp_path / "disk.raw").read_bytes()[:4096])) is None


def test_an_ntfs_without_partitions_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "disk.raw").write_bytes(bytes(4 << 20))
    run("mkfs.ntfs", "-q", "-F", "-f", tmp_path / "disk.raw")
    assert list_partitions(Memory((tmp_path / "disk.raw").read_bytes())) is None


def _damaged(place: int, value: bytes, whole: bytes | None = None) -> bytes:
    data = bytearray(whole or _disk(GPT))
    data[place : place + len(value)] = value
    return bytes(data)


LAST = SIZE - 512


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (512, "missing or damaged"),  # the signature of the first header
        (512 + 56, "checksum of the GPT header at sector 1"),
        (1024 + 200, "checksum of the GPT's entries at sector 2"),
        (LAST, "missing or damaged"),
        (LAST + 56, "checksum of the GPT header"),
        (LAST - 32 * 512 + 8, "checksum of the GPT's entries"),
    ],
)
def test_both_copies_of_a_gpt_must_be_sound(place: int, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        _list(_damaged(place, b"\xde\xad"))


def _sealed(data: bytearray, place: int) -> bytes:
    """Return a disk with the checksum of one GPT header made anew."""
    data[place + 16 : place + 20] = bytes(4)
    struct.pack_into("<I", data, place + 16, zlib.crc32(data[place : place + 92]))
    return bytes(data)


def test_copies_that_differ_are_no_table() -> None:
    """Each copy by itself is sound: the disk's GUID was changed in one."""
    data = bytearray(_disk(GPT))
    data[LAST + 56] ^= 1
    with pytest.raises(Malformed, match="differ"):
        _list(_sealed(data, LAST))


@pytest.mark.parametrize(
    ("count", "width"), [(0xFFFFFFFF, 128), (128, 0xFFFFFFF8), (128, 8), (128, 129), (1 << 20, 128)]
)
def test_a_huge_table_is_not_read(count: int, width: int) -> None:
    data = bytearray(_disk(GPT))
    struct.pack_into("<II", data, 512 + 80, count, width)
    with pytest.raises(Malformed, match="entries with"):
        _list(_sealed(data, 512))


def test_a_cut_disk_has_no_second_copy() -> None:
    with pytest.raises(Unfit, match="beyond its end"):
        _list(_disk(GPT)[: 16 << 20])


def test_a_disk_that_grew_is_read_as_before() -> None:
    assert len(_list(_disk(GPT) + bytes(1 << 20))) == 3


def test_a_partition_beyond_the_end_is_an_error() -> None:
    with pytest.raises(Unfit, match="beyond its end"):
        _list(_disk(MBR)[: 10 << 20])


def test_an_announced_gpt_that_is_missing_is_no_disk_without_partitions() -> None:
    with pytest.raises(Malformed, match="missing or damaged"):
        _list(_damaged(512, bytes(8)))


def test_partitions_that_overlap_are_an_error() -> None:
    with pytest.raises(Malformed, match="overlaps"):
        _list(_damaged(446 + 12, struct.pack("<I", 5000), _disk(MBR)))
    with pytest.raises(Malformed, match="overlaps"):
        _list(_damaged(446 + 8, struct.pack("<I", 0), _disk(MBR)))


def _tables(disk: bytes) -> list[int]:
    """Return where the tables of the three logical partitions lie."""
    found = [4096]
    for _ in range(2):
        (link,) = struct.unpack_from("<I", disk, found[-1] * 512 + 446 + 16 + 8)
        found.append(4096 + link)
    return found


@pytest.mark.parametrize("back", [0, 1, 2])
def test_logical_partitions_in_a_circle_come_to_an_end(back: int) -> None:
    disk = _disk(MBR)
    tables = _tables(disk)
    link = struct.pack("<B3xB3xII", 0, 5, tables[back] - 4096, 100)
    with pytest.raises(Malformed, match="circle"):
        _list(_damaged(tables[2] * 512 + 446 + 16, link, disk))


def test_logical_partitions_stay_in_the_extended_one() -> None:
    disk = _disk(MBR)
    with pytest.raises(Malformed, match="outside"):
        _list(_damaged(_tables(disk)[1] * 512 + 446 + 12, struct.pack("<I", 1 << 20), disk))
    with pytest.raises(Malformed, match="leads to 2"):
        _list(_damaged(4096 * 512 + 446 + 32, struct.pack("<B3xB3xII", 0, 5, 9, 9), disk))
    with pytest.raises(Malformed, match="no table"):
        _list(_damaged(_tables(disk)[1] * 512 + 510, bytes(2), disk))


@pytest.mark.parametrize(
    ("script", "weak"), [(GPT, ((446, 512), (512, 604), (1024, 1408))), (MBR, ((446, 512), (2097598, 2097664)))]
)
@settings(max_examples=CASES // 2)
@given(st.data())
def test_a_damaged_table_ends_in_partitions_or_in_our_error(
    script: str, weak: tuple[tuple[int, int], ...], data: st.DataObject
) -> None:
    bad = data.draw(damaged(_disk(script), weak))
    survive(lambda: [one.layer.read_at(0, min(one.layer.size, 512)) for one in list_partitions(Memory(bad)) or ()])
