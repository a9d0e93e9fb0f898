"""Which checks of Windows a disk decides, by the tables and columns that they read; the others never pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.registry_hive import hive
from rempart_testing.windows_accounts import MACHINE, domain_f, sam
from rempart_testing.windows_system import CONFIG, files, service, software, system, target

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.engine import Engine
from rempart_agent.engines.embedded import platform_tables
from rempart_agent.engines.embedded.engine import TableReader
from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.tables import read
from rempart_core.content import checkfile
from rempart_core.model.check import Check
from rempart_core.model.parameter import bind
from rempart_core.model.result import Answer, Result, State
from rempart_core.model.selection import Selected

CHECKS = [
    one for one in checkfile.read_checks([str(Path(__file__).parents[4] / "checks")]) if "windows" in one.platforms
]
DECIDED = (
    *("ACC-01", "ACC-02", "ACC-03", "ACC-04", "ACC-05", "ACC-06", "ACC-07", "ACC-10", "AGT-02", "EXP-03", "EXP-04"),
    *("FWL-02", "FWL-05", "IDL-02", "IMG-01", "IMG-02", "KRN-02", "LOG-04", "PAT-04", "PAT-06", "PRV-01", "PRV-02"),
    *("RMT-04", "RMT-08", "TLS-02", "TLS-06", "TLS-07", "USB-02"),
)
"""Those that a disk decides: 28 of 70."""


def unfilled(table: str) -> set[str]:
    """Return the columns of a table of ours that only a running system fills: they are hidden and asked for alone."""
    return {column.name for column in platform_tables.columns(table, "windows") if column.alone and column.hidden}


def needs_running(check: Check, database: Database) -> set[str]:
    """Return what the statements of a check read that a disk does not have."""
    values = {one.name: one.default for one in check.parameters.values()}
    found: set[str] = set()
    for _, sql in check.platforms["windows"].statements():
        _, _, reads, failure = database.explain(bind(sql, check.parameters, values))
        assert failure is None, (check.id, failure)
        for table, column in reads:
            if table not in read.names("windows"):
                found.add(table)
            elif column in unfilled(table):
                found.add(f"{table}.{column}")
    return found


@pytest.fixture(scope="module")
def needs() -> dict[str, set[str]]:
    database = Database(CaseReader("windows", {}, live=True))
    return {check.id: needs_running(check, database) for check in CHECKS}


def test_the_checks_that_a_disk_decides_are_these(needs: dict[str, set[str]]) -> None:
    assert tuple(sorted(check for check, lacking in needs.items() if not lacking)) == DECIDED
    assert len(DECIDED) >= 26


class _Disk(Engine):
    """A system in memory, asked as the worker of an audit asks it."""

    def __init__(self) -> None:
        keys, more = system(), software()
        keys["ControlSet002"]["Services"].update(
            {name: service(2) for name in ("WinDefend", "MpsSvc", "BFE", "EventLog", "W32Time", "WinRM", "Sysmon64")}
        )
        keys["ControlSet002"]["Control"]["ProductOptions"] = {"ProductType": "WinNT"}
        keys["ControlSet002"]["Services"]["W32Time"]["Parameters"] = {"Type": "NTP"}
        more["Microsoft"]["Windows"]["CurrentVersion"]["Policies"] = {"System": {"EnableLUA": 1}}
        content = files(keys, more)
        users = {500: ("Administrator", 0x211), 501: ("Guest", 0x215), 1001: ("alice", 0x10)}
        groups = {544: ("Administrators", [MACHINE + "-500"])}
        content[CONFIG + "SAM"] = hive(sam(users, groups, domain_f()))
        self._database = Database(TableReader(target(content), True, frozenset(), lambda _name: None))

    def query(self, sql: str, deadline: float = 20.0, max_rows: int = 10_000) -> Answer:
        del deadline
        return self._database.query(sql, max_rows)


@pytest.fixture(scope="module")
def judged() -> dict[str, Result]:
    disk, circumstances = _Disk(), Circumstances("windows", "image", privileged=True)
    found = {}
    for check in CHECKS:
        values = {one.name: one.default for one in check.parameters.values()}
        found[check.id] = examine(Selected(check, check.severity, values), disk, circumstances)
    return found


def test_what_needs_a_running_system_does_not_pass_and_says_why(
    needs: dict[str, set[str]], judged: dict[str, Result]
) -> None:
    lacking = {check: judged[check] for check, missing in needs.items() if missing}
    assert [check for check, one in lacking.items() if one.state is State.PASS] == []
    unchecked = {check: one.reason.en for check, one in lacking.items() if one.state is State.NOT_CHECKED}
    assert unchecked.pop("TIM-02").startswith("no second clock")
    assert len(unchecked) >= 30
    assert [check for check, why in unchecked.items() if not why.startswith("needs a running system: ")] == []
    others = {check: one.state for check, one in lacking.items() if one.state is not State.NOT_CHECKED}
    # By what they ask first: folders that are not here; keys of the registry that this system lacks.
    assert {check for check, state in others.items() if state is State.NOT_APPLICABLE} == {"BKP-02", "EXP-01", "LOG-06"}
    assert set(others.values()) <= {State.NOT_APPLICABLE, State.FAIL, State.ERROR}


def test_what_a_disk_decides_is_not_said_to_need_a_running_system(judged: dict[str, Result]) -> None:
    for check in DECIDED:
        assert judged[check].state is not State.NOT_CHECKED, (check, judged[check].reason)
