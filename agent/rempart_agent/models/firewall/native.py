"""Numbers of the kernel's structures, in the machine's byte order."""

import sys
from typing import Any


def half(data: bytes, at: int) -> int:
    """Return a number of two bytes in the machine's byte order.

    Args:
        data: The bytes.
        at: Where it begins.
    """
    order: Any = sys.byteorder
    return int.from_bytes(data[at : at + 2], order)


def word(data: bytes, at: int) -> int:
    """Return a number of four bytes in the machine's byte order.

    Args:
        data: The bytes.
        at: Where it begins.
    """
    order: Any = sys.byteorder
    return int.from_bytes(data[at : at + 4], order)
