"""``rempart server service`` prints a unit that systemd takes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main


def test_systemd_takes_the_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path)
    assert main(["server", "service", "--dir", directory]) == 0
    text = capsys.readouterr().out
    assert f"server run --dir {directory}\n" in text
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / "rempart-server.service"
    unit.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert [line for line in done.stderr.splitlines() if "rempart-server" in line] == []


def test_no_server_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["server", "service", "--dir", str(tmp_path)]) == 2
