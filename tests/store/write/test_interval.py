"""Any sequence of runs, late ones, silent ones and partial ones among them, gives intervals that tell it truly."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.run import BEGINNING, make_result, make_run, silent
from sqlalchemy import select

from rempart_core.model.result import State
from rempart_store.connection import begin, connect
from rempart_store.schema.table import interval
from rempart_store.store import Store

pytestmark = pytest.mark.early

CHECKS = ("AAA-01", "AAA-02", "AAA-03")
HOSTS = ("a", "b")


class Visit(NamedTuple):
    host: str
    time: int
    states: dict[str, State]  # empty where it was silent
    whole: bool


class Model:
    """What must be true: each host's visits in the order of their times, gone through one by one."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []

    def at(self, host: str, moment: int) -> dict[str, State]:
        known: dict[str, State] = {}
        mute = False
        for visit in sorted((v for v in self.visits if v.host == host), key=lambda v: v.time):
            if visit.time > moment:
                break
            mute = not visit.states
            if mute:
                known = known or dict.fromkeys(CHECKS, State.NOT_CHECKED)
            elif visit.whole:
                known = dict(visit.states)
            else:
                known = known | visit.states
        return dict.fromkeys(known, State.NOT_CHECKED) if mute else known

    def failing_since(self, host: str, check: str) -> int | None:
        since: int | None = None
        for visit in sorted((v for v in self.visits if v.host == host), key=lambda v: v.time):
            if not visit.states:
                continue
            state = visit.states.get(check)
            if state is None:
                since = None if visit.whole else since
            elif state is State.FAIL:
                since = visit.time if since is None else since
            elif state in (State.PASS, State.NOT_APPLICABLE):
                since = None
        return since


@st.composite
def sequences(draw: st.DrawFn) -> list[list[Visit]]:
    """Draw saves of some visits each; times in any order, each but once."""
    times = draw(st.lists(st.integers(0, 40), min_size=1, max_size=10, unique=True))
    saves: list[list[Visit]] = []
    for time in times:
        whole = draw(st.booleans())
        states = draw(st.dictionaries(st.sampled_from(CHECKS), st.sampled_from(State), max_size=3))
        visit = Visit(draw(st.sampled_from(HOSTS)), BEGINNING + time, states, whole)
        if saves and saves[-1][-1].whole == whole and draw(st.booleans()):
            saves[-1].append(visit)
        else:
            saves.append([visit])
    return saves


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequences())
def test_intervals_never_overlap_and_the_fleet_on_a_day_is_what_its_runs_found(saves: list[list[Visit]]) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "rempart.db")
        with Store.open(place) as store:
            for visits in saves:
                runs = [
                    make_run(v.host, v.time, [make_result(c, s) for c, s in sorted(v.states.items())])
                    if v.states
                    else silent(v.host, v.time, CHECKS)
                    for v in visits
                ]
                store.save(runs, whole=visits[0].whole)
                model.visits += visits
            for moment in {BEGINNING - 1, *(v.time for v in model.visits), BEGINNING + 100}:
                said: dict[str, dict[str, State]] = {host: {} for host in HOSTS}
                for one in store.standings(moment):
                    assert one.check not in said[one.host]
                    said[one.host][one.check] = one.state
                assert said == {host: model.at(host, moment) for host in HOSTS}
                for host in store.fleet(moment):
                    counts = {state: sum(s is state for s in said[host.name].values()) for state in State}
                    assert {state: host.counts[state.value] for state in State} == counts
            for one in store.standings():
                if one.state is State.FAIL:
                    assert one.failing_since == model.failing_since(one.host, one.check)
        check_intervals(place)


def check_intervals(place: str) -> None:
    engine = connect(place, create=False)
    with begin(engine, write=False) as connection:
        rows = connection.execute(select(interval).order_by(interval.c.endpoint, interval.c.check_id, interval.c.since))
        before = None
        for row in rows:
            assert row.until is None or row.since < row.until
            if before is not None and (before.endpoint, before.check_id) == (row.endpoint, row.check_id):
                assert before.until is not None
                assert before.until <= row.since
                assert before.until < row.since or before.mark != row.mark  # else it is one interval
            before = row
    engine.dispose()


@settings(max_examples=40, deadline=None)
@given(sequences())
def test_what_comes_late_leads_to_the_same_as_what_comes_in_time(saves: list[list[Visit]]) -> None:
    """Each visit alone, as drawn and in the order of time: the two stores tell the same."""
    visits = [visit for save in saves for visit in save]
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for name, order in (("drawn", visits), ("sorted", sorted(visits, key=lambda v: v.time))):
            with Store.open(str(Path(folder) / name)) as store:
                for v in order:
                    results = [make_result(c, s) for c, s in sorted(v.states.items())]
                    run = make_run(v.host, v.time, results) if results else silent(v.host, v.time, CHECKS)
                    store.save([run], whole=v.whole)
                told.append([one for host in HOSTS for one in _intervals(store, host)])
    assert told[0] == told[1]


def _intervals(store: Store, host: str) -> list[tuple[object, ...]]:
    if store.last(host) is None:
        return []
    standings = store.history(host).standings
    return [(host, one.check, one.state, one.since, one.until, one.failing_since) for one in standings]
