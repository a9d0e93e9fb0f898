"""Table rempart_mount_plan: what is mounted, what is planned, and where a path lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.source.contract import Constraint, Malformed, Query, Row
from rempart_agent.tables.linux import rempart_mount_plan

# as proc_pid_mountinfo(5): id, parent, device, folder, place, options, optional fields, -, type, source
MOUNTED = (
    "25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "26 25 0:5 / /dev/shm rw,nosuid,nodev shared:2 - tmpfs tmpfs rw\n"
    "27 25 8:2 / /home rw,nosuid - ext4 /dev/sda2 rw,nodev\n"
    "28 25 8:1 /pool/my\\040tmp /var/tmp rw - ext4 /dev/sda1 rw\n"
    "29 25 0:9 / /mnt/auto rw - autofs systemd-1 rw\n"
)
FSTAB = "/dev/sda2 /home ext4 nosuid,nodev 0 2\n/dev/sdb /data ext4 nodev 0 2\n/dev/sdc /opt\n"


def ask(target: Any, *paths: str) -> list[Row]:
    constraints = (Constraint("path", "=", tuple(paths)),) if paths else ()
    return list(rempart_mount_plan.rows(target, Query(constraints=constraints)))


def told(rows: list[Row], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_what_is_mounted_stands_beside_what_is_planned(machine_of: Callable[..., Any]) -> None:
    target = machine_of({"/etc/fstab": FSTAB, "/proc/1/mountinfo": MOUNTED})
    found = ask(target, "/home")
    assert told(found, "kind", "nodev", "nosuid", "own", "link") == [("mounted", 0, 1, 1, 0), ("fstab", 1, 1, 1, 0)]
    assert told(ask(target, "/var/tmp"), "part", "nosuid") == [("/pool/my tmp", 0)]
    assert told(ask(target, ""), "kind", "state", "why") == [
        ("fstab", "unknown", "line 3 has fewer than three fields"),
        ("witness", "live", ""),
    ]
    assert not any(row["mount_point"] == "/mnt/auto" for row in ask(target))


def test_a_path_lies_where_its_links_lead(root_of: Callable[..., Any]) -> None:
    target = root_of({"/etc/fstab": FSTAB, "/data/home/alice/x": ""})
    (Path(target.root) / "srv").symlink_to("data/home")
    assert told(ask(target, "/srv"), "path", "mount_point", "kind", "own", "link") == [("/srv", "/data", "fstab", 0, 1)]
    assert told(ask(target, "/data/home/alice"), "mount_point", "own", "link") == [("/data", 0, 0)]
    assert told(ask(target, "/data"), "own", "link") == [(1, 0)]
    assert ask(target, "/usr") == []
    assert told(ask(target, ""), "kind", "state")[-1] == ("witness", "root")


def test_a_table_of_mounts_that_is_none_is_an_error(machine_of: Callable[..., Any]) -> None:
    with pytest.raises(Malformed):
        ask(machine_of({"/proc/1/mountinfo": "25 1 8:1 / / rw\n"}))


def test_a_unit_or_a_mask_in_run_is_not_planned(root_of: Callable[..., Any]) -> None:
    unit = "[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions={}\n"
    target = root_of({
        "/usr/lib/systemd/system/tmp.mount": unit.format("mode=1777"),
        "/run/systemd/system/tmp.mount": unit.format("nosuid,nodev"),
    })  # fmt: skip
    (row,) = [r for r in ask(target, "/tmp") if r["kind"] == "unit"]
    assert (row["options"], row["nosuid"]) == ("mode=1777", 0)
