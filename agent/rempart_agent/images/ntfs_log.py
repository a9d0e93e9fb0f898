r"""The log of NTFS (``$LogFile``): whether the volume was unmounted, or changes stand in the log alone.

The mark "dirty" of the volume does not say that: Windows sets it where it found an error. A machine that lost its
power, or a disk that was copied while it ran, has an open log, and its metadata are of no one moment.

Source: struct restart_page_header and restart_area of the kernel's fs/ntfs/logfile.h; ntfs_check_logfile and
ntfs_is_logfile_clean of ntfs-3g, and its ntfs_volume_check_logfile for version 2.0, which Windows leaves where it keeps
metadata in its memory (fast startup).
"""

import struct

HEAD = 1 << 16
"""Bytes of the log that tell: both restart pages lie in them."""
_PAGE = 4096
_SECTOR = 512
_NO_CLIENT, _CLEAN = 0xFFFF, 0x2
_AREA = 16  # bytes of a restart area that are looked at


def why_open(head: bytes) -> str:
    """Return why the changes in a log may be missing in the volume; ``""`` where it was closed.

    Args:
        head: Its first bytes, at most ``HEAD``.
    """
    if head and head.count(0xFF) == len(head):
        return ""  # emptied, which mkntfs and ntfs-3g do when nothing is open
    (size,) = struct.unpack_from("<I", head.ljust(20, b"\0"), 16)
    pages = [found for at in {0, _PAGE, size} if (found := _page(head[at : at + _PAGE])) is not None]
    if not pages:
        return "its log can't be understood"
    newest = max(lsn for lsn, _, _ in pages)
    if any(version != 1 for lsn, version, _ in pages if lsn == newest):
        return "its log is of a version that is in use while Windows runs, or rests (fast startup)"
    if not all(closed for lsn, _, closed in pages if lsn == newest):
        return "its log is open"
    return ""


def _page(page: bytes) -> tuple[int, int, bool] | None:
    """Return what a restart page says: how new it is, its version, whether the log is closed; None where it is none."""
    if len(page) < _PAGE or page[:4] not in {b"RSTR", b"CHKD"}:
        return None
    array, count, checked = struct.unpack_from("<HHQ", page, 4)
    area, _, version = struct.unpack_from("<Hhh", page, 24)
    if not 30 <= area <= _SECTOR - 2 - _AREA or not 30 <= array <= _SECTOR - 2 - 2 * count or count < 2:
        return None
    ends = {page[at - 2 : at] for at in range(_SECTOR, min(count - 1, _PAGE // _SECTOR) * _SECTOR + 1, _SECTOR)}
    if ends != {page[array : array + 2]}:
        return None  # torn: the sectors were not written together
    lsn, _, _, used, flags = struct.unpack_from("<Q4H", page, area)
    return max(lsn, checked) if page[:4] == b"CHKD" else lsn, version, used == _NO_CLIENT or bool(flags & _CLEAN)
