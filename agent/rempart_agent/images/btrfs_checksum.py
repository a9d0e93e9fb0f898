"""The checksums that btrfs keeps of its own structures and of data.

Source: btrfs_csums and enum btrfs_csum_type of the kernel's fs/btrfs (fs.c, include/uapi/linux/btrfs_tree.h).
"""

import hashlib
from collections.abc import Callable

from rempart_agent.images.crc32c import find_crc32c
from rempart_agent.source.contract import Unfit

Checksum = Callable[[bytes], bytes]
"""Makes a checksum of some bytes, as it lies on the disk."""

_WIDTHS = {0: 4, 1: 8, 2: 32, 3: 32}


def find_checksum(kind: int, name: str) -> tuple[Checksum, int]:
    """Return what computes the checksums of a file system, and how many bytes one has.

    Args:
        kind: Which, as the super block has it.
        name: Of the file system, for the error.

    Raises:
        Unfit: it is none that is known, or needs a package that is not installed.
    """
    if kind not in _WIDTHS:
        raise Unfit("{name}: btrfs with checksums of the unknown kind {kind} can't be read", name=name, kind=kind)
    if kind == 0:
        extend = find_crc32c()
        return (lambda data: extend(0, data).to_bytes(4, "little")), 4
    if kind == 1:
        return _xxhash(name), 8
    if kind == 2:
        return (lambda data: hashlib.sha256(data).digest()), 32
    return (lambda data: hashlib.blake2b(data, digest_size=32).digest()), 32


def _xxhash(name: str) -> Checksum:
    try:
        import xxhash
    except ImportError as error:
        raise Unfit("{name}: btrfs with checksums of xxhash; install rempart[images]", name=name) from error
    compute = xxhash.xxh64_intdigest
    return lambda data: compute(data).to_bytes(8, "little")


def name_hash(name: bytes) -> int:
    """Return by what a name is found in a folder, or an attribute in a file (btrfs_name_hash)."""
    return find_crc32c()(1, name) ^ 0xFFFFFFFF  # that begins with ~1 and is not inverted at its end
