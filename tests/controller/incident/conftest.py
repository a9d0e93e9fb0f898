"""Incidents in a data directory of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_controller.commands.main import main
from rempart_controller.incident.folder import find, incidents_directory
from rempart_controller.incident.incident_state import Standing

Command = Callable[..., int]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data directory, which is nobody else's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("REMPART_KEY", raising=False)
    return tmp_path / "data"


@pytest.fixture
def incident() -> Command:
    """Run ``rempart incident …`` and return its exit status."""

    def run(*words: str) -> int:
        return main(["incident", *words])

    return run


@pytest.fixture
def opened(incident: Command) -> Standing:
    """Open an incident of web-1 and return how it stands."""
    assert incident("open", "web-1", "--by", "Anna", "--title", "a strange process") == 0
    return find("web-1")


@pytest.fixture
def folder(opened: Standing) -> Path:
    """Return the folder of an open incident of three entries."""
    assert main(["incident", "note", "web-1", "one", "--by", "Anna"]) == 0
    assert main(["incident", "note", "web-1", "two", "--by", "Bruno"]) == 0
    return Path(incidents_directory()) / opened.incident
