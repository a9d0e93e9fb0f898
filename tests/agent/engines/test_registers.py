"""No check of an organisation passes on what is not there: from one that passes, each thing is taken away in turn."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from rempart_testing.organisation import NO_EVIDENCE, day, live_results, write_organisation
from rempart_testing.own_checks import own_checks

from rempart_agent.audit.examine import Circumstances, examine_all
from rempart_agent.engines.registers import Live, RegistersEngine
from rempart_agent.engines.sql import organisation_tables
from rempart_agent.quality.lint_organisation import find_tables
from rempart_core.model.check import ORGANISATION, Check
from rempart_core.model.result import Result, State
from rempart_core.model.selection import Selected
from rempart_core.registers.reader import read_registers

CHECKS: Mapping[str, Check] = {check.id: check for check in own_checks() if ORGANISATION in check.platforms}
READS: Mapping[str, frozenset[str]] = {id_: frozenset(find_tables(check)) for id_, check in CHECKS.items()}
KINDS = {
    ("ORG-03", "training"): "initial",
    ("ORG-11", "access_reviews"): "application administrators",
    ("ORG-22", "access_reviews"): "journal",
    ("ORG-15", "exercises"): "continuity",
    ("ORG-16", "exercises"): "incident",
    ("ORG-16", "policies"): "incident_plan",
    ("ORG-24", "policies"): "caller_verification",
}
"""The rows of a register that a check asks, where it does not ask all of them."""


def judge(folder: Path, live: Live | None = None) -> dict[str, Result]:
    """Judge all checks."""
    engine = RegistersEngine(read_registers(str(folder), int(time.time())), live or live_results())
    try:
        selected = [
            Selected(one, one.severity, {p.name: p.default for p in one.parameters.values()}) for one in CHECKS.values()
        ]
        results = examine_all(selected, engine, Circumstances(ORGANISATION, ORGANISATION, privileged=True))
        return {one.check: one for one in results}
    finally:
        engine.close()


def passing(results: Mapping[str, Result]) -> set[str]:
    return {id_ for id_, one in results.items() if one.state is State.PASS}


def readers(*tables: str) -> set[str]:
    """Return the checks that read one of the registers, or a register whose rows need it to be judged."""
    return {id_ for id_, read in READS.items() if not read.isdisjoint(f"org_{one}" for one in tables)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_organisation(tmp_path / "registers")


def registers() -> Iterable[str]:
    return sorted(
        {table.removeprefix("org_") for read in READS.values() for table in read}
        - {"registers", "live", "hosts", "incidents"}
    )


def test_all_checks_pass_on_an_organisation_that_does_everything(folder: Path) -> None:
    results = judge(folder)
    assert {id_: one.reason.en for id_, one in results.items() if one.state is not State.PASS} == {}
    assert len(results) == 24


@pytest.mark.parametrize("name", registers())
def test_without_a_register_no_check_that_reads_it_passes(folder: Path, name: str) -> None:
    (folder / f"{name}.yaml").unlink()
    results = judge(folder)
    asked = readers(name)
    assert asked
    assert asked & passing(results) == set()
    for id_ in asked:
        assert results[id_].state is State.NOT_CHECKED
        assert results[id_].failure == "not_kept"
        assert "rempart registers add" in results[id_].reason.fr


@pytest.mark.parametrize("name", registers())
def test_without_its_head_no_check_that_reads_a_register_passes(folder: Path, name: str) -> None:
    file = folder / f"{name}.yaml"
    file.write_text(re.sub(r"\A(?:as_of|by):.*\n(?:as_of|by):.*\n", "", file.read_text()))
    results = judge(folder)
    assert {results[id_].state for id_ in readers(name)} == {State.ERROR}


@pytest.mark.parametrize("name", registers())
def test_a_head_of_tomorrow_is_no_confirmation(folder: Path, name: str) -> None:
    file = folder / f"{name}.yaml"
    file.write_text(file.read_text().replace(f"as_of: {day(5)}", f"as_of: {day(-2)}", 1))
    assert readers(name) & passing(judge(folder)) == set()


@pytest.mark.parametrize("name", [one for one in registers() if one not in {*NO_EVIDENCE, "organisation"}])
@pytest.mark.parametrize("harm", ["absent", "changed"])
def test_without_a_file_of_evidence_no_check_that_reads_its_entry_passes(folder: Path, name: str, harm: str) -> None:
    entries = (folder / f"{name}.yaml").read_text().partition("entries:\n")[2].splitlines()
    for number, entry in enumerate(entries):
        file = folder / f"evidence/{name}-{number}.txt"
        data = file.read_bytes()
        if harm == "absent":
            file.unlink()
        else:
            file.write_bytes(data + b"more\n")
        asked = {id_ for id_ in readers(name) if _asks(id_, name, entry)}
        results = judge(folder)
        assert asked
        assert {id_: results[id_].state for id_ in asked} == dict.fromkeys(asked, State.ERROR)
        file.write_bytes(data)


def _asks(id_: str, name: str, entry: str) -> bool:
    kinds = KINDS.get((id_, name))
    return kinds is None or any(f'"{kind}"' in entry for kind in kinds.split())


@pytest.mark.parametrize("table", organisation_tables.LIVE)
def test_without_live_results_no_check_that_reads_them_passes(folder: Path, table: str) -> None:
    live = live_results()
    field = {"org_live": "results", "org_hosts": "hosts", "org_incidents": "incidents"}[table]
    asked = {id_ for id_, read in READS.items() if table in read}
    assert asked
    without = judge(folder, live._replace(**{field: None if table == "org_incidents" else ()}))
    assert {without[id_].state for id_ in asked} == {State.NOT_CHECKED}
    if table in organisation_tables.AGED:
        old = [{**row, "age_days": 40} for row in getattr(live, field)]
        assert {judge(folder, live._replace(**{field: old}))[id_].state for id_ in asked} == {State.NOT_CHECKED}


@pytest.mark.parametrize(
    ("check", "of", "state"), [("ORG-14", "BKP-01", State.ERROR), ("ORG-11", "ACC-09", State.ERROR)]
)
def test_what_a_machine_contradicts_does_not_pass(folder: Path, check: str, of: str, state: State) -> None:
    live = live_results()
    failing = [{**row, "state": "fail"} if row["check_id"] == of else row for row in copy.deepcopy(live.results)]
    result = judge(folder, live._replace(results=failing))[check]
    assert result.state is state
    assert result.failure == "disagree"
    assert "sources disagree" in result.reason.en
    assert "se contredisent" in result.reason.fr


def test_an_encrypted_machine_without_a_key_in_the_vault_is_found(folder: Path) -> None:
    file = folder / "escrow.yaml"
    file.write_text("\n".join(line for line in file.read_text().splitlines() if "desk-1" not in line) + "\n")
    assert judge(folder)["ORG-23"].state is State.FAIL


def test_a_roster_that_is_off_the_headcount_is_an_error_of_all_that_start_from_it(folder: Path) -> None:
    file = folder / "organisation.yaml"
    file.write_text(file.read_text().replace("headcount: 3", "headcount: 9"))
    results = judge(folder)
    assert {results[id_].state for id_ in readers("people")} == {State.ERROR}
    assert "roster and headcount disagree" in results["ORG-03"].reason.en


def test_a_malformed_register_says_on_which_line_it_is_wrong(folder: Path) -> None:
    file = folder / "training.yaml"
    file.write_text(file.read_text().replace(f"date: {day(60)}", "date: 03/04/2026", 1))
    result = judge(folder)["ORG-04"]
    assert result.state is State.ERROR
    assert result.failure == "malformed"
    assert "1 mistake, the first on line 5" in result.reason.en
    assert "rempart registers lint" in result.reason.fr


def test_an_empty_list_whose_head_lies_in_the_future_proves_nothing(folder: Path) -> None:
    head = f"as_of: {day(-5)}\nby: p-001\nentries: []\n"
    (folder / "breaches.yaml").write_text(head)
    (folder / "treatments.yaml").write_text(head)
    results = judge(folder)
    assert [results[id_].state for id_ in ("ORG-10", "ORG-17")] == [State.ERROR, State.ERROR]
    assert results["ORG-10"].failure == "implausible"


PLANTED = "Jeanne Martin"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("training", "p-002", f"{PLANTED} <jeanne@example.org>"),
        ("training", "p-002", "jeanne.martin"),
        ("training", "evidence/training-0.txt", "evidence/jeanne-martin.txt"),
        ("breaches", "laptop lost", f"laptop of {PLANTED} lost"),
        ("actions", "to be done", f"ask {PLANTED}"),
        ("changes", "new telephone system", f"{PLANTED} has left"),
        ("treatments", "copy", f"a copy by {PLANTED}"),
        ("watch", "two notices", f"seen by {PLANTED}"),
        ("second_factor", "a-administrator", "jeanne.martin"),
        ("awareness_tests", "p-001", "jeanne.martin"),
    ],
)
def test_no_name_in_a_register_comes_into_a_report(folder: Path, name: str, old: str, new: str) -> None:
    """What people write where others read an id or a file's name is in no verdict and no evidence."""
    file = folder / f"{name}.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(
        text.replace(old, new)
        .replace(f"due: {day(-50)}", f"due: {day(5)}")
        .replace(f"due: {day(-60)}", f"due: {day(5)}")
    )
    said = repr(list(judge(folder).values())).lower()
    assert "jeanne" not in said
    assert "martin" not in said


def test_tests_are_told_by_team_and_those_of_small_teams_without_numbers(folder: Path) -> None:
    evidence = judge(folder)["ORG-05"].evidence
    assert evidence is not None
    told = [row for row in evidence.rows if row["item"].startswith("team")]
    assert {row["observed"] for row in told} == {"< 5 people, all of them"}
    assert not any(person in str(row) for row in told for person in ("p-001", "p-002", "p-003"))
