"""Enrolment: how many a second, how often an address may be wrong, and that no secret is written anywhere."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rempart_testing.osquery_door import PATH, a_secret, enrolment
from rempart_testing.server import a_context, client

from rempart_server import gate, metrics
from rempart_server.gate import WRONG
from rempart_store.server.event import list_events
from rempart_store.server.hook import add_hook, claim_deliveries
from rempart_store.server.node import list_nodes, revoke_node
from rempart_store.server.secret import list_secrets, revoke_secrets

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from rempart_server.context import Context
    from rempart_store.connection import Connection

REFUSED = {"node_invalid": True, "error": "the secret is not valid"}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    now = time.time()
    with a_context(tmp_path) as one:
        yield one._replace(clock=lambda: now)


@pytest.fixture
def http(context: Context) -> Iterator[TestClient]:
    with client(context) as one:
        yield one


def _enrol(http: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = http.post(PATH + "enroll", json=body).json()
    return said


def _deeds(connection: Connection) -> list[str]:
    return [event.action for event in list_events(connection, 100) if event.action.startswith("node.")]


def test_a_wrong_a_spent_and_a_revoked_secret_are_told_the_same(context: Context, http: TestClient) -> None:
    secret = a_secret(context, uses=1)
    assert _enrol(http, enrolment(secret, "pc1"))["node_key"]
    assert _enrol(http, enrolment(secret, "pc2")) == REFUSED
    assert _enrol(http, enrolment("wrong", "pc3")) == REFUSED
    ended = a_secret(context, "servers", ends=int(context.clock()))
    assert _enrol(http, enrolment(ended, "pc4")) == REFUSED
    with context.store.writing() as connection:
        revoke_secrets(connection, 1, int(context.clock()))
    assert _enrol(http, enrolment(secret, "pc1")) == REFUSED
    with context.store.reading() as connection:
        assert [node.name for node in list_nodes(connection, None)] == ["pc1"]
        assert _deeds(connection) == [*["node.refused"] * 4, "node.enrol"]


def test_no_secret_stands_in_log_metrics_or_answer(context: Context, http: TestClient, tmp_path: Path) -> None:
    good, wrong = a_secret(context), "planted-secret-4711"
    key = _enrol(http, enrolment(good))["node_key"]
    said = str(_enrol(http, enrolment(wrong, "pc2")))
    with context.store.reading() as connection:
        links = [json.loads(event.link)["payload"] for event in list_events(connection, 100)]
        kept = "".join(b64decode(link).decode() for link in links) + str(list_secrets(connection, 1))
    assert "pc2" in kept
    store = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    for secret in (good, wrong, key):
        assert secret not in kept + said + metrics.show().decode()
        assert secret.encode() not in store


def test_an_address_with_many_wrong_secrets_is_not_heard_for_a_while(context: Context, http: TestClient) -> None:
    good = a_secret(context)
    assert _enrol(http, enrolment(good))["node_key"]
    for number in range(WRONG):
        assert _enrol(http, enrolment(f"wrong{number}")) == REFUSED
    answer = http.post(PATH + "enroll", json=enrolment("wrong"))
    assert answer.status_code == 429
    assert "node_invalid" not in answer.json()
    with context.store.reading() as connection:
        assert len(_deeds(connection)) == 1 + WRONG  # the log does not grow any more
    assert _enrol(http, enrolment(good, "pc2"))["node_key"]  # a neighbour behind the same address comes in


def test_more_are_told_to_come_again(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE", 0.0)
    few = context._replace(settings=context.settings._replace(enrolments=1))
    with client(few) as http:
        secret = a_secret(few)
        assert _enrol(http, enrolment(secret, "pc1"))["node_key"]
        answer = http.post(PATH + "enroll", json=enrolment(secret, "pc2"))
        assert (answer.status_code, "node_invalid" in answer.json()) == (429, False)
        assert answer.json()["error"]


def test_a_machine_without_any_name_is_refused(context: Context, http: TestClient) -> None:
    answer = http.post(PATH + "enroll", json={"enroll_secret": a_secret(context)})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_markup_in_names_is_kept_as_text(context: Context, http: TestClient) -> None:
    name = "<script>\x1b[31m=cmd()"
    assert _enrol(http, enrolment(a_secret(context), name))["node_key"]
    with context.store.reading() as connection:
        assert list_nodes(connection, None)[0].name == name


def test_hooks_are_told_of_a_machine_that_waits(context: Context, http: TestClient) -> None:
    secret = a_secret(context)
    with context.store.writing() as connection:
        add_hook(connection, "https://example.org/", ["node.waiting"], ["laptops"], private=False)
    assert _enrol(http, enrolment(secret, "pc1"))["node_key"]
    with context.store.writing() as connection:
        revoke_node(connection, 1)
    assert _enrol(http, enrolment(secret, "pc1", instance="another"))["node_key"]
    with context.store.writing() as connection:
        (told,) = claim_deliveries(connection, int(context.clock()) + 5, 60, 10)
    assert "pc1" in told.body
    assert secret not in told.body
