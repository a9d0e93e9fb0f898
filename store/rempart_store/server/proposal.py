"""Waivers that somebody proposes and another person approves; only those have an effect on audits."""

import glob
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, insert, select, update

from rempart_core.model.result import Result, Run
from rempart_core.model.waiver import Waiver, apply, concerns
from rempart_core.text import clean_line
from rempart_store.schema.row import next_number
from rempart_store.schema.server_person import server_account, server_proposal
from rempart_store.schema.table import endpoint

OPEN, APPROVED, REFUSED, WITHDRAWN = "open", "approved", "refused", "withdrawn"
STATES = (OPEN, APPROVED, REFUSED, WITHDRAWN)
_DAY = 86_400
_table = server_proposal.c
_APPROVED = select(server_proposal).where(_table.state == APPROVED, _table.active).order_by(_table.id)


class Draft(NamedTuple):
    """A waiver as it is proposed.

    Attributes:
        host: The name of the one host that it is for.
        group: The host's group.
        check: The check's id.
        items: What is accepted; empty for all that the check finds.
        reason: Why the finding is accepted.
        owner: Who answers for it.
        end: Its last day, ``YYYY-MM-DD``, UTC.
    """

    host: str
    group: str
    check: str
    items: tuple[str, ...]
    reason: str
    owner: str
    end: str


class Proposal(NamedTuple):
    """A proposal, and what became of it.

    Attributes:
        id: Its number.
        draft: The waiver.
        proposer: Number of the account that proposed it.
        proposed_by: Its name.
        proposed: When, seconds since 1970.
        decided_by: The name of who decided; ``""`` while nobody has.
        decided: When; None while nobody has.
        state: One of :data:`STATES`.
    """

    id: int
    draft: Draft
    proposer: int
    proposed_by: str
    proposed: int
    decided_by: str
    decided: int | None
    state: str


def propose(connection: Connection, draft: Draft, account: int, now: int) -> int:
    """Add a proposal, and return its number.

    Args:
        connection: Writes.
        draft: The waiver.
        account: Number of the account that proposes it.
        now: Seconds since 1970.
    """
    number = next_number(connection, server_proposal)
    values = {
        "id": number,
        "host": draft.host,
        "group_name": draft.group,
        "check_name": draft.check,
        "items": json.dumps(draft.items),
        "reason": draft.reason,
        "owner": draft.owner,
        "end": draft.end,
        "proposer": account,
        "proposed": now,
        "state": OPEN,
        "active": False,
    }
    connection.execute(insert(server_proposal).values(**values))
    return number


def decide(
    connection: Connection, groups: frozenset[str] | None, number: int, account: int, now: int, *, approve: bool
) -> bool:
    """Approve or refuse a proposal; tell whether that was done.

    It is not where the proposal is decided already, is of a group that may not be read, or is the account's own: a
    waiver takes two people.

    Args:
        connection: Writes.
        groups: Those that the account may read.
        number: The proposal's.
        account: Number of the account that decides.
        now: Seconds since 1970.
        approve: Whether it is approved.
    """
    state = APPROVED if approve else REFUSED
    others = [_table.proposer != account, _table.state == OPEN]
    return _move(connection, number, groups, others, state=state, approver=account, decided=now, active=approve)


def withdraw(connection: Connection, groups: frozenset[str] | None, number: int, account: int, now: int) -> bool:
    """End a waiver that was approved, or take back a proposal; tell whether that was done.

    Anybody who may decide ends one that is in force; an open one only its proposer takes back.

    Args:
        connection: Writes.
        groups: Those that the account may read.
        number: The proposal's.
        account: Number of the account.
        now: Seconds since 1970.
    """
    mine = (_table.state == APPROVED) | ((_table.state == OPEN) & (_table.proposer == account))
    return _move(connection, number, groups, [mine], state=WITHDRAWN, decided=now, active=False)


def _move(
    connection: Connection,
    number: int,
    groups: frozenset[str] | None,
    conditions: list[ColumnElement[bool]],
    **values: str | int | bool,
) -> bool:
    statement = update(server_proposal).where(_table.id == number, *conditions, *_of(groups)).values(**values)
    return connection.execute(statement).rowcount == 1


