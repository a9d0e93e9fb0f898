"""A waiver takes a finding away only where it plainly covers all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rempart_core.model.result import Evidence, Result, State
from rempart_core.model.waiver import Waiver, apply

MakeResult = Callable[..., Result]
NOW = 1000.0


def waive(**fields: Any) -> Waiver:
    return Waiver("DSK-01", "why", "who", end=2000.0, end_text="2026-12-31 UTC")._replace(**fields)


def reason_of(result: Result, *waivers: Waiver, target: str = "host", group: str = "local") -> str | None:
    found = apply(result, target, group, waivers, NOW)
    assert found.state is result.state
    return found.waiver.reason if found.waiver else None


@pytest.fixture
def finding(result_of: MakeResult) -> Result:
    return result_of("DSK-01", State.FAIL, ("/dev/sda2", "/dev/sdb1"), ("/dev/dm-0",))


def test_a_waiver_without_items_covers_the_finding(finding: Result) -> None:
    found = apply(finding, "host", "local", [waive()], NOW)
    assert found.waiver is not None
    assert (found.waiver.reason, found.waiver.owner, found.waiver.end) == ("why", "who", "2026-12-31 UTC")
    assert found.waived
    assert not found.open


@pytest.mark.parametrize("state", [state for state in State if state is not State.FAIL])
def test_only_a_finding_is_waived(result_of: MakeResult, state: State) -> None:
    result = result_of("DSK-01", state)
    assert apply(result, "host", "local", [waive(), waive(end=1.0)], NOW) == result


def test_it_is_for_its_check_target_and_group_alone(finding: Result) -> None:
    assert reason_of(finding, waive(check="DSK-02")) is None
    assert reason_of(finding, waive(check="DSK-00")) is None
    assert reason_of(finding, waive(target="other")) is None
    assert reason_of(finding, waive(target="HOST*")) == "why"
    assert reason_of(finding, waive(group="lab")) is None
    assert reason_of(finding, waive(group="lab"), group="lab") == "why"
    assert reason_of(finding, waive(group="lab", target="other"), group="lab") is None


def test_it_holds_from_its_start_to_its_last_moment(finding: Result) -> None:
    assert reason_of(finding, waive(start=1000.0)) == "why"
    assert reason_of(finding, waive(start=1000.1)) is None
    assert reason_of(finding, waive(end=1000.0)) == "why"
    assert reason_of(finding, waive(end=999.9)) is None


def test_an_expired_one_is_reported_without_effect(finding: Result) -> None:
    found = apply(finding, "host", "local", [waive(end=1.0, reason="old"), waive(start=1500.0, reason="later")], NOW)
    assert found.waiver is None
    assert found.open
    assert [(waiver.reason, waiver.expired) for waiver in found.expired_waivers] == [("old", True)]
    assert apply(finding, "host", "local", [waive(), waive(end=NOW)], NOW).expired_waivers == (), "both hold still"


def test_every_failing_item_has_to_be_accepted(finding: Result) -> None:
    assert reason_of(finding, waive(items=("/dev/sda2",))) is None
    assert reason_of(finding, waive(items=("/dev/sda2", "/dev/sdb1"))) == "why"
    assert reason_of(finding, waive(items=("/dev/sd*",))) == "why"
    assert reason_of(finding, waive(items=("/dev/SD*",))) is None


def test_several_waivers_may_cover_a_finding_together(finding: Result) -> None:
    first = waive(items=("/dev/sda*",), reason="a", owner="x", end=3000.0, end_text="late")
    second = waive(items=("/dev/sdb*",), reason="b", owner="y", end=2000.0, end_text="soon")
    found = apply(finding, "host", "local", [first, second, waive(items=("/dev/none",), reason="c")], NOW)
    assert found.waiver is not None
    assert (found.waiver.reason, found.waiver.owner, found.waiver.end) == ("a; b", "x, y", "soon")
    assert found.waiver.items == ("/dev/sda*", "/dev/sdb*")
    assert reason_of(finding, first, second._replace(end=1.0)) is None


def test_where_one_accepts_every_item_others_that_end_sooner_do_not_count(finding: Result) -> None:
    every = waive(items=("/dev/sd*",), reason="every", end=3000.0, end_text="late")
    found = apply(finding, "host", "local", [waive(items=("/dev/sda2",), reason="one", end_text="soon"), every], NOW)
    assert found.waiver is not None
    assert (found.waiver.reason, found.waiver.end) == ("every", "late")


def test_a_host_in_several_groups_has_the_waivers_of_each(finding: Result) -> None:
    for name in ("web", "lab"):
        assert apply(finding, "host", ("web", "lab"), [waive(group=name)], NOW).waived
    assert not apply(finding, "host", ("web", "lab"), [waive(group="db")], NOW).waived


@pytest.mark.parametrize(
    ("target", "group", "told"),
    [("*", "*", "*"), ("host", "*", "host"), ("*", "local", "local"), ("ho*", "local", "ho* in local")],
)
def test_it_tells_for_which_targets_it_was_written(finding: Result, target: str, group: str, told: str) -> None:
    found = apply(finding, "host", "local", [waive(target=target, group=group)], NOW)
    assert found.waiver is not None
    assert found.waiver.target == told


def test_items_that_cannot_be_known_stay_open(finding: Result) -> None:
    every = waive(items=("*",))
    assert finding.evidence is not None
    cut = finding._replace(evidence=finding.evidence._replace(failing=51))
    more = finding._replace(evidence=finding.evidence._replace(failing=1))
    undecided = finding._replace(evidence=finding.evidence._replace(undecided=1))
    nameless = finding._replace(evidence=Evidence([{"item": "", "ok": "0"}], 1, 0, 0, "query"))
    incomplete = finding._replace(incomplete=True)
    for result in (cut, more, undecided, nameless, incomplete, finding._replace(evidence=None)):
        assert reason_of(result, every) is None
        assert reason_of(result, waive()) == "why"


def test_what_the_second_witness_saw_has_to_be_accepted_too(finding: Result) -> None:
    witness = Evidence([{"item": "/dev/sdc1", "ok": "0"}], 1, 0, 0, "cross_check")
    seen = finding._replace(witness=witness)
    assert reason_of(seen, waive(items=("/dev/sda2", "/dev/sdb1"))) is None
    assert reason_of(seen, waive(items=("/dev/sd*",))) == "why"
