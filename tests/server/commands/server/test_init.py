"""``rempart server init`` prints the CA's fingerprint, and changes nothing a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.main import main
from rempart_core.signing.key import load_key


def test_a_server_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["server", "init", "--name", "localhost", "--dir", str(tmp_path / "s")]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"CA: {tmp_path}/s/ca.pem\n" in said
    assert "\nhttps://localhost:8443/link/" in said
    key = load_key(str(tmp_path / "s" / "signing.key"), create=False).public
    assert f"(`rempart verify --key`):\n{key}\n" in said
    assert f"rempart server run --dir {tmp_path}/s" in said
    assert main(words) == 2
    assert "nothing was changed" in capsys.readouterr().err


def test_a_name_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "init", "--name", "https://x", "--dir", str(tmp_path / "s")]) == 2
    assert "is not a host name" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
