"""What a node answers: taken into the store at once, judged when its audit is complete, and saved as a run."""

import asyncio
import logging
import time
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

import anyio.to_thread
import msgspec

from rempart_core.error import StoreError, UsageError
from rempart_core.model.result import Run
from rempart_server import metrics
from rempart_server.auditor import Finished
from rempart_server.context import Context
from rempart_server.foresight import Foreseen, pick_answered
from rempart_server.osquery.answer import Written, read_all
from rempart_server.osquery.extras import TEXTS, find_hidden, find_whys
from rempart_server.osquery.plan import Plan, Who, read_who, unpack
from rempart_server.osquery.rounds import Round, asked_of
from rempart_server.osquery.verdict import judge_node, refuse_node
from rempart_server.saving import save_into
from rempart_server.together import Together
from rempart_store.connection import Connection
from rempart_store.server.audit import (
    ANSWERED,
    COMPLETE,
    OPEN,
    UNUSABLE,
    Audit,
    Stored,
    Subject,
    drop_audit,
    find_subject,
    forget_ahead,
    forget_denied,
    list_unjudged,
    put_off,
    read_answers,
    read_audit,
)
from rempart_store.server.node import ONE_KEY, Node, flag_clone, note_audited

_DAY = 86_400
_PUT_OFF = 3600
"""Seconds after which a node is asked again that was asked in vain, or in part."""
_MOST_WHYS = 500  # texts of rows that are known in every language
_MOST = 100  # audits that are saved together
_MANY = 500  # rows from which an answer is looked through beside the other requests
_ROUND = 30.0
"""Seconds between two looks for audits that can be judged."""
_ROUNDS = 120
"""Looks of an hour."""
_logger = logging.getLogger(__name__)
_ROWS = msgspec.json.Decoder(list[dict[str, str]])


class _Taken(NamedTuple):
    """What came of a write: how much of it was asked for, and the number of an audit that can be judged."""

    ripe: int | None = None
    late: int = 0


async def take_answers(
    context: Context,
    node: Node,
    queries: Mapping[str, object],
    statuses: Mapping[str, object],
    messages: Mapping[str, object],
    stats: Mapping[str, object],
) -> None:
    """Take what a node wrote; once this returns, it is committed.

    Args:
        context: The worker's surroundings.
        node: Who writes.
        queries: Rows by id.
        statuses: 0 for what was answered, by id.
        messages: osquery's words, by id.
        stats: What each took, by id.

    Raises:
        StoreError: The store can't be written; nothing was.
    """
    written = Written(queries, statuses, messages, stats)
    now = int(context.clock())
    many = sum(len(rows) for rows in queries.values() if isinstance(rows, list)) > _MANY
    answers = await anyio.to_thread.run_sync(read_all, written) if many else read_all(written)
    taken = await context.writer.write(lambda connection: _take(connection, context, node, answers, stats, now))
    if taken.late:  # never asked, of another node, or of a batch that was taken back
        metrics.count("osquery_answers_dropped", taken.late)
    if taken.ripe is not None:
        start(context, taken.ripe)


async def refuse_batch(context: Context, node: Node, why: str) -> None:
    """Take it that what a node wrote can't be read: its statements are asked alone, and then they are errors.

    Args:
        context: The worker's surroundings.
        node: Who wrote.
        why: ``too_large``, ``undecodable`` or ``unreadable``.

    Raises:
        StoreError: The store can't be written; nothing was.
    """
    now = int(context.clock())
    ripe = await context.writer.write(lambda connection: _refuse(connection, context, node, why, now))
    if ripe is not None:
        start(context, ripe)


def _refuse(connection: Connection, context: Context, node: Node, why: str, now: int) -> int | None:
    found = find_subject(connection, node.id)
    if found is None or found.audit is None or found.audit.state != OPEN:
        return None
    round_ = Round(connection, context.auditor, found.subject, found.audit, now)
    out, round_.plan.out = round_.plan.out, {}
    round_.take_back(out.values(), Stored(UNUSABLE, why))
    round_.go_on()
    round_.save()
    return found.audit.id if round_.ended else None


def _take(
    connection: Connection,
    context: Context,
    node: Node,
    answers: Mapping[str, Stored],
    stats: Mapping[str, object],
    now: int,
) -> _Taken:
    found = find_subject(connection, node.id)
    if found is None or found.audit is None or found.audit.state != OPEN:
        return _Taken(late=len(answers))
    subject, audit = found.subject, found.audit
    round_ = Round(connection, context.auditor, subject, audit, now)
    out = round_.plan.out
    given = {id_: digest for id_, digest in out.items() if id_ in answers}
    late = sum(id_ not in out for id_ in answers)
    if not given:
        return _Taken(late=late)
    round_.plan.out = {}
    who = _read_who(answers, given, round_.identity, subject)
    if who is None:  # nobody knows whose rows these are
        round_.take_back(out.values())
    elif _is_other(who, round_.plan, subject):
        round_.plan.shared = True
        flag_clone(connection, node.id, f"{ONE_KEY} {who.uuid} {who.instance}")
        round_.end()
    else:
        round_.plan.who = who
        asked = {id_: digest for id_, digest in given.items() if digest != round_.identity and digest not in TEXTS}
        found_of = {digest: answers[id_] for id_, digest in asked.items()}
        found_of |= find_hidden(answers, given, round_.plan.extras)
        if len(round_.plan.whys) < _MOST_WHYS:
            round_.plan.whys |= find_whys(answers, given)
        for id_, digest in given.items():
            context.auditor.costs.note(subject.platform, digest, stats.get(id_))
        round_.take({bytes.fromhex(digest): one for digest, one in found_of.items()})
        round_.take_back(digest for id_, digest in out.items() if id_ not in given)
        round_.begin_round()
    round_.go_on()
    round_.save()
    return _Taken(audit.id if round_.ended else None, late)


