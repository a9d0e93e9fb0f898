"""A node whose osquery answers on given rows, and a server's side that takes its answers, without a socket.

What a real osqueryd does is kept: rows are objects of texts whose names are sorted, NULL is ``""``, statements run in
the order of their ids, and one write has all of them (osquery 5.23, ``Distributed::runQueries``, ``flushCompleted``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rempart_agent.engines.osquery.answers import extra_tables
from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.given_rows import CaseReader, Tables
from rempart_core.model.result import Answer
from rempart_server.context import Context
from rempart_server.osquery.judge import take_answers
from rempart_server.osquery.lease import Batch, next_batch
from rempart_store.connection import Connection
from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.group import add_group
from rempart_store.server.node import Node, read_node
from rempart_store.server.secret import make_secret
from rempart_store.store import Store
from rempart_testing.server import a_context

NOW = 1_795_000_000
"""A moment in November 2026."""
UUID = "4c4c4544-0042-3510-8052-b4c04f4a4d32"
INSTANCE = "9f1c8e4a-7c1d-4a54-8f0e-6a4b9a2f0c11"


def tables_of(more: Tables | None = None, *, host: str = "web1", uuid: str = UUID, instance: str = INSTANCE) -> Tables:
    """Return what any osquery tells of itself (``osquery_info``, ``system_info``, ``processes``), and more."""
    return {
        "osquery_info": [{"pid": "7", "version": "5.23.1", "instance_id": instance, "uuid": uuid}],
        "system_info": [{"hostname": host, "uuid": uuid}],
        "processes": [{"pid": "7", "uid": "0"}],
        "os_version": [{"name": "Debian GNU/Linux", "version": "13 (trixie)", "platform": "debian"}],
        **(more or {}),
    }


_ERROR = ("instance", "number", "table_name", "kind", "message", "said")  # served.py, _ERROR_COLUMNS


class Written(NamedTuple):
    """The four parts of a write."""

    queries: dict[str, list[dict[str, str]] | None]
    statuses: dict[str, int]
    messages: dict[str, str]
    stats: dict[str, dict[str, int]]


class Osquery:
    """An osquery on given rows.

    Attributes:
        asked: Texts that it was asked, in their order.
        errors: What the extension that serves our extra tables tells of those that can't be read.
        unreadable: Whether none of these can be read: osquery takes them for empty then, as they are here.
    """

    def __init__(self, tables: Tables, platform: str = "linux") -> None:
        self._database = Database(CaseReader(platform, tables, live=True))
        self.asked: list[str] = []
        self.errors = [dict.fromkeys(_ERROR, "") | {"instance": "one", "number": "0"}]
        self.unreadable = False

    def _answer(self, sql: str) -> Answer:
        if "FROM rempart_errors" in sql:
            return Answer(_ERROR, [tuple(row[name] for name in _ERROR) for row in self.errors])
        for table in sorted(extra_tables(sql)) if self.unreadable else ():
            row = {"number": str(len(self.errors)), "table_name": table, "kind": "source", "message": "is locked"}
            self.errors.append(self.errors[0] | row)
        return self._database.query(sql, 10_001)

    def write(self, batch: Batch) -> Written:
        """Return what it writes of a batch."""
        written = Written({}, {}, {}, {})
        for id_ in sorted(batch.queries):
            self.asked.append(batch.queries[id_])
            answer = self._answer(batch.queries[id_])
            failed = answer.failure is not None
            rows = [dict(sorted(zip(answer.columns, row, strict=True))) for row in answer.rows]
            written.queries[id_] = [] if failed else rows
            written.statuses[id_] = int(failed)
            written.messages[id_] = answer.failure.message if answer.failure else ""
            written.stats[id_] = {"wall_time_ms": 10, "user_time": 5, "system_time": 1, "memory": 100_000}
        return written


class Serving(NamedTuple):
    """A server with one node, and a clock that the test moves."""

    context: Context
    node_id: int
    clock: list[float]

    @property
    def node(self) -> Node:
        """Return the node as the store has it now."""
        with self.context.store.reading() as connection:
            node = read_node(connection, self.node_id)
        assert node is not None
        return node

    async def poll(self) -> Batch | None:
        """Ask what is to be answered."""
        return await next_batch(self.context, self.node)

    async def take(self, written: Written) -> None:
        """Hand in what was written, and wait until what follows is done."""
        await take_answers(self.context, self.node, *written)
        await self.context.auditor.settle()

    async def audit(
        self, osquery: Osquery, change: Callable[[int, Written], Written | None] = lambda _number, written: written
    ) -> int:
        """Poll and answer until nothing more is asked; return how many batches that took.

        Args:
            osquery: Answers.
            change: Is told the number of a batch, from 1, and what osquery wrote; returns what comes; None for nothing.
        """
        number = 0
        while (batch := await self.poll()) is not None:
            number += 1
            written = change(number, osquery.write(batch))
            if written is None:
                self.clock[0] += 200
            else:
                await self.take(written)
            assert number < 200
        await self.context.auditor.settle()
        return number


@contextmanager
def serving(
    tmp_path: Path,
    profile: str = "server",
    role: str = "",
    platform: str = "linux",
    parameters: tuple[str, ...] = (),
    place: str = "",
) -> Iterator[Serving]:
    """Give a server with a group and a node in it that is enrolled and due; its store is SQLite's, or at a place."""
    clock = [float(NOW)]
    if place:
        Store.open(place).close()  # makes the tables
    with a_context(tmp_path, f"store: {place}\n" if place else "") as plain:
        context = plain._replace(clock=lambda: clock[0])
        with context.store.writing() as connection:
            group = add_group(connection, "here", profile, role, parameters, NOW)
            assert group is not None
            node = add_node(connection, group.id, platform)
        yield Serving(context, node.id, clock)


def add_node(connection: Connection, group: int, platform: str = "linux", host: str = "web1", uuid: str = UUID) -> Node:
    """Enrol a node of a group, and return it."""
    secret = make_secret(connection, group, NOW)
    said = Enrolment(secret, host, host, uuid, INSTANCE, platform, "Debian GNU/Linux 13 (trixie)", "5.23.1")
    node = enrol(connection, said, "192.0.2.7", NOW).node
    assert node is not None
    return node
