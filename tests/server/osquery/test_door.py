"""The five paths, as osquery's client understands them: what it may forget, what it brings again, when it enrols."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rempart_testing.osquery_door import PATH, a_key, a_secret, enrolment
from rempart_testing.server import a_context, client, running

from rempart_core.error import StoreError
from rempart_core.messages.message import as_is
from rempart_server import app, metrics
from rempart_server.opening import open_context
from rempart_server.osquery import door
from rempart_server.osquery.door import options
from rempart_server.osquery.plan import Batch
from rempart_store.server.node import Node, accept_node, list_nodes, note_audited, revoke_node

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from rempart_server.context import Context

INVALID = {"node_invalid": True, "error": "unknown or revoked node key"}


class _Work:
    """What the door hands on, and what it is given."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.asked = 0
        self.fails = False

    async def next_batch(self, _context: Context, _node: Node) -> Batch:
        self.asked += 1
        return Batch({"1.1.1": "SELECT 1;"}, 60)

    async def take_answers(self, _context: Context, _node: Node, *written: Any) -> None:
        if self.fails:
            raise StoreError(as_is("it is gone"))
        self.taken.append(dict(zip(("queries", "statuses", "messages", "stats"), written, strict=True)))

    async def refuse_batch(self, _context: Context, _node: Node, why: str) -> None:
        self.refused.append(why)


class _Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


class _Door:
    def __init__(self, context: Context, http: TestClient, work: _Work, clock: _Clock) -> None:
        self.context, self.http, self.work, self.clock = context, http, work, clock
        self.secret = a_secret(context)
        self.key = a_key(http, self.secret)

    def post(self, path: str, body: Mapping[str, Any] | bytes, headers: dict[str, str] | None = None) -> Any:
        if isinstance(body, bytes):
            return self.http.post(PATH + path, content=body, headers=headers)
        return self.http.post(PATH + path, json=body, headers=headers)

    def nodes(self) -> list[Node]:
        with self.context.store.reading() as connection:
            return list_nodes(connection, None)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Door]:
    work, clock = _Work(), _Clock()
    for name in ("next_batch", "take_answers", "refuse_batch"):
        monkeypatch.setattr(door, name, getattr(work, name))
    monkeypatch.setattr(app, "PARTS", tuple(one for one in app.PARTS if one != "jobs.work"))  # it looks now and then
    with a_context(tmp_path) as opened:
        context = opened._replace(clock=clock)
        with client(context) as http:
            yield _Door(context, http, work, clock)


@pytest.mark.parametrize("prefix", ["/api/osquery/", "/api/v1/osquery/"])
def test_all_paths_are_there_twice(here: _Door, prefix: str) -> None:
    assert here.http.post(prefix + "enroll", json=enrolment(here.secret, "pc2")).json()["node_key"]
    key = {"node_key": here.key}
    assert here.http.post(prefix + "config", json=key).json()["schedule"] == {}
    read = here.http.post(prefix + "distributed/read", json=key).json()
    assert read == {"queries": {"1.1.1": "SELECT 1;"}, "accelerate": 60}
    assert here.http.post(prefix + "distributed/write", json={"queries": {}, **key}).json() == {}
    assert here.http.post(prefix + "log", json={"log_type": "result", "data": [], **key}).json() == {}


def test_results_are_confirmed_by_an_empty_object_once_they_are_kept(here: _Door) -> None:
    """Fact 1: the client ignores the status; only a body with ``error`` brings its results again."""
    body = {"queries": {"1.1.1": [{"a": "b"}]}, "statuses": {"1.1.1": 0}, "node_key": here.key}
    here.work.fails = True
    failed = here.post("distributed/write", body)
    assert failed.status_code == 503
    assert failed.json()["error"]
    assert "node_invalid" not in failed.json()
    here.work.fails = False
    assert here.post("distributed/write", body).content == b"{}"
    assert [one["queries"] for one in here.work.taken] == [{"1.1.1": [{"a": "b"}]}]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"queries":' + b"[" * 50_000 + b',"node_key":"%s"}', "unreadable"),
        (b'not json "node_key":"%s"}', "unreadable"),
        (b'{"queries":{"1":[{"a":"' + b"x" * (17 << 20) + b'"}]},"node_key":"%s"}', "too_large"),
    ],
)
def test_what_can_never_be_taken_is_confirmed_and_its_statements_become_errors(
    here: _Door, body: bytes, why: str
) -> None:
    """Fact 2: with ``error`` it would be brought again for ever."""
    answer = here.post("distributed/write", body.replace(b"%s", here.key.encode()))
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert here.work.refused == [why]
    assert here.work.taken == []


