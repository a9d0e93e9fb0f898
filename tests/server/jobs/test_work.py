"""Jobs and deliveries are done when they are due, once, and tried again where they fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rempart_testing.answering_node import NOW
from rempart_testing.server import a_context

from rempart_server.context import Context
from rempart_server.jobs import work
from rempart_store.server.hook import Delivery, add_hook, list_deliveries, queue
from rempart_store.server.job import Job, add, claim, count_due

DAY = 86_400
MIDNIGHT = NOW // DAY * DAY


def at(context: Context, now: int) -> Context:
    return context._replace(clock=lambda: now)


def test_periodic_jobs_are_done_once_however_many_workers_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []

    async def note(_context: Context, job: Job) -> None:
        done.append((job.kind, job.key))

    monkeypatch.setattr(work, "HANDLERS", dict.fromkeys(("silence", "forget", "changes"), note))

    async def go(context: Context) -> None:
        for _ in range(3):
            await asyncio.gather(*(work.step(context, f"worker {number}") for number in range(4)))

    with a_context(tmp_path) as context:
        asyncio.run(go(at(context, MIDNIGHT)))
        assert sorted(done) == [("forget", str(MIDNIGHT // DAY)), ("silence", str(MIDNIGHT // 60))]
        done.clear()
        asyncio.run(go(at(context, MIDNIGHT + 60)))
        assert done == [("silence", str(MIDNIGHT // 60 + 1))]
        done.clear()
        asyncio.run(go(at(context, MIDNIGHT + DAY - 1)))
        assert sorted(kind for kind, _ in done) == ["changes", "silence"]


def test_a_job_that_fails_is_tried_again_later_and_given_up_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tries: list[int] = []

    async def fail(_context: Context, job: Job) -> None:
        tries.append(job.tries)
        raise OSError

    async def nothing(_context: Context, _job: Job) -> None:
        """Do nothing."""

    monkeypatch.setattr(work, "HANDLERS", {"odd": fail, "silence": nothing, "forget": nothing, "changes": nothing})
    with a_context(tmp_path) as context:
        with context.store.writing() as connection:
            add(connection, "odd", "1", {}, NOW)
        for number in range(12):
            asyncio.run(work.step(at(context, NOW + number * 3 * 3600), "me"))
        assert tries == list(range(1, work.TRIES + 1))
        with context.store.reading() as connection:
            assert count_due(connection, NOW + 900 * DAY) == 0
    capsys.readouterr()


def test_what_a_worker_took_and_left_is_done_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    async def note(_context: Context, job: Job) -> None:
        done.append(job.key)

    monkeypatch.setattr(work, "HANDLERS", {"odd": note})
    monkeypatch.setattr(work, "find_periodic", lambda _context, _now: [])
    with a_context(tmp_path) as context:
        with context.store.writing() as connection:
            add(connection, "odd", "1", {}, NOW)
            claim(connection, "killed", NOW, work.HELD, 10)
        asyncio.run(work.step(at(context, NOW + work.HELD - 1), "me"))
        assert done == []
        asyncio.run(work.step(at(context, NOW + work.HELD), "me"))
        asyncio.run(work.step(at(context, NOW + 5 * work.HELD), "me"))
        assert done == ["1"]


def test_a_hook_is_tried_eight_times_within_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "find_periodic", lambda _context, _now: [])
    sent = []

    def refuse(delivery: Delivery, now: int) -> tuple[bool, str]:
        sent.append(now - NOW)
        return False, "503"

    monkeypatch.setattr(work, "send", refuse)
    with a_context(tmp_path) as context:
        with context.store.writing() as connection:
            add_hook(connection, "https://example.org/", ["host.silent"], [], private=False)
            queue(connection, "host.silent", "laptops", {}, NOW)
        for now in range(NOW, NOW + 2 * DAY, 30):
            with context.store.reading() as connection:
                (one,) = list_deliveries(connection, None, 1)
            if one.next_try is not None and one.next_try <= now:
                asyncio.run(work.step(at(context, now), "me"))
        assert len(sent) == 8
        assert sent[-1] <= DAY
        with context.store.reading() as connection:
            (one,) = list_deliveries(connection, None, 1)
        assert (one.next_try, one.status, one.tries) == (None, "503", 8)


def test_nothing_due_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "find_periodic", lambda _context, _now: [])
    with a_context(tmp_path) as context, context.store.writing():  # another holds the store: a write would wait
        assert asyncio.run(work.step(at(context, NOW), "me")) == 0
