"""A store of its own for each test: SQLite always, a real PostgreSQL where its programs are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.postgresql import Cluster, cluster

from rempart_store.store import Store


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Cluster]:
    """Start a PostgreSQL server of our own."""
    with cluster() as server:
        yield server


@pytest.fixture
def postgresql(postgresql_server: Cluster) -> str:
    """Return the URL of that server."""
    return postgresql_server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the place of a store that does not exist yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "data" / "rempart.db")
        return
    with request.getfixturevalue("postgresql_server").database() as url:
        yield url


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
