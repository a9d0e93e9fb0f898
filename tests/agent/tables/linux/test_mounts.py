"""Table mounts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.files import mount_table
from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import mounts
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]

MOUNTS = """\
proc /proc proc rw,relatime 0 0
/dev/mapper/vg-root / ext4 rw,relatime,errors=remount-ro 0 0
/dev/sdb1 /media/my\\040disk vfat rw,label=a\\011b 0 0
server:/export\\0401 /srv nfs4 rw,vers=4.2 0 0
devpts /dev/pts devpts rw 0 0
devpts /dev/pts devpts rw 0 0
"""


def _ask(target: RootTarget | LiveTarget, *columns: str) -> list[dict[str, Any]]:
    wanted = frozenset(columns or ("device", "device_alias", "path", "type", "flags"))
    return [dict(row) for row in mounts.rows(target, Query(wanted))]


def test_a_root_filesystem_mounts_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(RootTarget(str(tmp_path)))


def test_a_machine_whose_mounts_can_not_be_read_is_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _ask(machine_of({"/proc/": ""}))


def test_a_device_is_also_known_by_its_real_name(machine_of: Machine) -> None:
    target = machine_of({"/proc/mounts": MOUNTS, "/dev/dm-0": "", "/dev/mapper/": ""})
    (Path(target.root) / "dev/mapper/vg-root").symlink_to("../dm-0")
    rows = _ask(target)
    assert len(rows) == 6
    assert rows[0] == {
        "device": "proc",
        "device_alias": "proc",
        "path": "/proc",
        "type": "proc",
        "flags": "rw,relatime",
    }
    assert (rows[1]["device"], rows[1]["device_alias"]) == ("/dev/mapper/vg-root", "/dev/dm-0")
    assert (rows[2]["path"], rows[2]["flags"]) == ("/media/my disk", "rw,label=a\tb")
    assert rows[2]["device_alias"] == "/dev/sdb1"
    assert (rows[3]["device"], rows[3]["device_alias"]) == ("server:/export 1", "server:/export 1")


def test_the_kernel_s_own_root_is_known_by_its_number(machine_of: Machine) -> None:
    target = machine_of({"/proc/mounts": "/dev/root / ext4 rw 0 0\n", "/sys/devices/vda/": "", "/sys/dev/block/": ""})
    number = os.stat(target.root).st_dev
    link = Path(target.root) / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    link.symlink_to("/sys/devices/vda")
    assert _ask(target)[0]["device_alias"] == "/dev/vda"


def test_sizes_are_measured_only_where_they_are_asked_for(machine_of: Machine) -> None:
    target = machine_of({"/proc/mounts": MOUNTS}, {"statvfs": {"/": [4096, 100, 50, 40, 1000, 900]}})
    rows = _ask(target, "path", "blocks_free")
    assert rows[1] == {
        **rows[1],
        "blocks_size": 4096,
        "blocks": 100,
        "blocks_free": 50,
        "blocks_available": 40,
        "inodes": 1000,
        "inodes_free": 900,
    }
    assert "blocks" not in rows[3]  # the server did not answer
    assert "blocks" not in _ask(machine_of({"/proc/mounts": MOUNTS}), "path")[1]


def test_a_server_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    def slow(path: str) -> os.statvfs_result:
        if path == "/dead":
            time.sleep(30)
        return real("/")

    monkeypatch.setattr(os, "statvfs", slow)
    monkeypatch.setattr(mounts, "_DEADLINE", 0.05)
    sizes = mounts.measure({"/": "ext4", "/dead": "nfs4", "/net": "autofs"})
    assert sizes["/"][1] > 0
    assert sizes["/net"] == [0] * 6
    assert "/dead" not in sizes


def test_this_machine_has_a_root() -> None:
    rows = [row for row in _ask(LiveTarget(), *(c.name for c in mounts.COLUMNS)) if row["path"] == "/"]
    assert rows
    assert rows[-1]["blocks"] == os.statvfs("/").f_blocks


@pytest.mark.parametrize("line", ["proc", "proc /proc", "proc /proc proc"])
def test_a_line_that_is_no_mount_is_an_error(line: str) -> None:
    with pytest.raises(Malformed):
        list(mount_table.parse(line + "\n"))


@given(st.text())
def test_any_text_gives_mounts_or_a_reason(text: str) -> None:
    found = outcome(lambda: mount_table.parse(text))
    assert isinstance(found, SourceError) or all(len(mount) == 4 for mount in found)
