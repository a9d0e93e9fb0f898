"""Incidents as rows: what was told of them, and a trouble where their record does not verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.incident import folder
from rempart_controller.incident.timeline import Author, append
from rempart_controller.organisation.incidents import read_incidents
from rempart_core.signing.key import load_key


def test_an_incident_says_whose_data_and_a_damaged_one_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "incidents_directory", lambda: str(tmp_path / "incidents"))
    assert read_incidents() == []
    place = tmp_path / "incidents/20261101-1"
    place.mkdir(parents=True)
    key, anna = load_key(str(tmp_path / "key.pem")), Author("anna", "Anna")
    append(str(place), key, anna, "open", "done", {"host": "web-1", "title": "lost", "aware": 1_790_000_000})
    append(str(place), key, anna, "note", "done", {"people_count": "12", "records": "names"})
    (row,) = read_incidents() or []
    assert (row["id"], row["host"], row["people_count"], row["records"]) == ("20261101-1", "web-1", 12, "names")
    assert row["aware"] == "2026-09-21T14:13:20Z"
    assert row["trouble"] == ""
    file = max((one for one in place.rglob("*") if one.is_file()), key=lambda one: one.stat().st_size)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] + b"\0" + data[len(data) // 2 + 1 :])
    (row,) = read_incidents() or []
    assert row["trouble"] == "damaged"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"people_count": "about 1,000"}, "about 1,000"),
        ({"people": "customers"}, "customers"),
        ({"records_count": "40"}, "40"),
        ({"people_count": "0", "records_count": "0"}, ""),
    ],
)
def test_any_word_about_data_of_people_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: dict[str, str], told: str
) -> None:
    """Numbers are approximate (art. 33(3)(a)): what is no plain number is told all the same."""
    monkeypatch.setattr(folder, "incidents_directory", lambda: str(tmp_path))
    (tmp_path / "20261101-1").mkdir()
    key, anna = load_key(str(tmp_path / "key.pem")), Author("anna", "Anna")
    append(str(tmp_path / "20261101-1"), key, anna, "open", "done", {"host": "web-1", "title": "x", "aware": 1})
    append(str(tmp_path / "20261101-1"), key, anna, "note", "done", facts)
    (row,) = read_incidents() or []
    assert row["records"] == told


def test_incidents_that_can_not_be_read_are_not_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "incidents").write_text("")
    monkeypatch.setattr(folder, "incidents_directory", lambda: str(tmp_path / "incidents"))
    assert read_incidents() is None
