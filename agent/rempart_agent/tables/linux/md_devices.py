"""Table md_devices: the arrays of Linux' software RAID, their disks counted, and what they are busy with.

Sources: ``/proc/mdstat`` (md(4)), the ioctl ``GET_ARRAY_INFO``, which takes root, and udev's database for the version
of the superblock. An array that is not put together has what ``/proc/mdstat`` tells of it alone.
"""

from typing import Dict, Iterator

from rempart_agent.formats import mdstat
from rempart_agent.readers.kernel import md, udev
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("device_name", TEXT),
    Column("status", TEXT),
    Column("raid_level", INTEGER),
    Column("size", BIGINT),
    Column("chunk_size", BIGINT),
    Column("raid_disks", INTEGER),
    Column("nr_raid_disks", INTEGER),
    Column("working_disks", INTEGER),
    Column("active_disks", INTEGER),
    Column("failed_disks", INTEGER),
    Column("spare_disks", INTEGER),
    Column("superblock_state", TEXT),
    Column("superblock_version", TEXT),
    Column("superblock_update_time", BIGINT),
    Column("bitmap_on_mem", TEXT),
    Column("bitmap_chunk_size", TEXT),
    Column("bitmap_external_file", TEXT),
    Column("recovery_progress", TEXT),
    Column("recovery_finish", TEXT),
    Column("recovery_speed", TEXT),
    Column("resync_progress", TEXT),
    Column("resync_finish", TEXT),
    Column("resync_speed", TEXT),
    Column("reshape_progress", TEXT),
    Column("reshape_finish", TEXT),
    Column("reshape_speed", TEXT),
    Column("check_array_progress", TEXT),
    Column("check_array_finish", TEXT),
    Column("check_array_speed", TEXT),
    Column("unused_devices", TEXT),
    Column("other", TEXT),
)
_INFO = {
    "raid_level": "level",
    "chunk_size": "chunk_size",
    "raid_disks": "raid_disks",
    "nr_raid_disks": "nr_disks",
    "working_disks": "working_disks",
    "active_disks": "active_disks",
    "failed_disks": "failed_disks",
    "spare_disks": "spare_disks",
    "superblock_update_time": "utime",
}
_STATES = ((0, "clean"), (1, "errors"), (2, "bbm_errors"), (5, "clustered"), (8, "bitmap_present"))  # md_p.h


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each array; none where the kernel has no software RAID.

    Raises:
        Denied: the kernel tells this user nothing of an array.
    """
    stat = md.stat(target, "md_devices")
    for array in stat.arrays if stat else ():
        row = describe(array)
        row["unused_devices"] = stat.unused if stat else ""
        info = md.array(target, array.name)
        if info is not None:
            row.update({column: info[field] for column, field in _INFO.items()})
            row["superblock_state"] = state(info["state"])
        row["superblock_version"] = _superblock(target, array.name)
        yield row


def describe(array: mdstat.Array) -> Dict[str, Value]:
    """Return what ``/proc/mdstat`` tells of an array.

    Args:
        array: As it was read.
    """
    row: Dict[str, Value] = {
        "device_name": array.name,
        "status": array.status,
        "size": array.size,
        "other": array.other,
    }
    row["bitmap_on_mem"], row["bitmap_chunk_size"], row["bitmap_external_file"] = array.bitmap
    for name, action in array.actions.items():
        column = "check_array" if name == "check" else name
        row[column + "_progress"] = action.progress
        row[column + "_finish"] = action.finish
        row[column + "_speed"] = action.speed
    return row


def state(bits: int) -> str:
    """Return the state of a superblock in words.

    Args:
        bits: ``MD_SB_…`` of md_p.h.
    """
    return " ".join(word for bit, word in _STATES if bits >> bit & 1) if bits else "unknown"


def _superblock(target: Target, name: str) -> str:
    try:
        number = target.text("/sys/class/block/" + name + "/dev").strip()
        return udev.parse(target.text("/run/udev/data/b" + number), "E:").get("MD_METADATA", "")
    except Missing:  # udev does not run, or knows nothing of it
        return ""
