"""Table md_devices: the arrays of software RAID."""

from __future__ import annotations

from collections.abc import Callable

from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import md_devices

MachineOf = Callable[..., RecordedTarget]
# osquery's md_tables_tests.cpp
MDSTAT = """Personalities : [raid1]
md0 : active raid1 sde1[4] sdf1[5]
      248640 blocks super 1.2 [6/5] [UU_UUU]
      [======>..............]  check = 34.1% (716160/2095040) finish=0.0min speed=238720K/sec
      bitmap: 0/234 pages [0KB], 512KB chunk
md127 : inactive sdl1[0](S)
      1048512 blocks super 1.2

unused devices: <none>
"""
INFO = [1, 2, 0, 1700000000, 1, 1, 5, 6, 0, 0, 1700000001, 0x101, 5, 5, 0, 0, 0, 0]
FILES = {
    "/proc/mdstat": MDSTAT,
    "/sys/class/block/md0/dev": "9:0\n",
    "/run/udev/data/b9:0": "E:MD_LEVEL=raid1\nE:MD_METADATA=1.2\n",
}


def test_an_array_is_a_row(machine_of: MachineOf) -> None:
    machine = machine_of(FILES, {"md array md0": INFO, "md array md127": None})
    first, second = (dict(row) for row in md_devices.rows(machine, Query()))
    expected = {
        "device_name": "md0",
        "status": "active",
        "raid_level": 1,
        "size": 248640,
        "raid_disks": 6,
        "nr_raid_disks": 5,
        "working_disks": 5,
        "failed_disks": 0,
        "superblock_state": "clean bitmap_present",
        "superblock_version": "1.2",
        "superblock_update_time": 1700000001,
        "bitmap_on_mem": "0/234 pages [0KB]",
        "check_array_progress": "34.1% (716160/2095040)",
        "check_array_finish": "0.0min",
        "check_array_speed": "238720K/sec",
        "unused_devices": "<none>",
        "other": "super 1.2",
    }
    assert {name: first[name] for name in expected} == expected
    assert "recovery_progress" not in first
    assert (second["status"], second["size"], second.get("raid_level")) == ("inactive", 1048512, None)


def test_no_software_raid_is_no_row(machine_of: MachineOf) -> None:
    assert list(md_devices.rows(machine_of({"/proc/stat": ""}), Query())) == []


def test_no_state_is_unknown() -> None:
    assert md_devices.state(0) == "unknown"
    assert md_devices.state(0b100011) == "clean errors clustered"
