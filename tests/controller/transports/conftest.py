"""Servers that speak WS-Management, and engines that ask them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.osquery_tables import write_given
from rempart_testing.winrm_host import TABLES, Connect, Make, host_of
from rempart_testing.wsman import Wsman

from rempart_controller.transports.contract import ConnectionRequest
from rempart_controller.transports.winrm_osqueryi import WindowsOsqueryi
from rempart_controller.transports.winrm_shell import WinRM


@pytest.fixture
def tables(tmp_path: Path) -> str:
    path = tmp_path / "tables.json"
    path.write_text(write_given(TABLES, "windows"), encoding="utf-8")
    return str(path)


@pytest.fixture
def make(tables: str) -> Iterator[Make]:
    made: list[Wsman] = []

    def start(**how: Any) -> Wsman:
        made.append(Wsman(tables, **how))
        return made[-1]

    yield start
    for server in made:
        server.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[Any] = []

    def start(server: Wsman, seconds: float = 30, patience: float = 0, **variables: Any) -> WindowsOsqueryi:
        engine = WinRM(patience).open(host_of(server, **variables), ConnectionRequest(time.monotonic() + seconds))
        assert isinstance(engine, WindowsOsqueryi)
        opened.append(engine)
        return engine

    yield start
    for engine in opened:
        engine.close()
