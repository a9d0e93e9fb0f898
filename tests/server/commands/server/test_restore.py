"""``rempart server restore``: 1 where a backup is refused, 2 where there is a server already."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main


def test_a_backup_is_restored_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backup = str(tmp_path / "b")
    assert main(["server", "backup", backup, "--dir", a_directory(tmp_path)]) == 0
    words = ["server", "restore", backup, "--dir", str(tmp_path / "s")]
    assert main([*words, "--head", "0" * 64]) == 1
    assert "nothing was restored" in capsys.readouterr().err
    assert main(words) == 0
    assert f"Restored: {tmp_path}/s" in capsys.readouterr().out
    assert main(words) == 2


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"no backup")
    assert main(["server", "restore", str(tmp_path / "b"), "--dir", str(tmp_path / "s")]) != 0
    assert not (tmp_path / "s" / "server.yaml").exists()
