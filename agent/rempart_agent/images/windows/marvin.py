"""Marvin32, the checksum of the entries of a registry's transaction logs.

Source: marvin.h of the .NET runtime, and the public specification of the registry's files, which names the seed.
"""

import struct

_SEED = (0x7A4E55C5, 0x82EF4D88)
_ALL = 0xFFFFFFFF


def marvin32(data: bytes | memoryview) -> int:
    """Return the hash of data whose length is a multiple of 4."""
    low, high = _SEED
    for word in (*struct.unpack(f"<{len(data) // 4}I", data), 0x80, 0):
        low = low + word & _ALL
        high ^= low
        low = (low << 20 | low >> 12) + high & _ALL
        high = (high << 9 | high >> 23) & _ALL ^ low
        low = (low << 27 | low >> 5) + high & _ALL
        high = (high << 19 | high >> 13) & _ALL
    return high << 32 | low
