"""Table md_drives: the disks of arrays. The cases are those of osquery's md_tables_tests.cpp."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import md_drives

MachineOf = Callable[..., RecordedTarget]
Disks = list[tuple[int, int, int]]
HEALTHY, FAULTY = 6, 1
CASES: dict[str, tuple[Disks, list[tuple[str, str, int]]]] = {
    "all_drives_healthy": (
        [(n, n, HEALTHY) for n in range(6)],
        [(f"/dev/sda{n}", "active sync", n) for n in range(6)],
    ),
    "all_drives_removed": ([], [("unknown", "removed", n) for n in range(6)]),
    "all_drives_faulty": ([(n, n, FAULTY) for n in range(6)], [(f"/dev/sda{n}", "faulty", n) for n in range(6)]),
    "every_other_drive_faulty": (
        [(n, n if n % 2 else -1, HEALTHY if n % 2 else FAULTY) for n in range(6)],
        [(f"/dev/sda{n}", "active sync" if n % 2 else "faulty", n) for n in range(6)],
    ),
    "some_faulty_some_removed": (
        [(0, -1, 1), (1, 1, 6), (3, 3, 6), (4, 4, 6), (5, -1, 1), (6, 0, 6)],
        [
            ("/dev/sda0", "faulty", 0),
            ("/dev/sda1", "active sync", 1),
            ("/dev/sda3", "active sync", 3),
            ("/dev/sda4", "active sync", 4),
            ("/dev/sda5", "faulty", 5),
            ("/dev/sda6", "active sync", 0),
            ("unknown", "removed", 2),
        ],
    ),
    "scattered_faulty_and_removed": (
        [(1, 1, 6), (3, 3, 6), (5, 5, 6), (9, -1, 1), (17, -1, 1)],
        [
            ("/dev/sda1", "active sync", 1),
            ("/dev/sda3", "active sync", 3),
            ("/dev/sda5", "active sync", 5),
            ("/dev/sda9", "faulty", 0),
            ("/dev/sda17", "faulty", 2),
            ("unknown", "removed", 4),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_disks_have_their_slots(machine_of: MachineOf, case: str) -> None:
    disks, expected = CASES[case]
    files = {f"/sys/dev/block/8:{n}/uevent": f"MAJOR=8\nMINOR={n}\nDEVNAME=sda{n}\n" for n in range(20)}
    machine = machine_of(
        {**files, "/proc/mdstat": "Personalities : [raid6]\nmd0 : active raid6\n"},
        {"md array md0": [0] * 7 + [6] + [0] * 10, "md disks md0": [[n, 8, n, slot, bits] for n, slot, bits in disks]},
    )
    found = [dict(row) for row in md_drives.rows(machine, Query())]
    assert [(row["drive_name"], row["state"], row["slot"]) for row in found] == expected
    assert {row["md_device_name"] for row in found} == {"md0"}


def test_a_disk_of_no_state_is_filled_or_a_spare() -> None:
    assert md_drives.state(0, 1) == "recovering"
    assert md_drives.state(0, -1) == "spare"
    assert md_drives.state(1 << 18 | 1 << 9 | 6, 0) == "active sync writemostly journal"


def test_an_array_that_is_not_put_together_has_no_disks(machine_of: MachineOf) -> None:
    mdstat = "Personalities : \nmd0 : inactive sda1[0](S)\n"
    assert list(md_drives.rows(machine_of({"/proc/mdstat": mdstat}, {"md array md0": None}), Query())) == []


def test_slots_beyond_all_measure_are_bounded(machine_of: MachineOf) -> None:
    assert len(md_drives.place(machine_of({}), "md0", 1 << 30, [])) == 384
    assert md_drives.place(machine_of({}), "md0", -5, []) == []
