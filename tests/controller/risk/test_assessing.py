from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import BEGINNING, DAY, HEAD, ask, fill, write_registers

from rempart_controller.dossier.risk_facts import MomentResults
from rempart_controller.risk.assessing import assess_results
from rempart_core.error import ContentError
from rempart_core.registers.reader import read_registers
from rempart_store.store import Store


def test_the_results_of_a_store_and_those_of_a_moment_come_to_the_same(tmp_path: Path) -> None:
    place, now = str(tmp_path / "s.db"), BEGINNING + 3 * DAY
    fill(place)
    with Store.open(place, create=False) as store:
        by_store = assess_results(store, None, (), now)
    by_moment = assess_results(MomentResults(ask(place)[1]), None, (), now)
    assert by_moment == by_store
    assert len(by_store.scenarios) == 8


def test_a_register_that_risk_needs_and_cannot_read_is_refused(tmp_path: Path) -> None:
    place, folder = str(tmp_path / "s.db"), Path(write_registers(tmp_path / "o"))
    fill(place)
    (folder / "assets.yaml").write_text(f"{HEAD}entries:\n  - {{host: web-1, criticality: G9}}\n", encoding="utf-8")
    now = BEGINNING + 3 * DAY
    with Store.open(place, create=False) as store, pytest.raises(ContentError, match="assets"):
        assess_results(store, read_registers(str(folder), now), (), now)