def test_a_gzip_bomb_is_confirmed_and_never_unpacked(here: _Door) -> None:
    bomb = gzip.compress(b"[" * (200 << 20))
    headers = {"content-encoding": "gzip", "authorization": f"NodeKey {here.key}"}
    assert here.post("distributed/write", bomb, headers).content == b"{}"
    assert here.work.refused == ["too_large"]
    assert here.post("distributed/write", b"no gzip", headers).content == b"{}"
    assert here.work.refused == ["too_large", "undecodable"]


def test_a_packed_body_is_read(here: _Door) -> None:
    body = gzip.compress(b'{"queries":{"1":[]},"statuses":{"1":0},"node_key":"%s"}' % here.key.encode())
    assert here.post("distributed/write", body, {"content-encoding": "gzip"}).content == b"{}"
    assert here.work.taken[0]["queries"] == {"1": []}


@pytest.mark.parametrize("path", ["config", "distributed/read", "distributed/write", "log"])
@pytest.mark.parametrize("body", [{"node_key": "wrong"}, {"node_key": ""}, {"node_key": 7}, {}])
def test_a_key_that_the_store_does_not_know_enrols_again(here: _Door, path: str, body: dict[str, Any]) -> None:
    """Fact 4."""
    answer = here.post(path, body)
    assert answer.json() == INVALID
    assert here.work.asked == 0
    assert here.work.taken == []


@pytest.mark.parametrize("path", ["config", "distributed/read", "distributed/write", "log"])
def test_nobody_is_a_stranger_because_the_store_is_down(
    here: _Door, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fact 4 and section 10: ``node_invalid`` would let 10,000 machines enrol anew."""
    here.post("config", {"node_key": here.key})

    def gone() -> Any:
        raise StoreError(as_is("it is gone"))

    monkeypatch.setattr(here.context.store, "reading", gone)
    here.clock.now += 60
    for key in (here.key, "wrong"):
        answer = here.post(path, {"node_key": key})
        assert answer.status_code == 503
        assert answer.json()["error"]
        assert "node_invalid" not in answer.json()


def test_a_good_secret_is_not_called_wrong_because_the_store_is_down(
    here: _Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_write: Any) -> Any:
        raise StoreError(as_is("it is gone"))

    monkeypatch.setattr(type(here.context.writer), "write", lambda _self, write: gone(write))
    answer = here.post("enroll", enrolment(here.secret, "pc9"))
    assert answer.status_code == 503
    assert answer.json()["error"]
    assert "node_invalid" not in answer.json()


def test_the_key_is_taken_from_the_header_or_is_the_last_member(here: _Door) -> None:
    """Fact 7: the header comes from new releases only; a body that was re-sent has its new key last."""
    assert "options" in here.post("config", {}, {"authorization": f"NodeKey {here.key}"}).json()
    assert "options" in here.post("config", b'{"node_key":"old","node_key":"%s"}' % here.key.encode()).json()
    assert here.post("config", b'{"node_key":"%s","node_key":"old"}' % here.key.encode()).json() == INVALID


def test_bytes_that_are_no_utf8_are_taken_with_a_mark(here: _Door) -> None:
    """Fact 6."""
    body = b'{"queries":{"1":[{"name":"caf\xe9"}]},"statuses":{"1":0},"node_key":"%s"}' % here.key.encode()
    assert here.post("distributed/write", body).content == b"{}"
    assert here.work.taken[0]["queries"] == {"1": [{"name": "caf�"}]}


def test_a_replaced_key_lives_for_ten_minutes(here: _Door) -> None:
    """Enrolments can cross (osquery#6993)."""
    assert "options" in here.post("config", {"node_key": here.key}).json()
    new = a_key(here.http, here.secret)
    for seconds in (0, 300, 290):
        here.clock.now += seconds
        assert "options" in here.post("config", {"node_key": here.key}).json()
    here.clock.now += 20
    assert here.post("config", {"node_key": here.key}).json() == INVALID
    assert "options" in here.post("config", {"node_key": new}).json()
    assert len(here.nodes()) == 1


def test_a_revoked_node_is_out_within_thirty_seconds_on_every_worker(here: _Door) -> None:
    # a worker of its own, with its own memory, store and writer: a writer is one event loop's
    with open_context(here.context.settings.directory) as own, client(own._replace(clock=here.clock)) as other:
        workers = (here.http, other)
        for worker in workers:
            assert "options" in worker.post(PATH + "config", json={"node_key": here.key}).json()
        with here.context.store.writing() as connection:
            revoke_node(connection, here.nodes()[0].id)
        here.clock.now += 30
        for worker in workers:
            assert worker.post(PATH + "config", json={"node_key": here.key}).json() == INVALID
            again = worker.post(PATH + "enroll", json=enrolment(here.secret))
            assert again.json()["node_invalid"] is True
        with here.context.store.writing() as connection:
            accept_node(connection, here.nodes()[0].id, None)
        assert a_key(other, here.secret)


def _counted(opened: Callable[[], Any], name: str, asked: list[str]) -> Callable[[], Any]:
    def counted() -> Any:
        asked.append(name)
        return opened()

    return counted


def test_an_idle_poll_touches_no_database(here: _Door, monkeypatch: pytest.MonkeyPatch) -> None:
    node = here.nodes()[0]
    with here.context.store.writing() as connection:
        note_audited(connection, node.id, int(here.clock.now), int(here.clock.now) + 86_400)
    asked: list[str] = []
    for name in ("reading", "writing"):
        monkeypatch.setattr(here.context.store, name, _counted(getattr(here.context.store, name), name, asked))
    assert here.post("distributed/read", {"node_key": here.key}).json() == {}
    asked.clear()
    for _ in range(20):
        assert here.post("distributed/read", {"node_key": here.key}).json() == {}
    assert asked == []
    assert here.work.asked == 0
    here.clock.now += 61
    assert here.post("distributed/read", {"node_key": here.key}).json() == {}
    assert asked.count("writing") == 1  # when all of them were heard of last, at once
    assert here.nodes()[0].seen == int(here.clock.now)


def test_a_batch_holds_no_discovery(here: _Door) -> None:
    """Fact 9: one wrong statement of ``discovery`` discards a batch (distributed.cpp, acceptWork)."""
    assert set(here.post("distributed/read", {"node_key": here.key}).json()) == {"queries", "accelerate"}


def test_a_node_that_waits_is_asked_nothing_and_its_answers_are_dropped(here: _Door) -> None:
    with here.context.store.writing() as connection:
        revoke_node(connection, here.nodes()[0].id)
    key = here.post("enroll", enrolment(here.secret, "pc1", instance="another")).json()["node_key"]
    assert here.post("distributed/read", {"node_key": key}).json() == {}
    body = {"queries": {"1.1.1": []}, "statuses": {"1.1.1": 0}, "node_key": key}
    assert here.post("distributed/write", body).json() == {}
    assert (here.work.asked, here.work.taken) == (0, [])


def test_what_was_dropped_is_counted(here: _Door) -> None:
    here.post("distributed/write", b'no json "node_key":"%s"' % here.key.encode())
    here.post("config", {"node_key": "wrong"})
    shown = metrics.show().decode()
    assert 'osquery_requests_total{outcome="unreadable",path="write"}' in shown
    assert 'osquery_requests_total{outcome="stranger",path="config"}' in shown
    assert here.key not in shown


@pytest.mark.parametrize("path", ["enroll", "config", "distributed/read", "distributed/write", "log"])
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"{", b'{"node_key":{}}', b"[" * 100_000])
def test_nothing_that_comes_is_an_error_of_the_server(here: _Door, path: str, body: bytes) -> None:
    answer = here.post(path, body)
    assert answer.status_code < 500
    said = answer.json()
    assert not said or said["error"]
    assert here.work.taken == []


