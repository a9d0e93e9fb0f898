"""What a node writes is taken once, for what it was asked, and from one machine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from rempart_testing.answering_node import NOW, Osquery, Serving, Written, add_node, serving, tables_of
from rempart_testing.run import make_result, make_run

from rempart_core.model.result import Run, State
from rempart_server.context import Context
from rempart_server.osquery import judge
from rempart_server.osquery.judge import judge_waiting, next_due, refuse_batch, take_answers, work
from rempart_server.saving import save_into
from rempart_store.connection import Connection
from rempart_store.server.audit import COMPLETE, deny, find_subject, list_unjudged, read_denied, write_audit
from rempart_store.server.group import find_group


def test_what_was_not_asked_is_dropped(tmp_path: Path) -> None:
    async def go() -> None:
        batch = await one.poll()
        assert batch is not None
        await one.take(Written({"1.000100.1": [{"ok": "1"}], "x": None}, {"1.000100.1": 0}, {}, {}))
        one.clock[0] += 1
        assert await one.poll() is None  # the batch is out still

    with serving(tmp_path) as one:
        asyncio.run(go())


def test_two_machines_with_one_key_are_not_checked(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        first, second = Osquery(tables_of()), Osquery(tables_of(uuid="aaaa", instance="bbbb"))

        async def go() -> None:
            for osquery in (first, first, second):
                batch = await one.poll()
                assert batch is not None
                await one.take(osquery.write(batch))

        asyncio.run(go())
        standings = one.context.store.standings(details=True)
        assert {standing.state for standing in standings} == {State.NOT_CHECKED}
        assert {standing.detail["failure"] for standing in standings} == {"shared_key"}
        assert one.node.clone.startswith("key ")
        one.clock[0] = float(one.node.due)
        assert asyncio.run(one.audit(first)) == 0  # the next day nothing that comes by the key is asked, or judged
        assert {standing.detail["failure"] for standing in one.context.store.standings(details=True)} == {"shared_key"}
        assert one.node.due > one.clock[0]


def test_what_can_never_be_read_is_asked_alone_and_then_an_error(tmp_path: Path) -> None:
    """One answer is too large: it costs its own check, and the others of its batch are judged."""

    async def go() -> None:
        while (batch := await one.poll()) is not None:
            if any("kernel_info" in sql for sql in batch.queries.values()):
                await refuse_batch(one.context, one.node, "too_large")
                await one.context.auditor.settle()
            else:
                await one.take(osquery.write(batch))

    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        asyncio.run(go())
        standings = one.context.store.standings(details=True)
        large = [one for one in standings if "larger than what the server takes" in str(one.detail)]
        assert large
        assert {standing.state for standing in large} == {State.ERROR}
        assert len(large) < 5


def test_an_audit_past_its_deadline_is_judged_with_what_was_answered(tmp_path: Path) -> None:
    async def go() -> None:
        for _ in range(4):
            batch = await one.poll()
            assert batch is not None
            await one.take(osquery.write(batch))
        one.clock[0] += 1801
        await judge_waiting(one.context)
        await one.context.auditor.settle()

    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        asyncio.run(go())
        failures = {standing.detail.get("failure") for standing in one.context.store.standings(details=True)}
        assert "unanswered" in failures
        assert one.node.due == one.clock[0] + 3600  # it may be back soon
        assert one.node.audited is not None


def test_where_a_group_s_profile_is_gone_no_verdict_of_before_passes_and_it_is_said(tmp_path: Path) -> None:
    with serving(tmp_path, profile="none-such") as one:
        run = make_run("web1", NOW - 90_000, [make_result("FWL-01")], machine_id=f"node-{one.node_id}", kind="host")
        with one.context.store.writing() as connection:
            save_into(connection, one.context, [run])
        asyncio.run(one.audit(Osquery(tables_of())))
        told = one.context.store.standings(details=True)
        assert {standing.state for standing in told} == {State.ERROR}
        assert all(standing.detail and "none-such" in str(standing.detail) for standing in told)
        assert one.node.due == one.clock[0] + 3600


def test_a_system_that_is_told_in_other_columns_is_none_and_nobody_is_asked_for_ever(tmp_path: Path) -> None:
    def widen(number: int, written: Written) -> Written:
        if number == 1:
            for rows in written.queries.values():
                for row in rows or []:
                    row.update({f"more{column}": "x" for column in range(3)})
        return written

    with serving(tmp_path) as one:
        assert asyncio.run(one.audit(Osquery(tables_of()), widen)) < 5
        assert {standing.state for standing in one.context.store.standings()} == {State.NOT_CHECKED}


def test_the_next_audit_is_on_the_next_day_in_the_node_s_own_slot(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        context, midnight = one.context, NOW // 86_400 * 86_400 + 86_400
        slots = {next_due(context, number, NOW) - midnight for number in range(200)}
        at, splay = context.settings.at * 60, context.settings.splay
        assert all(at <= slot < at + splay for slot in slots)
        assert len(slots) > 150
        assert next_due(context, 1, NOW) == next_due(context, 1, NOW + 5)


def test_a_worker_judges_what_another_one_left_and_forgets_old_refusals(tmp_path: Path) -> None:
    def is_done() -> bool:
        with one.context.store.reading() as connection:
            return one.node.audited is not None and read_denied(connection, 7, NOW - 1) == {}

    async def go() -> None:
        batch = await one.poll()
        assert batch is not None
        with one.context.store.writing() as connection:
            found = find_subject(connection, one.node_id)
            assert found is not None
            assert found.audit is not None
            write_audit(connection, found.audit._replace(state=COMPLETE))  # and then its worker was killed
            deny(connection, 7, {b"x": "refused"}, NOW)
        task = asyncio.create_task(work(one.context))
        while not is_done():  # noqa: ASYNC110 - what another task writes into the store tells nobody
            await asyncio.sleep(0.01)
        task.cancel()

    with serving(tmp_path) as one:
        asyncio.run(asyncio.wait_for(go(), 60))


def test_audits_that_end_together_are_saved_together_and_one_that_can_t_be_spoils_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[list[str]] = []

    def save(connection: Connection, context: Context, runs: Sequence[Run]) -> None:
        names = sorted(run.target.name for run in runs)
        if "db1" in names:
            raise ValueError(names)
        saved.append(names)
        save_into(connection, context, runs)

    async def batches(one: Serving, osquery: Osquery) -> None:
        while (batch := await one.poll()) is not None:
            await take_answers(one.context, one.node, *osquery.write(batch))

    async def go(machines: list[tuple[Serving, Osquery]]) -> None:
        await asyncio.gather(*(batches(*machine) for machine in machines))
        await machines[0][0].context.auditor.settle()

    monkeypatch.setattr(judge, "save_into", save)
    with serving(tmp_path) as first:
        with first.context.store.writing() as connection:
            group = find_group(connection, "here")
            assert group is not None
            others = {name: add_node(connection, group.id, host=name, uuid=name).id for name in ("db1", "db2")}
        machines = [(first, Osquery(tables_of()))]
        for name, number in others.items():
            machines.append((first._replace(node_id=number), Osquery(tables_of(host=name, uuid=name))))
        asyncio.run(go(machines))
        assert sorted(name for names in saved for name in names) == ["db2", "web1"]
        assert sorted(host.name for host in first.context.store.fleet()) == ["db2", "web1"]
        with first.context.store.reading() as connection:
            assert len(list_unjudged(connection, int(first.clock[0]))) == 1  # it is judged again
        monkeypatch.setattr(judge, "save_into", save_into)

        async def again() -> None:
            await judge_waiting(first.context)
            await first.context.auditor.settle()

        asyncio.run(again())
        assert sorted(host.name for host in first.context.store.fleet()) == ["db1", "db2", "web1"]
