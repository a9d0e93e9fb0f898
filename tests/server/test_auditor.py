"""Selections are rendered once, and what is judged beside requests is begun once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rempart_testing.server import a_context

from rempart_core.error import UsageError
from rempart_core.model.selection import CLOCK
from rempart_server.auditor import Asked, digest_of


def test_groups_alike_share_their_statements(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        one = context.auditor.script(Asked("a", "server"), "server", "windows")
        other = context.auditor.script(Asked("b", "server"), "server", "windows")
        assert one is other
        assert all(digest_of(sql) in one.texts for texts in one.checks.texts for sql in texts.values())


def test_no_check_is_told_a_time_at_which_its_answer_may_not_have_been_true(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        script = context.auditor.script(Asked("a", "all"), "server", "linux")
        assert {one.parameters[CLOCK] for one in script.checks.selected if CLOCK in one.parameters} == {0}


def test_a_profile_that_is_none_is_said(tmp_path: Path) -> None:
    with a_context(tmp_path) as context, pytest.raises(UsageError):
        context.auditor.script(Asked("a", "none-such"), "server", "linux")


def test_what_is_under_way_is_not_begun_twice(tmp_path: Path) -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(1)

    async def go() -> None:
        with a_context(tmp_path) as context:
            context.auditor.start(7, work())
            context.auditor.start(7, work())
            await context.auditor.settle()

    asyncio.run(go())
    assert done == [1]
