"""What the store answers: the fleet on a day, the history of a host or a check, when a host was seen last."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.check import Severity
from rempart_core.model.history import (
    DayOfFleet,
    Detail,
    History,
    HostState,
    Last,
    LastResult,
    RunNumber,
    RunRow,
    Standing,
)
from rempart_core.model.result import State
from rempart_core.suggestion import suggestion_of
from rempart_core.text import Text
from rempart_store.read.kept_details import KeptDetails
from rempart_store.read.pending_update import pending
from rempart_store.schema.fingerprint import FAIL, NOT_CHECKED, PASS, unpack
from rempart_store.schema.table import (
    COUNTED,
    COUNTS,
    OPEN,
    SEVERITIES,
    STATES,
    check,
    detail,
    endpoint,
    interval,
    visit,
)
from rempart_store.schema.table import run as run_table

_STATE = [State(name) for name in STATES]
_SEVERITY = [Severity(name) for name in SEVERITIES]
_NOTHING = Text("", "")
_DAY = 86_400  # seconds
_FACTS = 9  # columns of a host before those that count
_OPEN = _FACTS + len(COUNTED)
_FAILING = (interval.c.until.is_(None), interval.c.failing_since.is_not(None))


def runs(connection: Connection, limit: int | None = None) -> list[RunRow]:
    """Return the runs, newest first.

    Args:
        connection: In a transaction.
        limit: The most that are returned; None for all.
    """
    query = select(run_table).order_by(run_table.c.number.desc()).limit(limit)
    return [
        RunRow(
            row.number,
            row.started,
            row.ended,
            row.hosts,
            row.silent,
            row.whole,
            {name: getattr(row, f"count_{name}") for name in (*COUNTED, "open")},
        )
        for row in connection.execute(query)
    ]


def newest(connection: Connection, before: RunNumber | None = None) -> int | None:
    """Return when the newest that the store has was seen, or had before a run; None where that is nothing.

    Args:
        connection: In a transaction.
        before: The number of a run; None for now.
    """
    earlier = [] if before is None else [run_table.c.number < before]
    found: int | None = connection.scalar(select(func.max(run_table.c.ended)).where(*earlier))
    return found


def alive(at: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that an endpoint is there at a moment."""
    return and_(endpoint.c.first_seen <= at, or_(endpoint.c.retired.is_(None), endpoint.c.retired > at))


def last_visit(at: int | ColumnElement[int], *conditions: Callable[[Any], ColumnElement[bool]]) -> ScalarSelect[Any]:
    """Return when an endpoint of the query around was visited last until a moment."""
    earlier = visit.alias()
    query = select(func.max(earlier.c.time)).where(earlier.c.endpoint == endpoint.c.id, earlier.c.time <= at)
    return query.where(*(condition(earlier.c) for condition in conditions)).correlate(endpoint).scalar_subquery()


def fleet(connection: Connection, at: int, *conditions: ColumnElement[bool]) -> dict[int, HostState]:
    """Return how each endpoint stood at a moment, by its number: what its last visit until then found.

    Args:
        connection: In a transaction.
        at: The moment, seconds since 1970.
        conditions: Which endpoints are wanted; all where there is none.
    """
    answered = last_visit(at, lambda columns: columns.silent.is_(False))
    facts = [endpoint.c[name] for name in ("name", "group_name", "platform", "system", "role", "profile")]
    counts = [visit.c[name] for name in (*COUNTS, *OPEN)]
    found = [endpoint.c.id, detail.c.content, endpoint.c.proof]
    query = (
        select(*found, *facts, visit.c.time, answered, visit.c.silent, *counts)
        .select_from(endpoint)
        .join(visit, and_(visit.c.endpoint == endpoint.c.id, visit.c.time == last_visit(at)))
        .outerjoin(detail, detail.c.id == visit.c.reason)
        .where(alive(at), *conditions)
        .order_by(endpoint.c.name, endpoint.c.id)
    )
    hosts = {}
    for id_, content, proof, *row in connection.execute(query):
        reason = _NOTHING if content is None else Text(*unpack(content)["reason"])
        counted = dict(zip(COUNTED, row[_FACTS:_OPEN], strict=True))
        opened = dict(zip(SEVERITIES, row[_OPEN:], strict=True))
        hosts[id_] = HostState._make((*row[:_FACTS], counted, opened, reason, proof))
    for id_, host in hosts.items():
        if host.silent and host.answered is not None:
            hosts[id_] = _recall(connection, id_, host)
    return hosts


