"""What the newest results of a store say: a host that fell silent keeps its failures and loses what passed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rempart_testing.risk import numbers
from rempart_testing.risk_place import make_store

from rempart_controller.risk.fleet_facts import read_situation
from rempart_core.error import UsageError
from rempart_core.model.check import Severity
from rempart_core.risk.facts import Asset
from rempart_core.risk.scenario import Situation
from rempart_store.store import Store

KNOWN = {"DSK-01": Severity.CRITICAL}


def read(place: str, now: float | None = None) -> Situation:
    with Store.open(place, create=False) as store:
        return read_situation(store, [Asset("web-*", "G3")], KNOWN, int(now or time.time()), numbers())


def test_hosts_with_their_findings(tmp_path: Path) -> None:
    found = read(make_store(tmp_path / "s.db"))
    hosts = {one.name: one for one in found.hosts}
    assert {name: one.gravity for name, one in hosts.items()} == {"web-1": "G3", "pc-7": ""}
    assert [(one.check, one.cause) for one in hosts["web-1"].findings] == [
        ("DSK-01", "fail"),
        ("DSK-02", "waived"),
        ("LCK-01", "unknown"),
    ]
    assert {one.cause for one in hosts["pc-7"].findings} == {"nothing"}


def test_a_host_that_fell_silent_is_not_heard(tmp_path: Path) -> None:
    found = read(make_store(tmp_path / "s.db", lost=True))
    silent = next(one for one in found.hosts if one.name == "pc-7")
    assert silent.unheard
    assert {one.cause for one in silent.findings} == {"unknown"}


def test_answers_grow_old(tmp_path: Path) -> None:
    found = read(make_store(tmp_path / "s.db"), time.time() + 8 * 86_400)
    assert {one.name: sorted({found.cause for found in one.findings}) for one in found.hosts} == {
        "web-1": ["failed_last", "unknown"],
        "pc-7": ["unknown"],
    }


def test_a_store_without_results_says_so(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    Store.open(place).close()
    with pytest.raises(UsageError, match="no results"):
        read(place)
