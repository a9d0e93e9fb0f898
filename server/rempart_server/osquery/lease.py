"""What a node is asked next: one batch at a time, leased; what is not answered goes again by itself, and then no more.

A killed worker reports nothing of the statement that it died of, and of those that it had answered before nothing
either: so each of a batch that was lost is asked alone, and the one that costs a worker costs its own check only.
"""

from typing import NamedTuple

import anyio.to_thread

from rempart_core.error import UsageError
from rempart_server.context import Context
from rempart_server.cost import MOST_STATEMENTS, Costs
from rempart_server.osquery import judge
from rempart_server.osquery.extras import TEXTS, find_extras
from rempart_server.osquery.plan import Batch, Plan, next_ids, pack, who_question, wrap
from rempart_server.osquery.rounds import Round, first_plan
from rempart_server.places import Taken
from rempart_store.connection import Connection
from rempart_store.server.audit import (
    OPEN,
    Subject,
    begin_audit,
    count_open,
    drop_audit,
    find_subject,
    is_ahead,
    list_under_way,
)
from rempart_store.server.node import ONE_KEY, Node, is_due

__all__ = ["Batch", "next_batch", "waits"]

_LEAST_LEASE = 120  # seconds
_ACCELERATE = 60
"""Seconds for which a node polls more often while it is audited."""


class _Next(NamedTuple):
    """What comes of a poll: a batch, the number of an audit that can be judged, or that all places are taken."""

    batch: Batch | None = None
    ripe: int | None = None
    full: bool = False


async def waits(context: Context, node: Node) -> bool:
    """Tell whether a node that is due waits for a place, as far as this worker knows without asking for one.

    Args:
        context: The worker's surroundings.
        node: Who polls.

    Raises:
        StoreError: The store can't be read.
    """

    def look() -> Taken:
        with context.store.reading() as connection:
            states = list_under_way(connection)
        return Taken(states.keys(), list(states.values()).count(OPEN) >= context.settings.nodes_at_work)

    async def read() -> Taken:
        return await anyio.to_thread.run_sync(look, abandon_on_cancel=True)

    return await context.auditor.places.shut_out(node.id, read)


async def next_batch(context: Context, node: Node) -> Batch | None:
    """Return what a node is asked now; None for nothing.

    Args:
        context: The worker's surroundings.
        node: Who polls.

    Raises:
        StoreError: The store can't be written.
    """
    now = int(context.clock())
    if not is_due(node.due, now) or node.state != "active":
        return None
    found = await context.writer.write(lambda connection: _next(connection, context, node, now))
    if found.ripe is not None:
        judge.start(context, found.ripe)
    if found.full:
        context.auditor.places.note_full()
    return found.batch


def _next(connection: Connection, context: Context, node: Node, now: int) -> _Next:
    found = find_subject(connection, node.id)
    if found is None or not is_due(found.subject.due, now):
        return _Next()
    subject, audit = found
    if audit is not None and is_ahead(audit, now):
        drop_audit(connection, audit)
        audit = None
    if audit is None:
        if count_open(connection) >= context.settings.nodes_at_work:
            return _Next(full=True)
        deadline = now + context.settings.audit_deadline
        audit = begin_audit(
            connection, node.id, now, deadline, pack(first_plan(connection, context.auditor, subject, now))
        )
    if subject.clone.startswith(ONE_KEY) and audit.state == OPEN:  # nothing that comes by this key is judged
        round_ = Round(connection, context.auditor, subject, audit, now)
        round_.plan.shared = True
        round_.end()
        round_.save()
        return _Next(ripe=audit.id)
    if audit.state != OPEN or now >= audit.deadline:
        return _Next(ripe=audit.id)
    if audit.leased is not None and now < audit.leased:
        return _Next()
    round_ = Round(connection, context.auditor, subject, audit, now)
    if round_.plan.out:
        out, round_.plan.out = round_.plan.out, {}
        round_.take_back(out.values())
    round_.go_on()
    if round_.ended:
        round_.save()
        return _Next(ripe=audit.id)
    digests = pick(round_.plan, context.auditor.costs, subject.platform)
    try:
        texts = round_.texts(digests)
    except UsageError:  # what the group is asked is no more: judging says so
        return _Next(ripe=audit.id)
    if texts is None:  # other checks than those that it was begun with: it is begun anew
        drop_audit(connection, audit)
        return _Next()
    lease = max(_LEAST_LEASE, 3 * context.settings.interval)
    return _Next(_lend(round_, subject, audit.id, audit.sequence + 1, texts, now + lease))


def pick(plan: Plan, costs: Costs, platform: str) -> list[str]:
    """Take from a plan the digests of the statements of the next batch, and return them.

    Args:
        plan: It has some.
        costs: What statements take.
        platform: The node's.
    """
    if plan.alone:
        digests = [plan.alone.pop(0)]
    elif plan.few:
        digests = costs.pack(platform, plan.few[:MOST_STATEMENTS])
        plan.few = plan.few[len(digests) :]
    else:
        digests = costs.pack(platform, plan.todo)
    plan.todo = [digest for digest in plan.todo if digest not in digests]
    return digests


def _lend(round_: Round, subject: Subject, audit: int, sequence: int, texts: dict[str, str], until: int) -> Batch:
    round_.plan.extras = find_extras(texts)
    out = next_ids(round_.plan, audit, sequence, list(texts), round_.identity)
    round_.plan.out = out
    round_.save(until, sequence)
    known = {round_.identity: who_question(subject.platform), **TEXTS, **texts}
    return Batch({id_: wrap(known[digest]) for id_, digest in out.items()}, _ACCELERATE)
