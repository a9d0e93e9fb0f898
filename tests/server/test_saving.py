"""Runs that a server takes in in the course of a day are one run, and signed."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from rempart_testing.run import of_states
from rempart_testing.server import a_context

from rempart_core.model.result import State
from rempart_server.saving import save_runs
from rempart_store.server.proposal import Draft, decide, propose


def test_the_runs_of_a_day_are_one_and_signed(tmp_path: Path) -> None:
    async def go() -> None:
        with a_context(tmp_path) as context:
            for day, name in ((1, "a"), (1, "b"), (2, "a")):
                moved = context._replace(clock=partial(float, day * 86_400))
                await save_runs(moved, [of_states(name, day * 86_400, {"A-01": State.PASS})])
            assert [(one.number, one.hosts) for one in context.store.runs()] == [(2, 1), (1, 2)]
            assert context.store.head()

    asyncio.run(go())


def test_a_waiver_that_two_people_agreed_on_is_in_what_is_saved(tmp_path: Path) -> None:
    draft = Draft("a", "local", "A-01", (), "replaced in spring", "Mia", "1970-03-01")

    async def go() -> None:
        with a_context(tmp_path) as context:
            moved = context._replace(clock=partial(float, 5 * 86_400))
            number = await moved.writer.write(lambda connection: propose(connection, draft, 1, 5))
            for approves, waived in ((False, False), (True, True)):
                if approves:
                    await moved.writer.write(lambda connection: decide(connection, None, number, 2, 5, approve=True))
                await save_runs(moved, [of_states("a", 5 * 86_400 + approves, {"A-01": State.FAIL})])
                (found,) = context.store.standings()
                assert (found.state, found.waived) == (State.FAIL, waived)

    asyncio.run(go())
