"""The partitions of a disk: GPT (UEFI specification, chapter 5) and MBR with logical partitions, as Linux numbers them.

A table that contradicts itself is an error, not a guess: what a machine would boot from it is not known.
"""

import struct
import uuid
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.images.pieces import Piece, Pieces
from rempart_agent.images.unreadable import Unreadable
from rempart_agent.source.contract import Malformed, Unfit

_SECTORS = 512, 4096
_GPT_HEADER = struct.Struct("<8s4sIIIQQQQ16sQIII")  # 92 bytes
_GPT_ENTRY = struct.Struct("<16s16sQQQ72s")  # 128 bytes
_GPT_TABLE = 1 << 20  # bytes of entries; tools write 16 KiB
_MBR_ENTRY = struct.Struct("<B3xB3xII")
_EXTENDED = {0x05, 0x0F, 0x85}
_PROTECTIVE = 0xEE
_MOST = 256  # DISK_MAX_PARTS of Linux
_SPREAD = {
    "42": "a dynamic disk of Windows",
    "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3": "a dynamic disk of Windows",
    "af9bc60f-1431-4f62-bc68-3311714a69ad": "a dynamic disk of Windows",
    "e75caf8f-f680-4cee-afa3-b001e56efc2d": "a Storage Space of Windows",
}
"""Types whose volumes are spread over such partitions by a table of their own, which is not read."""


class Partition(NamedTuple):
    """One partition.

    Attributes:
        number: As in ``/dev/sda1``.
        type: GPT: the type's GUID, MBR: its byte (``83``), both in lower case.
        uuid: PARTUUID, as blkid and fstab write it, in lower case.
        label: PARTLABEL; ``""`` for none, and with MBR.
        layer: Its bytes.
    """

    number: int
    type: str
    uuid: str
    label: str
    layer: Layer


class _Area(NamedTuple):
    """A partition by its sectors, before it is known to fit with the others."""

    number: int
    type: str
    uuid: str
    label: str
    first: int
    sectors: int


def list_partitions(disk: Layer) -> list[Partition] | None:
    """Return the partitions of a disk, in the order of their numbers; None for a disk without a partition table.

    Raises:
        Malformed: the table contradicts itself: checksums, headers, areas that overlap, logical partitions in a circle.
        Unfit: a part of the table, or of a partition, lies beyond the end of the disk.
    """
    if disk.size < 512:
        return None
    boot = disk.read_at(0, 512)
    if not is_mbr(boot):
        return None
    types = [entry[1] for entry in _entries(boot)]
    if _PROTECTIVE in types:
        sector = _gpt_sector(disk)
        return _place(disk, _gpt(disk, sector), sector)
    return _place(disk, _mbr(disk, boot), 512)


def is_mbr(boot: bytes) -> bool:
    """Return whether the first sector of a disk is a partition table, and not the boot sector of a file system."""
    if boot[510:512] != b"\x55\xaa":
        return False
    entries = _entries(boot)
    if any(active not in {0, 0x80} for active, _, _, _ in entries):
        return False
    if not any(kind and sectors for _, kind, _, sectors in entries):
        return False
    return not _is_boot_sector(boot)


def _is_boot_sector(boot: bytes) -> bool:
    """Return whether FAT or NTFS begins here: their code lies where an MBR has its table."""
    return boot[3:11] in {b"NTFS    ", b"-FVE-FS-", b"EXFAT   "} or b"FAT" in {boot[54:57], boot[82:85]}


def _entries(boot: bytes) -> list[tuple[int, int, int, int]]:
    return [_MBR_ENTRY.unpack_from(boot, 446 + 16 * index) for index in range(4)]


def _mbr(disk: Layer, boot: bytes) -> list[_Area]:
    signature = int.from_bytes(boot[440:444], "little")
    found, extended = [], []
    for index, (_, kind, first, sectors) in enumerate(_entries(boot)):
        if not kind or not sectors:
            continue
        if kind in _EXTENDED:
            extended.append((first, sectors))
        else:
            found.append(_mbr_area(signature, index + 1, kind, first, sectors))
    number = 5
    for first, sectors in extended:
        for area in _logical(disk, first, sectors):
            found.append(_mbr_area(signature, number, *area))
            number += 1
    return found


def _mbr_area(signature: int, number: int, kind: int, first: int, sectors: int) -> _Area:
    return _Area(number, f"{kind:02x}", f"{signature:08x}-{number:02x}", "", first, sectors)


