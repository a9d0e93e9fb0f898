"""The risk of a fleet: no good host hides a terrible one, and none is better off for saying less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from rempart_testing.risk import IDS, NOW, finding, hosts, numbers

from rempart_core.model.result import State
from rempart_core.risk.fleet import FleetRisk, assess_fleet, prepare
from rempart_core.risk.host import HostFacts

GOOD = HostFacts("good", "G2", "internal", (finding("DSK-01"), finding("LCK-01")), NOW)
BAD = HostFacts("bad", "G4", "internal", (finding("DSK-01", State.FAIL, 0), finding("LCK-01", State.FAIL, 0)), NOW)


def assess(found: list[HostFacts]) -> FleetRisk:
    fleet = assess_fleet(prepare(found), NOW, numbers())
    assert fleet is not None
    return fleet


def test_the_worst_hosts_are_half_of_it() -> None:
    fleet = assess([GOOD._replace(name=f"good-{n:02}") for n in range(19)] + [BAD])
    assert [one.facts.name for one in fleet.hosts][:2] == ["bad", "good-00"]
    assert fleet.hosts[0].risk == 52.0
    assert (fleet.mean, fleet.worst_count, fleet.worst, fleet.risk) == (2.6, 2, 26.0, 14.3)
    assert (fleet.posture, fleet.coverage.share, fleet.provisional) == (97.4, 1, False)


def test_of_no_host_nothing_is_said() -> None:
    assert assess_fleet([], NOW, numbers()) is None


def test_a_host_that_is_not_heard_keeps_its_failures_and_loses_what_passed() -> None:
    fleet = assess([BAD._replace(unheard=True), GOOD._replace(unheard=True)])
    causes = {one.facts.name: [found.cause for found in one.facts.findings] for one in fleet.hosts}
    assert causes == {"bad": ["failed_last", "failed_last"], "good": ["unknown", "unknown"]}
    assert (fleet.coverage.share, fleet.provisional, fleet.unheard) == (0, True, ["bad", "good"])


def test_a_host_that_never_answered_counts_as_if_it_were_asked_what_others_are() -> None:
    fleet = assess([GOOD, GOOD._replace(name="new", findings=(), unheard=True)])
    new = next(one for one in fleet.hosts if one.facts.name == "new")
    assert [(one.check, one.cause) for one in new.facts.findings] == [("DSK-01", "unknown"), ("LCK-01", "unknown")]
    assert fleet.coverage.share == 0.5


def test_hosts_of_which_something_was_not_said_are_named() -> None:
    fleet = assess([GOOD, BAD._replace(gravity=""), BAD._replace(name="far", exposure="")])
    assert (fleet.without_gravity, fleet.without_exposure) == (["bad"], ["far"])


def worse(old: FleetRisk, new: FleetRisk) -> bool:
    return new.risk > old.risk or new.mean > old.mean or new.worst > old.worst or new.posture < old.posture


@settings(max_examples=40, deadline=None)
@given(hosts)
def test_a_fix_never_raises_it(found: list[HostFacts]) -> None:
    old = assess(found)
    for place, host in enumerate(found):
        for check in IDS:
            done = host._replace(findings=tuple(one.fixed() if one.check == check else one for one in host.findings))
            assert not worse(old, assess([*found[:place], done, *found[place + 1 :]]))


@settings(max_examples=40, deadline=None)
@given(hosts)
def test_going_blind_never_lowers_it(found: list[HostFacts]) -> None:
    old = assess(found)
    for place, host in enumerate(found):
        for less in ({"unheard": True}, {"gravity": ""}, {"exposure": ""}):
            blind = [*found[:place], host._replace(**less), *found[place + 1 :]]
            assert not worse(assess(blind), old), less
            assert assess(blind).coverage.share <= old.coverage.share


@pytest.mark.parametrize(("count", "worst"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_a_tenth_is_rounded_up(count: int, worst: int) -> None:
    assert assess([GOOD._replace(name=str(n)) for n in range(count)]).worst_count == worst
