"""CRC-32C (Castagnoli), as iSCSI (RFC 3720, appendix B.4), VHDX and btrfs have it.

The library of the extra ``images`` computes it at the speed of memory; without it the same comes of a table, slowly.
"""

import warnings
from collections.abc import Callable
from functools import cache

_POLYNOMIAL = 0x82F63B78  # its bits in reverse


def crc32c(data: bytes, before: int = 0) -> int:
    """Return the checksum of some bytes.

    Args:
        data: The bytes.
        before: The checksum of those that come before them.
    """
    return find_crc32c()(before, data)


@cache
def find_crc32c() -> Callable[[int, bytes], int]:
    """Return what computes it: of a checksum so far (0 at the beginning) and the bytes that follow."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where it has no compiled part, and is not used then
            import google_crc32c
    except ImportError:
        return by_table
    return google_crc32c.extend if google_crc32c.implementation == "c" else by_table


def by_table(before: int, data: bytes) -> int:
    """Return the checksum, byte by byte.

    Args:
        before: The checksum so far.
        data: The bytes that follow.
    """
    table = _table()
    value = before ^ 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


@cache
def _table() -> list[int]:
    found = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)  # noqa: PLW2901 - the remainder of this byte
        found.append(value)
    return found
