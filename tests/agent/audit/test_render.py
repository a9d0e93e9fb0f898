"""Statements with values in place, and the columns that a run will read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.check import write_check

from rempart_agent.audit.render import columns_of, render_all
from rempart_core.content.checkfile import read_checks
from rempart_core.model.check import Check
from rempart_core.model.parameter import split
from rempart_core.model.selection import Selected


@pytest.fixture
def check(tmp_path: Path) -> Check:
    write_check(tmp_path, 1)
    (check,) = read_checks([str(tmp_path)])
    return check


def test_a_value_stands_in_its_place(check: Check) -> None:
    (texts,) = render_all([Selected(check, check.severity, {"least": 7})], "linux")
    assert "7" in texts["query"]
    assert ":least" not in texts["query"]


def test_what_is_taken_apart_already_comes_to_the_same(check: Check) -> None:
    selected = [Selected(check, check.severity, {"least": 7})]
    parts = {sql: split(sql) for _, sql in check.platforms["linux"].statements()}
    assert render_all(selected, "linux", parts) == render_all(selected, "linux")


def test_a_check_without_a_block_for_the_platform_asks_nothing(check: Check) -> None:
    assert render_all([Selected(check, check.severity, {"least": 7})], "windows") == [{}]


def test_columns_are_gathered_by_table(check: Check) -> None:
    (sql,) = (sql for _, sql in check.platforms["linux"].statements())
    selected = [Selected(check, check.severity, {})] * 2
    uses = {sql: {"users": ("uid", "username")}}
    assert columns_of(selected, "linux", uses) == {"users": ["uid", "username", "uid", "username"]}
    assert columns_of(selected, "windows", uses) == {}
    assert columns_of(selected, "linux", {}) == {}
