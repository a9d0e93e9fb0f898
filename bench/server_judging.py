"""What a host's audit costs a server, for ``bench/server.py``: taken, judged and saved in this process, no wire."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rempart_testing.answering_node import Osquery, Serving, Written, add_node, serving, tables_of

from rempart_server.osquery.judge import take_answers
from rempart_server.osquery.lease import Batch, next_batch
from rempart_store.server.group import find_group
from rempart_store.server.node import Node, read_node

_HOST, _UUID = "example-host", "4c4c4544-0042-3510-8052-b4c04f4a4d32"


class Cost(NamedTuple):
    """What audits took.

    Attributes:
        milliseconds: Of CPU, for each.
        batches: For each.
    """

    milliseconds: float
    batches: float


class _Machines:
    """Answers for many machines, each with its own name; nothing that is asked twice is worked out twice."""

    def __init__(self) -> None:
        self._osquery = Osquery(tables_of(host=_HOST, uuid=_UUID))
        self._known: dict[str, tuple[list[dict[str, str]], str]] = {}
        self.spent = 0.0

    def write(self, batch: Batch, number: int) -> Written:
        """Return what a machine answers."""
        begun = time.thread_time()
        written = Written({}, {}, {}, {})
        own = {_HOST: f"host-{number}", _UUID: f"{number:08x}-0000-4000-8000-000000000000"}
        for id_, sql in batch.queries.items():
            if sql not in self._known:
                told = self._osquery.write(Batch({"1": sql}, 0))
                self._known[sql] = told.queries["1"] or [], told.messages["1"]
            rows, why = self._known[sql]
            written.queries[id_] = [{name: own.get(cell, cell) for name, cell in row.items()} for row in rows]
            written.statuses[id_], written.messages[id_] = int(bool(why)), why
            written.stats[id_] = {"wall_time_ms": 10, "user_time": 5, "system_time": 1, "memory": 100_000}
        self.spent += time.thread_time() - begun
        return written


async def audit(hosts: int, days: int, at_once: int = 40, place: str = "") -> list[Cost]:
    """Return what audits of many machines take on each of some days, many at a time.

    Of one machine alone each poll and each write is committed by itself.
    """
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), place=place) as one:
        with one.context.store.writing() as connection:
            group = find_group(connection, "here")
            assert group is not None
            nodes = [
                add_node(connection, group.id, host=f"host-{number}", uuid=f"{number:08x}-0000-4000-8000-000000000000")
                for number in range(hosts)
            ]
        machines, found = _Machines(), []

        async def some(waiting: Iterator[tuple[int, Node]]) -> int:
            return sum([await _audit(one, machines, node.id, number) for number, node in waiting])

        for _ in range(days):
            begun, before = time.process_time(), machines.spent
            waiting = iter(enumerate(nodes))
            count = sum(await asyncio.gather(*(some(waiting) for _ in range(at_once))))
            took = time.process_time() - begun - (machines.spent - before)
            found.append(Cost(took / hosts * 1e3, count / hosts))
            one.clock[0] += 2 * 86_400
        return found


async def _audit(one: Serving, machines: _Machines, number: int, host: int) -> int:
    with one.context.store.reading() as connection:
        node = read_node(connection, number)  # which the door remembers
    assert node is not None
    batches = 0
    while (batch := await next_batch(one.context, node)) is not None:
        batches += 1
        await take_answers(one.context, node, *machines.write(batch, host))
    await one.context.auditor.settle()
    return batches
