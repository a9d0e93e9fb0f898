"""Where new packets end and nobody knows, no check of the firewall passes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.own_checks import own_checks

from rempart_agent.quality import case
from rempart_agent.quality.lint import file_of
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.model.result import Failure, State
from rempart_core.model.selection import Selected

FOLDER = str(Path(__file__).parents[2] / "checks")
CHECKS = {check.id: check for check in own_checks()}
TABLES = ("rempart_firewall_reach", "rempart_firewall_boot", "rempart_firewall_loopback")
MANY = 20_000  # ports: more than any of these checks lets be open


def _passing(name: str) -> list[tuple[Case, str]]:
    found = []
    for one in read_cases(locate_cases(file_of(CHECKS[name], [FOLDER])), CHECKS[name]):
        for table in TABLES:
            rows = one.tables.get(table, ())
            if rows and not isinstance(rows, Failure) and one.expect is State.PASS:
                found.append((one, table))
    return found


def _state(name: str, one: Case, tables: Any) -> State:
    selected = Selected(CHECKS[name], CHECKS[name].severity, one.parameters)
    return case.judge(selected, one.platform, tables, live=one.live, privileged=one.privileged).state


@pytest.mark.parametrize("name", ["FWL-01", "FWL-02", "FWL-04", "FWL-05", "FWL-07"])
def test_a_verdict_that_is_not_known_never_passes(name: str) -> None:
    cases = _passing(name)
    assert cases
    for one, table in cases:
        tables: Any = copy.deepcopy(one.tables)
        for row in tables[table]:
            row["verdict"] = None
        assert _state(name, one, tables) is not State.PASS, one.name


def test_one_large_box_that_is_not_known_never_passes() -> None:
    tried = 0
    for one, table in _passing("FWL-01"):
        for at, row in enumerate(one.tables[table]):
            trusted = one.parameters.get("trusted_interfaces") or one.parameters.get("trusted_networks")
            if row["verdict"] == "refused" and row["port_to"] - row["port_from"] > MANY and not trusted:
                tables: Any = copy.deepcopy(one.tables)
                tables[table][at]["verdict"] = None
                assert _state("FWL-01", one, tables) is not State.PASS, (one.name, row)
                tried += 1
    assert tried


def test_no_check_goes_by_the_first_rule_without_a_condition() -> None:
    """``final_verdict`` says refused of rules that let everything in (a goto, a map, ``ct state new``)."""
    for check in CHECKS.values():
        for platform in check.platforms.values():
            assert not any("final_verdict" in statement for _, statement in platform.statements()), check.id
