"""What of an incident goes into registers: the breach with its times, each lesson; else it stays open."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.risk_place import make_registers, today

from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.lessons import Review, find_mistakes, list_entries
from rempart_core.registers.entry import add_entry
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Row
from rempart_core.timestamps import write_moment

Command = Callable[..., int]
REVIEW = ("--risk", "unlikely", "--lesson", "patch sooner", "--lesson", "fewer shares", "--owner", "p-002")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a folder of registers."""
    return str(make_registers(tmp_path / "registers"))


@pytest.fixture
def decided(opened: Standing, incident: Command) -> Standing:
    """Decide about an incident so that it can be closed."""
    told = ["--people-count", "12", "--no-notification", "the disk is encrypted", "--not-informing", "no risk"]
    assert incident("note", "web-1", "--by", "Anna", *told) == 0
    return find("web-1")


@pytest.fixture
def close(incident: Command, folder: str) -> Command:
    """Close the incident of web-1 with more options."""

    def run(*words: str) -> int:
        base = ["--conclusion", "theft of a laptop", "--no-evidence", "it is gone", "--registers", folder]
        return incident("close", "web-1", "--by", "Anna", *base, *words)

    return run


def rows(folder: str, name: str) -> list[Row]:
    return list(read_registers(folder, int(time.time()))[name].rows)


def test_the_breach_and_the_lessons_are_entries(decided: Standing, close: Command, folder: str) -> None:
    assert close(*REVIEW) == 0
    assert find(decided.incident, only_open=False).closed
    (breach,) = rows(folder, "breaches")
    assert (breach["incident"], breach["what"], breach["risk"]) == (decided.incident, "a strange process", "unlikely")
    assert breach["aware"] == write_moment(decided.aware)
    assert (breach["people_count"], breach["no_notification"]) == ("12", "the disk is encrypted")
    assert (breach["notified"], breach["not_informing"]) == ("", "no risk")
    assert breach["reference"] == f"rempart incident {decided.incident}, head {decided.record.head}"
    assert (breach["trouble"], breach["proof"]) == ("", "statement")
    first, second = rows(folder, "actions")
    assert (first["what"], first["owner"], first["severity"]) == ("patch sooner", "p-002", "high")
    assert (first["source"], first["opened"], first["due"]) == (f"incident {decided.incident}", today(), today(15))
    assert second["what"] == "fewer shares"


def test_what_cannot_be_believed_keeps_the_incident_open_and_a_second_try_goes_on(
    decided: Standing, close: Command, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert close("--risk", "risk", "--lesson", "patch", "--owner", "p-999") == 2
    assert "p-999" in capsys.readouterr().err
    assert not find("web-1").closed
    assert close("--risk", "risk", "--lesson", "patch", "--owner", "p-001") == 0
    assert (len(rows(folder, "breaches")), len(rows(folder, "actions"))) == (1, 1)


def test_a_restore_is_one_of_the_register_made_since(
    decided: Standing, close: Command, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert close("--risk", "risk", "--restore", "r-1") == 2
    assert "register restores has no entry" in capsys.readouterr().err
    restore = {"what": "web-1", "host": "web-1", "backup": "b", "minutes": "45", "rto_minutes": "60"}
    restore |= {
        "data_age_minutes": "5",
        "rpo_minutes": "60",
        "integrity": "verified",
        "by": "p-001",
        "reference": "log",
    }
    for id_, day in (("r-0", today(-9)), ("r-1", today())):
        add_entry(folder, "restores", {**restore, "id": id_, "date": day}, time.time())
    assert close("--risk", "risk", "--restore", "r-0") == 2
    assert not find("web-1").closed
    assert close("--risk", "risk", "--restore", "r-1") == 0
    assert find("web-1", only_open=False).record.entries[-1].detail["restore"] == "r-1"


def test_a_register_that_cannot_be_read_keeps_it_open(decided: Standing, close: Command, folder: str) -> None:
    (Path(folder) / "actions.yaml").write_text("entries: [", encoding="utf-8")
    assert close(*REVIEW) == 2
    assert not find("web-1").closed
    assert not (Path(folder) / "breaches.yaml").exists()


def test_of_a_notified_breach_the_times_are_those_of_the_decisions(opened: Standing) -> None:
    opened.decisions = {
        "notified": {"text": "CNIL", "at": "2026-11-26T10:00:00Z"},
        "informed": {"text": "by letter", "at": "2026-11-27T10:00:00Z"},
    }
    opened.facts = {"people_count": "about 12", "delay": "weekend"}
    (entry,) = list_entries(opened, Review("high"), "2026-11-29")
    assert entry.values["assessed"] == entry.values["notified"] == "2026-11-26T10:00:00Z"
    assert (entry.values["informed"], entry.values["delay"]) == ("2026-11-27T10:00:00Z", "weekend")
    assert "people_count" not in entry.values, "a count that is none is not guessed"


@pytest.mark.parametrize(
    ("registers", "review", "ids"),
    [
        ("", Review(""), []),
        ("", Review("risk", ("x",), "p-1", restore="r"), ["needs_registers"] * 4),
        ("R", Review(""), ["which_risk"]),
        ("R", Review("some", ("x",)), ["which_risk", "whose"]),
        ("R", Review("high", ("x",), "p-1"), []),
    ],
)
def test_options_that_do_not_fit_are_told_at_once(registers: str, review: Review, ids: list[str]) -> None:
    assert [one.id for one in find_mistakes(registers, review)] == [f"incident_close.{id_}" for id_ in ids]
