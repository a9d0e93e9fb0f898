"""What a worker remembers of nodes, and for how long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rempart_testing.osquery_door import a_secret
from rempart_testing.server import a_context

from rempart_core.error import StoreError
from rempart_core.messages.message import as_is
from rempart_server.osquery.roster import FRESH, STALE, Roster
from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.node import Node, find_by_key, note_audited, raise_revision, read_node

if TYPE_CHECKING:
    from rempart_server.context import Context


class _Clock:
    now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def context(tmp_path: Path, clock: _Clock) -> Iterator[Context]:
    with a_context(tmp_path) as one:
        yield one._replace(clock=clock)


@pytest.fixture
def key(context: Context) -> str:
    secret = a_secret(context)
    with context.store.writing() as connection:
        said = Enrolment(secret, "i", "pc1", "u", "i", "linux", "Debian", "5.23.0")
        return enrol(connection, said, "192.0.2.7", int(context.clock())).key


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_a_node_is_read_once_until_it_is_forgotten_or_people_change_one(context: Context, key: str) -> None:
    async def work() -> None:
        roster = Roster()
        first = await roster.find(context, key)
        assert first is not None
        with context.store.writing() as connection:
            note_audited(connection, first.id, 5, 7)
        assert await roster.find(context, key) == first
        roster.forget(first.id)
        second = await roster.find(context, key)
        assert second is not None
        assert second.due == 7
        with context.store.writing() as connection:
            note_audited(connection, first.id, 5, 9)
            raise_revision(connection)
        context.clock.now += FRESH  # type: ignore[attr-defined]
        third = await roster.find(context, key)
        assert third is not None
        assert third.due == 9

    _run(work)


def test_what_could_not_be_compared_is_used_for_a_while_and_then_nobody_is_told_anything(
    context: Context, key: str, clock: _Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Any:
        raise StoreError(as_is("it is gone"))

    async def work() -> None:
        roster = Roster()
        node = await roster.find(context, key)
        with monkeypatch.context() as changed:
            changed.setattr(context.store, "reading", gone)
            clock.now += STALE - 1
            assert await roster.find(context, key) == node
            with pytest.raises(StoreError):
                await roster.find(context, "unknown")
            clock.now += 1
            with pytest.raises(StoreError):
                await roster.find(context, key)
        assert await roster.find(context, key) == node  # it is back by itself

    _run(work)


def test_a_clock_that_goes_back_lets_it_compare_anew(context: Context, key: str, clock: _Clock) -> None:
    async def work() -> None:
        roster = Roster()
        assert await roster.find(context, key) is not None
        with context.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM server_node_key")
            raise_revision(connection)
        clock.now -= 3600
        assert await roster.find(context, key) is None

    _run(work)


def test_when_nodes_were_heard_of_is_kept_until_it_can_be_written(
    context: Context, key: str, clock: _Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_self: object, _write: object) -> None:
        raise StoreError(as_is("it is gone"))

    async def work() -> None:
        roster = Roster()
        node = await roster.find(context, key)
        assert node is not None
        heard = int(clock.now) + 5
        clock.now = float(heard)
        await roster.note(context, node, "192.0.2.8")
        with monkeypatch.context() as changed:
            changed.setattr(type(context.writer), "write", gone)
            await roster.write_seen(context)
        assert _node(context, node.id).seen < heard
        await roster.write_seen(context)
        assert (_node(context, node.id).seen, _node(context, node.id).address) == (heard, "192.0.2.8")

    _run(work)


def _node(context: Context, number: int) -> Node:
    with context.store.reading() as connection:
        node = read_node(connection, number)
        assert node is not None
        assert find_by_key(connection, "unknown", 0) is None
    return node