def _logical(disk: Layer, begin: int, length: int) -> list[tuple[int, int, int]]:
    """Return type, first sector and sectors of what an extended partition holds: a chain of tables, of one each."""
    found: list[tuple[int, int, int]] = []
    table = begin
    seen: set[int] = set()
    while table not in seen and len(seen) < _MOST:
        seen.add(table)
        boot = disk.read_at(table * 512, 512)
        if boot[510:512] != b"\x55\xaa":
            raise Malformed("{name}: no table of logical partitions at sector {table}", name=disk.name, table=table)
        links = []
        for _, kind, first, sectors in _entries(boot):
            if not kind or not sectors:
                continue
            if kind in _EXTENDED:
                links.append(begin + first)
            else:
                found.append((kind, table + first, sectors))
                if not begin < table + first <= table + first + sectors <= begin + length:
                    raise Malformed("{name}: a logical partition lies outside the extended one", name=disk.name)
        if not links:
            return found
        if len(links) > 1:
            raise Malformed(
                "{name}: a table of logical partitions leads to {count} others", name=disk.name, count=len(links)
            )
        table = links[0]
    raise Malformed("{name}: the tables of logical partitions lead in a circle, or to too many", name=disk.name)


def _gpt_sector(disk: Layer) -> int:
    for sector in _SECTORS:
        if disk.size >= 2 * sector and disk.read_at(sector, 8) == b"EFI PART":
            return sector
    raise Malformed("{name}: the MBR announces a GPT, which is missing or damaged", name=disk.name)


class _Gpt(NamedTuple):
    own: int
    other: int
    disk: bytes
    entries: bytes
    width: int


def _gpt(disk: Layer, sector: int) -> list[_Area]:
    first = _gpt_header(disk, sector, 1)
    second = _gpt_header(disk, sector, first.other)
    if second.other != 1 or (first.disk, first.entries, first.width) != (second.disk, second.entries, second.width):
        raise Malformed("{name}: the two copies of the GPT differ", name=disk.name)
    found = []
    for index in range(len(first.entries) // first.width):
        entry = _GPT_ENTRY.unpack_from(first.entries, index * first.width)
        kind, own, begin, end, _, label = entry
        if not any(kind):
            continue
        if end < begin:
            raise Malformed("{name}: partition {index} ends before it begins", name=disk.name, index=index + 1)
        found.append(_Area(index + 1, _guid(kind), _guid(own), _label(label), begin, end - begin + 1))
    return found


def _gpt_header(disk: Layer, sector: int, place: int) -> _Gpt:
    raw = disk.read_at(place * sector, sector)
    fields = _GPT_HEADER.unpack_from(raw)
    magic, revision, length, checksum, _, own, other, _, _, guid, entries, count, width, entries_checksum = fields
    if magic != b"EFI PART" or revision != b"\x00\x00\x01\x00" or not 92 <= length <= sector or own != place:
        raise Malformed("{name}: the GPT header at sector {place} is missing or damaged", name=disk.name, place=place)
    if zlib.crc32(raw[:16] + bytes(4) + raw[20:length]) != checksum:
        raise Malformed(
            "{name}: the checksum of the GPT header at sector {place} is wrong", name=disk.name, place=place
        )
    if width < 128 or width % 8 or count * width > _GPT_TABLE:
        raise Malformed(
            "{name}: a GPT of {count} entries with {width} bytes each", name=disk.name, count=count, width=width
        )
    table = disk.read_at(entries * sector, count * width)
    if zlib.crc32(table) != entries_checksum:
        raise Malformed(
            "{name}: the checksum of the GPT's entries at sector {entries} is wrong", name=disk.name, entries=entries
        )
    return _Gpt(own, other, guid, table, width)


def _guid(raw: bytes) -> str:
    return str(uuid.UUID(bytes_le=raw))


def _label(raw: bytes) -> str:
    """Return a name as udev has it: UTF-16 up to the first NUL; what is no UTF-16 stays visible."""
    return raw.decode("utf-16-le", "replace").split("\0", 1)[0]


def _place(disk: Layer, areas: Sequence[_Area], sector: int) -> list[Partition]:
    """Return areas as partitions, once none reaches into another one."""
    end = 0
    for area in sorted(areas, key=lambda one: one.first):
        if area.first < max(end, 1):
            raise Malformed(
                "{name}: partition {number} overlaps what lies before it", name=disk.name, number=area.number
            )
        end = area.first + area.sectors
    found = []
    for area in sorted(areas, key=lambda one: one.number):
        name = f"{disk.name} partition {area.number}"
        layer: Layer = Pieces(name, [Piece(area.sectors * sector, disk, area.first * sector)])
        if area.type in _SPREAD:
            layer = Unreadable(
                name,
                layer.size,
                Unfit("{name}: part of {spread}, which is not read", name=name, spread=_SPREAD[area.type]),
            )
        found.append(Partition(area.number, area.type, area.uuid, area.label, layer))
    return found
