"""Runs that a server takes in in the course of a day are one run, and signed."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from rempart_testing.run import of_states
from rempart_testing.server import a_context

from rempart_core.model.result import State
from rempart_server.saving import save_runs


def test_the_runs_of_a_day_are_one_and_signed(tmp_path: Path) -> None:
    async def go() -> None:
        with a_context(tmp_path) as context:
            for day, name in ((1, "a"), (1, "b"), (2, "a")):
                moved = context._replace(clock=partial(float, day * 86_400))
                await save_runs(moved, [of_states(name, day * 86_400, {"A-01": State.PASS})])
            assert [(one.number, one.hosts) for one in context.store.runs()] == [(2, 1), (1, 2)]
            assert context.store.head()

    asyncio.run(go())
