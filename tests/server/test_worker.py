"""A worker opens the server's directory itself, and closes it when it stops."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.server import a_directory
from starlette.testclient import TestClient

from rempart_server.worker import load


def test_a_worker_answers_out_of_its_directory(tmp_path: Path) -> None:
    with TestClient(load(a_directory(tmp_path))) as one:
        assert one.get("/readyz").status_code == 200
