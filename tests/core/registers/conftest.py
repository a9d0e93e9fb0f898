"""A folder of registers with two people, to which a test adds what it is about."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers

NOW = calendar.timegm((2026, 11, 27, 12, 0, 0))
HEAD = "as_of: 2026-11-20\nby: p-001\n"
ORGANISATION = f"{HEAD}name: Exemple SA\nheadcount: 2\nheadcount_date: 2026-11-20\n"
PEOPLE = f"""{HEAD}entries:
  - {{id: p-001, team: Support, kind: employee, access_from: 2026-01-15}}
  - {{id: p-002, team: Support, kind: temp, access_from: 2026-02-01}}
"""


@pytest.fixture
def now() -> int:
    """Return the moment of these tests: noon of 27 November 2026."""
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the organisation and its two people."""
    (tmp_path / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    (tmp_path / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def given(folder: Path) -> Callable[..., Registers]:
    """Write files into the folder, and read all of it."""

    def give(**files: str | bytes) -> Registers:
        for name, content in files.items():
            stem, _, ending = name.rpartition("_")
            data = content if isinstance(content, bytes) else content.encode()
            (folder / f"{stem}.{ending}").write_bytes(data)
        return read_registers(str(folder), NOW)

    return give


@pytest.fixture
def said(folder: Path) -> Callable[[Registers], list[str]]:
    """Say all that is wrong, without the folder's name."""
    return lambda found: [str(one).removeprefix(f"{folder}/") for one in (*found.mistakes, *found.troubles)]
