"""What makes a layer a physical volume of LVM2: its label, and the metadata of its volume group.

The places are those of lib/label/label.c, lib/format_text/layout.h and lib/misc/crc.c of LVM2.
"""

import struct
import zlib
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

_LABEL = struct.Struct("<8sQII8s")
_AREA = struct.Struct("<QQ")
_HEADER = struct.Struct("<I16sIQQ")  # struct mda_header: checksum, magic, version, start, size
_TEXT = struct.Struct("<QQII")  # struct raw_locn: offset, size, checksum, flags
_MAGIC = b" LVM2 x[5A%r0N*>"
_FIRST_CRC = 0xF597A6CF
_IGNORED = 1
_MOST_TEXT = 16 << 20
_MOST_AREAS = 16


class PhysicalVolume(NamedTuple):
    """One physical volume.

    Attributes:
        uuid: 32 characters, without the hyphens that LVM shows.
        layer: Where it lies.
        texts: The metadata that stand on it, one for each area that has some.
        areas: How many areas for metadata it has; with none, its volume group is told on another disk.
    """

    uuid: str
    layer: Layer
    texts: tuple[str, ...]
    areas: int


def read_label(layer: Layer) -> PhysicalVolume:
    """Return the physical volume that a layer is.

    Raises:
        Unfit: the layer is shorter than the volume says.
        Malformed: there is no label, or a checksum, place or magic number is wrong.
    """
    sector, place = _find(layer)
    uuid = sector[place : place + 32].decode("ascii", "replace")
    (size,) = struct.unpack_from("<Q", sector, place + 32)
    if size > layer.size:
        raise Unfit(
            "{name}: a physical volume of {size} bytes on {size_2}: the disk is cut",
            name=layer.name,
            size=size,
            size_2=layer.size,
        )
    _, place = _areas(sector, place + 40, layer.name)
    areas, _ = _areas(sector, place, layer.name)
    texts = (_metadata(layer, offset, length) for offset, length in areas)
    return PhysicalVolume(uuid, layer, tuple(text for text in texts if text), len(areas))


def _find(layer: Layer) -> tuple[bytes, int]:
    for number in range(4):
        if layer.size < 512 * (number + 1):
            break
        sector = layer.read_at(512 * number, 512)
        magic, own, checksum, place, kind = _LABEL.unpack_from(sector)
        if magic == b"LABELONE" and kind == b"LVM2 001":
            if own != number or _crc(sector[20:]) != checksum or not 32 <= place <= 512 - 40:
                raise Malformed("{name}: the label of the physical volume is damaged", name=layer.name)
            return sector, place
    raise Malformed("{name}: no label of a physical volume", name=layer.name)


def _areas(sector: bytes, place: int, name: str) -> tuple[list[tuple[int, int]], int]:
    """Return places and sizes up to a pair of zeros, and where what follows it begins."""
    found: list[tuple[int, int]] = []
    while place + _AREA.size <= len(sector) and len(found) <= _MOST_AREAS:
        offset, size = _AREA.unpack_from(sector, place)
        place += _AREA.size
        if not offset:
            return found, place
        found.append((offset, size))
    raise Malformed("{name}: the areas of the physical volume have no end", name=name)


def _metadata(layer: Layer, offset: int, length: int) -> str:
    """Return the text of one area; ``""`` where it has none: of no volume group, or left unused."""
    raw = layer.read_at(offset, 512)
    checksum, magic, version, start, size = _HEADER.unpack_from(raw)
    if magic != _MAGIC or version != 1 or _crc(raw[4:]) != checksum or (start, size) != (offset, length):
        raise Malformed("{name}: the header of the LVM metadata is damaged", name=layer.name)
    place, extent, text_crc, flags = _TEXT.unpack_from(raw, _HEADER.size)
    if not place or flags & _IGNORED:
        return ""
    if not 512 <= place < size or not 0 < extent <= min(size - 512, _MOST_TEXT):
        raise Malformed("{name}: the LVM metadata lie outside of their area", name=layer.name)
    first = min(extent, size - place)  # the area is a ring, but for its header
    text = layer.read_at(start + place, first) + layer.read_at(start + 512, extent - first)
    if _crc(text) != text_crc:
        raise Malformed("{name}: the checksum of the LVM metadata is wrong", name=layer.name)
    return text.rstrip(b"\0").decode("utf-8", "surrogateescape")


def _crc(data: bytes) -> int:
    return zlib.crc32(data, _FIRST_CRC ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
