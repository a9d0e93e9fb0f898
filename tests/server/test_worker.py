"""A worker opens the server's directory itself, answers ``error`` while its store is away, and closes it at its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.server import a_directory
from starlette.testclient import TestClient

from rempart_server import worker
from rempart_server.worker import load


def test_a_worker_answers_out_of_its_directory(tmp_path: Path) -> None:
    with TestClient(load(a_directory(tmp_path))) as one:
        assert one.get("/readyz").status_code == 200


def test_a_worker_that_begins_without_its_store_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    directory = Path(a_directory(tmp_path))
    whole = (directory / "store.db").read_bytes()
    (directory / "store.db").write_bytes(b"no database at all" * 100)
    with TestClient(load(str(directory))) as one:
        gone = one.post("/api/osquery/distributed/write", json={})
        assert (gone.status_code, gone.json()) == (503, {"error": "the store is unavailable"})
        assert one.get("/healthz").status_code == 200
        (directory / "store.db").write_bytes(whole)
        while one.get("/readyz").status_code != 200:
            pass


def test_a_worker_that_waits_can_be_stopped(tmp_path: Path) -> None:
    directory = Path(a_directory(tmp_path))
    (directory / "store.db").write_bytes(b"no database at all" * 100)
    with TestClient(load(str(directory))) as one:
        assert one.get("/readyz").status_code == 503
