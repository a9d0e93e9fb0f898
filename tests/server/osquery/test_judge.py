"""What a node writes is taken once, for what it was asked, and from one machine alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rempart_testing.answering_node import Osquery, Written, serving, tables_of

from rempart_core.model.result import State


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
