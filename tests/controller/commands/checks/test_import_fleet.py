"""``rempart checks import-fleet``: its checks lint, pass their cases and judge a machine; its exit statuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.main import main

Capture = pytest.CaptureFixture[str]
TEAM = """\
policies:
  - name: Root has uid 0
    platform: linux
    query: SELECT 1 FROM users WHERE username = 'root' AND uid = 0;
"""


def run(folder: Path, text: str, capsys: Capture, *more: str) -> tuple[int, str, str]:
    source = folder / "in"
    source.mkdir(exist_ok=True)
    (source / "pc.yml").write_text(text, encoding="utf-8")
    status = main(["checks", "import-fleet", str(source), "--out", str(folder / "my"), *more])
    out, err = capsys.readouterr()
    return status, out, err


def test_its_checks_are_sound_and_are_asked(root: Path, tmp_path: Path, capsys: Capture) -> None:
    status, out, _ = run(tmp_path, TEAM, capsys)
    assert status == 0
    assert out.splitlines() == [
        str(tmp_path / "my/fleet/fleet-0001-root-has-uid-0.yaml"),
        "1 check imported, 0 unchanged, 0 left out",
    ]
    own = ["--checks-dir", str(tmp_path / "my"), "FLEET-*"]
    assert main(["checks", "lint", *own]) == 0
    assert main(["checks", "test", *own]) == 0


def test_what_is_left_out_is_listed_and_is_exit_status_1(root: Path, tmp_path: Path, capsys: Capture) -> None:
    status, out, _ = run(tmp_path, TEAM + "  - name: always\n    query: SELECT 1;\n", capsys)
    assert status == 1
    assert "  pc.yml:5: always: the statement asks no table: it would always give the same answer\n" in out
    assert out.endswith("1 check imported, 0 unchanged, 1 left out\n")


def test_nothing_to_import_is_exit_status_2(root: Path, tmp_path: Path, capsys: Capture) -> None:
    status, _, err = run(tmp_path, "name: x\n", capsys)
    assert status == 2
    assert "holds no policy of Fleet" in err