def list_proposals(
    connection: Connection,
    groups: frozenset[str] | None,
    state: str = "",
    before: int | None = None,
    since: int = 0,
    limit: int = 100,
) -> list[Proposal]:
    """Return proposals, newest first.

    Args:
        connection: Reads.
        groups: Those that may be read.
        state: One of :data:`STATES`; ``""`` for all.
        before: Only those with a smaller number; None for the newest.
        since: The first moment that may be read.
        limit: How many at most.
    """
    proposer, approver = server_account.alias(), server_account.alias()
    query = select(server_proposal, proposer.c.name.label("by"), approver.c.name.label("other"))
    query = query.outerjoin(proposer, proposer.c.id == _table.proposer)
    query = query.outerjoin(approver, approver.c.id == _table.approver)
    query = query.where(_table.proposed >= since, *_of(groups)).order_by(_table.id.desc()).limit(limit)
    if state:
        query = query.where(_table.state == state)
    if before is not None:
        query = query.where(_table.id < before)
    return [_read(row) for row in connection.execute(query)]


def approved(connection: Connection, now: int) -> tuple[Waiver, ...]:
    """Return the waivers that two people agreed on, as audits apply them: also those that ended in the last 30 days.

    Names are taken letter by letter: one that looks like a pattern is none.

    Args:
        connection: Reads.
        now: Seconds since 1970.
    """
    found = (_to_waiver(row) for row in connection.execute(_APPROVED))
    return tuple(one for one in found if one.end >= now - 30 * _DAY)


def apply_approved(connection: Connection, runs: Iterable[Run], now: int) -> list[Run]:
    """Return runs with the waivers that two people agreed on; a finding that is waived already stays as it is.

    Args:
        connection: Reads.
        runs: As they were judged.
        now: Seconds since 1970.
    """
    waivers = approved(connection, now)
    return [_apply(run, waivers, now) for run in runs] if waivers else list(runs)


def _apply(run: Run, waivers: tuple[Waiver, ...], now: int) -> Run:
    name, group = clean_line(run.target.name), run.target.group
    mine = [one for one in waivers if concerns(one, name, (group,))]
    if not mine:
        return run
    results = [one if one.waiver else _waive(one, apply(one, name, group, mine, now)) for one in run.results]
    return run._replace(results=results)


def _waive(old: Result, new: Result) -> Result:
    """Return a result with its waivers; those that had expired before are kept."""
    expired = tuple(dict.fromkeys((*old.expired_waivers, *new.expired_waivers)))
    return new._replace(expired_waivers=expired)


def _to_waiver(row: Any) -> Waiver:
    from rempart_core.timestamps import read_time

    return Waiver(
        check=row.check_name,
        reason=row.reason,
        owner=row.owner,
        end=float(read_time(row.end, end=True)),
        end_text=f"{row.end} UTC",
        start=float(row.decided),
        target=glob.escape(row.host),
        group=glob.escape(row.group_name),
        items=tuple(map(glob.escape, json.loads(row.items))),
        ticket=f"#{row.id}",
    )


def find_group(connection: Connection, groups: frozenset[str] | None, host: str) -> str | None:
    """Return the group of a host that is there; None where there is none of that name that may be read.

    Args:
        connection: Reads.
        groups: Those that may be read.
        host: Its name.
    """
    query = select(endpoint.c.group_name).where(endpoint.c.name == host, endpoint.c.retired.is_(None))
    if groups is not None:
        query = query.where(endpoint.c.group_name.in_(sorted(groups)))
    return connection.scalar(query.order_by(endpoint.c.seen.desc()).limit(1))


def _of(groups: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if groups is None else [_table.group_name.in_(sorted(groups))]


def _read(row: Any) -> Proposal:
    items = tuple(json.loads(row.items))
    draft = Draft(row.host, row.group_name, row.check_name, items, row.reason, row.owner, row.end)
    return Proposal(row.id, draft, row.proposer, row.by or "", row.proposed, row.other or "", row.decided, row.state)
