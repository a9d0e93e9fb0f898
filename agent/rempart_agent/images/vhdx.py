"""VHDX, the format of Hyper-V: fixed and dynamic disks, as [MS-VHDX] describes it.

Read by us: libvhdi opens an image with a log that was not replayed, with damaged headers, or with blocks that the
format does not allow, without a word. Both copies of headers and tables must be sound here: what is in use, or was cut
off in the middle of a write, is refused.
"""

import struct
import sys
import uuid
from array import array
from typing import NamedTuple

from rempart_agent.images.blocks import Blocks, check_table
from rempart_agent.images.crc32c import crc32c
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

MAGIC = b"vhdxfile"
_HEADERS = 64 << 10, 128 << 10
_REGIONS = 192 << 10, 256 << 10
_HEADER = struct.Struct("<4sIQ16s16s16sHHIQ")
_ENTRY = struct.Struct("<16sQII")
_ITEM = struct.Struct("<16sIII4x")
_MOST = 2047  # entries of a region or metadata table
_BAT = "2dc27766-f623-4200-9d64-115e9bfd4a08"
_METADATA = "8b7ca206-4790-4b9a-b8fe-575f050f886e"
_PARAMETERS = "caa16737-fa36-4d43-b3b6-33f0aa44e76b"
_SIZE = "2fa54224-cd1b-4876-b211-5dbed83bf4b8"
_SECTOR = "8141bf1d-a96f-4709-ba47-f233a8faab5f"
_KNOWN = {_PARAMETERS, _SIZE, _SECTOR, "cda348c7-445d-4471-9cc9-e9885251c556", "beca12ab-b2e6-4523-93ef-c309e000c746"}
_REQUIRED = 4
_UNDEFINED, _PRESENT = 1, 6
_ZEROS = {0, 2, 3, 5}  # not present, zero, unmapped; 5 as older versions wrote it


class _Region(NamedTuple):
    offset: int
    size: int


class Vhdx(Blocks):
    """The disk in a VHDX file.

    Raises:
        Unfit: the file is cut, holds differences to another one, or has a log that must be replayed first.
        Malformed: it contradicts the format, or a checksum is wrong.
    """

    def __init__(self, file: Layer) -> None:
        name = file.name
        if file.read_at(0, 8) != MAGIC:
            raise Malformed("{name}: not VHDX", name=name)
        _check_headers(file)
        regions = _read_regions(file)
        items = _read_metadata(file, regions[_METADATA])
        block, flags = _unpack(items, _PARAMETERS, "<II", name)
        (size,) = _unpack(items, _SIZE, "<Q", name)
        (sector,) = _unpack(items, _SECTOR, "<I", name)
        if flags & 2:
            raise Unfit("{name}: it holds differences to another image; convert it to an image of its own", name=name)
        if sector not in {512, 4096} or not 1 << 20 <= block <= 256 << 20 or block & (block - 1) or size % sector:
            raise Malformed(
                "{name}: a disk of {size} bytes, blocks of {block} and sectors of {sector}",
                name=name,
                size=size,
                block=block,
                sector=sector,
            )
        super().__init__(file, size, block)
        self._ratio = (sector << 23) // block  # blocks before an entry for a bitmap, which only differences have
        count = -(-size // block)
        entries = count + max(count - 1, 0) // self._ratio
        bat = regions[_BAT]
        if check_table(name, entries, 8) > bat.size:
            raise Malformed(
                "{name}: {entries} blocks do not fit into a table of {size} bytes",
                name=name,
                entries=entries,
                size=bat.size,
            )
        self._bat = array("Q")
        self._bat.frombytes(file.read_at(bat.offset, entries * 8))
        if sys.byteorder == "big":
            self._bat.byteswap()
        self.check_whole()

    def place(self, index: int) -> int:
        """See Blocks.place."""
        entry = self._bat[index + index // self._ratio]
        state = entry & 7
        if state == _PRESENT:
            place = entry & ~0xFFFFF
            if place < 1 << 20:
                raise Malformed("{name}: block {index} lies in the header", name=self.name, index=index)
            return place
        if state in _ZEROS:
            return 0
        raise Malformed(
            "{name}: block {index} is undefined, or in a state that VHDX does not have ({state})",
            name=self.name,
            index=index,
            state=state,
        )


def _check_headers(file: Layer) -> None:
    for place in _HEADERS:
        raw = file.read_at(place, 4096)
        magic, checksum, _, _, _, log, _, version, _, _ = _HEADER.unpack_from(raw)
        if magic != b"head" or version != 1 or crc32c(raw[:4] + bytes(4) + raw[8:]) != checksum:
            raise Malformed("{name}: the VHDX header at {place} is damaged", name=file.name, place=place)
        if any(log):
            raise Unfit(
                "{name}: it was not closed properly, its log must be replayed first (open it in Hyper-V)",
                name=file.name,
            )


def _read_regions(file: Layer) -> dict[str, _Region]:
    first, second = (file.read_at(place, 64 << 10) for place in _REGIONS)
    if first != second:
        raise Malformed("{name}: the two copies of the VHDX region table differ", name=file.name)
    magic, checksum, count = struct.unpack_from("<4sII", first)
    if magic != b"regi" or count > _MOST or crc32c(first[:4] + bytes(4) + first[8:]) != checksum:
        raise Malformed("{name}: the VHDX region table is damaged", name=file.name)
    found = {}
    for index in range(count):
        guid, offset, size, required = _ENTRY.unpack_from(first, 16 + index * _ENTRY.size)
        key = str(uuid.UUID(bytes_le=guid))
        if key in {_BAT, _METADATA} and key not in found and offset >= 1 << 20:
            found[key] = _Region(offset, size)
        elif required & 1:
            raise Unfit("{name}: region {key} of VHDX is not known, doubled, or in the header", name=file.name, key=key)
    if len(found) != 2:
        raise Malformed("{name}: the VHDX region table lacks a region", name=file.name)
    return found


def _read_metadata(file: Layer, region: _Region) -> dict[str, bytes]:
    table = file.read_at(region.offset, 64 << 10)
    magic, count = struct.unpack_from("<8s2xH", table)
    if magic != b"metadata" or count > _MOST:
        raise Malformed("{name}: the VHDX metadata table is damaged", name=file.name)
    found: dict[str, bytes] = {}
    for index in range(count):
        guid, offset, size, flags = _ITEM.unpack_from(table, 32 + index * _ITEM.size)
        key = str(uuid.UUID(bytes_le=guid))
        if key in _KNOWN and key not in found:
            if offset + size > region.size or size > 1 << 20:
                raise Malformed("{name}: an item of the VHDX metadata lies outside of them", name=file.name)
            found[key] = file.read_at(region.offset + offset, size)
        elif flags & _REQUIRED:
            raise Unfit(
                "{name}: item {key} of the VHDX metadata is not known (or a parent: differences)",
                name=file.name,
                key=key,
            )
    return found


def _unpack(items: dict[str, bytes], key: str, form: str, name: str) -> tuple[int, ...]:
    raw = items.get(key, b"")
    if len(raw) != struct.calcsize(form):
        raise Malformed("{name}: the VHDX metadata lack an item", name=name)
    return struct.unpack(form, raw)
