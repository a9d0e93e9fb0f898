"""Machines of which nothing is heard: the store says so, and no verdict of before passes for today's."""

import json

import anyio.to_thread

from rempart_agent.audit.examine import cut_short
from rempart_agent.audit.finish import NO_ENGINE, Span, finish
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.result import Run, TargetIdentity
from rempart_core.text import clean_line
from rempart_core.timestamps import write_moment
from rempart_server.auditor import Asked
from rempart_server.context import Context
from rempart_server.hooks import tell
from rempart_server.saving import save_into
from rempart_store.connection import Connection
from rempart_store.server.job import Job
from rempart_store.server.silence import Silent, list_silent

_DAY = 86_400
_MOST = 100
"""Machines that are noted in one transaction: others who write do not wait long."""


async def note_silence(context: Context, _job: Job) -> None:
    """Save a run of each machine that fell silent, in which nothing was checked; again each day that it lasts.

    Args:
        context: The worker's.
        _job: Says no more than that it is time.
    """

    def find() -> list[Silent]:
        with context.store.reading() as connection:
            return _list(connection, context)

    def note(connection: Connection) -> int:
        found = _list(connection, context)  # who was heard meanwhile is not among them
        save_into(connection, context, [make_run(context, one) for one in found])
        for one in found:
            if not one.known:
                tell(connection, context, "host.silent", one.group, {"host": one.name, "seen": one.seen})
        return len(found)

    if await anyio.to_thread.run_sync(find):
        while await context.writer.write(note) == _MOST:
            pass


def _list(connection: Connection, context: Context) -> list[Silent]:
    now = int(context.clock())
    return list_silent(connection, now - context.settings.silent_after, now - _DAY, _MOST)


def make_run(context: Context, silent: Silent) -> Run:
    """Return the run of a machine of which nothing is known now.

    Args:
        context: Gives the checks and the clock.
        silent: The machine. Where its group's profile, or one of its values, is none, all checks are noted.
    """
    role = silent.role or "server"
    asked = Asked(silent.group, silent.profile, silent.role, tuple(json.loads(silent.parameters)))
    try:
        checks = context.auditor.script(asked, role, silent.platform).checks
    except UsageError:  # its verdicts of before don't pass for today's all the same, nor do others'
        checks = context.auditor.script(Asked(silent.group, "all", silent.role, ()), role, silent.platform).checks
    reason = say_both(Message("server_job.silent", time=write_moment(silent.seen)))
    results = [cut_short(one, reason)._replace(reason=reason, failure="silent") for one in checks.selected]
    target = TargetIdentity(
        name=clean_line(silent.name),
        kind="host" if silent.door == "osquery" else "machine",
        group=silent.group,
        platform=silent.platform,
        system=silent.system,
        machine_id=silent.machine_id,
    )
    moment = write_moment(int(context.clock()))
    return finish(target, NO_ENGINE, checks, results, Span(moment, moment, 0.0), role_given=bool(silent.role))
