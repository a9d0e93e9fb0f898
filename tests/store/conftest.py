"""A store of its own for each test: SQLite always, a real PostgreSQL where its programs are there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from rempart_store.store import Store


def _find(program: str) -> str:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    return str(places[0]) if places else shutil.which(program) or ""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server of our own, on a socket of its own, and return its URL."""
    initdb, postgres = _find("initdb"), _find("postgres")
    if not initdb or not postgres:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="rempart-pg-") as name:
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            shutil.chown(name, "nobody")
            as_user = {"user": "nobody", "group": os.stat(name).st_gid, "extra_groups": []}
        data = f"{name}/data"
        made = [initdb, "-D", data, "-U", "rempart", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        subprocess.run(made, check=True, capture_output=True, cwd=name, **as_user)
        command = [postgres, "-D", data, "-k", name, "-c", "listen_addresses=", "-c", "fsync=off"]
        with open(f"{name}/log", "wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=name, **as_user)
        try:
            _wait(f"postgresql+psycopg://rempart@/postgres?host={name}", server, f"{name}/log")
            yield f"postgresql://rempart@/postgres?host={name}"
        finally:
            server.terminate()
            server.wait(30)


def _wait(url: str, server: subprocess.Popen[bytes], log: str) -> None:
    import time

    engine = sqlalchemy.create_engine(url)
    for _ in range(300):
        try:
            engine.connect().close()
            break
        except sqlalchemy.exc.OperationalError:
            assert server.poll() is None, Path(log).read_text(encoding="utf-8", errors="replace")
            time.sleep(0.1)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the place of a store that does not exist yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "data" / "rempart.db")
        return
    server = request.getfixturevalue("postgresql")
    name = f"t{os.urandom(6).hex()}"
    _execute(server, f"CREATE DATABASE {name}")
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(
        server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(statement))
    engine.dispose()


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    """Return an empty store."""
    with Store.open(place) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store in SQLite, for what does not depend on the database."""
    with Store.open(str(tmp_path / "rempart.db")) as opened:
        yield opened
