"""Pages of the log of NTFS, as logfile.h of the kernel lays them out."""

from __future__ import annotations

import struct


def page(lsn: int, used: int, flags: int, version: int = 1, sign: bytes = b"RSTR") -> bytes:
    """Return a restart page: its head, its update sequence array at 30, its restart area at 48.

    Args:
        lsn: How new it is.
        used: The first client in use; 0xFFFF for none.
        flags: Of the restart area; 2 for a clean volume.
        version: Of the log.
        sign: What it begins with.
    """
    head = struct.pack("<4sHHQIIHhh", sign, 30, 9, 0, 4096, 4096, 48, 1 if version == 1 else 0, version)
    made = bytearray(
        (head + b"\x07\0" + bytes(16) + struct.pack("<Q4H", lsn, 1, 0xFFFF, used, flags)).ljust(4096, b"\0")
    )
    for end in range(512, 4097, 512):
        made[end - 2 : end] = b"\x07\0"
    return bytes(made)
