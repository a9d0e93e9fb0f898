"""The line for cron: what it runs is what was meant, at a minute of the machine's own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_controller.schedule.cron import fields
from rempart_controller.schedule.job import Plan

BIN = Path(sys.executable).parent


@pytest.fixture
def units(tmp_path: Path) -> Path:
    (tmp_path / "units").mkdir()
    return tmp_path / "units"


def environment(units: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "REMPART_STORE"}}
    return kept | {"HOME": str(units.parent), "XDG_DATA_HOME": str(units.parent / "data")}


def schedule(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "rempart"), "schedule", "--out", str(units), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=units.parent, env=environment(units),
        stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def listed(units: Path) -> list[str]:
    return sorted(path.name for path in units.iterdir())


def test_cron_gets_a_line_that_the_shell_reads_as_it_was_meant(units: Path) -> None:
    done = schedule(units, "--yes", "--cron", "--splay", "0", "--", "-i", "web,", "-l", "a b%c'd", "--store", "x.db")
    assert done.returncode == 0, done.stderr
    line = (units / "rempart-audit").read_text().splitlines()[-1]
    assert line.startswith("30 2 * * * ")
    assert "%" not in line.replace(r"\%", "")  # cron's newline
    words = shlex.split(line.replace(r"\%", "%"))
    assert words[words.index("--limit") + 1] == "a b%c'd"
    assert schedule(units, "--yes", "--cron", "--remove").returncode == 0
    assert listed(units) == []


def test_cron_begins_at_a_minute_of_the_machines_own() -> None:
    plan = Plan("rempart-audit", ("/x",), "23:50", 60, "root", system=True, remote=False)
    found = {fields(plan, str(number)) for number in range(200)}
    assert len(found) > 30
    assert {time.split()[1] for time in found} == {"23", "0"}
