"""Incidents of hosts that may be read, with their deadlines, in the reader's language and as text."""

from __future__ import annotations

import pytest
from rempart_testing.server_pages import ADMIN, LAPTOPS, app_client, let_in, some_incidents

from rempart_server.context import Context
from rempart_server.pages import incident


def test_incidents_are_those_of_hosts_that_may_be_read(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident, "list_standings", some_incidents)
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


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_incident_is_told_as_the_command_tells_it(
    context: Context, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(incident, "list_standings", some_incidents)
    let_in(monkeypatch, LAPTOPS)
    client = app_client(context)
    got = client.get(f"/incidents/20261125-1?lang={language}")
    assert got.status_code == 200
    assert "pad-1" in got.text
    assert "<script>alert" not in got.text
    assert client.get("/incidents/20261125-2").status_code == 404  # of a foreign group
    assert client.get("/incidents/20261125-3").status_code == 404


def test_no_incident(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident, "list_standings", list)
    let_in(monkeypatch, ADMIN)
    assert "No incident is recorded." in app_client(context).get("/incidents").text
