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
