"""Once a day hooks are told what changed, each group by itself, and what is too old is forgotten."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from rempart_testing.answering_node import NOW
from rempart_testing.run import make_result, make_run
from rempart_testing.server import a_context

from rempart_core.model.result import State
from rempart_server.context import Context
from rempart_server.jobs.daily import forget, tell_changes
from rempart_server.saving import save_into
from rempart_store.server.hook import add_hook, claim_deliveries
from rempart_store.server.job import Job, add, claim, finish, is_known

JOB = Job(1, "changes", "1", {}, 1)
DAY = 86_400


def save(context: Context, now: int, states: dict[str, State]) -> None:
    """Save a run of two hosts of a group each."""
    runs = [
        make_run(name, now, [make_result("FWL-01", state)], group=f"of-{name}", kind="host", machine_id=f"id-{name}")
        for name, state in states.items()
    ]
    at = context._replace(clock=lambda: now)
    with at.store.writing() as connection:
        save_into(connection, at, runs)


def told(context: Context, now: int) -> dict[str, dict[str, object]]:
    async def go() -> None:
        await tell_changes(context._replace(clock=lambda: now), JOB)

    asyncio.run(go())
    with context.store.writing() as connection:
        bodies = [json.loads(one.body) for one in claim_deliveries(connection, now, 10 * DAY, 10)]
    return {body["group"]: body for body in bodies}


def test_each_group_hears_of_its_own_hosts_alone(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        with context.store.writing() as connection:
            add_hook(connection, "https://example.org/", ["day.changes"], [], private=False)
        assert told(context, NOW) == {}
        save(context, NOW, {"a": State.PASS, "b": State.PASS, "c": State.PASS})
        save(context, NOW + DAY, {"a": State.FAIL, "b": State.PASS, "c": State.FAIL})
        found = told(context, NOW + DAY + 100)
        assert set(found) == {"of-a", "of-c"}
        assert (found["of-a"]["count"], found["of-a"]["worse"]) == (1, 1)
        change = {"kind": "worse", "host": "a", "check": "FWL-01", "severity": "high", "was": "pass", "now": "fail"}
        assert found["of-a"]["changes"] == [{**change, "title": "title of FWL-01"}]


def test_nobody_who_wants_it_is_nothing_to_do(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        save(context, NOW, {"a": State.PASS})
        save(context, NOW + DAY, {"a": State.FAIL})
        assert told(context, NOW + DAY) == {}


def test_what_is_kept_for_no_longer_is_forgotten(tmp_path: Path) -> None:
    async def go(context: Context) -> None:
        await forget(context._replace(clock=lambda: NOW + 40 * DAY), JOB)

    with a_context(tmp_path, "keep: 30d\n") as context:
        save(context, NOW, {"a": State.PASS})
        with context.store.writing() as connection:
            add(connection, "silence", "1", {}, NOW)
            (job,) = claim(connection, "me", NOW, 60, 1)
            finish(connection, job.id, "me", NOW)
        asyncio.run(go(context))
        with context.store.reading() as connection:
            assert not is_known(connection, "silence", "1")
