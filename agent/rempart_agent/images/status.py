"""A status as ``lstat(2)`` would give it, of what a file system keeps."""

import os
from typing import NamedTuple

_SECOND = 1_000_000_000
_MORE = (
    *("st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns"),
    *("st_rdev", "st_blksize", "st_blocks"),
)


class Times(NamedTuple):
    """When a file was read, its content changed, its status changed; in nanoseconds since 1970."""

    access: int = 0
    content: int = 0
    status: int = 0


def make_status(
    mode: int, node: int, links: int, owner: tuple[int, int], size: int, times: Times, device: int = 0
) -> os.stat_result:
    """Return a status.

    Args:
        mode: Kind and permissions.
        node: The node's number.
        links: How many names it has.
        owner: Its user and its group.
        size: In bytes.
        times: Of it.
        device: What a device file stands for.
    """
    seconds = [one // _SECOND for one in times]
    more: dict[str, float] = {"st_rdev": device, "st_blksize": 4096, "st_blocks": (size + 511) // 512}
    for name, one in zip("amc", times, strict=True):
        more[f"st_{name}time"], more[f"st_{name}time_ns"] = one / _SECOND, one
    return os.stat_result((mode, node, 0, links, *owner, size, *seconds), more)


def on_device(status: os.stat_result, device: int) -> os.stat_result:
    """Return the same status on a device (``st_dev``).

    Args:
        status: Of a file system that does not know its device.
        device: The number.
    """
    more = {name: getattr(status, name) for name in _MORE}
    return os.stat_result((*status[:2], device, *status[3:10]), more)