def _recall(connection: Connection, id_: int, host: HostState) -> HostState:
    """Return a silent endpoint with what its last answer left open: that holds until somebody has seen otherwise."""
    query = select(*(visit.c[name] for name in OPEN)).where(visit.c.endpoint == id_, visit.c.time == host.answered)
    row = connection.execute(query).first()
    return host if row is None else host._replace(open=dict(zip(SEVERITIES, row, strict=True)))


def select_standings(*, details: bool, source: FromClause = interval) -> Select[Any]:
    """Return the query of state intervals, with the names of what they are of.

    Args:
        details: Whether reason, evidence and waiver are wanted.
        source: The intervals: all, or a selection of them with the same columns.
    """
    columns = [endpoint.c.name, endpoint.c.group_name, check.c.name.label("check_name"), check.c.title_en]
    columns += [check.c.title_fr, *source.c]
    query = select(*columns, *([detail.c.content, detail.c.digest] if details else []))
    query = query.select_from(source).join(endpoint, endpoint.c.id == source.c.endpoint)
    query = query.join(check, check.c.id == source.c.check_id)
    return query.join(detail, detail.c.id == source.c.detail) if details else query


def read_standing(
    row: Any, *, details: bool, read: Callable[[Any], Detail] = lambda row: unpack(row.content)
) -> Standing:
    """Return the state interval that a row of :func:`select_standings` holds.

    Args:
        row: Of that query, asked with the same ``details``.
        details: Whether reason, evidence and waiver are in it.
        read: Reads these.
    """
    return Standing(
        host=row.name,
        group=row.group_name,
        check=row.check_name,
        title=Text(row.title_en, row.title_fr),
        state=_STATE[row.state],
        severity=_SEVERITY[row.severity],
        waived=row.waived,
        since=row.since,
        until=row.until,
        failing_since=row.failing_since,
        detail=read(row) if details else {},
        digest=bytes(row.digest).hex() if details else "",
    )


def valid(at: int) -> ColumnElement[bool]:
    """Return the condition that an interval holds at a moment."""
    return and_(interval.c.since <= at, or_(interval.c.until.is_(None), interval.c.until > at))


def standings(
    connection: Connection, at: int, host: str | None, *, details: bool, keep: KeptDetails | None = None
) -> Iterator[Standing]:
    """Give each check of each endpoint as it stood at a moment; those of a silent endpoint are not checked.

    Args:
        connection: In a transaction.
        at: The moment, seconds since 1970.
        host: The name of the one that is wanted; None for all.
        details: Whether reason, evidence and waiver are wanted.
        keep: Where details are kept that many have in common.
    """
    read = {} if keep is None else {"read": keep.read}
    conditions = [] if host is None else [endpoint.c.name == host]
    hosts = fleet(connection, at, *conditions)
    query = select_standings(details=details).where(valid(at), alive(at), *conditions)
    for row in connection.execute(query.order_by(endpoint.c.name, endpoint.c.id, check.c.name)):
        standing = read_standing(row, details=details, **read)
        found = hosts.get(row.endpoint)
        if found is not None and found.silent:
            standing = standing._replace(
                state=_STATE[NOT_CHECKED],
                waived=False,
                detail={"reason": list(found.reason), "failure": "silent"} if details else {},
                digest="",
            )
        yield standing


