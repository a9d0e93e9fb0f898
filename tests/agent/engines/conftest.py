"""Real osqueries where there are any (REMPART_OSQUERYD, REMPART_OSQUERYI), else their stand-ins."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rempart_testing import osqueryi
from rempart_testing.osquery_tables import Given, write_given
from rempart_testing.osqueryd import Osqueryd as Daemon

from rempart_agent.engines.osquery.answers import Osquery
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_agent.engines.osquery.osqueryi import Osqueryi
from rempart_agent.engines.osquery.program import OSQUERYI

REAL_DAEMON = "REMPART_OSQUERYD"
TABLES = {
    "users": [{"uid": 0, "username": "root", "shell": "/bin/sh"}, {"uid": 1000, "username": "alice"}],
    "etc_hosts": [{"address": "127.0.0.1", "hostnames": "localhost"}],
    "file": [{"path": "/etc/passwd", "mode": "0644"}],
}


@pytest.fixture
def place() -> Iterator[Path]:
    """Make a folder that only this user can write, with a short path, as sockets need."""
    with tempfile.TemporaryDirectory(prefix="rempart-test-") as name:
        yield Path(name)


@pytest.fixture
def daemon(place: Path) -> Iterator[Daemon]:
    """Run a stand-in of osqueryd."""
    running = Daemon(str(place / "osquery.em"), Given(TABLES))
    yield running
    running.stop()


@pytest.fixture
def connect(daemon: Daemon) -> Iterator[Callable[[], Osqueryd]]:
    """Open engines on the stand-in of osqueryd."""
    opened: list[Osqueryd] = []

    def make() -> Osqueryd:
        opened.append(Osqueryd(daemon.path))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def shell(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Osqueryi]]:
    """Open engines on the stand-in of osqueryi."""
    opened: list[Osqueryi] = []
    (place / "tables.json").write_text(write_given(TABLES), encoding="utf-8")
    program = osqueryi.install(place)
    monkeypatch.setenv(OSQUERYI, str(program))
    monkeypatch.setenv(osqueryi.VARIABLE, str(place / "tables.json"))

    def make() -> Osqueryi:
        opened.append(Osqueryi(str(program)))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture(params=["osqueryd", "osqueryi"])
def osquery(request: pytest.FixtureRequest, place: Path) -> Iterator[Osquery]:
    """Open an engine on a real osquery where one is named, else on its stand-in: what must hold of both."""
    engine: Osquery
    if request.param == "osqueryi":
        engine = Osqueryi(os.environ[OSQUERYI]) if os.environ.get(OSQUERYI) else request.getfixturevalue("shell")()
        yield engine
        engine.close()
    elif os.environ.get(REAL_DAEMON):
        path = str(place / "osquery.em")
        process = start_daemon(os.environ[REAL_DAEMON], place, path)
        try:
            engine = Osqueryd(path)
            yield engine
            engine.close()
        finally:
            process.kill()
            process.wait()
    else:
        yield request.getfixturevalue("connect")()


def start_daemon(program: str, place: Path, path: str) -> subprocess.Popen[bytes]:
    """Start a real osqueryd that keeps to itself."""
    (place / "osquery.conf").write_text("{}")
    options = {
        "config_path": place / "osquery.conf",
        "database_path": place / "database",
        "pidfile": place / "pid",
        "extensions_socket": path,
        "extensions_autoload": place / "none",
        "logger_path": place,
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [program, "--ephemeral", "--disable_watchdog", "--disable_logging", "--force", *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 120
    while not os.path.exists(path):
        assert process.poll() is None, "osqueryd ended"
        assert time.monotonic() < until, "osqueryd made no socket"
        time.sleep(0.05)
    return process
