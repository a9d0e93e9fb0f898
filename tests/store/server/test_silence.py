"""Who is silent: active nodes that were not heard of, by no way, and not told so already."""

from __future__ import annotations

import pytest
from rempart_testing.answering_node import NOW
from rempart_testing.run import make_result, make_run

from rempart_core.model.result import State
from rempart_store.connection import Connection
from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.group import add_group
from rempart_store.server.node import merge_node, note_seen, revoke_node
from rempart_store.server.secret import make_secret
from rempart_store.server.silence import list_silent
from rempart_store.store import Store
from rempart_store.write.day import save_day

DAY = 86_400


def begin(connection: Connection) -> int:
    group = add_group(connection, "laptops", "server", "", [], NOW)
    assert group is not None
    secret = make_secret(connection, group.id, NOW, None, None)
    said = Enrolment(secret, "pc1", "pc1", "uuid-1", "db-1", "linux", "Debian 13", "5.23.0")
    node = enrol(connection, said, "192.0.2.1", NOW).node
    assert node is not None
    return node.id


def names(connection: Connection, now: int) -> list[tuple[str, bool]]:
    return [(one.name, one.known) for one in list_silent(connection, now - DAY, now - DAY, 10)]


def answer(connection: Connection, now: int, machine: str, state: State = State.PASS, failure: str = "") -> None:
    result = make_result("FWL-01", state, failure=failure)
    save_day(connection, [make_run("pc1", now, [result], machine_id=machine, kind="host")], key=None, now=now)


def test_a_node_is_silent_a_day_after_it_was_heard_of(store: Store) -> None:
    with store.writing() as connection:
        number = begin(connection)
        assert names(connection, NOW + DAY) == []
        assert names(connection, NOW + DAY + 1) == [("pc1", False)]
        note_seen(connection, {number: (NOW + 10, "")})
        assert names(connection, NOW + DAY + 1) == []


def test_it_is_told_once_a_day(store: Store) -> None:
    with store.writing() as connection:
        number = begin(connection)
        answer(connection, NOW + DAY + 1, f"node-{number}", State.NOT_CHECKED, "silent")
        assert names(connection, NOW + 2 * DAY) == []
        assert names(connection, NOW + 2 * DAY + 2) == [("pc1", True)]


@pytest.mark.parametrize("merged", [True, False])
def test_who_answered_by_another_way_is_not_silent(store: Store, *, merged: bool) -> None:
    with store.writing() as connection:
        number = begin(connection)
        if merged:
            merge_node(connection, number, "pc1", "ab" * 32)
        answer(connection, NOW + DAY + 1, "ab" * 32)
        assert names(connection, NOW + DAY + 2) == ([] if merged else [("pc1", False)])


def test_who_is_shut_out_is_not_waited_for(store: Store) -> None:
    with store.writing() as connection:
        revoke_node(connection, begin(connection))
        assert names(connection, NOW + 9 * DAY) == []
