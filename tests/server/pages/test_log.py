"""The log: newest first, as text, for those alone who read all groups, in the time that they may read."""

from __future__ import annotations

import time

import pytest
from rempart_testing.server_pages import ADMIN, app_client, let_in
from starlette.testclient import TestClient

from rempart_server.context import Context
from rempart_server.people.person import Person


def test_what_people_did_is_told_as_text(client: TestClient) -> None:
    text = client.get("/log").text
    assert "waiver.approve" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "waiver.approve" not in client.get("/log?actor=Nobody").text


@pytest.mark.parametrize(
    ("person", "status", "told"),
    [
        (ADMIN._replace(groups=frozenset({"laptops"})), 404, False),
        (Person(5, "Aud", "auditor", None, 0, int(time.time()) + 9999), 200, True),
        (Person(5, "Aud", "auditor", None, 0, int(time.time()) - 9999), 200, False),
    ],
)
def test_who_reads_it(
    context: Context, monkeypatch: pytest.MonkeyPatch, person: Person, status: int, told: bool
) -> None:
    let_in(monkeypatch, person)
    got = app_client(context).get("/log")
    assert (got.status_code, "waiver.approve" in got.text) == (status, told)
