"""Health, readiness and metrics of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.server import a_context, client
from sqlalchemy import select

from rempart_server import health
from rempart_store.schema.server_node import server_setting


def test_health_readiness_and_metrics(tmp_path: Path) -> None:
    with a_context(tmp_path) as context, client(context) as one:
        assert one.get("/healthz").text == "ok\n"
        assert one.get("/readyz").text == "ready\n"
        measured = one.get("/metrics")
        assert measured.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "rempart_server_workers 1.0" in measured.text


def test_metrics_are_for_the_networks_alone_that_the_settings_name(tmp_path: Path) -> None:
    with a_context(tmp_path, "metrics_from: [198.51.100.0/24]\n") as context:
        with client(context, "198.51.100.9") as one:
            assert one.get("/metrics").status_code == 200
        with client(context, "127.0.0.1") as one:
            assert one.get("/metrics").status_code == 403


def test_a_store_that_can_be_read_and_not_written_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    with a_context(tmp_path) as context, client(context) as one:
        with context.store.writing():  # another one holds the lock, and holds it still when the answer comes
            locked = one.get("/readyz")
            assert one.get("/healthz").status_code == 200
        monkeypatch.setattr(health, "PATIENCE", 60.0)
        assert one.get("/readyz").status_code == 200
    assert (locked.status_code, locked.json()) == (503, {"error": "the store is unavailable"})


def test_whoever_asks_often_makes_the_store_write_seldom(tmp_path: Path) -> None:
    with a_context(tmp_path) as plain:
        now = [1_795_000_000.0]
        context = plain._replace(clock=lambda: now[0])
        written = []
        with client(context) as one:
            for seconds in (0, 1, 1, health.FRESH):
                now[0] += seconds
                assert one.get("/readyz").status_code == 200
                with context.store.reading() as connection:
                    value = connection.scalar(select(server_setting.c.value).where(server_setting.c.name == "trial"))
                written.append(int(value or 0) - 1_795_000_000)
    assert written == [0, 0, 0, 7]
