from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import WAIVED, ask, fill

from rempart_controller.dossier.risk_facts import MomentResults, assess_moment


def test_of_a_detail_a_waiver_is_kept_and_no_evidence(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    results = MomentResults(ask(place)[1])
    details = {one.check: one.detail for one in results.standings(host="web-1")}
    assert details[WAIVED]["waiver"]["owner"] == "CISO"
    assert all("evidence" not in one for one in details.values())
    assert len(results.standings()) == 24
    assert len(results.fleet()) == 4
    assert results.standings(host="nobody") == []


def test_the_risk_is_that_of_the_date_of_the_report(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    _, moment = ask(place, at="2")
    found = assess_moment(moment, None)
    assert found.at == moment.at
    assert found.fleet is not None
    assert found.fleet.unheard == []
    _, moment = ask(place)
    last = assess_moment(moment, None).fleet
    assert last is not None
    assert last.unheard == ["db-1"]
