"""The restore after an incident: an entry that is named, or written from what is said of it; nothing is guessed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.risk_place import make_registers, today

from rempart_controller.commands.main import main
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.restoring import list_options
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Row

Command = Callable[..., int]
SAID = {
    "backup": "borg",
    "date": today(),
    "minutes": "90",
    "rto-minutes": "240",
    "data-age-minutes": "600",
    "rpo-minutes": "1440",
    "integrity": "verified",
    "by": "p-002",
}


@pytest.fixture
def registers(tmp_path: Path) -> str:
    """Return a folder of registers."""
    return str(make_registers(tmp_path / "registers"))


@pytest.fixture
def close(opened: Standing, incident: Command, registers: str) -> Command:
    """Close an incident of web-1, about which all is decided, with what is said of the restore r-1."""
    told = ["--no-notification", "the disk is encrypted", "--not-informing", "no risk"]
    assert incident("note", "web-1", "--by", "Anna", *told) == 0

    def run(id_: str = "r-1", **changed: str) -> int:
        said = {**SAID, **{name.replace("_", "-"): text for name, text in changed.items()}}
        words = [word for name, text in said.items() for word in (f"--restore-{name}", text)]
        base = ["--conclusion", "theft", "--no-evidence", "gone", "--registers", registers, "--risk", "unlikely"]
        return incident("close", "web-1", "--by", "Anna", *base, *(["--restore", id_] if id_ else []), *words)

    return run


def rows(registers: str) -> list[Row]:
    return list(read_registers(registers, int(time.time()))["restores"].rows)


def test_a_restore_that_is_told_becomes_an_entry(opened: Standing, close: Command, registers: str) -> None:
    head = find("web-1").record.head
    assert close() == 0
    (row,) = rows(registers)
    assert (row["id"], row["host"], row["what"], row["backup"]) == ("r-1", "web-1", "web-1", "borg")
    assert [row[name] for name in ("minutes", "rto_minutes", "data_age_minutes", "rpo_minutes")] == [
        "90",
        "240",
        "600",
        "1440",
    ]
    assert (row["date"], row["integrity"], row["offsite"], row["by"]) == (today(), "verified", "", "p-002")
    assert row["reference"] == f"rempart incident {opened.incident}, head {head}"
    assert (row["trouble"], row["proof"]) == ("", "statement")
    assert find(opened.incident, only_open=False).record.entries[-1].detail["restore"] == "r-1"


def test_proof_of_its_own_and_the_thing_that_was_restored_are_taken_over(close: Command, registers: str) -> None:
    (Path(registers) / "evidence").mkdir(exist_ok=True)
    (Path(registers) / "evidence" / "restore.log").write_bytes(b"borg extract")
    assert close(file="evidence/restore.log", what="crm", offsite="yes") == 0
    (row,) = rows(registers)
    assert (row["what"], row["proof"], row["reference"], row["offsite"]) == ("crm", "file", "", "1")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"minutes": "an hour"}, "minutes"),
        ({"by": "p-999"}, "p-999"),
        ({"date": "03/04/2026"}, "03/04/2026"),
        ({"date": today(-9)}, "before the incident was known"),
        ({"date": today(9)}, "has not come yet"),
        ({"file": "evidence/none.pdf"}, "evidence/none.pdf"),
    ],
)
def test_what_cannot_be_believed_writes_nothing_and_keeps_the_incident_open(
    close: Command, registers: str, capsys: pytest.CaptureFixture[str], changed: dict[str, str], told: str
) -> None:
    assert close(**changed) == 2
    assert told in capsys.readouterr().err
    assert not find("web-1").closed
    assert not (Path(registers) / "restores.yaml").exists()
    assert not (Path(registers) / "breaches.yaml").exists()


@pytest.mark.parametrize("missing", ["backup", "date", "minutes", "rto-minutes", "rpo-minutes", "integrity", "by"])
def test_what_an_incident_cannot_know_is_never_assumed(
    close: Command, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    assert close(**{missing: ""}) == 2
    assert capsys.readouterr().err.strip().endswith(f"a new entry of register restores needs --restore-{missing}")
    assert not find("web-1").closed


def test_a_second_try_goes_on_and_an_entry_that_says_otherwise_is_left_alone(
    close: Command, registers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(registers) / "actions.yaml").write_text("entries: [", encoding="utf-8")
    assert close() == 2
    (Path(registers) / "actions.yaml").unlink()
    assert main(["registers", "add", "restores", registers, "--id", "r-1", "--host", "web-1", *_added()]) == 0
    before = (Path(registers) / "restores.yaml").read_bytes()
    assert close(minutes="9", by="p-001") == 2
    assert "says otherwise: --restore-minutes --restore-by" in capsys.readouterr().err
    assert close() == 0
    assert (Path(registers) / "restores.yaml").read_bytes() == before


def _added() -> list[str]:
    said = {**SAID, "what": "web-1", "reference": "log"}
    return [word for name, text in said.items() for word in (f"--{name}", text)]


def test_a_new_entry_needs_an_id(close: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert close("") == 2
    assert "--restore-backup needs --restore" in capsys.readouterr().err


def test_an_entry_that_is_not_there_is_told_with_what_writes_it(
    close: Command, incident: Command, registers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["--conclusion", "theft", "--no-evidence", "gone", "--registers", registers, "--risk", "unlikely"]
    assert incident("close", "web-1", "--by", "Anna", *base, "--restore", "r-7") == 2
    assert list_options({}) in capsys.readouterr().err
