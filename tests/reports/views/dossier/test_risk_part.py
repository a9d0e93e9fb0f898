from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import HEAD, SECRETS, ask, fill, write_registers

from rempart_controller.dossier.risk_facts import assess_moment
from rempart_core.risk.assessment import Assessment
from rempart_reports.views.document import Table
from rempart_reports.views.dossier.risk_part import tell_risk


def _assess(tmp_path: Path, due: str = "2023-12-31") -> Assessment:
    place, folder = str(tmp_path / "s.db"), Path(write_registers(tmp_path / "o"))
    fill(place)
    (folder / "treatments.yaml").write_text(
        f"{HEAD}entries:\n  - {{id: t-1, scenario: S4, checks: 'DSK-*', action: '{' '.join(SECRETS)}', owner: p-002, "
        f"due: {due}}}\n",
        encoding="utf-8",
    )
    dossier, moment = ask(place, registers=str(folder))
    return assess_moment(moment, dossier.registers)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_plan_is_told_by_ids_and_dates_and_never_by_what_somebody_wrote(tmp_path: Path, language: str) -> None:
    section = tell_risk(_assess(tmp_path), language)
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert len(tables) == 3
    assert tables[2].rows[0][:3] == ("S4", "t-1", "p-002")
    assert [secret for secret in SECRETS if secret in str(section)] == []


def test_each_scenario_has_its_level_its_coverage_and_what_is_left(tmp_path: Path) -> None:
    found = _assess(tmp_path)
    _, scenarios, steps = (block for block in tell_risk(found, "en").blocks if isinstance(block, Table))
    assert len(scenarios.rows) == 8
    row = {row[0]: row for row in scenarios.rows}["S4"]
    view = next(one for one in found.scenarios if one.risk.scenario.id == "S4")
    assert row[2] == {"tolerable": "tolerable with a plan"}.get(view.risk.level, view.risk.level)
    assert row[5].endswith("*") == view.risk.provisional
    assert row[7] != "–"
    assert steps.rows[0][-1] == "planned"


def test_a_plan_that_is_overdue_lowers_nothing(tmp_path: Path) -> None:
    _, scenarios, steps = (
        block for block in tell_risk(_assess(tmp_path, "2023-11-15"), "en").blocks if isinstance(block, Table)
    )
    assert steps.rows[0][-1] == "overdue, not counted"
    assert {row[0]: row for row in scenarios.rows}["S4"][7] == "–"
