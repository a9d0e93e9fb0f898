from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import BEGINNING, DAY, HEAD, SECRETS, write_registers

from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers
from rempart_reports.views.document import Table
from rempart_reports.views.dossier.people_part import hide_small, tell_people


def _read(tmp_path: Path) -> Registers:
    found = read_registers(write_registers(tmp_path / "o"), BEGINNING + 3 * DAY)
    assert [str(one) for one in found.mistakes] == []
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_name_and_no_address_that_stands_in_a_register_is_told(tmp_path: Path, language: str) -> None:
    told = str(list(tell_people(_read(tmp_path), language)))
    assert "b-1" in told
    assert [secret for secret in (*SECRETS, "Jeanne", "Martin", "p-001") if secret in told] == []


def test_teams_under_five_are_not_counted_in_sight_nor_can_one_be_reckoned(tmp_path: Path) -> None:
    registers, people, _ = tell_people(_read(tmp_path), "en")
    (table,) = (block for block in people.blocks if isinstance(block, Table))
    assert table.rows == (
        ("Direction", "< 5", "–", "–", "–"),
        ("Support", "6", "6", "1", "2"),
        ("Ventes", "not told", "–", "–", "–"),
    )
    (table,) = (block for block in registers.blocks if isinstance(block, Table))
    assert {row[0]: row[2:6] for row in table.rows}["phishing"] == ("3", "0", "3", "0")


def test_a_small_team_alone_hides_the_next_smallest_too() -> None:
    assert hide_small({"a": 1, "b": 7, "c": 6}) == {"a", "c"}
    assert hide_small({"a": 1, "b": 2, "c": 6}) == {"a", "b"}
    assert hide_small({"a": 5, "c": 6}) == frozenset()
    assert hide_small({"a": 1}) == {"a"}


def test_incidents_are_told_by_id_and_dates_and_a_register_that_is_not_kept_is_said(tmp_path: Path) -> None:
    registers, _, incidents = tell_people(_read(tmp_path), "en")
    (table,) = (block for block in incidents.blocks if isinstance(block, Table))
    assert table.rows == (("b-1", "15 November 2023, 09:00\u00a0UTC", "risk unlikely", "3", "–", "–"),)
    assert "Not kept: undertakings" in str(registers.blocks)


def test_a_register_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    write_registers(folder)
    (folder / "people.yaml").write_text(f"{HEAD}entries:\n  - {{id: p-001}}\n", encoding="utf-8")
    registers, people, _ = tell_people(read_registers(str(folder), BEGINNING + 3 * DAY), "en")
    (table,) = (block for block in registers.blocks if isinstance(block, Table))
    assert {row[0]: row[1] for row in table.rows}["people"] == "cannot be read"
    assert "nobody can be counted" in str(people.blocks)
