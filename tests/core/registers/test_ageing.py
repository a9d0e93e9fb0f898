"""What is due: the newest entry counts, people who left do not, and the checks say how long something lasts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import content_root
from rempart_core.registers.ageing import AGEINGS, PARAMETERS, Due, list_due
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.register import Registers

HEAD = "as_of: 2026-11-20\nby: p-001\n"
LIMITS = dict.fromkeys(PARAMETERS, 365)
Give = Callable[..., Registers]


def _due(found: Registers, name: str, within: int = 10_000, **limits: int) -> list[Due]:
    given = LIMITS | {key.replace("__", "."): value for key, value in limits.items()}
    return [one for one in list_due(found, given, within) if one.register == name]


def test_the_checks_say_how_long_an_entry_lasts() -> None:
    checks = read_checks([f"{content_root()}/checks"])
    known = {f"{check.id}.{name}" for check in checks for name in check.parameters}
    assert known >= PARAMETERS


@pytest.mark.parametrize("ageing", AGEINGS, ids=lambda one: f"{one.register} {one.parameter}")
def test_columns_are_those_of_the_register(ageing: object) -> None:
    assert isinstance(ageing, type(AGEINGS[0]))
    contract = CONTRACTS[ageing.register]
    names = {one.name for one in contract.columns}
    assert {*ageing.group, *(ageing.only or ())[:1]} - {"*"} <= names
    assert ageing.parameter.partition(".")[0] in contract.controls


def test_the_newest_entry_counts(given: Give) -> None:
    rows = "".join(
        f"  - {{person: p-002, kind: {kind}, date: {day}, syllabus: x, reference: y}}\n"
        for kind, day in (("initial", "2025-11-01"), ("recurrent", "2026-10-28"))
    )
    found = given(training_yaml=f"{HEAD}entries:\n{rows}")
    assert _due(found, "training") == [Due(335, "training", "renew", "p-002", 5)]
    assert _due(found, "training", 100) == []


def test_whoever_handles_cards_is_trained_more_often_and_whoever_left_is_not(given: Give, folder: Path) -> None:
    people = (folder / "people.yaml").read_text(encoding="utf-8").replace("kind: temp", "kind: temp, card_data: yes")
    row = "  - {person: p-002, kind: initial, date: 2026-10-28, syllabus: x, reference: y}\n"
    found = given(people_yaml=people, training_yaml=f"{HEAD}entries:\n{row}")
    assert [one.days for one in _due(found, "training", **{"ORG-04.card_training_max_age_d": 180})] == [
        150,
        335,
    ]
    found = given(people_yaml=people.replace("card_data: yes", "left: 2026-11-26"))
    assert _due(found, "training") == []


def test_a_list_has_to_be_confirmed(given: Give) -> None:
    assert _due(given(), "people", **{"ORG-01.roster_max_age_d": 5}) == [Due(-2, "people", "confirm", "", 0)]


def test_what_was_done_is_not_due(given: Give) -> None:
    common = "scenario: S1, checks: ORG-12, action: x, owner: p-001, due: 2026-12-01"
    found = given(
        treatments_yaml=f"{HEAD}entries:\n  - {{id: t-1, {common}}}\n  - {{id: t-2, {common}, done: 2026-11-01}}\n"
    )
    assert _due(found, "treatments") == [Due(4, "treatments", "deadline", "t-1", 4)]


def test_a_breach_has_its_clock(given: Give) -> None:
    rows = "  - {id: b-1, what: x, aware: 2026-11-27T08:00Z}\n  - {id: b-2, what: x, aware: 2026-11-20T08:00Z}\n"
    decided = "  - {id: b-3, what: x, aware: 2026-11-20T08:00Z, no_notification: no data}\n"
    found = given(breaches_yaml=f"{HEAD}entries:\n{rows}{decided}")
    dues = [one for one in _due(found, "breaches", **{"ORG-17.notify_max_h": 72}) if one.kind == "notify"]
    assert [(one.days, one.subject) for one in dues] == [(-5, "b-2"), (2, "b-1")]