def history(connection: Connection, name: str, at: int) -> History:
    """Return what the store knows of a host or a check, whichever has that name.

    Args:
        connection: In a transaction.
        name: Of a host, letter by letter, or of a check, in any case.
        at: The moment at which the hosts are told, seconds since 1970.

    Raises:
        UsageError: Neither is known.
    """
    checks = connection.scalars(select(check.c.name)).all()
    known = next((one for one in checks if one.lower() == name.lower()), None)
    ids = connection.scalars(select(endpoint.c.id).where(endpoint.c.name == name)).all()
    if ids:
        condition: ColumnElement[bool] = interval.c.endpoint.in_(ids)
        hosts = fleet(connection, at, endpoint.c.id.in_(ids))
        kind, title = "host", name
    elif known is not None:
        condition = interval.c.check_id == select(check.c.id).where(check.c.name == known).scalar_subquery()
        asked = select(interval.c.endpoint).where(condition).distinct()
        hosts = fleet(connection, at, endpoint.c.id.in_(asked))
        kind, title = "check", known
    else:
        raise UsageError(Message("store.unknown_name", name=name, hint=_near(connection, name, list(checks))))
    query = select_standings(details=True).where(condition)
    query = query.order_by(interval.c.since, check.c.name, endpoint.c.name)
    found = tuple(read_standing(row, details=True) for row in connection.execute(query))
    waiting = tuple(pending(connection, name)) if kind == "host" else ()
    return History(title, kind, found, tuple(hosts.values()), waiting)


def _near(connection: Connection, name: str, checks: list[str]) -> Message:
    return suggestion_of(name, [*checks, *connection.scalars(select(endpoint.c.name).distinct())])


def last(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Last]:
    """Give when each endpoint was asked last, and when it answered last."""
    query = select(endpoint).where(endpoint.c.retired.is_(None), *conditions).order_by(endpoint.c.seen)
    for row in connection.execute(query):
        yield Last(row.name, row.run, row.seen, row.answered, row.silent)


def failing_since(connection: Connection, host: str) -> dict[str, int]:
    """Return since when checks fail on a host, waived ones too, by their ids.

    Args:
        connection: In a transaction.
        host: The endpoint's name.
    """
    return {row.name: row.failing_since for row in connection.execute(_select_failing(), {"host": host})}


@cache
def _select_failing() -> Select[Any]:
    """Return the query of what fails on one host; reports ask it host by host, and making it takes longer than it."""
    query = select(check.c.name, interval.c.failing_since).select_from(interval)
    query = query.join(endpoint, endpoint.c.id == interval.c.endpoint).join(check, check.c.id == interval.c.check_id)
    return query.where(endpoint.c.name == bindparam("host"), endpoint.c.retired.is_(None), *_FAILING)


def oldest_open(connection: Connection, run: RunNumber) -> dict[str, int]:
    """Return since when each check is open on the host where it is so for longest, of hosts asked by a run or later.

    Args:
        connection: In a transaction.
        run: The number of the run.
    """
    query = select(check.c.name, func.min(interval.c.failing_since).label("since")).select_from(interval)
    query = query.join(endpoint, endpoint.c.id == interval.c.endpoint).join(check, check.c.id == interval.c.check_id)
    open_ = and_(interval.c.state == FAIL, interval.c.waived.is_(False), *_FAILING)
    query = query.where(endpoint.c.run >= run, endpoint.c.retired.is_(None), open_)
    return {row.name: row.since for row in connection.execute(query.group_by(check.c.name))}


def open_findings(connection: Connection, host: str, today: str) -> list[Standing] | None:
    """Return the findings of a host's last answer that are open, worst first; None where it never answered.

    Args:
        connection: Reads.
        host: Its name.
        today: The date: a waiver that ended before it is none any more.
    """
    conditions = (endpoint.c.name == host, endpoint.c.retired.is_(None))
    answered = connection.scalar(select(func.max(endpoint.c.answered)).where(*conditions))
    if answered is None:
        return None
    query = select_standings(details=True).where(interval.c.until.is_(None), interval.c.state == FAIL, *conditions)
    found = [read_standing(row, details=True) for row in connection.execute(query.order_by(check.c.name))]
    open_ = [one for one in found if not one.waived or _end_of(one.detail)[:10] < today]
    return sorted(open_, key=lambda one: one.severity.rank)


