"""Whether the log of an XFS file system is empty: its last record says that the file system was unmounted.

Source: the kernel's fs/xfs/xfs_log_recover.c (xlog_find_head, xlog_find_tail, xlog_check_unmount_rec) and
fs/xfs/libxfs/xfs_log_format.h. The log is a ring of blocks of 512 bytes, each stamped with the cycle that wrote it.
"""

import struct

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed

_BLOCK = 512
_HEADER_CYCLES = 32768  # bytes of a record whose cycles one block of header holds
_MAGIC = 0xFEEDBABE
_UNMOUNT = 0x20  # XLOG_UNMOUNT_TRANS
_BACK = 1024  # blocks before the head in which the last record begins: more than the largest stripe unit


def is_unmounted(layer: Layer, at: int, blocks: int) -> bool:
    """Tell whether the log ends in the record of an unmount.

    Args:
        layer: What the file system lies on.
        at: Where the log begins, in bytes.
        blocks: Its length in blocks of 512 bytes.

    Raises:
        Malformed: it is no log.
    """
    if blocks < 2:
        raise Malformed("{name}: the log of XFS has {blocks} blocks", name=layer.name, blocks=blocks)

    def block(number: int) -> bytes:
        return layer.read_at(at + number * _BLOCK, _BLOCK)

    def cycle(number: int) -> int:
        return _cycle(block(number))

    first, last = cycle(0), cycle(blocks - 1)
    if first == 0:
        return True  # never written to
    head = 0
    if first != last:  # the head is where the cycle changes: all before it was written in this one
        low, high = 0, blocks - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if cycle(middle) == first else (low, middle)
        head = high
    for back in range(1, min(_BACK, blocks) + 1):
        start = (head - back) % blocks
        found = block(start)
        if struct.unpack_from(">I", found)[0] != _MAGIC:
            continue
        version, length = struct.unpack_from(">II", found, 8)
        (operations,) = struct.unpack_from(">I", found, 40)
        (size,) = struct.unpack_from(">I", found, 320)
        headers = max(1, -(-size // _HEADER_CYCLES)) if version & 2 else 1
        after = (start + headers + -(-length // _BLOCK)) % blocks
        if operations != 1 or after != head:
            return False
        return bool(block((start + headers) % blocks)[9] & _UNMOUNT)
    raise Malformed("{name}: the log of XFS has no record before its head", name=layer.name)


def _cycle(block: bytes) -> int:
    """Return the cycle of a block: its first four bytes, the next ones where a record begins."""
    first, second = struct.unpack_from(">II", block)
    return int(second if first == _MAGIC else first)
