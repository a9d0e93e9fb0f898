"""Incidents of hosts that may be read, with their deadlines, in the reader's language and as text."""

from __future__ import annotations

import time

import pytest
from rempart_testing.server_pages import ADMIN, HOSTILE, LAPTOPS, app_client, let_in

from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.timeline import Record
from rempart_server.context import Context
from rempart_server.pages import incident


def _incidents() -> list[Standing]:
    aware = int(time.time()) - 3600
    opened = "2026-11-25T10:00:00Z"
    return [
        Standing(
            f"20261125-{n}", "", Record([], ""), host=host, title=HOSTILE, aware=aware, opened=opened, closed=closed
        )
        for n, (host, closed) in enumerate((("pad-1", ""), ("web-1", opened)), 1)
    ]


def test_incidents_are_those_of_hosts_that_may_be_read(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident, "list_standings", _incidents)
    let_in(monkeypatch, ADMIN)
    whole = app_client(context).get("/incidents?lang=fr").text
    assert "20261125-1" in whole
    assert "20261125-2" in whole
    assert "RGPD" in whole
    assert "<script>alert" not in whole
    let_in(monkeypatch, LAPTOPS)
    mine = app_client(context).get("/incidents").text
    assert "20261125-1" in mine
    assert "20261125-2" not in mine


def test_no_incident(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident, "list_standings", list)
    let_in(monkeypatch, ADMIN)
    assert "No incident is recorded." in app_client(context).get("/incidents").text
