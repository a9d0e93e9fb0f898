"""SMBIOS tables: structures as DSP0134 lays them out."""

from __future__ import annotations

import struct

PATH = "/sys/firmware/dmi/tables/DMI"
END = struct.pack("<BBH", 127, 4, 0xFEFF) + b"\0\0"


def structure(kind: int, handle: int, fields: bytes, *texts: bytes) -> bytes:
    """Make a structure.

    Args:
        kind: Its type.
        handle: Its handle.
        fields: What follows the handle (offset 4 on).
        texts: Its texts.
    """
    head = struct.pack("<BBH", kind, 4 + len(fields), handle)
    return head + fields + (b"".join(text + b"\0" for text in texts) or b"\0") + b"\0"


ARRAY = struct.pack("<BBBIHHQ", 3, 3, 5, 0x2000000, 0xFFFE, 4, 0)  # 7.17: 32 GiB, single-bit ECC, no error told
LARGE_ARRAY = struct.pack("<BBBIHHQ", 1, 7, 3, 0x80000000, 0x12, 0x10, 6 << 40)
DEVICE = (  # 7.18, table 75
    struct.pack("<HHHHH", 0x1000, 0xFFFE, 72, 64, 16384)
    + struct.pack("<BBBBBHH", 9, 0, 1, 2, 0x1A, 0x2080, 3200)
    + bytes((3, 4, 5, 6, 0))
    + struct.pack("<IHHHH", 0, 2933, 1200, 1250, 1200)
)
LARGE_DEVICE = (
    struct.pack("<HHHHH", 0x1000, 0xFFFE, 0xFFFF, 0xFFFF, 0x7FFF)
    + struct.pack("<BBBBBHH", 2, 0xFF, 0, 9, 0x18, 0, 0)
    + bytes(5)
    + struct.pack("<IHHHH", 65536, 0xFFFF, 0, 0, 0)
)
EMPTY_DEVICE = DEVICE[:8] + struct.pack("<H", 0xFFFF) + DEVICE[10:]
ARRAY_ADDRESS = struct.pack("<IIHBQQ", 0, 0x1FFFFFF, 0x1000, 2, 0, 0)  # 7.20
LARGE_ARRAY_ADDRESS = struct.pack("<IIHBQQ", 0xFFFFFFFF, 0xFFFFFFFF, 0x1001, 1, 0x100000000, 0x5FFFFFFFF)
DEVICE_ADDRESS = struct.pack("<IIHHBBBQQ", 0, 0xFFFFFF, 0x1100, 0x1300, 0xFF, 1, 2, 0, 0)  # 7.21
LARGE_DEVICE_ADDRESS = struct.pack("<IIHHBBBQQ", 0xFFFFFFFF, 0, 0x1101, 0x1301, 1, 0, 0, 0x200000000, 0x2FFFFFFFF)
ERROR = struct.pack("<BBBIIII", 3, 3, 2, 0, 0x80000000, 0x80000000, 0x80000000)  # 7.19
FOUND_ERROR = struct.pack("<BBBIIII", 6, 4, 4, 0xABCD, 0x1000, 0x2000, 0x40)
TABLE = b"".join(
    (
        structure(16, 0x1000, ARRAY),
        structure(16, 0x1001, LARGE_ARRAY),
        structure(17, 0x1100, DEVICE, b"DIMM 0", b"BANK 0", b"Samsung", b"1234  ", b"Tag", b"M393"),
        structure(17, 0x1101, LARGE_DEVICE),
        structure(17, 0x1102, EMPTY_DEVICE, b"DIMM 1"),
        structure(18, 0x12, ERROR),
        structure(18, 0x13, FOUND_ERROR),
        structure(19, 0x1300, ARRAY_ADDRESS),
        structure(19, 0x1301, LARGE_ARRAY_ADDRESS),
        structure(20, 0x1400, DEVICE_ADDRESS),
        structure(20, 0x1401, LARGE_DEVICE_ADDRESS),
        structure(11, 0xE00, b"\3", b"first", b"second \xc3\xa9 "),
        structure(0xDD, 0xDD00, b"x"),
        END,
    )
)
