"""Services of the machine, for the tables that ask them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing import docker_daemon, lxd_daemon
from rempart_testing.unix_service import UnixService

from rempart_agent.readers.services import docker, lxd


@pytest.fixture
def docker_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UnixService]:
    """Run a Docker daemon's stand-in where the tables look for it."""
    with UnixService(tmp_path / "docker.sock", docker_daemon.answer) as service:
        monkeypatch.setattr(docker, "SOCKET", str(service.path))
        yield service


@pytest.fixture
def lxd_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UnixService]:
    """Run an LXD daemon's stand-in where the tables look for it."""
    with UnixService(tmp_path / "lxd.sock", lxd_daemon.answer) as service:
        monkeypatch.setattr(lxd, "SOCKETS", (str(tmp_path / "nothing"), str(service.path)))
        yield service
