from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import HOSTILE, make_dossier

from rempart_reports.views.document import Entry, Table
from rempart_reports.views.dossier.annex import tell_hosts, tell_sample, tell_statements


def test_the_sample_names_hosts_in_the_order_in_which_they_were_drawn_silent_ones_too(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path, sample=9)
    (table,) = (block for block in tell_sample(dossier, "en").blocks if isinstance(block, Table))
    assert [row[1] for row in table.rows] == [one.host for one in dossier.sample]
    assert {row[1] for row in table.rows} == {"web-1", "web-2", "db-1", HOSTILE}
    ages = {row[1]: row[4] for row in table.rows}
    assert (ages["db-1"], ages["web-1"]) == ("24 hours", "0 minutes")


def test_every_host_stands_in_the_annex_with_the_age_of_its_answer(tmp_path: Path) -> None:
    (table,) = tell_hosts(make_dossier(tmp_path), "en").blocks
    assert isinstance(table, Table)
    rows = {row[0]: row[2:] for row in table.rows}
    assert rows["db-1"] == ("24 hours, silent", "0", "0", "0", "0", "6")
    assert rows["web-2"] == ("0 minutes", "2", "1", "1", "1", "1")


def test_the_statements_of_checks_that_were_asked_are_in_the_annex(tmp_path: Path) -> None:
    section = tell_statements(make_dossier(tmp_path), "en")
    entries = [block for block in section.blocks if isinstance(block, Entry)]
    assert [one.name for one in entries] == ["ACC-01", "DSK-01", "FWL-01", "PAT-01", "RMT-01", "TLS-02"]
    assert "SELECT" in str(entries[0].blocks)
    assert "windows" not in str(section.blocks)
