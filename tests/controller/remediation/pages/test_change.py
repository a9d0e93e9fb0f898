"""``rempart rollback`` without a change: the list of changes, for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.signed import spoiled

from rempart_controller.commands.main import main
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.records.change import ChangeRecord, write_record
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_core.model.fix_outcome import Outcome
from rempart_core.text import same

FIRST, SECOND, BROKEN = "c-20261124-090000-aaaa", "c-20261125-130000-bbbb", "c-20261125-140000-cccc"


@pytest.fixture
def changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make three changes: one that stands, one that is undone on one of two hosts, one that somebody has touched."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    key = load_key()
    web = HostOutcome("web", "kept", {"RMT-01": FixOutcome(Outcome.FIXED)}, begun=True)
    db = HostOutcome(
        "db", "reverted", {"RMT-01": FixOutcome(Outcome.ROLLED_BACK)}, {"FWL-01": (same("x"),)}, begun=True
    )
    for name, hosts in ((FIRST, (web,)), (SECOND, (web, db)), (BROKEN, (web,))):
        record = ChangeRecord(name, "p-1", "2026-11-25T13:00:00Z", "ann@desk", (), {one.name: one for one in hosts})
        path = Path(write_record(record, key))
    path.write_bytes(spoiled(path.read_bytes(), b"ann@desk", b"eve@desk"))
    return path


def test_the_list_says_when_by_whom_where_and_what_came_of_it(
    changes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollback"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        f"{FIRST}  2026-11-25 13:00 UTC  ann@desk",
        "    1 host (web) · 1 fixed · not rolled back",
        f"{SECOND}  2026-11-25 13:00 UTC  ann@desk",
        "    2 hosts (db, web) · 1 fixed, 1 rolled back, 1 made worse · rolled back on 1 of 2",
    ]
    assert lines[4].startswith(f"{BROKEN}  ")
    assert "changed after it was signed" in lines[4]
    assert main(["rollback", "--lang", "fr"]) == 0
    assert "1 machine (web) · 1 corrigé · non annulé" in capsys.readouterr().out


def test_a_machine_reads_the_same(changes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollback", "--json"]) == 0
    first, second, broken = json.loads(capsys.readouterr().out)["changes"]
    assert (first["id"], first["author"], first["counts"], first["undone"]) == (
        FIRST,
        "ann@desk",
        {"fixed": 1},
        "stands",
    )
    assert second["undone"] == "partly"
    assert second["hosts"]["db"] == {
        "state": "reverted",
        "outcomes": {"RMT-01": "rolled_back"},
        "regressed": ["FWL-01"],
        "undone": True,
    }
    assert (broken["id"], "signed" in broken["failure"]) == (BROKEN, True)


def test_a_page_of_the_list_is_written_beside_it_or_in_its_place(
    changes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "changes.html"
    assert main(["rollback", "--html", str(place), "--lang", "fr"]) == 0
    assert "1 corrigé" in capsys.readouterr().out
    page = place.read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert all(f'<span class="id">{change}</span>' in page for change in (FIRST, SECOND, BROKEN))
    assert main(["rollback", "--html", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("<!doctype html>")
    assert out.rstrip().endswith("</html>")


@pytest.mark.parametrize("arguments", [["--junit", "x.xml"], [FIRST, "--dry-run", "--json", "x.json"]])
def test_a_report_of_an_audit_that_does_not_take_place_is_refused(
    changes: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["rollback", *arguments]) == 2
    assert "nothing is audited here" in capsys.readouterr().err


def test_json_that_swallowed_the_change_is_wrong_usage(changes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollback", "--json", FIRST]) == 2
    assert "CHANGE is missing" in capsys.readouterr().err


def test_without_changes_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["rollback"]) == 0
    assert capsys.readouterr().out == "No change was made from here.\n"