def _end_of(detail: Detail) -> str:
    """Return the last day of the waiver that holds; ``""`` where there is none."""
    waiver = detail.get("waiver")
    return waiver["end"] if waiver else ""


def open_by_day(connection: Connection, days: int) -> list[DayOfFleet]:
    """Return what was open at the end of each of the last days on which something was audited, oldest first.

    A finding counts until somebody has seen otherwise, so those of a host that is silent do.

    Args:
        connection: To the store.
        days: How many days, at most; of each the last run counts.
    """
    ended = func.max(run_table.c.ended).label("ended")
    query = select(ended).group_by(run_table.c.ended // _DAY).order_by(ended.desc()).limit(days)
    moments = sorted(connection.scalars(query))
    if not moments:
        return []
    hosts = [func.sum(case((alive(at), 1), else_=0)) for at in moments]
    known = connection.execute(select(*hosts).select_from(endpoint)).one()
    counts = [func.sum(case((and_(valid(at), alive(at)), 1), else_=0)) for at in moments]
    found = select(interval.c.severity, *counts).join(endpoint, endpoint.c.id == interval.c.endpoint)
    found = found.where(interval.c.state == FAIL, interval.c.waived.is_(False)).group_by(interval.c.severity)
    by_severity = {row[0]: row[1:] for row in connection.execute(found)}
    nothing = (0,) * len(moments)
    return [
        DayOfFleet(
            at,
            dict(zip(SEVERITIES, (by_severity.get(n, nothing)[place] for n in range(len(SEVERITIES))), strict=True)),
            known[place] or 0,
        )
        for place, at in enumerate(moments)
    ]


def answered_since(connection: Connection, since: int, *, whole: bool) -> Iterator[str]:
    """Give the names of endpoints that answered at or after a moment, all of a profile (``whole``) or some of it.

    Args:
        connection: In a transaction.
        since: The moment, seconds since 1970.
        whole: Whether only answers to all checks of a profile count.
    """
    query = select(endpoint.c.name).where(endpoint.c.retired.is_(None), endpoint.c.answered >= since)
    if whole:
        answers = select(visit.c.time).where(visit.c.endpoint == endpoint.c.id, visit.c.time >= since)
        query = query.where(answers.where(visit.c.silent.is_(False), visit.c.asked.is_(None)).exists())
    yield from connection.scalars(query)


def visited(connection: Connection, times: Mapping[str, int]) -> set[str]:
    """Return those of some hosts, by name, that have a visit of the time that is given.

    Args:
        connection: In a transaction.
        times: Seconds since 1970 by the endpoint's name.
    """
    if not times:
        return set()
    query = select(endpoint.c.name, visit.c.time).join(endpoint, endpoint.c.id == visit.c.endpoint)
    query = query.where(visit.c.time.between(min(times.values()), max(times.values())), endpoint.c.retired.is_(None))
    return {name for name, time in connection.execute(query) if times.get(name) == time}


def words(connection: Connection, hosts: Collection[str]) -> Iterator[LastResult]:
    """Give what the last answers of endpoints come to, check by check.

    Args:
        connection: In a transaction.
        hosts: Names of endpoints.
    """
    columns = [endpoint.c.name, interval.c.state, interval.c.severity, detail.c.content]
    query = select(*columns).select_from(interval).join(endpoint, endpoint.c.id == interval.c.endpoint)
    query = query.outerjoin(detail, and_(detail.c.id == interval.c.detail, interval.c.state != PASS))
    query = query.where(interval.c.until.is_(None), endpoint.c.retired.is_(None)).order_by(endpoint.c.name)
    wanted = set(hosts)
    for name, state, severity, content in connection.execute(query):
        if name in wanted:
            told: Detail = unpack(content) if content is not None else {}
            yield LastResult(name, _STATE[state], _SEVERITY[severity], told.get("failure", ""), _end_of(told))
