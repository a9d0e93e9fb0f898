"""Table md_personalities: which arrays the kernel's software RAID knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.real_osquery import BOUND, PROGRAM, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import NotObservable, Query
from rempart_agent.tables.linux import md_personalities

MachineOf = Callable[..., RecordedTarget]
TEXT = "Personalities : [raid1] [raid6] [raid5] [raid4] [linear] \nunused devices: <none>\n"


def test_each_is_a_row(machine_of: MachineOf) -> None:
    rows = list(md_personalities.rows(machine_of({"/proc/mdstat": TEXT}), Query()))
    assert [row["name"] for row in rows] == ["raid1", "raid6", "raid5", "raid4", "linear"]
    target = machine_of({"/proc/mdstat": "Personalities : \nunused devices: <none>\n"})
    assert list(md_personalities.rows(target, Query())) == []
    target.live = False
    with pytest.raises(NotObservable):
        list(md_personalities.rows(target, Query()))


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(Path(PROGRAM).parent.parent / "lib"))  # found through /proc else
    target = machine_of({"/proc/mdstat": TEXT})
    theirs = ask("SELECT * FROM md_personalities", {"/proc": Path(target.root, "proc")})
    assert told(theirs) == told(embedded(target, "SELECT * FROM md_personalities"))
    assert len(theirs) == 5
