"""A node is asked one batch at a time, and what it leaves unanswered goes again alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rempart_testing.answering_node import Osquery, Written, add_node, serving, tables_of

from rempart_core.model.result import State
from rempart_server.osquery.lease import Batch, waits
from rempart_store.server.group import find_group


def test_a_node_s_whole_audit_is_asked_judged_and_saved(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        assert asyncio.run(one.audit(Osquery(tables_of()))) > 3
        (host,) = one.context.store.fleet()
        assert (host.name, host.group) == ("web1", "here")
        assert one.node.audited is not None
        assert one.node.due > one.clock[0]
        assert asyncio.run(one.poll()) is None


def test_the_same_on_postgresql(tmp_path: Path, database: str) -> None:
    """With rows that hold what PostgreSQL's texts can't: a NUL, and half of a character."""

    def spoil(number: int, written: Written) -> Written:
        for id_ in list(written.queries)[1:] if number > 1 else ():
            written.queries[id_] = [{**row, "ok": "\0\ud800"} for row in written.queries[id_] or [{"item": "\0"}]]
        return written

    with serving(tmp_path, place=database) as one:
        asyncio.run(one.audit(Osquery(tables_of(host="web1"))))
        assert [host.name for host in one.context.store.fleet()] == ["web1"]
        one.clock[0] = float(one.node.due)
        asyncio.run(one.audit(Osquery(tables_of(host="web\x001")), spoil))
        assert one.context.store.runs()[0].number == 2
        assert not any(standing.state is State.PASS for standing in one.context.store.standings())


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


def test_what_is_never_answered_is_asked_twice_not_checked_and_nothing_else_suffers(tmp_path: Path) -> None:
    def lose(_number: int, written: Written) -> Written | None:
        return None if any("kernel_info" in sql for sql in osquery.asked[-len(written.queries) :]) else written

    with serving(tmp_path / "a") as plain:
        asyncio.run(plain.audit(Osquery(tables_of())))
        usual = {standing.check: standing for standing in plain.context.store.standings(details=True)}
    with serving(tmp_path / "b") as one:
        osquery = Osquery(tables_of())
        asyncio.run(one.audit(osquery, lose))
        found = {standing.check: standing for standing in one.context.store.standings(details=True)}
        lost = {name for name, standing in found.items() if standing.detail.get("failure") == "unanswered"}
        assert 1 <= len(lost) <= 4
        assert {found[name].state for name in lost} == {State.NOT_CHECKED}
        others = found.keys() - lost
        assert {name: found[name].state for name in others} == {name: usual[name].state for name in others}
        asked = [sql for sql in osquery.asked if "kernel_info" in sql]
        assert {asked.count(sql) for sql in asked} == {2}


def test_only_so_many_nodes_are_at_work_at_a_time(tmp_path: Path) -> None:
    async def go() -> None:
        first, second = (one._replace(node_id=number) for number in (one.node_id, other.id))
        assert not await waits(one.context, second.node)
        assert await first.poll() is not None
        assert await second.poll() is None
        assert await waits(one.context, second.node)  # without a transaction that writes
        assert not await waits(one.context, first.node)
        await first.take(osquery.write(Batch({}, 0)))
        one.clock[0] += 3600  # the first one is gone; its audit ends by its deadline
        assert await first.poll() is None
        await one.context.auditor.settle()
        assert await second.poll() is not None

    with serving(tmp_path) as plain:
        one = plain._replace(context=plain.context._replace(settings=plain.context.settings._replace(nodes_at_work=1)))
        osquery = Osquery(tables_of())
        with one.context.store.writing() as connection:
            group = find_group(connection, "here")
            assert group is not None
            other = add_node(connection, group.id, host="db1", uuid="another-uuid")
        asyncio.run(go())


def test_a_clock_that_was_ahead_keeps_no_node_from_being_audited(tmp_path: Path) -> None:
    years = 3650 * 86_400
    with serving(tmp_path) as one:
        one.clock[0] += years
        asyncio.run(one.poll())  # a batch is out, whose lease ends in ten years
        one.clock[0] -= years
        assert asyncio.run(one.audit(Osquery(tables_of()))) > 3
        one.clock[0] += years
        asyncio.run(one.audit(Osquery(tables_of())))  # the next one is planned for the day after
        one.clock[0] -= years - 86_400
        assert asyncio.run(one.audit(Osquery(tables_of()))) > 3
