"""The header of a qcow2 file, versions 2 and 3: what it says of the disk, and whether it may be read at all."""

import struct
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

MAGIC = b"QFI\xfb"
_FIRST = struct.Struct(">4sIQIIQIIQQIIQ")  # 72 bytes, all that version 2 has
_SECOND = struct.Struct(">QQQII")  # incompatible, compatible, autoclear features, refcount_order, header_length
_COMPRESSION_AT = 104
_MAX_L1 = 32 << 20  # QCOW_MAX_L1_SIZE of QEMU, in bytes
_DIRTY, _CORRUPT, _DATA_FILE, _COMPRESSION, _EXTENDED = (1 << bit for bit in range(5))


class Header(NamedTuple):
    """What is needed of it.

    Attributes:
        version: 2 or 3.
        size: The disk's, in bytes.
        cluster: Bytes in a cluster.
        bits: Its logarithm.
        l1_offset: Where the first table begins.
        l1_entries: How many of its entries the disk needs.
        zstd: Whether packed clusters are zstd, and not deflate.
        extended: Whether entries have 16 bytes, with the states of 32 subclusters.
    """

    version: int
    size: int
    cluster: int
    bits: int
    l1_offset: int
    l1_entries: int
    zstd: bool = False
    extended: bool = False


def read_header(file: Layer) -> Header:
    """Return the header of a qcow2 file.

    Raises:
        Unfit: a kind that is not read: backing file, data file of its own, encryption, unknown features; a cut file.
        Malformed: it contradicts the format, or says itself that the image is not sound.
    """
    name = file.name
    fields = _FIRST.unpack(file.read_at(0, _FIRST.size))
    magic, version, backing, _, bits, size, crypt, l1_entries, l1_offset = fields[:9]
    if magic != MAGIC or version not in {2, 3}:
        raise Malformed("{name}: not qcow2 of version 2 or 3", name=name)
    if not 9 <= bits <= 21:
        raise Malformed("{name}: clusters of 2^{bits} bytes; qcow2 has 2^9 to 2^21", name=name, bits=bits)
    zstd, extended = _read_features(file, bits) if version == 3 else (False, False)
    if backing:
        raise Unfit("{name}: it needs a backing file; convert it to an image of its own (qemu-img convert)", name=name)
    if crypt:
        raise Unfit("{name}: it is encrypted", name=name)
    cluster = 1 << bits
    if l1_entries * 8 > _MAX_L1:
        raise Malformed(
            "{name}: an L1 table of {l1_entries} bytes; qcow2 has {max_l1} at most",
            name=name,
            l1_entries=l1_entries * 8,
            max_l1=_MAX_L1,
        )
    needed = -(-size // (cluster * (cluster // (16 if extended else 8))))
    if l1_entries < needed:
        raise Malformed(
            "{name}: {l1_entries} entries in the L1 table; a disk of {size} bytes needs {needed}",
            name=name,
            l1_entries=l1_entries,
            size=size,
            needed=needed,
        )
    if l1_offset % cluster:
        raise Malformed("{name}: the L1 table does not begin with a cluster", name=name)
    return Header(version, size, cluster, bits, l1_offset, needed, zstd, extended)


def _read_features(file: Layer, bits: int) -> tuple[bool, bool]:
    name = file.name
    incompatible, _, _, _, length = _SECOND.unpack(file.read_at(_FIRST.size, _SECOND.size))
    if length < _COMPRESSION_AT or length % 8 or length > 1 << bits:
        raise Malformed("{name}: a header of {length} bytes", name=name, length=length)
    if incompatible & _DATA_FILE:
        raise Unfit("{name}: its data lie in another file (external data file)", name=name)
    if incompatible & _DIRTY:
        raise Malformed("{name}: marked as in use, so it was not closed properly (qemu-img check -r all)", name=name)
    if incompatible & _CORRUPT:
        raise Malformed("{name}: marked as corrupt", name=name)
    if incompatible & ~(_COMPRESSION | _EXTENDED):
        raise Unfit(
            "{name}: incompatible features {incompatible} are not known", name=name, incompatible=f"{incompatible:#x}"
        )
    extended = bool(incompatible & _EXTENDED)
    if extended and bits < 14:
        raise Malformed("{name}: subclusters need clusters of 16 KiB or more", name=name)
    kind = file.read_at(_COMPRESSION_AT, 1)[0] if length > _COMPRESSION_AT else 0
    if kind > 1 or bool(kind) != bool(incompatible & _COMPRESSION):
        raise Unfit(
            "{name}: compression type {kind} is not known, or contradicts the feature bits", name=name, kind=kind
        )
    return kind == 1, extended
