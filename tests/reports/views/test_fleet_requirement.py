"""Requirements over a fleet: a gap on one host is one, and what was seen is said of the hosts it was seen on alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rempart_core.model.framework import Framework, Requirement
from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_core.text import Text
from rempart_reports.views.fleet_requirement import FleetRequirement, FleetRequirements
from rempart_reports.views.requirement import describe_verdict

MakeResult = Callable[..., Result]
NOTHING = Text("", "")


def roll_up(*hosts: list[Result], known: dict[str, Framework] | None = None) -> dict[str, FleetRequirement]:
    tallies = FleetRequirements(known or {})
    for results in hosts:
        tallies.add(results)
    return {one.name: one for _, those in tallies.list() for one in those}


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([{"state": State.FAIL}], "gap found, on 1 of 3 hosts"),
        ([{"state": State.FAIL, "known": True}], "gap found, on 1 of 3 hosts"),
        ([{"state": State.FAIL}, {"state": State.ERROR}], "gap found, on 1 of 3 hosts; not judged on 1"),
        (
            [{"waiver": AppliedWaiver("a", "b", "2026-12-31 UTC")}, {"waiver": AppliedWaiver("a", "b", "2026-12-01")}],
            "accepted until 1 December 2026, on 2 of 3 hosts",
        ),
        ([{"state": State.PASS}, {"state": State.PASS}], "no gap seen by 1 check, on 3 of 3 hosts"),
        (
            [{"state": State.NOT_CHECKED}, {"state": State.ERROR}],
            "no gap seen by 1 check, on 1 of 3 hosts; not judged on 2",
        ),
        ([{"state": State.NOT_APPLICABLE}], "no gap seen by 1 check, on 1 of 3 hosts"),
    ],
)  # fmt: skip
def test_no_host_hides_another(others: list[dict[str, object]], told: str, make_result: MakeResult) -> None:
    results = [make_result(check="A-01", state=State.PASS, controls={"gdpr": ("5",)})]
    found = roll_up(results, *([make_result(check="A-01", controls={"gdpr": ("5",)}, **one)] for one in others))
    assert describe_verdict(found["5"].verdict, "en", 3) == told


def test_one_check_that_was_not_judged_hides_what_another_saw_on_that_host(make_result: MakeResult) -> None:
    controls = {"gdpr": ("5",)}
    results = [
        make_result(check="A-01", state=State.PASS, controls=controls),
        make_result(check="A-02", state=State.NOT_CHECKED, controls=controls),
    ]
    verdict = roll_up(results)["5"].verdict
    assert (verdict.kind, verdict.hosts, verdict.unjudged) == ("unjudged", 1, 1)


def test_requirements_of_a_framework_that_nothing_asks_are_named_and_ids_go_as_people_count(
    make_result: MakeResult,
) -> None:
    own = {id_: Requirement(id_, Text(f"title {id_}", id_), "technical") for id_ in ("8.9", "8.10", "9.1")}
    house = Framework("house", Text("House", "Maison"), "1", "", NOTHING, own)
    found = roll_up([make_result(check="A-01", controls={"house": ("8.10", "8.9")})], known={"house": house})
    assert list(found) == ["8.9", "8.10", "9.1"]
    assert [(one.verdict.kind, one.checks) for one in found.values()] == [
        ("gap", ("A-01",)), ("gap", ("A-01",)), ("nothing", ()),
    ]  # fmt: skip
    assert found["9.1"].title == Text("title 9.1", "9.1")


def test_a_host_that_gave_no_answer_is_not_judged_in_any_requirement(make_result: MakeResult) -> None:
    tallies = FleetRequirements({})
    tallies.add_unheard()
    controls = {"gdpr": ("5",)}, {"gdpr": ("6",)}
    for state, one in zip((State.PASS, State.NOT_APPLICABLE), controls, strict=True):
        tallies.add([make_result(state=state, controls=one)])
    told = [describe_verdict(one.verdict, "en", 3) for _, those in tallies.list() for one in those]
    assert told == ["no gap seen by 1 check, on 1 of 3 hosts; not judged on 1", "not judged, on 1 of 3 hosts"]


def test_a_silent_host_is_not_judged_in_the_requirements_that_it_was_asked_and_in_no_other(
    make_result: MakeResult,
) -> None:
    tallies = FleetRequirements({})
    tallies.add_unheard([make_result(check="A-01", state=State.NOT_CHECKED, controls={"gdpr": ("5",)})])
    tallies.add([make_result(check="ORG-18", state=State.PASS, controls={"gdpr": ("37",)})])
    ((_, rows),) = tallies.list()
    assert [describe_verdict(one.verdict, "en", 2) for one in rows] == [
        "not judged, on 1 of 2 hosts", "no gap seen by 1 check, on 1 of 2 hosts",
    ]  # fmt: skip
    assert rows[0].checks == ("A-01",)


def test_what_a_silent_host_passed_once_is_not_judged_now(make_result: MakeResult) -> None:
    tallies = FleetRequirements({})
    tallies.add_unheard([make_result(check="A-01", state=State.PASS, controls={"gdpr": ("5",)})])
    ((_, (row,)),) = tallies.list()
    assert (row.verdict.kind, row.verdict.unjudged) == ("unjudged", 1)
