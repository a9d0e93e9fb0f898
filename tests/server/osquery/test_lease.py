"""A node is asked one batch at a time, and what it leaves unanswered goes again alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rempart_testing.answering_node import Osquery, Written, serving, tables_of

from rempart_core.model.result import State


def test_a_node_s_whole_audit_is_asked_judged_and_saved(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        assert asyncio.run(one.audit(Osquery(tables_of()))) > 3
        (host,) = one.context.store.fleet()
        assert (host.name, host.group) == ("web1", "here")
        assert one.node.audited is not None
        assert one.node.due > one.clock[0]
        assert asyncio.run(one.poll()) is None


def test_there_is_no_new_work_while_a_batch_is_out(tmp_path: Path) -> None:
    async def go() -> None:
        batch = await one.poll()
        assert batch is not None
        one.clock[0] += 100
        assert await one.poll() is None
        one.clock[0] += 100  # a lease is over after three intervals, and two minutes at least
        again = await one.poll()
        assert again is not None
        assert len(again.queries) == 2  # who answers, and one statement alone

    with serving(tmp_path) as one:
        asyncio.run(go())


def test_no_text_is_asked_twice_and_identity_comes_first(tmp_path: Path) -> None:
    def look(_number: int, written: Written) -> Written:
        (who,) = written.queries[min(written.queries)] or [{}]
        assert who["hostname"] == "web1"
        assert len(written.queries) <= 13  # ten, who answers, and what the extra tables could not read twice
        return written

    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        asyncio.run(one.audit(osquery, look))
        others = [sql for sql in osquery.asked if "osquery_info i " not in sql and "rempart_errors" not in sql]
        assert len(others) == len(set(others)) > 20


def test_what_is_never_answered_is_not_checked_and_nothing_else_suffers(tmp_path: Path) -> None:
    def lose(_number: int, written: Written) -> Written | None:
        lost = [id_ for id_, rows in written.queries.items() if rows and "hostname" not in rows[0]]
        return None if any("chassis" in sql for sql in osquery.asked[-len(written.queries) :]) and lost else written

    with serving(tmp_path, role="server") as one:
        osquery = Osquery(tables_of())
        asyncio.run(one.audit(osquery, lose))
        states = {standing.state for standing in one.context.store.standings()}
        assert State.ERROR in states or State.NOT_CHECKED in states
