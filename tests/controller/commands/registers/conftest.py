"""A folder of registers with two people, as a user keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_controller.commands.main import main
from rempart_core.registers.cell import write_day
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers

Capture = pytest.CaptureFixture[str]
NOW = 1795780800  # 27 November 2026, 12:00 UTC
HEAD = "as_of: 2026-11-20\nby: p-001\n"


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands take it for 27 November 2026."""
    monkeypatch.setattr("rempart_controller.commands.registers.desk.time.time", lambda: float(NOW))
    monkeypatch.setenv("TZ", "UTC")
    assert write_day(NOW) == "2026-11-27"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an organisation of two."""
    folder = tmp_path / "registers"
    (folder / "evidence").mkdir(parents=True)
    (folder / "evidence/sheet.pdf").write_bytes(b"signed")
    (folder / "organisation.yaml").write_text(
        f"{HEAD}name: Exemple SA\nheadcount: 2\nheadcount_date: 2026-11-20\n", encoding="utf-8"
    )
    (folder / "people.yaml").write_text(
        f"# our people\n{HEAD}entries:\n"
        "  - {id: p-001, team: Support, kind: employee, access_from: 2026-01-15}\n"
        "  - {id: p-002, team: Support, kind: temp, access_from: 2026-01-15}   # since January\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def registers(folder: Path, capsys: Capture) -> Callable[..., tuple[int, str, str]]:
    """Run an action of ``rempart registers``: its exit status, what it printed, and its errors."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["registers", *words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def read(folder: Path) -> Callable[[], Registers]:
    """Read the folder."""
    return lambda: read_registers(str(folder), NOW)
