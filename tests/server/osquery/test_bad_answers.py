"""Whatever comes in the place of answers, by the door and to the end: it is never a verdict, and harms nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.answering_node import UUID, Osquery, add_node, serving, tables_of
from rempart_testing.osquery_door import PATH
from rempart_testing.server import client

from rempart_core.model.result import State
from rempart_server.osquery.lease import Batch
from rempart_store.server.node import give_key

if TYPE_CHECKING:
    from rempart_testing.answering_node import Serving
    from starlette.testclient import TestClient

Body = dict[str, Any]
DECIDED = {State.PASS, State.FAIL}


class _Here(NamedTuple):
    """A node that enrolled, and a client."""

    one: Serving
    http: TestClient
    key: str

    def read(self, key: str = "") -> Batch | None:
        said = self.http.post(PATH + "distributed/read", json={"node_key": key or self.key}).json()
        return Batch(said["queries"], said["accelerate"]) if said else None

    def write(self, body: Mapping[str, Any] | bytes, key: str = "") -> bytes:
        data = body if isinstance(body, bytes) else json.dumps({**body, "node_key": key or self.key}).encode()
        answer = self.http.post(PATH + "distributed/write", content=data)
        assert answer.status_code == 200
        return bytes(answer.content)

    def audit(self, change: Callable[[Body], Mapping[str, Any] | bytes], osquery: Osquery | None = None) -> None:
        """Answer until nothing is asked any more."""
        answering = osquery or Osquery(tables_of())
        for _ in range(400):
            batch = self.read()
            if batch is None:
                self.settle()
                if self.one.node.audited is not None:
                    return
                self.one.clock[0] += 200
                continue
            self.write(change(answering.write(batch)._asdict()))
        raise AssertionError("it is asked for ever")

    def settle(self) -> None:
        portal = self.http.portal
        assert portal is not None
        portal.call(self.one.context.auditor.settle)

    def states(self, host: str = "web1") -> dict[str, State]:
        standings = self.one.context.store.standings()
        return {standing.check: standing.state for standing in standings if standing.host == host}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[_Here]:
    with serving(tmp_path) as one:
        with one.context.store.writing() as connection:
            key = give_key(connection, one.node_id, int(one.clock[0]))
        with client(one.context) as http:
            yield _Here(one, http, key)


def _each(part: str, value: object) -> Callable[[Body], Body]:
    """Put a value in the place of all but the machine's own identity, which comes first in a batch."""

    def change(body: Body) -> Body:
        who = min(body["queries"])
        return {**body, part: {id_: one if id_ == who else value for id_, one in body[part].items()}}

    return change


SPOILED: dict[str, Callable[[Body], Mapping[str, Any] | bytes]] = {
    "status true": _each("statuses", True),
    "status as text": _each("statuses", "0"),
    "status 0.0": _each("statuses", 0.0),
    "status null": _each("statuses", None),
    "rows null": _each("queries", None),
    "rows no list": _each("queries", {"ok": "1"}),
    "rows of lists": _each("queries", [["1"]]),
    "rows of numbers": _each("queries", [{"ok": 1}]),
    "no statuses": lambda body: {**body, "statuses": {}},
    "no queries": lambda body: {**body, "queries": {}},
    "statuses a list": lambda body: {**body, "statuses": list(body["statuses"])},
    "nothing at all": lambda _body: {},
    "other ids": lambda body: {name: {f"{id_}0": one for id_, one in part.items()} for name, part in body.items()},
    "deep": lambda body: {**body, "queries": json.loads("[" * 500 + "]" * 500)},
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_what_is_no_answer_is_never_a_verdict(here: _Here, spoiled: str) -> None:
    here.audit(SPOILED[spoiled])
    states = here.states()
    assert states
    assert not DECIDED & set(states.values())


def test_the_same_node_has_verdicts_where_it_answers(here: _Here) -> None:
    """Or the tests above would hold for a door that decides nothing."""
    here.audit(lambda body: body)
    assert DECIDED & set(here.states().values())


def test_ids_of_another_node_are_dropped(here: _Here) -> None:
    with here.one.context.store.writing() as connection:
        other = add_node(connection, 1, host="web2", uuid=UUID.replace("4c", "5c"))
        key = give_key(connection, other.id, int(here.one.clock[0]))
    mine, theirs = here.read(), here.read(key)
    assert mine is not None
    assert theirs is not None
    assert not set(mine.queries) & set(theirs.queries)
    answers = Osquery(tables_of()).write(mine)._asdict()
    assert here.write(answers, key) == b"{}"
    assert here.read() is None  # its batch is out still: nobody answered it
    assert here.write(answers) == b"{}"
    assert here.read() is not None


def test_rows_after_the_end_change_nothing(here: _Here) -> None:
    last: list[Body] = []

    def keep(body: Body) -> Body:
        last.append(body)
        return body

    here.audit(keep)
    before, audited = here.states(), here.one.node.audited
    for body in last:
        wrong = {**body, "queries": {id_: [{"ok": "1"}] for id_ in body["queries"]}}
        assert here.write(wrong) == b"{}"
    here.settle()
    assert here.states() == before
    assert here.one.node.audited == audited


def test_a_write_that_comes_twice_counts_once(here: _Here) -> None:
    """Fact 3: a client that waited 16 seconds sends the same body again."""

    def twice(body: Body) -> Body:
        assert here.write(body) == b"{}"
        return body

    here.audit(twice)
    expected = here.states()
    with here.one.context.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM run").scalar() == 1
    assert DECIDED & set(expected.values())


@pytest.mark.parametrize("other", [{"uuid": "aaaa"}, {"instance": "bbbb"}, {"host": "web1-copy"}])
def test_two_machines_with_one_key_are_not_checked(here: _Here, other: dict[str, str]) -> None:
    """A copied disk has osquery's database with its key; a copied container has the uuid of its host as well."""
    clone = Osquery(tables_of(**other))
    batch = here.read()
    assert batch is not None
    here.write(Osquery(tables_of()).write(batch)._asdict())
    here.audit(lambda body: body, clone)
    assert set(here.states().values()) == {State.NOT_CHECKED}
    assert here.one.node.clone.startswith("key ")


def test_no_bytes_are_an_error_of_the_server(here: _Here) -> None:
    batch = here.read()
    assert batch is not None
    whole = json.dumps({**Osquery(tables_of()).write(batch)._asdict(), "node_key": here.key}).encode()
    header = {"authorization": f"NodeKey {here.key}"}

    @given(st.lists(st.binary(max_size=40) | st.integers(1, 10_000), min_size=1, max_size=4))
    @settings(max_examples=60, deadline=None)
    def spoil(junk: list[bytes | int]) -> None:
        data = whole
        for one in junk:  # cut it, or put something in between
            place = (one if isinstance(one, int) else len(one) * 31) % max(1, len(data))
            data = data[:place] if isinstance(one, int) else data[:place] + one + data[place + len(one) :]
        answer = here.http.post(PATH + "distributed/write", content=data, headers=header)
        assert (answer.status_code, answer.content) == (200, b"{}")

    spoil()


def test_the_door_is_whole_after_all_that(here: _Here) -> None:
    for body in (b"", b"[" * 100_000, b"\xff" * 1000, b'{"queries":{"1":[' + b'{"a":"b"},' * 300_000):
        here.write(body + b'"node_key":"%s"}' % here.key.encode())
    here.audit(lambda body: body)
    assert DECIDED & set(here.states().values())
