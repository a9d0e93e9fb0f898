"""What risk is reckoned from: nothing that is known of a host is lost, and nothing that is not known speaks for it."""

from __future__ import annotations

import pytest
from rempart_testing.risk import DAY, NOW, numbers

from rempart_core.model.check import Severity
from rempart_core.model.history import Detail, HostState, Standing
from rempart_core.model.result import State
from rempart_core.risk.facts import Asset, count_unjudged, gather_controls, gather_host, is_organisation
from rempart_core.risk.host import HostFacts
from rempart_core.text import Text

HOST = HostState(
    "web-1", "servers", "linux", "Debian", "server", "server", NOW, NOW - DAY, silent=False, counts={}, open={}
)
OURS = HOST._replace(name="organisation", platform="organisation", role="organisation")


def standing(check: str, state: State, since: int | None = None, **fields: object) -> Standing:
    plain = Standing(
        "web-1",
        "servers",
        check,
        Text("t", "t"),
        state,
        Severity.HIGH,
        waived=False,
        since=NOW - DAY,
        failing_since=since,
    )
    return plain._replace(**fields)  # type: ignore[arg-type]


def gather(host: HostState, *standings: Standing, assets: tuple[Asset, ...] = ()) -> HostFacts:
    return gather_host(host, standings, assets, NOW, numbers())


@pytest.mark.parametrize(
    ("assets", "gravity"),
    [
        ((), ""),
        ((Asset("web-1", "G1"), Asset("*", "G4")), "G1"),
        ((Asset("web-*", "G2"), Asset("servers", "G3"), Asset("pc-*", "G4")), "G3"),
        ((Asset("WEB-1", "G2"),), "G2"),
        ((Asset("web-1", ""), Asset("*", "G2")), "G2"),
        ((Asset("web-1", "G9"),), ""),
    ],
)
def test_the_name_of_a_host_says_more_than_patterns_and_of_these_the_worst_counts(
    assets: tuple[Asset, ...], gravity: str
) -> None:
    assert gather(HOST, assets=assets).gravity == gravity


def test_what_speaks_for_a_finding_is_of_today() -> None:
    def waiver(end: str) -> Detail:
        return {
            "waiver": {"reason": "", "owner": "", "end": end, "items": [], "expired": False, "target": "*"},
            "evidence": {"rows": [], "failing": 1, "undecided": 0, "passing": 0, "statement": "fallback"},
        }

    holds = standing("DSK-01", State.FAIL, NOW, waived=True, detail=waiver("2027-01-01 UTC"))
    ended = holds._replace(check="DSK-02", detail=waiver("2020-01-01 UTC"))
    unknown = holds._replace(check="DSK-03", detail={})
    found = gather(HOST, holds, ended, unknown).findings
    assert [one.waived for one in found] == [True, False, False]
    assert [one.fallback for one in found] == [True, True, False]


def test_a_failure_is_as_old_as_it_is_known_to_be() -> None:
    since = gather(HOST, standing("DSK-01", State.FAIL, NOW - 9 * DAY), standing("DSK-02", State.FAIL)).findings
    assert [one.failing_since for one in since] == [NOW - 9 * DAY, NOW - DAY]


@pytest.mark.parametrize(
    ("host", "unheard"),
    [
        (HOST, False),
        (HOST._replace(silent=True), True),
        (HOST._replace(answered=None), True),
        (HOST._replace(answered=NOW - 8 * DAY), True),
    ],
)
def test_a_host_that_is_silent_or_answered_long_ago_is_not_heard(host: HostState, unheard: bool) -> None:
    assert gather(host).unheard is unheard


def test_controls_are_results_of_the_organisation() -> None:
    assert is_organisation(OURS)
    assert not is_organisation(HOST)
    results = [
        standing("ORG-01", State.PASS, host="organisation"),
        standing("ORG-02", State.FAIL, NOW, host="organisation"),
        standing("ORG-03", State.NOT_CHECKED, host="organisation"),
        standing("ORG-04", State.NOT_APPLICABLE, host="organisation"),
        standing("ORG-05", State.ERROR, NOW, host="organisation"),
        standing("ORG-01", State.FAIL, NOW, host="branch"),
    ]
    assert gather_controls([OURS, OURS._replace(name="branch")], results, NOW, numbers()) == {
        "ORG-01": "gap",
        "ORG-02": "gap",
        "ORG-03": "unknown",
        "ORG-04": "kept",
        "ORG-05": "gap",
    }
    old = OURS._replace(answered=NOW - 30 * DAY)
    assert gather_controls([old], results[:1], NOW, numbers()) == {"ORG-01": "unknown"}


def test_all_that_gave_no_verdict_is_counted() -> None:
    hosts = [gather(HOST, standing("DSK-01", State.ERROR), standing("DSK-02", State.NOT_APPLICABLE))]
    assert count_unjudged(hosts, {"ORG-01": "kept", "ORG-02": "missing", "ORG-03": "unknown"}) == 3
    assert count_unjudged([gather(HOST._replace(silent=True))], {}) == 1
