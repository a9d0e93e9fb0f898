"""Table oem_strings: texts of the machine's maker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.smbios_table import PATH, TABLE
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import oem_strings

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]


def test_a_structure_is_told_of(machine_of: MachineOf) -> None:
    rows = [dict(row) for row in oem_strings.rows(machine_of({PATH: TABLE}), Query())]
    assert rows == [
        {"handle": "0x0e00", "number": 1, "value": "first"},
        {"handle": "0x0e00", "number": 2, "value": "second é"},
        {"handle": "0x0e00", "number": 3, "value": ""},
    ]


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, tmp_path: Path) -> None:
    target = machine_of({PATH: TABLE})
    theirs = ask("SELECT * FROM oem_strings", {"/sys": Path(target.root) / "sys"})
    ours = embedded(target, "SELECT * FROM oem_strings")
    assert told(theirs) == told(ours)
    assert theirs


def test_a_source_that_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(oem_strings.rows(machine_of({}), Query()))
    with pytest.raises(Malformed):
        list(oem_strings.rows(machine_of({PATH: TABLE[:-9]}), Query()))
    target = machine_of({PATH: TABLE})
    deny(target, PATH)
    with pytest.raises(Denied):
        list(oem_strings.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(oem_strings.rows(target, Query()))
