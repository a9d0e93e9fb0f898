"""A real PostgreSQL for tests of several workers, where its programs are there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rempart_testing.postgresql import Cluster, cluster


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Cluster]:
    """Start a PostgreSQL server of our own; stop and start it again by its methods."""
    with cluster() as server:
        yield server


@pytest.fixture
def database(postgresql_server: Cluster) -> Iterator[str]:
    """Return the URL of an empty database."""
    with postgresql_server.database() as url:
        yield url
