"""``rempart server log``: exported, proven without the server, and broken where it was changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main


@pytest.fixture
def bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str, str]:
    """Give a log of the server's first events, its head and its key; the server itself is gone."""
    directory = a_directory(tmp_path)
    out = tmp_path / "log.jsonl"
    assert main(["server", "log", "export", "--dir", directory, "--out", str(out)]) == 0
    _, head, key = (line.split()[-1] for line in capsys.readouterr().err.splitlines())
    shutil.rmtree(directory)
    return out, head, key


def test_a_log_is_proven_without_the_server(bundle: tuple[Path, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out, head, key = bundle
    assert out.stat().st_mode & 0o077 == 0
    assert main(["server", "log", "verify", str(out), "--key", key, "--head", head, "--json"]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert (proof["fault"], proof["events"], proof["pinned"], proof["keys"]) == ("", 2, 2, [key])
    assert main(["server", "log", "verify", str(out)]) == 0
    assert "whoever wrote this file could have made all of it" in capsys.readouterr().out


def test_a_changed_log_is_broken(bundle: tuple[Path, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out, head, _ = bundle
    assert main(["server", "log", "verify", str(out), "--head", "0" * 64]) == 1
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:-1]))
    assert main(["server", "log", "verify", str(out), "--head", head]) == 1
    assert "BROKEN at line 2" in capsys.readouterr().out
    assert main(["server", "log", "verify", str(out / "none")]) == 2
