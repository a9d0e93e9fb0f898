"""``--attest`` where there is nothing that a digest could name is wrong use, told before anything is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.main import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--attest", "a.json"], "--attest needs --image"),
        (["--attest", "a.json", "--root", "."], "--attest needs --image"),
        (["--attest", "a.json", "-i", "hosts.yaml"], "--attest needs --image"),
        (["--attest-key", "ci.pem"], "--attest-key needs --attest"),
        (["--attest", "-"], "--attest needs a file"),
    ],
)
def test_it_is_refused(
    arguments: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["audit", *arguments]) == 2
    assert reason in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
