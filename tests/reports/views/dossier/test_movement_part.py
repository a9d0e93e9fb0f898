from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import BEGINNING, DAY, FIXED, make_dossier

from rempart_core.timestamps import write_moment
from rempart_reports.views.document import Chart, Table
from rempart_reports.views.dossier.movement_part import tell_movement, tell_trend


def test_the_trend_shows_each_night_and_how_long_findings_took(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path)
    critical, coverage, table, _about = tell_trend(dossier.trend, "en").blocks
    assert isinstance(critical, Chart)
    assert critical.values == (4.0, 4.0, 4.0, 4.0)
    assert isinstance(coverage, Chart)
    assert coverage.text == "First 60%, last 42%, lowest 42% on 17 November 2023."
    assert isinstance(table, Table)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["high"] == ("1", "2 days", "2 days", "3", "3 days")
    assert rows["critical"] == ("0", "–", "–", "4", "3 days")


def test_two_dates_stand_side_by_side(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path, since=write_moment(BEGINNING + DAY)[:16])
    comparison = list(tell_movement(dossier, "en"))[1]
    numbers, moved = (block for block in comparison.blocks if isinstance(block, Table))
    told = {row[0]: row[1:] for row in numbers.rows}
    assert numbers.heads == ("About", "15 November 2023", "17 November 2023")
    assert told["Silent hosts"] == ("0", "1")
    assert told["Open, high"] == ("4", "2")
    assert "GDPR, gap found" in told
    assert not {row for row in told if row.startswith("gdpr")}, "ids are no names"
    assert [row[0] for row in moved.rows] == ["DSK-01", FIXED]
    assert len(list(tell_movement(dossier._replace(then=None), "en"))) == 1


def test_two_moments_of_one_day_are_told_apart(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path, since=write_moment(BEGINNING + DAY)[:16])
    assert dossier.then is not None
    comparison = list(tell_movement(dossier._replace(then=dossier.now._replace(at=dossier.now.at - 600)), "en"))[1]
    (table, *_) = (block for block in comparison.blocks if isinstance(block, Table))
    assert table.heads[1] != table.heads[2]
    assert all("17 November 2023, " in head for head in table.heads[1:])
