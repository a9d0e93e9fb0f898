"""A server with a small fleet, and somebody who reads it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.server import a_context
from rempart_testing.server_pages import ADMIN, add_people_s_work, app_client, fill, let_in, some_incidents
from starlette.testclient import TestClient

from rempart_server.context import Context
from rempart_server.pages import incident


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """Return the context of a server whose store has two nights of a small fleet."""
    with a_context(tmp_path) as one:
        fill(one.store, int(time.time()))
        add_people_s_work(one, int(time.time()))
        yield one


@pytest.fixture
def client(context: Context, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Return a client that an admin of all groups uses."""
    let_in(monkeypatch, ADMIN)
    monkeypatch.setattr(incident, "list_standings", some_incidents)
    return app_client(context)
