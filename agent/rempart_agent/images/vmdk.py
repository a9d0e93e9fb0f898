"""VMDK, the format of VMware: a descriptor in words, and the extents that it names.

Read by us: libvmdk opens extents by whatever path a descriptor names, and reads an image on that VMware says that it
was not closed. An extent must lie beside its descriptor, as a file and not as a link. Disks that stand on a parent are
refused, as are those of ESX snapshots (COWD, SESPARSE).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.images.pieces import Piece, Pieces
from rempart_agent.images.vmdk_sparse import MAGIC, SparseExtent
from rempart_agent.source.contract import Malformed, Missing, Unfit

DESCRIPTOR = b"# Disk DescriptorFile"
_SECTOR = 512
_MOST_TEXT = 1 << 20
_MOST_EXTENTS = 512
_EXTENT = re.compile(r'(RW|RDONLY|NOACCESS)\s+(\d{1,15})\s+([A-Z]+)(?:\s+"([^"]*)"(?:\s+(\d{1,15}))?.*)?', re.ASCII)
_NO_PARENT = "ffffffff"


class _Extent(NamedTuple):
    access: str
    sectors: int
    kind: str
    name: str
    offset: int


def extent_names(file: Layer) -> list[str]:
    """Return the names of the files that a descriptor needs beside itself, each once; none for a disk in one file.

    Raises:
        Unfit: an extent lies elsewhere, or the disk stands on another one.
        Malformed: the descriptor can't be understood.
    """
    if file.read_at(0, min(4, file.size)) == MAGIC:
        return []
    found = [extent.name for extent in _parse(_text(file), file.name) if extent.kind != "ZERO"]
    for name in found:
        if not name or name in {".", ".."} or any(mark in name for mark in "/\\:\0"):
            raise Unfit(
                "{name}: the extent {name_2} must lie beside the descriptor", name=file.name, name_2=f"{name!r:.80}"
            )
    return list(dict.fromkeys(found))


def open_vmdk(file: Layer, beside: Mapping[str, Layer]) -> Layer:
    """Return the disk that a VMDK file is, or describes.

    Args:
        file: The file that was named.
        beside: The files of ``extent_names``.

    Raises:
        Unfit: an extent is missing or cut; the disk stands on another one; a type that is not read.
        Malformed: it contradicts the format.
    """
    if file.read_at(0, min(4, file.size)) != MAGIC:
        return _assemble(file, _parse(_text(file), file.name), beside)
    extent = SparseExtent(file)
    header = extent.header
    size = header.descriptor_size * _SECTOR
    if size > _MOST_TEXT:
        raise Malformed("{name}: a descriptor of {size} bytes", name=file.name, size=size)
    text = file.read_at(header.descriptor * _SECTOR, size) if header.descriptor else b""
    if not any(text[:1]):
        raise Unfit("{name}: one extent of a disk; give the file with the descriptor instead", name=file.name)
    _check_embedded(_parse(text, file.name), extent)
    return extent


def _text(file: Layer) -> bytes:
    if file.size > _MOST_TEXT:
        raise Malformed("{name}: a descriptor of {size} bytes", name=file.name, size=file.size)
    return file.read_at(0, file.size)


def _parse(raw: bytes, name: str) -> list[_Extent]:
    """Return the extents that a descriptor names."""
    text = raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    found = []
    for line in text.splitlines():
        words = line.strip()
        key, _, value = (part.strip() for part in words.partition("="))
        if key.lower() == "parentcid" and value.lower() != _NO_PARENT:
            raise Unfit("{name}: it stands on a parent disk; convert it to an image of its own", name=name)
        if words.startswith(("RW ", "RDONLY ", "NOACCESS ")):
            extent = _EXTENT.fullmatch(words)
            if extent is None:
                raise Malformed(
                    "{name}: an extent that can't be understood: {words}", name=name, words=f"{words!r:.80}"
                )
            found.append(_Extent(extent[1], int(extent[2]), extent[3], extent[4] or "", int(extent[5] or 0)))
    if not 0 < len(found) <= _MOST_EXTENTS:
        raise Malformed("{name}: a descriptor with {count} extents", name=name, count=len(found))
    return found


def _check_embedded(extents: list[_Extent], here: SparseExtent) -> None:
    """Raise unless a descriptor within an extent speaks of that extent alone, under whatever name."""
    (kind, sectors) = (extents[0].kind, extents[0].sectors)
    if len(extents) != 1 or kind != "SPARSE" or sectors != here.header.capacity:
        raise Malformed("{name}: its descriptor speaks of other extents than this file", name=here.name)


def _assemble(file: Layer, extents: list[_Extent], beside: Mapping[str, Layer]) -> Layer:
    pieces = []
    for extent in extents:
        size = extent.sectors * _SECTOR
        if extent.access == "NOACCESS":
            raise Unfit("{name}: an extent may not be read (NOACCESS)", name=file.name)
        if extent.kind == "ZERO":
            pieces.append(Piece(size, None))
            continue
        if extent.kind not in {"FLAT", "VMFS", "SPARSE"}:
            raise Unfit(
                "{name}: an extent of type {kind}, which is not read", name=file.name, kind=f"{extent.kind:.40}"
            )
        if extent.name not in beside:
            raise Missing("{name}: the extent {name_2} is missing", name=file.name, name_2=f"{extent.name!r:.80}")
        layer = beside[extent.name]
        if extent.kind == "SPARSE":
            layer = SparseExtent(layer)
            if layer.size != size:
                raise Malformed(
                    "{name}: the extent {name_2} has {size} bytes, and not {size_2}",
                    name=file.name,
                    name_2=f"{extent.name!r:.80}",
                    size=layer.size,
                    size_2=size,
                )
        pieces.append(Piece(size, layer, extent.offset * _SECTOR))
    return _Described(file, pieces)


class _Described(Pieces):
    """A disk whose descriptor is a file of its own, which belongs to it."""

    def __init__(self, file: Layer, pieces: list[Piece]) -> None:
        super().__init__(file.name, pieces)
        self.below = (file, *self.below)