def _read_who(answers: Mapping[str, Stored], given: Mapping[str, str], identity: str, subject: Subject) -> Who | None:
    for id_, digest in given.items():
        if digest == identity:
            answer = answers[id_]
            rows = _ROWS.decode(answer.rows) if answer.status == ANSWERED else []
            return read_who(rows[0], subject.platform) if len(rows) == 1 else None
    return None


def _is_other(who: Who, plan: Plan, subject: Subject) -> bool:
    """Tell whether another machine answers than before; containers of one host share its uuid, but not their names."""
    known = plan.who
    if known is None:
        return who.is_other(subject.uuid, subject.instance)
    return who.is_other(known.uuid, known.instance) or who.host.lower() != known.host.lower()


def start(context: Context, audit: int) -> None:
    """Judge an audit beside the request after which it can be judged.

    Args:
        context: The worker's surroundings.
        audit: The audit's number.
    """
    context.auditor.start(audit, judge(context, audit))


async def judge(context: Context, number: int) -> None:
    """Judge an audit with what was answered, save the run, and forget the answers.

    Args:
        context: The worker's surroundings.
        number: The audit's; one that is judged already is left alone.
    """
    now = int(context.clock())
    begun = time.monotonic()
    try:
        run = await anyio.to_thread.run_sync(_judge, context, number, now)
    except StoreError:
        raise
    except Exception:
        _logger.exception("audit %d is put off", number)
        run = None

    auditor = context.auditor
    if auditor.saving is None:
        auditor.saving = Together(partial(_save, context), _MOST)
    await auditor.saving.add(Finished(number, run, now))
    metrics.observe("osquery_judge", time.monotonic() - begun)


async def _save(context: Context, some: list[Finished]) -> list[None]:
    await context.writer.write(partial(_save_all, context, some))
    return [None] * len(some)


def _save_all(context: Context, some: list[Finished], connection: Connection) -> None:
    found = [(one, read_audit(connection, one.audit)) for one in some]
    own = [(one, audit) for one, audit in found if audit is not None]  # else another worker was faster
    for _, audit in own:
        drop_audit(connection, audit)
    runs = [one.run for one, _ in own if one.run is not None]
    if runs:
        save_into(connection, context, runs)
    for (_, run, now), audit in own:
        if run is None:
            put_off(connection, audit.node, now + _PUT_OFF)
            continue
        due = next_due(context, audit.node, now)
        known = any(one.failure != "engine" for one in run.results)
        if audit.state == OPEN or not known:  # it was switched off, or is on the road; or its group is mended soon
            due = min(due, now + _PUT_OFF)
        note_audited(connection, audit.node, now, due)


def _judge(context: Context, number: int, now: int) -> Run | None:
    with context.store.reading() as connection:
        audit = read_audit(connection, number)
        found = None if audit is None else find_subject(connection, audit.node)
        answers = {} if audit is None else read_answers(connection, audit.id)
    if audit is None or found is None:
        return None
    plan = unpack(audit.plan)
    try:
        run = judge_node(context.auditor, found.subject, audit, plan, answers, now)
        if not plan.shared:
            _remember(context, found.subject, audit, plan, answers)
    except UsageError as error:
        _logger.exception("audit %d can't be judged", number)
        return refuse_node(context.auditor, found.subject, audit, error, now)
    return run


def _remember(context: Context, subject: Subject, audit: Audit, plan: Plan, answers: Mapping[bytes, Stored]) -> None:
    """Remember how an audit went: the next one of the machine begins with it."""
    asked = asked_of(subject)
    script = context.auditor.script(asked, plan.role or "server", plan.platform)
    digests = pick_answered(script.order, answers)
    seen = Foreseen(script.platform, plan.role, plan.content, digests)
    whole = audit.state == COMPLETE and plan.who is not None
    context.auditor.foresight.note(subject.node, asked.alike, subject.platform, seen, whole=whole)


async def judge_waiting(context: Context) -> None:
    """Judge all audits that can be: complete ones that nobody judged, and those whose deadline is over."""

    def find() -> list[int]:
        with context.store.reading() as connection:
            return list_unjudged(connection, int(context.clock()))

    for number in await anyio.to_thread.run_sync(find):
        start(context, number)


async def work(context: Context) -> None:
    """Judge what nobody waits for: audits whose deadline is over, and those that a worker left that is gone.

    Once an hour it forgets what osqueries refused more than a day ago.

    Args:
        context: The worker's surroundings.
    """
    while True:
        await context.writer.write(lambda connection: _forget(connection, int(context.clock())))
        for _ in range(_ROUNDS):
            await judge_waiting(context)
            await asyncio.sleep(_ROUND)


def _forget(connection: Connection, now: int) -> None:
    forget_denied(connection, now)
    forget_ahead(connection, now)


def next_due(context: Context, node: int, now: int) -> int:
    """Return when a node is audited next: on the next day, in its own slot.

    Args:
        context: The worker's surroundings.
        node: The node's number.
        now: Seconds since 1970.
    """
    slot = int.from_bytes(blake2b(str(node).encode(), digest_size=8).digest(), "big") % max(1, context.settings.splay)
    return (now // _DAY + 1) * _DAY + context.settings.at * 60 + slot