def test_a_sender_of_too_much_hears_an_answer_over_a_real_connection(tmp_path: Path) -> None:
    """A connection that breaks while it is written to brings the same body again, for ever (fact 1)."""
    with running(tmp_path) as server:
        directory = str(server.directory)
        with open_context(directory) as context:
            secret = a_secret(context)
        key = json.loads(server.ask(PATH + "enroll", json.dumps(enrolment(secret)).encode()).body)["node_key"]
        body = b'{"queries":{"1":[{"a":"' + b"x" * (40 << 20) + b'"}]},"node_key":"%s"}' % key.encode()
        assert server.ask(PATH + "distributed/write", body) == (200, b"{}")
        assert server.ask(PATH + "distributed/write", body.replace(key.encode(), b"wrong")) == (200, b"{}")
        assert b"options" in server.ask(PATH + "config", json.dumps({"node_key": key}).encode()).body


def test_other_methods_are_answered_with_an_error(here: _Door) -> None:
    answer = here.http.get(PATH + "config")
    assert answer.status_code == 405
    assert answer.json()["error"]


def test_intervals_differ_by_a_fifth_at_most(here: _Door) -> None:
    node = here.nodes()[0]
    found = {options(node._replace(id=number), 100)["distributed_interval"] for number in range(200)}
    assert all(isinstance(one, int) and 80 <= one <= 120 for one in found)
    assert len(found) > 20
