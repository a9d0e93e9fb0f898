"""What NTFS and FAT make of owners and modes: everything is root's, as when Linux mounts them without options."""

import os
import stat

from rempart_agent.images.status import Times, make_status

FOLDER, FILE, LINK = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o755, stat.S_IFLNK | 0o777
_EPOCH = 116_444_736_000_000_000  # 1 January 1970 in units of 100 ns since 1601


def filetime(value: int) -> int:
    """Return a time of Windows in nanoseconds since 1970."""
    return (value - _EPOCH) * 100


def status(node: int, mode: int, size: int, times: Times) -> os.stat_result:
    """Return the status of a file.

    Args:
        node: Its number.
        mode: What it is: FOLDER, FILE or LINK.
        size: In bytes.
        times: Of it.
    """
    return make_status(mode, node, 1, (0, 0), size, times)
