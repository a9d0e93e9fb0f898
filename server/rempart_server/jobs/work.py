"""What workers do besides requests: jobs that are due, periodic ones among them, and what webhooks are told.

Each worker of each server looks; the store gives a job to one of them. A worker that is lost leaves its jobs to the
others after ``HELD`` seconds.
"""

import asyncio
import os
import secrets
import socket
import sys
import traceback

import anyio.to_thread

from rempart_server import metrics
from rempart_server.context import Context
from rempart_server.jobs import daily, silence
from rempart_server.jobs.contract import Handler
from rempart_server.jobs.sending import DELAYS, send
from rempart_store.connection import Connection
from rempart_store.server import hook as hooks
from rempart_store.server import job as jobs
from rempart_store.server.hook import Delivery
from rempart_store.server.job import Job

HELD = 120
"""Seconds for which a worker has a job; it holds it longer while it works."""
PAUSE = 5.0
"""Seconds between two looks."""
TRIES = 6
"""How often a job is begun that fails."""
_MOST = 20
_DAY = 86_400
HANDLERS: dict[str, Handler] = {
    "silence": silence.note_silence,
    "changes": daily.tell_changes,
    "forget": daily.forget,
}
"""Who does which kind of job."""


async def work(context: Context) -> None:
    """Do what is due, as long as the worker lives.

    Args:
        context: The worker's.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    while True:
        if not await step(context, holder):
            await asyncio.sleep(PAUSE)


async def step(context: Context, holder: str) -> int:
    """Look once, do what is due, and return how much that was.

    Args:
        context: The worker's.
        holder: Names the worker.
    """
    now = int(context.clock())

    def look() -> tuple[list[tuple[str, str, int]], bool, bool]:
        with context.store.reading() as connection:
            new = [one for one in find_periodic(context, now) if not jobs.is_known(connection, one[0], one[1])]
            return new, bool(jobs.count_due(connection, now)), hooks.is_due(connection, now)

    new, due, untold = await anyio.to_thread.run_sync(look)
    if not (new or due or untold):
        return 0

    def take(connection: Connection) -> tuple[list[Job], list[Delivery]]:
        for kind, key, at in new:
            jobs.add(connection, kind, key, {}, at)
        some = hooks.claim_deliveries(connection, now, HELD, _MOST)
        return jobs.claim(connection, holder, now, HELD, _MOST), some

    mine, told = await context.writer.write(take)
    await asyncio.gather(*(_tell(context, one) for one in told))
    for number, one in enumerate(mine):
        await _do(context, holder, one, mine[number + 1 :])
    return len(mine) + len(told)


def find_periodic(context: Context, now: int) -> list[tuple[str, str, int]]:
    """Return the periodic jobs of this moment: kind, key, and when each begins.

    Args:
        context: Gives the settings.
        now: Seconds since 1970.
    """
    settings = context.settings
    day = now // _DAY
    end = day * _DAY + settings.at * 60 + settings.splay + settings.audit_deadline  # the day's audits are judged then
    found = [("silence", str(now // 60), now), ("forget", str(day), now)]
    return [*found, ("changes", str(day), end)] if now >= end else found


async def _do(context: Context, holder: str, job: Job, waiting: list[Job]) -> None:
    """Do a job, and hold it and those that wait behind it meanwhile."""
    handler = HANDLERS.get(job.kind)
    holding = asyncio.create_task(_hold(context, holder, [job, *waiting]))
    failed = "" if handler else "no such kind of job"
    try:
        if handler is not None:
            await handler(context, job)
    except Exception as error:  # noqa: BLE001 - a job that fails is tried again, and stops no other
        failed = type(error).__name__
        metrics.count("jobs_failed")
        traceback.print_exception(error, limit=-5, file=sys.stderr)
    finally:
        holding.cancel()
    now = int(context.clock())
    if failed and job.tries < TRIES and handler is not None:
        later = now + 60 * 2**job.tries
        await context.writer.write(lambda connection: jobs.put_off(connection, job.id, holder, later, failed))
    else:
        await context.writer.write(lambda connection: jobs.finish(connection, job.id, holder, now, failed))
        metrics.count("jobs_done")


async def _hold(context: Context, holder: str, some: list[Job]) -> None:
    while True:
        await asyncio.sleep(HELD / 4)
        until = int(context.clock()) + HELD

        def write(connection: Connection, until: int = until) -> None:
            for one in some:
                jobs.hold(connection, one.id, holder, until)

        await context.writer.write(write)


async def _tell(context: Context, delivery: Delivery) -> None:
    now = int(context.clock())
    taken, status = await anyio.to_thread.run_sync(send, delivery, now)
    later = None if taken or delivery.tries > len(DELAYS) else now + DELAYS[delivery.tries - 1]
    metrics.count("hooks", result="taken" if taken else "later" if later else "given_up")
    await context.writer.write(lambda connection: hooks.note_delivery(connection, delivery.id, status, now, later))
