"""``rempart risk``: what is printed, what is accepted, and the exit status of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.risk_place import make_registers, make_store, today

from rempart_controller.commands.main import main
from rempart_controller.recording.user_key import load_key

Run = Callable[..., tuple[int, str, str]]
HOW = ("--level", "tolerable", "--reason", "insured", "--by", "p-001", "--until", today(90))


@pytest.fixture
def risk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on a store of two hosts: exit status, output, errors."""
    monkeypatch.setenv("REMPART_KEY", str(tmp_path / "own" / "key.pem"))
    monkeypatch.setenv("REMPART_LANG", "en")
    place = make_store(tmp_path / "s.db")

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["risk", "--store", place, *words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a folder of registers."""
    return str(make_registers(tmp_path / "registers"))


def sign_up(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--person", "p-001", "--key", load_key().public, "--since", today()]
    assert main(["registers", "add", "signers", folder, *words]) == 0
    capsys.readouterr()


def test_it_is_written_and_the_audit_is_incomplete(risk: Run, folder: str) -> None:
    status, out, err = risk("--registers", folder)
    assert (status, err) == (3, "")
    assert "The audit is incomplete" in out
    assert "web-1" in out
    assert "S4 Laptop or disk stolen\n  unacceptable: gravity G3" in out
    assert "t-1: encrypt; owner p-002" in out
    assert "No criticality" not in out
    assert "No criticality stated, counted as G4: pc-7, web-1" in risk()[1]


def test_one_scenario_or_one_host_with_every_term(risk: Run, folder: str) -> None:
    status, out, _ = risk("--registers", folder, "--explain", "s4")
    assert status == 3
    assert "Host web-1, gravity G3" in out
    assert "DSK-01" in out
    assert "posture" in risk("--registers", folder, "--explain", "web-1")[1]
    status, _, err = risk("--explain", "S44")
    assert status == 2
    assert "there is no scenario or host" in err


def test_the_same_for_machines(risk: Run, folder: str) -> None:
    data = json.loads(risk("--registers", folder, "--json")[1])
    assert sorted(one["id"] for one in data["scenarios"]) == [f"S{number}" for number in range(1, 9)]
    assert {one["host"] for one in data["fleet"]["hosts"]} == {"web-1", "pc-7"}
    assert json.loads(risk("--explain", "web-1", "--json")[1])["host"] == "web-1"
    assert json.loads(risk("--explain", "S4", "--json")[1])["id"] == "S4"


def test_french(risk: Run, folder: str) -> None:
    out = risk("--registers", folder, "--lang", "fr")[1]
    assert "Portable ou disque volé" in out
    assert "inacceptable" in out


def test_an_acceptance_is_signed_and_shown_beside_the_computed_value(
    risk: Run, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_up(folder, capsys)
    status, out, _ = risk("--registers", folder, "--accept", "s4", *HOW)
    assert status == 0
    assert "computed value stays unacceptable" in out
    out = risk("--registers", folder)[1]
    assert "Accepted as tolerable with a plan" in out
    assert "(computed value: unacceptable)" in out


def test_a_changed_entry_is_an_error_of_all(risk: Run, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    sign_up(folder, capsys)
    assert risk("--registers", folder, "--accept", "S4", *HOW)[0] == 0
    path = Path(folder) / "acceptances.yaml"
    path.write_text(path.read_text().replace("tolerable", "acceptable"))
    status, out, err = risk("--registers", folder)
    assert (status, out) == (2, "")
    assert 'says level "acceptable", and "tolerable" was signed' in err


def test_a_key_that_is_not_the_persons_accepts_nothing(risk: Run, folder: str) -> None:
    status, _, err = risk("--registers", folder, "--accept", "S4", *HOW)
    assert status == 2
    assert "register signers has no key of p-001 that is yours" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--accept", "S4"], "--accept needs --registers\n"),
        (["--level", "tolerable"], "--level has no effect without --accept"),
        (["--registers", "R", "--accept", "S4", *HOW[:-1], "2026-01-01"], "2026-01-01 has passed"),
        (["--registers", "R", "--accept", "S4", *HOW[:-1], "soon"], "soon"),
        (["--registers", "R", "--accept", "S4", "--level", "fine", *HOW[2:]], 'there is no level "fine"'),
        (["--registers", "/nowhere"], "/nowhere"),
    ],
)
def test_what_is_wrong_is_told(risk: Run, words: list[str], said: str) -> None:
    status, _, err = risk(*words)
    assert status == 2
    assert said in err


def test_no_store_is_no_risk_of_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", "--store", str(tmp_path / "none.db")]) == 2
    assert "there is no store" in capsys.readouterr().err


def test_an_acceptance_of_more_than_a_year_is_refused(risk: Run, folder: str) -> None:
    how = (*HOW[:-1], "2999-01-01")
    status, _, errors = risk("--registers", folder, "--accept", "S4", *how)
    assert (status, "2999-01-01" in errors, "366 days" in errors) == (2, True, True)
    assert not (Path(folder) / "acceptances.yaml").exists()
