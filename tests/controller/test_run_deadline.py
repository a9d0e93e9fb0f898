"""``--run-deadline`` bounds all that a run waits for."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.tree import everything_right

from rempart_controller.commands.main import main
from rempart_controller.run_deadline import RunDeadline, begin, let_go


@pytest.fixture(autouse=True)
def _living() -> Iterator[None]:
    """Whatever a test does, no thread ends the process of all tests an hour later."""
    yield
    let_go()
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer) and not one.finished.is_set()]


def test_a_command_within_a_program_leaves_nothing_that_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--root", "/nonexistent", "--run-deadline", "1000"]) != 0
    assert capsys.readouterr().err
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer) and not one.finished.is_set()]


def test_what_is_left_never_grows_and_never_ends() -> None:
    deadline = begin(1000.0)
    assert 0 < deadline.left(5000) <= 1000
    assert deadline.left(3) == 3
    assert deadline._replace(until=0.0).left(60) == pytest.approx(0.1)
    assert begin(0.0) == RunDeadline()
    assert RunDeadline().left(60) == 60


def test_a_locked_store_ends_the_run_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rempart_controller.recording.run_recorder.PATIENCE", 1.0)
    root, store = tmp_path / "root", tmp_path / "store.db"
    root.mkdir()
    everything_right(root, running=False)
    audit = ["audit", "--root", str(root), "--checks", "ACC-*", "--quiet", "--store", str(store)]
    assert main(audit) in {0, 1, 3}
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert main(audit) == 3
    finally:
        other.close()
    assert "another run is being saved" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["drift"], ["fleet"], ["history", "web"], ["export", "--out", "-"], ["audit"]])
def test_a_password_in_a_store_is_refused_by_every_command(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--store", "postgresql://bob:hunter2@127.0.0.1/fleet"]) == 2
    said = capsys.readouterr().err
    assert "--store contains a password" in said
    assert "hunter2" not in said
