"""Table smbios_tables: structures of the firmware."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.smbios_table import PATH, TABLE
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import smbios_tables

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]


def test_a_structure_is_told_of(machine_of: MachineOf) -> None:
    rows = [dict(row) for row in smbios_tables.rows(machine_of({PATH: TABLE}), Query())]
    assert rows[:2] + rows[-2:] == [
        {
            "number": 0,
            "type": 16,
            "description": "Physical Memory Array",
            "handle": 4096,
            "header_size": 23,
            "size": 25,
            "md5": "db3ee15600c998729a700bb786a90ee7",
        },
        {
            "number": 1,
            "type": 16,
            "description": "Physical Memory Array",
            "handle": 4097,
            "header_size": 23,
            "size": 25,
            "md5": "404990c8451535ec66107e254ffccae3",
        },
        {
            "number": 12,
            "type": 221,
            "description": "Unknown",
            "handle": 56576,
            "header_size": 5,
            "size": 7,
            "md5": "97e3866167612ef51e746167006021d6",
        },
        {
            "number": 13,
            "type": 127,
            "description": "End-of-Table",
            "handle": 65279,
            "header_size": 4,
            "size": 4,
            "md5": "a6b53027f966a1216db1642a3482c8b8",
        },
    ]
    assert len(rows) == 14


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, tmp_path: Path) -> None:
    target = machine_of({PATH: TABLE})
    theirs = ask("SELECT * FROM smbios_tables", {"/sys": Path(target.root) / "sys"})
    ours = embedded(target, "SELECT * FROM smbios_tables")
    assert told(theirs) == told(ours)
    assert theirs


def test_a_source_that_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(smbios_tables.rows(machine_of({}), Query()))
    with pytest.raises(Malformed):
        list(smbios_tables.rows(machine_of({PATH: TABLE[:-9]}), Query()))
    target = machine_of({PATH: TABLE})
    deny(target, PATH)
    with pytest.raises(Denied):
        list(smbios_tables.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(smbios_tables.rows(target, Query()))


@given(st.binary(), st.integers(0, len(TABLE)))
def test_any_bytes_are_taken_or_refused(data: bytes, at: int) -> None:
    for broken in (data, TABLE[:at] + data + TABLE[at:]):
        try:
            assert all(row["type"] in range(256) for row in smbios_tables.parse(broken))
        except Malformed:
            continue
