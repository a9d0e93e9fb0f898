"""``rempart registers init``: only what was answered is written, and nothing that is there is touched."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.registers.reader import read_registers

Run = Callable[..., tuple[int, str, str]]
NOW = 1795780800


class Terminal(io.StringIO):
    """Something that a user types into."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a user at a terminal type something."""

    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return type_in


def test_answers_are_written_and_nothing_else(tmp_path: Path, registers: Run, typed: Callable[[str], None]) -> None:
    typed("Centre « Étoile »\nabout ten\n12\nAnn Martin\np-001\n\n")
    status, out, err = registers("init", str(tmp_path / "new"))
    assert status == 0
    assert err.count("?") == 6, "four questions, two of them twice"
    assert '"about ten" is no whole number' in err
    assert "never a name" in err
    assert (tmp_path / "new/organisation.yaml").read_text(encoding="utf-8") == (
        "# organisation: docs/registers.md\nas_of: 2026-11-27\nby: p-001\n"
        'name: "Centre « Étoile »"\nheadcount: 12\nheadcount_date: 2026-11-27\n'
    )
    assert sorted(one.name for one in (tmp_path / "new").iterdir()) == ["evidence", "organisation.yaml"]
    assert "rempart registers add people" in out
    assert registers("lint", str(tmp_path / "new"))[0] == 0


def test_options_answer_too(tmp_path: Path, registers: Run) -> None:
    status, _, err = registers("init", str(tmp_path), "--headcount", "3")
    assert (status, "answer with --name, --by" in err) == (2, True)
    assert not list(tmp_path.glob("*.yaml"))
    given = ("--name", "X", "--by", "p-001", "--dpo", "p-003")
    assert registers("init", str(tmp_path), *given, "--headcount", "trois")[0] == 2
    status, out, err = registers("init", str(tmp_path), *given, "--headcount", "3")
    assert (status, err) == (0, "")
    assert f"rempart registers add people {tmp_path} --id p-001 --team … --kind employee" in out
    assert read_registers(str(tmp_path), NOW)["organisation"].rows[0]["dpo"] == "p-003"


def test_who_answers_nothing_is_not_asked_for_ever(
    tmp_path: Path, registers: Run, typed: Callable[[str], None]
) -> None:
    typed("X\n")
    status, _, err = registers("init", str(tmp_path))
    assert (status, "answer with --headcount" in err) == (2, True)
    assert not (tmp_path / "organisation.yaml").exists()


def test_registers_that_are_there_are_not_touched(folder: Path, registers: Run) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    for more in (("--sample",), ("--name", "X", "--by", "p-1", "--headcount", "1")):
        status, _, err = registers("init", str(folder), *more)
        assert (status, "holds registers already: organisation, people" in err) == (2, True)
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_an_invented_organisation_is_sound(tmp_path: Path, registers: Run) -> None:
    status, out, _ = registers("init", str(tmp_path / "o"), "--sample", "--lang", "fr")
    assert (status, "inventée" in out) == (0, True)
    status, out, err = registers("lint", str(tmp_path / "o"), "--lang", "fr")
    assert (status, err) == (0, "")
    assert "second_factor" in out
    assert (tmp_path / "o/runs.jsonl").read_text(encoding="utf-8").count("\n") == 3
    assert registers("init", str(tmp_path / "p"), "--sample", "--by", "p-1")[0] == 2


def test_a_folder_that_cannot_be_made(tmp_path: Path, registers: Run) -> None:
    (tmp_path / "file").touch()
    status, _, err = registers("init", str(tmp_path / "file/o"), "--sample")
    assert (status, "not a directory" in err.lower()) == (2, True)


def test_a_sample_that_is_interrupted_leaves_nothing_and_claims_nothing(
    tmp_path: Path, registers: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(now: float) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("rempart_core.registers.sample_runs.write_runs", interrupt)
    status, out, _ = registers("init", str(tmp_path / "o"), "--sample")
    assert (status, out) == (130, "")
    assert [one.name for one in tmp_path.iterdir()] == ["registers"], "which is not the folder of the sample"
