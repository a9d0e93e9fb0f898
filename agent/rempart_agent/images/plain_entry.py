"""What NTFS and FAT make of owners and modes: everything is root's, as when Linux mounts them without options."""

import os
import stat

FOLDER, FILE, LINK = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o755, stat.S_IFLNK | 0o777
_EPOCH = 116_444_736_000_000_000  # 1 January 1970 in units of 100 ns since 1601


def filetime(value: int) -> int:
    """Return a time of Windows in seconds since 1970."""
    return (value - _EPOCH) // 10_000_000


def status(node: int, mode: int, size: int, times: tuple[int, int, int]) -> os.stat_result:
    """Return the status of a file.

    Args:
        node: Its number.
        mode: What it is: FOLDER, FILE or LINK.
        size: In bytes.
        times: Of access, modification and change, in seconds.
    """
    more: dict[str, float] = {"st_rdev": 0, "st_blksize": 4096, "st_blocks": (size + 511) // 512}
    more |= dict(zip(("st_atime", "st_mtime", "st_ctime"), times, strict=True))
    return os.stat_result((mode, node, 0, 1, 0, 0, size, *times), more)
