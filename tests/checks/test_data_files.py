"""The lists that age: what one says of another holds, none is dated ahead, and the document shows how to write one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from rempart_testing.own_checks import own_checks

from rempart_core.content.checkfile import read_checks
from rempart_core.content.datafile import DataFile, read_data_files

ROOT = Path(__file__).parents[2]
OURS = str(ROOT / "checks")
LISTS = read_data_files([OURS])
CHECKS = {check.id: check for check in own_checks()}


@pytest.mark.parametrize("one", LISTS.values(), ids=lambda one: one.name)
def test_no_list_is_dated_ahead(one: DataFile) -> None:
    """AGT-02 could say nothing of its age: it would be an error everywhere."""
    assert date.fromisoformat(one.updated) <= datetime.now(UTC).date() + timedelta(days=1)


def test_the_check_of_the_lists_is_told_of_each() -> None:
    told = CHECKS["AGT-02"].parameters["lists"].default
    assert told == sorted([one.name, one.updated] for one in LISTS.values())


def test_products_beside_defender_are_the_accepted_ones_without_it() -> None:
    services = LISTS["windows-anti-malware-services"].values
    assert LISTS["windows-other-anti-malware-services"].values == [one for one in services if one != "WinDefend"]


def test_ends_of_support_are_days_of_the_calendar() -> None:
    """A day that is none leaves the system unjudged."""
    rows = LISTS["os-support"].values
    assert [row for row in rows if date.fromisoformat(row[3]).isoformat() != row[3]] == []
    assert len({tuple(row[:3]) for row in rows}) == len(rows)


def test_the_documented_list_is_sound_and_its_parameter_takes_it(tmp_path: Path) -> None:
    text = (ROOT / "docs/add-a-check.md").read_text(encoding="utf-8")
    (data,) = re.findall(r"^`my-checks/(data/[a-z]+\.yaml)`:\n\n```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (parameters,) = re.findall(r"^```yaml\n(parameters:\n.*? data: .*?)^```", text, re.DOTALL | re.MULTILINE)
    check = (ROOT / "checks/agent/agt-02-lists-recent.yaml").read_text(encoding="utf-8")
    query = "SELECT package AS item, version AS observed, '' AS expected, 1 AS ok FROM (VALUES :least_versions)"
    platforms = f'platforms:\n  linux: {{query: "{query}"}}\n'
    before, rest = check.split("parameters:\n")
    check = before + parameters + platforms + "remediation:\n" + rest.split("remediation:\n")[1]
    for name, content in ((data[0], data[1]), ("agent/agt-02-lists-recent.yaml", check)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content, encoding="utf-8")
    (read,) = read_checks([str(tmp_path)])
    assert read.parameters["least_versions"].default == [["call-recorder", "4.2"], ["call-recorder-lts", "3.9"]]
