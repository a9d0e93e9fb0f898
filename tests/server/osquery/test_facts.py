"""What a real osqueryd does, and what the server makes of it: killed workers, refused statements, old answers.

The numbers of the facts are those of the design; what a worker does is told with its place in osquery 5.23.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from rempart_testing.answering_node import Osquery, Serving, Written, serving, tables_of

from rempart_core.model.history import Standing
from rempart_core.model.result import State
from rempart_store.server.audit import find_subject, read_answers

DENIED = "distributed query is denylisted"  # distributed.cpp, Distributed::runQueries
KILLER = "kernel_info"  # of one check's statement


class Dying:
    """An osqueryd whose worker is killed by a statement.

    What it had answered is lost, and the statement is never told of; the next worker polls first, then runs the rest of
    the batch and writes that. Asked again the statement is refused, for a day.
    """

    def __init__(self, one: Serving, word: str = KILLER) -> None:
        self.one = one
        self.word = word
        self.osquery = Osquery(tables_of())
        self.denied: set[str] = set()
        self.leases = 0
        self.batches = 0

    async def audit(self) -> None:
        while (batch := await self.one.poll()) is not None:
            self.batches += 1
            ids = sorted(batch.queries)
            killers = [id_ for id_ in ids if self.word in batch.queries[id_]]
            fresh = [id_ for id_ in killers if batch.queries[id_] not in self.denied]
            if fresh:
                self.denied.add(batch.queries[fresh[0]])
                assert await self.one.poll() is None  # the next worker polls first: nothing new while a batch is out
                rest = batch._replace(queries={id_: batch.queries[id_] for id_ in ids if id_ > fresh[0]})
                if rest.queries:
                    await self.one.take(self.osquery.write(rest))
                else:
                    self.one.clock[0] += 200
                    self.leases += 1
                continue
            written = self.osquery.write(batch)
            for id_ in killers:
                written.queries[id_], written.statuses[id_], written.messages[id_] = [], 1, DENIED
            await self.one.take(written)
            assert self.batches < 200
        await self.one.context.auditor.settle()


def asking(one: Serving, word: str) -> set[str]:
    """Return the checks whose own statements for Linux hold a word."""
    blocks = {check.id: check.platforms.get("linux") for check in one.context.content.checks}
    return {name for name, block in blocks.items() if block and any(word in sql for _, sql in block.statements())}


def standings(one: Serving) -> dict[str, Standing]:
    return {standing.check: standing for standing in one.context.store.standings(details=True)}


def test_a_statement_that_kills_the_worker_costs_its_own_check_only(tmp_path: Path) -> None:
    """Fact 5 and point 5 of the issue."""
    with serving(tmp_path) as plain:
        asyncio.run(plain.audit(Osquery(tables_of())))
        usual = standings(plain)
    with serving(tmp_path / "b") as one:
        dying = Dying(one)
        asyncio.run(dying.audit())
        found = standings(one)
        changed = {name for name in usual if found[name].state is not usual[name].state or DENIED in str(found[name])}
        assert {found[name].state for name in changed} == {State.ERROR}
        assert changed
        assert changed <= asking(one, KILLER)
        assert all(DENIED in str(found[name].detail) for name in changed)
        assert dying.leases <= 2
        # none of it is sent again for a day, whatever is asked meanwhile
        asked = len(dying.osquery.asked)
        assert one.node.due - one.clock[0] < 86_400
        one.clock[0] = float(one.node.due)
        asyncio.run(dying.audit())
        assert len(dying.osquery.asked) > asked + 50
        assert not any(KILLER in sql for sql in dying.osquery.asked[asked:])
        assert {found[name].state for name in changed} == {State.ERROR}


def test_what_was_answered_yesterday_is_not_today_s_verdict(tmp_path: Path) -> None:
    """Section 10: neither unanswered and passed, nor an old verdict as today's."""
    tables = tables_of({"users": [{"uid": "0", "username": "root", "shell": "/bin/bash"}]})
    with serving(tmp_path) as one:
        asyncio.run(one.audit(Osquery(tables)))
        passed = {name for name, standing in standings(one).items() if standing.state is State.PASS}
        assert passed
        one.clock[0] = float(one.node.due)

        def lose(number: int, written: Written) -> Written | None:
            return written if number == 1 else None  # what it is, and nothing of what was judged the day before

        asyncio.run(one.audit(Osquery(tables), lose))
        assert not {name for name, standing in standings(one).items() if standing.state is State.PASS}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_lost_or_broken_nothing_passes_that_did_not_before(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - what goes wrong, and no secret

    def spoil(_number: int, written: Written) -> Written | None:
        if chance.random() < 0.1:
            return None
        for id_ in list(written.queries)[1:]:
            match chance.randrange(8):
                case 0:
                    del written.queries[id_]
                case 1:
                    written.statuses.pop(id_, None)
                case 2:
                    written.queries[id_] = None
                case 3:
                    written.statuses[id_], written.messages[id_] = 1, "disk I/O error"
        return written

    with serving(tmp_path / "a") as plain:
        asyncio.run(plain.audit(Osquery(tables_of())))
        good = {name for name, standing in standings(plain).items() if standing.state is State.PASS}
    with serving(tmp_path / "b") as one:
        asyncio.run(one.audit(Osquery(tables_of()), spoil))
        found = standings(one)
        assert {name for name, standing in found.items() if standing.state is State.PASS} <= good
        assert len(found) > 50


def test_rows_of_which_nobody_says_whose_they_are_are_nobody_s(tmp_path: Path) -> None:
    """A copied disk answers with the same key: a batch without its first statement is not believed."""

    def hide(_number: int, written: Written) -> Written:
        for part in (written.queries, written.statuses, written.messages, written.stats):
            part.pop(min(part), None)
        return written

    with serving(tmp_path) as one:
        asyncio.run(one.audit(Osquery(tables_of()), hide))
        assert {standing.state for standing in standings(one).values()} == {State.NOT_CHECKED}


def test_what_comes_after_its_batch_was_taken_back_is_never_judged(tmp_path: Path) -> None:
    async def go() -> None:
        first = await one.poll()
        assert first is not None
        one.clock[0] += 200
        second = await one.poll()
        assert second is not None
        assert not set(first.queries) & set(second.queries)
        await one.take(osquery.write(first))
        with one.context.store.reading() as connection:
            found = find_subject(connection, one.node_id)
            assert found is not None
            assert found.audit is not None
            assert read_answers(connection, found.audit.id) == {}
        await one.take(osquery.write(second))
        await one.take(osquery.write(second))  # the same body again, after a time-out
        with one.context.store.reading() as connection:
            assert len(read_answers(connection, found.audit.id)) == 1

    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        asyncio.run(go())


def test_an_id_of_an_audit_that_is_over_is_not_one_of_the_next(tmp_path: Path) -> None:
    """Section 10: an answer of yesterday that comes today is not today's."""
    kept: list[Written] = []

    def keep(_number: int, written: Written) -> Written:
        kept.append(written)
        return written

    async def go() -> None:
        await one.audit(Osquery(tables_of()), keep)
        one.clock[0] = float(one.node.due)
        batch = await one.poll()
        assert batch is not None
        for written in kept:
            assert not set(written.queries) & set(batch.queries)
            await one.take(written)
        assert await one.poll() is None  # what is out is out still

    with serving(tmp_path) as one:
        asyncio.run(go())
