"""What is done once a day: hooks are told what changed, and what is too old is forgotten."""

import anyio.to_thread

from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.model.history import Change, Drift
from rempart_core.timestamps import write_moment
from rempart_server.context import Context
from rempart_server.hooks import tell
from rempart_store.connection import Connection
from rempart_store.retention.forget import Retention
from rempart_store.server.hook import forget_deliveries, list_hooks
from rempart_store.server.job import Job, forget_done

_DAY = 86_400
_MOST = 100
"""Changes that a message lists; all are counted."""
_DELIVERIES = 30 * _DAY


async def tell_changes(context: Context, _job: Job) -> None:
    """Tell hooks what changed in the last day, each group by itself.

    Args:
        context: The worker's.
        _job: Says no more than that it is time.
    """

    def find() -> dict[str, dict[str, Json]]:
        with context.store.reading() as connection:
            wanted = any(one.enabled and "day.changes" in one.kinds for one in list_hooks(connection))
        if not wanted:
            return {}
        try:
            found = context.store.changes(since=int(context.clock()) - _DAY)
        except UsageError:  # nothing was saved yet
            return {}
        return sum_up(found, context.store.groups())

    told = await anyio.to_thread.run_sync(find)

    def write(connection: Connection) -> None:
        for group, body in told.items():
            tell(connection, context, "day.changes", group, body)

    if told:
        await context.writer.write(write)


def sum_up(drift: Drift, groups: dict[str, str]) -> dict[str, dict[str, Json]]:
    """Return what changed, by group.

    Args:
        drift: What changed.
        groups: The group of each host.
    """
    names = {groups.get(change.now.host, "") for change in drift.changes}
    names |= {groups.get(name, "") for name in drift.fallen_silent}
    found: dict[str, dict[str, Json]] = {}
    for name in sorted(names):
        mine = [change for change in drift.changes if groups.get(change.now.host, "") == name]
        silent: list[Json] = [host for host in drift.fallen_silent if groups.get(host, "") == name]
        changes: list[Json] = [_describe(change) for change in mine[:_MOST]]
        found[name] = {
            "since": write_moment(drift.since),
            "count": len(mine),
            "worse": sum(change.bad for change in mine),
            "changes": changes,
            "fallen_silent": silent,
        }
    return found


def _describe(change: Change) -> Json:
    one = change.now
    return {
        "kind": change.kind,
        "host": one.host,
        "check": one.check,
        "title": one.title.en,
        "severity": one.severity.value,
        "was": change.old.state.value if change.old else None,
        "now": change.new.state.value if change.new else None,
    }


async def forget(context: Context, _job: Job) -> None:
    """Forget what is older than ``keep`` days, and jobs and deliveries that are done.

    Args:
        context: The worker's.
        _job: Says no more than that it is time.
    """
    keep, now = context.settings.keep, int(context.clock())

    def write(connection: Connection) -> None:
        forget_done(connection, now)
        forget_deliveries(connection, now - _DELIVERIES)

    await context.writer.write(write)
    if keep:
        await anyio.to_thread.run_sync(context.store.forget, Retention(keep, keep), context.key)
