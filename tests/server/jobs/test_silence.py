"""A machine that is silent is said to be so: no verdict of before passes for today's."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from rempart_testing.answering_node import NOW, Serving, add_node, serving
from rempart_testing.run import make_result, make_run

from rempart_core.model.result import State
from rempart_server.jobs.silence import note_silence
from rempart_server.saving import save_into
from rempart_store.server.group import add_group
from rempart_store.server.hook import add_hook, claim_deliveries
from rempart_store.server.job import Job

JOB = Job(1, "silence", "1", {}, 1)
DAY = 86_400


def look(one: Serving, now: int) -> list[str]:
    """Let the job run at a moment, and return what a hook is told of it."""

    async def go() -> None:
        await note_silence(one.context, JOB)

    one.clock[0] = now
    asyncio.run(go())
    with one.context.store.writing() as connection:
        return [json.loads(told.body)["host"] for told in claim_deliveries(connection, now, 10 * DAY, 10)]


def states(one: Serving, at: int) -> set[State]:
    return {standing.state for standing in one.context.store.standings(at)}


def test_after_a_day_of_silence_nothing_passes_any_more_and_hooks_hear_of_it_once(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        with one.context.store.writing() as connection:
            add_hook(connection, "https://example.org/", ["host.silent"], [], private=False)
            run = make_run(one.node.name, NOW, [make_result("FWL-01")], machine_id=f"node-{one.node_id}", kind="host")
            save_into(connection, one.context, [run])
        assert look(one, NOW + DAY) == []
        assert states(one, NOW + DAY) == {State.PASS}
        assert look(one, NOW + DAY + 5) == [one.node.name]
        (host,) = one.context.store.fleet(NOW + DAY + 5)
        assert host.silent
        assert State.PASS not in states(one, NOW + DAY + 5)
        assert look(one, NOW + 2 * DAY) == []
        assert len(one.context.store.runs()) == 2
        assert look(one, NOW + 2 * DAY + 10) == []
        assert len(one.context.store.runs()) == 3


def test_a_machine_that_was_never_audited_is_told_of_too(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        look(one, NOW + DAY + 5)
        (host,) = one.context.store.fleet(NOW + DAY + 5)
        assert (host.name, host.silent) == (one.node.name, True)


def test_a_group_whose_profile_is_gone_hides_nobody_s_silence(tmp_path: Path) -> None:
    with serving(tmp_path, profile="none-such") as one:
        with one.context.store.writing() as connection:
            run = make_run(one.node.name, NOW, [make_result("FWL-01")], machine_id=f"node-{one.node_id}", kind="host")
            save_into(connection, one.context, [run])
            group = add_group(connection, "others", "server", "", [], NOW)
            assert group is not None
            add_node(connection, group.id, host="web2", uuid="u2")
        look(one, NOW + DAY + 5)
        assert {host.name: host.silent for host in one.context.store.fleet(NOW + DAY + 5)} == {
            "web1": True,
            "web2": True,
        }
        assert State.PASS not in states(one, NOW + DAY + 5)
