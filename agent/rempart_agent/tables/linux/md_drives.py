"""Table md_drives: the disks of the arrays of Linux' software RAID, each with its slot and state.

Sources: ``/proc/mdstat`` (md(4)) for the arrays, the ioctls ``GET_ARRAY_INFO`` and ``GET_DISK_INFO``, which take root,
and sysfs for the names of disks. A slot without a disk is a row, ``removed``. A disk without a slot of its own that has
failed stands in for a slot that nobody has.
"""

from typing import Dict, Iterator, List

from rempart_agent.readers.kernel import md, udev
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("md_device_name", TEXT),
    Column("drive_name", TEXT),
    Column("slot", INTEGER),
    Column("state", TEXT),
)
_STATES = (
    *((0, "faulty"), (1, "active"), (2, "sync"), (3, "removed"), (4, "clusteradd"), (5, "spare")),
    *((9, "writemostly"), (10, "failfast"), (18, "journal")),
)  # MD_DISK_… of md_p.h
_UNKNOWN = "unknown"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each disk and each slot without one; none where the kernel has no software RAID.

    Raises:
        Denied: the kernel tells this user nothing of an array.
    """
    stat = md.stat(target, "md_drives")
    for array in stat.arrays if stat else ():
        info = md.array(target, array.name)
        if info is not None:
            yield from place(target, array.name, info["raid_disks"], md.disks(target, array.name))


def place(target: Target, name: str, slots: int, disks: List[List[int]]) -> List[Dict[str, Value]]:
    """Return the rows of one array.

    Args:
        target: What is looked at.
        name: The array's.
        slots: How many it has.
        disks: Number, major, minor, slot and state of each.
    """
    rows: List[Dict[str, Value]] = []
    homeless = []
    free = list(range(min(max(slots, 0), md.MOST)))
    for number, major, minor, slot, bits in disks:
        row: Dict[str, Value] = {
            "md_device_name": name,
            "drive_name": _node(target, major, minor),
            "state": state(bits, slot),
        }
        if slot < 0 and number < slots:
            slot = number
        if slot >= 0:
            row["slot"] = slot
            free = [one for one in free if one != slot]
        else:
            homeless.append(row)
        rows.append(row)
    for slot in free:
        if homeless:
            homeless.pop(0)["slot"] = slot
        else:
            rows.append({"md_device_name": name, "drive_name": _UNKNOWN, "state": "removed", "slot": slot})
    return rows


def state(bits: int, slot: int) -> str:
    """Return the state of a disk in words.

    Args:
        bits: ``MD_DISK_…`` of md_p.h.
        slot: Its slot; below 0 for none: a disk of no state is a spare then, and one that is being filled else.
    """
    if not bits:
        return "recovering" if slot >= 0 else "spare"
    return " ".join(word for bit, word in _STATES if bits >> bit & 1)


def _node(target: Target, major: int, minor: int) -> str:
    try:
        uevent = udev.parse(target.text("/sys/dev/block/{}:{}/uevent".format(major, minor)))
    except Missing:
        return _UNKNOWN
    return "/dev/" + uevent["DEVNAME"] if "DEVNAME" in uevent else _UNKNOWN
