"""Enrolment: how secrets stand, never what they are; keys that wait are accepted into a group, nodes shut out."""

from __future__ import annotations

import time

import pytest
from rempart_testing.server_pages import LAPTOPS, app_client, let_in
from starlette.testclient import TestClient

from rempart_server.context import Context
from rempart_store.server.event import list_events
from rempart_store.server.group import find_group
from rempart_store.server.node import read_node
from rempart_store.server.secret import make_secret


def test_a_secret_is_never_shown_again(context: Context, client: TestClient) -> None:
    with context.store.writing() as connection:
        group = find_group(connection, "servers")
        assert group is not None
        secret = make_secret(connection, group.id, int(time.time()))
    for path in ("/enrolment", "/api/groups", "/log", "/api/log"):
        text = client.get(path).text
        assert str(getattr(secret, "text", secret)) not in text
        assert "digest" not in text
    text = client.get("/enrolment").text
    assert "used 0 of 50" in text
    assert "ended" in text
    assert "in force" in text


def test_a_key_that_waits_is_accepted_into_a_group(context: Context, client: TestClient) -> None:
    assert client.post("/enrolment/2/accept").status_code == 400  # into none
    assert client.post("/enrolment/2/accept", data={"group": "none"}).status_code == 400
    got = client.post("/enrolment/2/accept", data={"group": "servers"}, follow_redirects=False)
    assert got.status_code == 303
    assert client.post("/enrolment/1/revoke", follow_redirects=False).status_code == 303
    with context.store.reading() as connection:
        accepted, revoked = read_node(connection, 2), read_node(connection, 1)
        assert accepted is not None
        assert revoked is not None
        assert (accepted.state, accepted.group, revoked.state) == ("active", "servers", "revoked")
        assert [one.action for one in list_events(connection, 2)] == ["node.revoke", "node.accept"]


def test_nodes_of_foreign_groups_are_not_there(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, LAPTOPS._replace(role="operator"))
    client = app_client(context)
    text = client.get("/enrolment").text
    assert "node-1" in text
    assert "node-2" not in text  # has no group yet
    assert "node-3" not in text
    assert ">servers<" not in text
    for number in (2, 3, 99):
        for deed in ("accept", "revoke"):
            assert client.post(f"/enrolment/{number}/{deed}", data={"group": "laptops"}).status_code == 400
    assert client.post("/enrolment/1/accept", data={"group": "servers"}).status_code == 400


def test_nodes_are_filtered_by_state(client: TestClient) -> None:
    flagged = client.get("/enrolment?state=flagged").text
    assert "node-4" in flagged
    assert "node-1" not in flagged
    assert client.get("/enrolment?state=gone").status_code == 400
