"""What is forgotten, and what stands."""

from __future__ import annotations

import pytest
from rempart_testing.run import BEGINNING, of_states

from rempart_core.model.result import State
from rempart_store.retention.forget import DAY, Retention
from rempart_store.store import Store

NIGHT = DAY


def night(number: int) -> int:
    return BEGINNING + number * NIGHT


def test_old_history_is_forgotten_and_what_stands_is_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: float(night(100)))
    store.save(
        [
            of_states("web", night(0), {"AAA-01": State.FAIL, "AAA-02": State.FAIL}),
            of_states("gone", night(1), {"AAA-01": State.PASS}),
        ]
    )
    store.save([of_states("web", night(2), {"AAA-01": State.PASS, "AAA-02": State.FAIL})])
    store.save([of_states("web", night(95), {"AAA-01": State.PASS, "AAA-02": State.FAIL})])
    before = store.fleet(night(96))
    store.forget(Retention(history=50))
    assert [(s.check, s.state, s.since, s.failing_since) for s in store.history("web").standings] == [
        ("AAA-02", State.FAIL, night(0), night(0)),
        ("AAA-01", State.PASS, night(2), None),
    ]
    assert [run.number for run in store.runs()] == [3]
    assert store.last("gone") is None
    assert store.fleet(night(96)) == [host for host in before if host.name == "web"]
    assert [host.counts["pass"] for host in store.fleet(night(60))] == [1]  # as it stood then
    assert store.save([of_states("web", night(99), {"AAA-01": State.PASS})]) == 4
