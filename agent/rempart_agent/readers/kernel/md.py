"""What the kernel tells of the arrays of its software RAID: ``/proc/mdstat``, and two ioctls of each array.

Source: include/uapi/linux/raid/md_u.h (``GET_ARRAY_INFO``, ``GET_DISK_INFO``) and md_p.h.
"""

import errno
import os
import struct
from typing import Dict, List, Optional

from rempart_agent.formats import mdstat
from rempart_agent.source.contract import Denied, Missing, SourceError, reason
from rempart_agent.source.target import Target

MDSTAT = "/proc/mdstat"
MOST = 384  # disks that a superblock of version 1 may name (md_p.h)
_ARRAY_INFO, _DISK_INFO = 0x80480911, 0x80140912
_ARRAY, _DISK = struct.Struct("3iI6iI7i"), struct.Struct("5i")
_ARRAY_FIELDS = (
    *("major_version", "minor_version", "patch_version", "ctime", "level", "size", "nr_disks", "raid_disks"),
    *("md_minor", "not_persistent", "utime", "state", "active_disks", "working_disks", "failed_disks", "spare_disks"),
    *("layout", "chunk_size"),
)
_NONE = (errno.ENODEV, errno.ENXIO)

Fields = Dict[str, int]


def stat(target: Target, table: str) -> Optional[mdstat.Stat]:
    """Return what ``/proc/mdstat`` tells; None where this kernel has no software RAID.

    Args:
        target: What is looked at.
        table: Who asks.

    Raises:
        NotObservable: the target does not run.
        Missing: ``/proc`` is not there.
        Malformed: the file is of another form.
    """
    target.need_live(table)
    try:
        return mdstat.parse(target.text(MDSTAT))
    except Missing:
        if not target.exists("/proc/stat"):
            raise
        return None


def array(target: Target, name: str) -> Optional[Fields]:
    """Return what the kernel tells of an array; None of one that is not put together.

    Args:
        target: What is looked at.
        name: The kernel's name of it.

    Raises:
        Denied: this user may not ask.
        SourceError: the kernel does not answer.
    """
    told: Optional[List[int]] = target.ask("md array " + name, lambda: ask_array("/dev/" + name))
    return None if told is None else dict(zip(_ARRAY_FIELDS, told))


def disks(target: Target, name: str) -> List[List[int]]:
    """Return the disks of an array: number, major, minor, slot, state, those alone that there are.

    Args:
        target: What is looked at.
        name: The kernel's name of it.

    Raises:
        Denied: this user may not ask.
        SourceError: the kernel does not answer.
    """
    told: List[List[int]] = target.ask("md disks " + name, lambda: ask_disks("/dev/" + name))
    return told


def ask_array(path: str) -> Optional[List[int]]:
    """Ask by ``GET_ARRAY_INFO``.

    Args:
        path: The array's device.
    """
    data = _asked(path, _ARRAY_INFO, [bytes(_ARRAY.size)])
    return None if data is None else list(_ARRAY.unpack(data[0]))


def ask_disks(path: str) -> List[List[int]]:
    """Ask by ``GET_DISK_INFO``, number by number.

    Args:
        path: The array's device.
    """
    answers = _asked(path, _DISK_INFO, [_DISK.pack(number, 0, 0, 0, 0) for number in range(MOST)]) or []
    found = [list(_DISK.unpack(answer)) for answer in answers]
    return [one for one in found if one[1] > 0]


def _asked(path: str, request: int, questions: List[bytes]) -> Optional[List[bytes]]:
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            return [fcntl.ioctl(descriptor, request, question) for question in questions]
        finally:
            os.close(descriptor)
    except PermissionError as error:
        raise Denied("{path}: may not be read", path=path) from error
    except OSError as error:
        if error.errno in _NONE:
            return None
        raise SourceError("{path}: {why}", path=path, why=reason(error)) from error
