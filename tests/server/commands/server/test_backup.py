"""``rempart server backup`` says the heads that ``restore`` compares."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main


def test_the_heads_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "backup", str(tmp_path / "b"), "--dir", a_directory(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert f"Backup: {tmp_path}/b (" in said
    assert "Head of the documents: -\n" in said
    assert "Head of the log: " in said


def test_a_file_that_can_not_be_written_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["server", "backup", str(tmp_path / "no" / "b"), "--dir", a_directory(tmp_path)]) == 2
