"""The table of docs/benchmarks.md is what the command prints: run it and paste its output where this fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rempart_controller.commands.main import main

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs/benchmarks.md").read_text(encoding="utf-8")


def write_peers(folder: Path) -> Path:
    """Write the profiles of ssg_profiles.txt, one letter each there, as the command takes them."""
    lines = (HERE / "ssg_profiles.txt").read_text(encoding="utf-8").splitlines()[1:]
    letters = dict(line.split(" = ") for line in lines if " = " in line)
    rules = [line.split(" ") for line in lines if " = " not in line]
    peers = {name: [rule for rule, own in rules if letter in own] for letter, name in letters.items()}
    file = folder / "peers.json"
    file.write_text(json.dumps(peers), encoding="utf-8")
    return file


def test_the_table_is_what_the_command_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checks", "coverage", "--profile-of", "ssg", str(write_peers(tmp_path)), "--lang", "en"]) == 0
    table = capsys.readouterr().out
    assert table.count("\n") == 16
    assert f"```\n{table}```" in TEXT, f"paste this into docs/benchmarks.md:\n{table}"
