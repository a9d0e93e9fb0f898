"""``rempart server run``: 2 for wrong settings, 3 for a store that can't be used."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_no_server_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "run", "--dir", str(tmp_path)]) == 2
    assert "rempart server init" in capsys.readouterr().err


def test_wrong_settings_are_told_with_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path, "port: 99999\nspare: 1\n")
    assert main(["server", "run", "--dir", directory]) == 2
    said = capsys.readouterr().err
    assert f"{directory}/server.yaml:3:7: " in said
    assert f"{directory}/server.yaml:4:1: " in said


def test_a_store_that_is_none_can_not_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path)
    Path(directory, "store.db").write_bytes(b"no database at all" * 100)
    assert main(["server", "run", "--dir", directory]) == 3
    assert "store.db" in capsys.readouterr().err
