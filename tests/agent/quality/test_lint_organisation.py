"""Lint tries on passing cases what a check of an organisation must not pass in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.spaces import plain

from rempart_agent.quality.lint import lint
from rempart_core.content.checkfile import read_checks
from rempart_core.error import ContentError

CHECK = """\
id: ACME-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [organisation]
platforms:
  organisation:
    query: |
      SELECT 'roster' AS item, count(*) AS observed, 'people' AS expected, CASE WHEN count(*) > 0 THEN 1 END AS ok
      FROM org_people
      UNION ALL
      SELECT p.id, coalesce(t.date, 'never'), 'trained', t.person IS NOT NULL
      FROM org_people p LEFT JOIN org_training t ON t.person = p.id
      UNION ALL
      SELECT person, trouble, 'sound', NULL FROM org_training WHERE trouble <> ''
      UNION ALL
      SELECT id, trouble, 'sound', NULL FROM org_people WHERE trouble <> ''
remediation: {disruption: manual, manual: {en: a, fr: b}}
"""
CASES = """\
cases:
  - name: trained
    tables:
      org_people: [{id: p-1, trouble: ""}, {id: p-2, trouble: ""}]
      org_training: [{person: p-1, date: "@date", trouble: ""}, {person: p-2, date: "@date", trouble: ""}]
    expect: pass
  - {name: untrained, tables: {org_people: [{id: p-1, trouble: ""}]}, expect: fail}
  - {name: empty, tables: {}, expect: error}
  - {name: not kept, tables: {org_people: {error: not_kept}}, expect: not_checked}
  - name: future
    tables:
      org_people: [{id: p-1, trouble: ""}]
      org_training: [{person: p-1, date: "@date", trouble: future_date}]
    expect: error
  - name: absent
    tables:
      org_people: [{id: p-1, trouble: ""}]
      org_training: [{person: p-1, date: "@date", trouble: evidence_absent}]
    expect: error
"""
LIVE = """
      UNION ALL
      SELECT host, state, 'pass', state = 'pass' FROM org_live WHERE max_age_d = 2
"""


def lint_with(folder: Path, check: str = CHECK, cases: str = CASES) -> list[str]:
    (folder / "area").mkdir(exist_ok=True)
    (folder / "area/acme-01-x.yaml").write_text(check)
    (folder / "area/acme-01-x.test.yaml").write_text(cases)
    try:
        return [str(mistake.message) for mistake in lint(read_checks([str(folder)]), [str(folder)])]
    except ContentError as error:
        return [str(mistake.message) for mistake in error.mistakes]


def test_a_check_that_hides_nothing_is_sound(tmp_path: Path) -> None:
    assert lint_with(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("CASE WHEN count(*) > 0 THEN 1 END", "1", "passes without org_people"),
        ("t.person IS NOT NULL", "1", "passes without org_training"),
        ("'sound', NULL FROM org_training", "'sound', 1 FROM org_training", "a trouble in row 2 of org_training"),
        (
            "WHERE trouble <> ''\n      UNION",
            "WHERE trouble = 'future_date'\n      UNION",
            "a trouble in row 1 of org_t",
        ),
        ("'sound', NULL FROM org_people", "'sound', 1 FROM org_people", "a trouble in row 1 of org_people"),
        (
            "p LEFT JOIN org_training t ON",
            "t0 JOIN org_people p ON t0.id = p.id LEFT JOIN org_training t ON",
            "joins org",
        ),
        ("org_training", "org_trainings", "no such table"),
        ("roles: [organisation]", "roles: [organisation, server]", "the role organisation, and no others"),
        (
            "  organisation:\n",
            "  linux:\n    query: SELECT 1\n  organisation:\n",
            "the role organisation, and no others",
        ),
    ],
)
def test_what_would_pass_in_silence_is_a_mistake(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CHECK
    told = lint_with(tmp_path, CHECK.replace(old, new))
    assert any(message in one for one in told), told


def test_the_area_of_organisations_holds_no_check_of_machines(tmp_path: Path) -> None:
    """Else a machine would not be asked it: the area alone tells which checks need not be made."""
    machine = CHECK.replace("[organisation]", "[server]").replace("  organisation:\n", "  linux:\n")
    (tmp_path / "organisation").mkdir()
    (tmp_path / "organisation/acme-01-x.yaml").write_text(machine)
    with pytest.raises(ContentError, match="the role organisation, and no others"):
        read_checks([str(tmp_path)])


def test_who_reads_what_is_about_people_starts_from_the_roster(tmp_path: Path) -> None:
    bare = (
        CHECK[: CHECK.index("      SELECT 'roster'")]
        + "      SELECT person AS item, date AS observed, 'x' AS expected,"
    )
    bare += "\n        iif(trouble <> '', NULL, 1) AS ok FROM org_training\n" + CHECK[CHECK.index("remediation") :]
    assert any("not org_people: start from the roster" in one for one in lint_with(tmp_path, bare))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("not kept", "error: not_kept"),
        ("future", "trouble: future_date"),
        ("absent", "trouble: evidence_absent"),
        ("empty", "empty"),
        ("untrained", "fail"),
    ],
)
def test_six_cases_are_compulsory(tmp_path: Path, name: str, message: str) -> None:
    blocks = CASES.split("  - ")
    cases = "  - ".join(one for one in blocks if f"name: {name}" not in one)
    assert any(message in plain(one) for one in lint_with(tmp_path, cases=cases))


def test_results_of_machines_need_a_greatest_age_and_never_pass_when_they_are_older(tmp_path: Path) -> None:
    check = CHECK.replace("remediation:", f"{LIVE.lstrip(chr(10))}remediation:", 1)
    live = (
        'org_live: [{host: web-1, state: pass, age_days: 0}]\n      org_training: [{person: p-1, date: "@date", trouble'
    )
    cases = CASES.replace('org_training: [{person: p-1, date: "@date", trouble', live, 1)
    assert lint_with(tmp_path, check, cases) == []
    assert any(
        "constrain max_age_d" in one for one in lint_with(tmp_path, check.replace(" WHERE max_age_d = 2", ""), cases)
    )
    lax = lint_with(tmp_path, check.replace("max_age_d = 2", "max_age_d = 5000"), cases)
    assert any("on results of org_live that are too old" in one for one in lax)
