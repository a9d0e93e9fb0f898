"""What device-mapper has mapped (linux/dm-ioctl.h): the cipher of an open encrypted volume.

The kernel's answer holds the volume's key where the key is not in a keyring. It is dropped here, unread, and the kernel
is told to wipe its own copies (``DM_SECURE_DATA_FLAG``).
"""

import sys
from typing import Any, List, Tuple

_STATUS = 0xC138FD0C  # DM_TABLE_STATUS
_HEADER = 312
_FLAGS = 1 << 4 | 1 << 11 | 1 << 15  # DM_STATUS_TABLE_FLAG, DM_NOFLUSH_FLAG, DM_SECURE_DATA_FLAG
_FULL = 1 << 8  # DM_BUFFER_FULL_FLAG
_ROOM = 64 * 1024


def ciphers(number: int) -> List[str]:
    """Return the ciphers of the mapping with a device number, ``""`` for a part of it that is not encrypted.

    Args:
        number: ``st_rdev`` of its device file.

    Raises:
        OSError: device-mapper can't be asked.
    """
    import fcntl
    import os

    order: Any = sys.byteorder
    buffer = bytearray(_HEADER + _ROOM)
    for at, part in enumerate((4, 0, 0, len(buffer), _HEADER, 0, 0, _FLAGS)):
        buffer[4 * at : 4 * at + 4] = part.to_bytes(4, order)
    device = os.major(number) << 8 | os.minor(number) & 0xFF | (os.minor(number) & ~0xFF) << 12  # new_encode_dev
    buffer[40:48] = device.to_bytes(8, order)
    descriptor = os.open("/dev/mapper/control", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, _STATUS, buffer, True)
    finally:
        os.close(descriptor)
    return [parse(kind, words) for kind, words in parse_targets(bytes(buffer))]


def parse(kind: str, words: bytes) -> str:
    """Return the cipher of one target: the first word of a ``crypt`` table; ``""`` of any other kind.

    Args:
        kind: Of the target, as ``crypt``.
        words: Its table.
    """
    return words.split(b" ", 1)[0].decode("ascii", "replace") if kind == "crypt" else ""


def parse_targets(data: bytes) -> List[Tuple[str, bytes]]:
    """Take the kernel's answer apart: kind and table of each target; empty where it did not fit or is cut off."""
    order: Any = sys.byteorder

    def word(at: int) -> int:
        return int.from_bytes(data[at : at + 4], order)

    if len(data) < _HEADER or word(28) & _FULL:
        return []
    start, found = word(16), []
    at = start
    for _ in range(min(word(20), 1024)):
        if at + 40 > len(data):
            return []
        kind = data[at + 24 : at + 40].split(b"\0", 1)[0].decode("ascii", "replace")
        found.append((kind, data[at + 40 :].split(b"\0", 1)[0]))
        at = start + word(at + 20)
    return found
