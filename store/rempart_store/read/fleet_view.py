"""What pages and programs read of the fleet: hosts of a moment, a hundred at a time, and their sums by group.

Every question takes the groups that the reader may see, and filters in the statement: what is not asked can't leak.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from rempart_core.model.history import HostState, Standing
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_store.read.history import alive, last_visit, read_standing, select_standings, valid
from rempart_store.schema.fingerprint import NOT_CHECKED, unpack
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

Groups = frozenset[str] | None
"""Names of the groups that somebody may read; None for all."""
PAGE = 100
"""Rows of one page."""
_FACTS = ("name", "group_name", "platform", "system", "role", "profile")
_WEIGHTS = (
    10**12,
    10**9,
    10**6,
    10**3,
    1,
)  # one that is worse outweighs 999 of the next


class Place(NamedTuple):
    """Where a page of hosts begins: after this one, in the order worst first, then by name.

    Attributes:
        rank: How bad the last one of the page before is.
        name: Its name.
        id: Its number.
    """

    rank: int
    name: str
    id: int


class Wanted(NamedTuple):
    """Which hosts are listed.

    Attributes:
        text: Stands in the name or the group, in any case; ``""`` for all.
        kind: ``open`` (with findings), ``silent``, ``unjudged`` (errors, not checked), ``old``; ``""`` for all.
        group: Of this group alone; ``""`` for all.
        fresh: The first moment of which an answer is not old.
    """

    text: str = ""
    kind: str = ""
    group: str = ""
    fresh: int = 0


class HostLine(NamedTuple):
    """One host at a moment.

    Attributes:
        id: The endpoint's number.
        rank: How bad it stands: the key of the order.
        first_seen: When it was seen first.
        run: Number of the run that saw it last, as of now.
        state: What its last visit until the moment found.
    """

    id: int
    rank: int
    first_seen: int
    state: HostState


class GroupSum(NamedTuple):
    """The hosts of one group together.

    Attributes:
        name: The group's.
        hosts: How many there are.
        failing: How many of them have open findings.
        silent: How many did not answer when they were asked last.
        unjudged: How many answered and have something that could not be judged.
        old: How many answered too long ago to say how they stand.
        newest: When the newest answer came; None where there was none.
        counts: Results by state, and ``waived``.
        open: Open findings by severity.
    """

    name: str
    hosts: int
    failing: int
    silent: int
    unjudged: int
    old: int
    newest: int | None
    counts: dict[str, int]
    open: dict[str, int]


class Moment:
    """The endpoints of a moment joined to what their last visit found, and their last answer where that is silent."""

    def __init__(self, groups: Groups, at: int | None) -> None:
        """Get ready.

        Args:
            groups: Those that are read.
            at: The moment, seconds since 1970; None for now.
        """
        self.shown, self.held = visit.alias("shown"), visit.alias("held")
        shown, held = self.shown.c, self.held.c
        seen: Any = endpoint.c.seen if at is None else last_visit(at)
        self.answered: Any = (
            endpoint.c.answered if at is None else last_visit(at, lambda columns: columns.silent.is_(False))
        )
        self.source: FromClause = endpoint.join(
            # The sum makes SQLite go from hosts to their visits: the other way it reads every visit there is.
            self.shown,
            and_(shown.endpoint == endpoint.c.id + 0, shown.time == seen),
        ).outerjoin(self.held, and_(shown.silent, held.endpoint == endpoint.c.id, held.time == self.answered))
        self.open = [case((shown.silent, func.coalesce(held[name], 0)), else_=shown[name]) for name in OPEN]
        self.rank: Any = sum(cast(one, BigInteger) * weight for one, weight in zip(self.open, _WEIGHTS, strict=True))
        self.unjudged = and_(~shown.silent, shown.count_error + shown.count_not_checked > 0)
        self.conditions: list[ColumnElement[bool]] = [endpoint.c.retired.is_(None) if at is None else alive(at)]
        if groups is not None:
            self.conditions.append(endpoint.c.group_name.in_(sorted(groups)))

    def is_old(self, fresh: int) -> Any:
        """Return the condition that a host answered, and before a moment."""
        return and_(~self.shown.c.silent, self.shown.c.time < fresh)

    def select_hosts(self) -> Select[Any]:
        """Return the query of hosts, to be read by :func:`_read_host`."""
        columns = [endpoint.c[name] for name in _FACTS]
        return (
            select(
                endpoint.c.id,
                self.rank.label("rank"),
                endpoint.c.proof,
                endpoint.c.first_seen,
                detail.c.content,
                *columns,
                self.shown.c.time,
                self.answered.label("last_answer") if hasattr(self.answered, "label") else self.answered,
                self.shown.c.silent,
                *(self.shown.c[name] for name in COUNTS),
                *self.open,
            )
            .select_from(self.source.outerjoin(detail, detail.c.id == self.shown.c.reason))
            .where(*self.conditions)
        )


def steer(connection: Connection, *, few: bool) -> None:
    """Let PostgreSQL look up visits and results by their keys, host by host, or choose by itself again.

    It takes a visit of each host for many rows, and reads every visit that there is: 900,000 for 10,000.

    Args:
        connection: In a transaction, which this lasts for.
        few: Whether what follows asks for one visit, or one result, of each host.
    """
    if connection.dialect.name == "postgresql":
        joins, jit = ("off", "off") if few else ("on", "on")
        names = {"enable_hashjoin": joins, "enable_mergejoin": joins, "jit": jit}
        connection.execute(select(*(func.set_config(name, value, True) for name, value in names.items())))


def _read_host(row: Any) -> HostLine:
    id_, rank, proof, first_seen, content, *rest = row
    reason = Text("", "") if content is None else Text(*unpack(content)["reason"])
    facts, rest = rest[:9], rest[9:]
    counts = dict(zip(COUNTED, rest[: len(COUNTED)], strict=True))
    opened = dict(zip(SEVERITIES, rest[len(COUNTED) :], strict=True))
    return HostLine(id_, rank, first_seen, HostState._make((*facts, counts, opened, reason, proof)))


def list_hosts(
    connection: Connection,
    groups: Groups,
    at: int | None = None,
    wanted: Wanted = Wanted(),  # noqa: B008 - immutable
    after: Place | None = None,
    limit: int = PAGE,
) -> list[HostLine]:
    """Return hosts of a moment, worst first, then by name.

    Args:
        connection: Reads.
        groups: Those that may be read.
        at: The moment; None for now.
        wanted: Which of them.
        after: The last one of the page before; None for the first page.
        limit: How many at most.
    """
    steer(connection, few=True)
    moment = Moment(groups, at)
    query = moment.select_hosts().where(*_wanted(moment, wanted))
    if after is not None:
        later = or_(endpoint.c.name > after.name, and_(endpoint.c.name == after.name, endpoint.c.id > after.id))
        query = query.where(or_(moment.rank < after.rank, and_(moment.rank == after.rank, later)))
    query = query.order_by(moment.rank.desc(), endpoint.c.name, endpoint.c.id).limit(limit)
    return [_read_host(row) for row in connection.execute(query)]


def _wanted(moment: Moment, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.text:
        either = [endpoint.c[name].icontains(wanted.text, autoescape=True) for name in ("name", "group_name")]
        yield or_(*either)
    if wanted.group:
        yield endpoint.c.group_name == wanted.group
    if wanted.kind == "open":
        yield moment.rank > 0
    elif wanted.kind == "silent":
        yield moment.shown.c.silent
    elif wanted.kind == "unjudged":
        yield moment.unjudged
    elif wanted.kind == "old":
        yield moment.is_old(wanted.fresh)


def find_host(connection: Connection, groups: Groups, id_: int, at: int | None = None) -> HostLine | None:
    """Return one host at a moment; None where there is none that may be read.

    Args:
        connection: Reads.
        groups: Those that may be read.
        id_: The endpoint's number.
        at: The moment; None for now.
    """
    steer(connection, few=True)
    row = connection.execute(Moment(groups, at).select_hosts().where(endpoint.c.id == id_)).first()
    return None if row is None else _read_host(row)


def sum_groups(connection: Connection, groups: Groups, at: int | None = None, fresh: int = 0) -> list[GroupSum]:
    """Return the sums of each group with a host at a moment, by name.

    Args:
        connection: Reads.
        groups: Those that may be read.
        at: The moment; None for now.
        fresh: The first moment of which an answer is not old.
    """
    steer(connection, few=True)
    moment = Moment(groups, at)
    shown = moment.shown.c

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    query = (
        select(
            endpoint.c.group_name,
            func.count(),
            count(moment.rank > 0),
            count(shown.silent),
            count(moment.unjudged),
            count(moment.is_old(fresh)),
            func.max(case((shown.silent, None), else_=shown.time)),
            *(func.sum(shown[name]) for name in COUNTS),
            *(func.sum(one) for one in moment.open),
        )
        .select_from(moment.source)
        .where(*moment.conditions)
        .group_by(endpoint.c.group_name)
        .order_by(endpoint.c.group_name)
    )
    found = []
    for name, hosts, failing, silent, unjudged, old, newest, *sums in connection.execute(query):
        numbers = list(map(int, sums))
        counts = dict(zip(COUNTED, numbers[: len(COUNTED)], strict=True))
        opened = dict(zip(SEVERITIES, numbers[len(COUNTED) :], strict=True))
        few = (int(failing), int(silent), int(unjudged), int(old))
        found.append(GroupSum(name, hosts, *few, newest, counts, opened))
    return found


def read_standings(
    connection: Connection, groups: Groups, host: HostLine, at: int | None = None, only: str = ""
) -> list[Standing]:
    """Return each check of a host as it stood at a moment, with details, by id; of a silent host all are not checked.

    Args:
        connection: Reads.
        groups: Those that may be read.
        host: Of :func:`find_host`, at the same moment.
        at: The moment; None for now.
        only: The id of the one check that is wanted; ``""`` for all.
    """
    conditions: list[ColumnElement[bool]] = [interval.c.endpoint == host.id]
    conditions.append(interval.c.until.is_(None) if at is None else valid(at))
    if groups is not None:
        conditions.append(endpoint.c.group_name.in_(sorted(groups)))
    if only:
        conditions.append(check.c.name == only)
    query = select_standings(details=True).where(*conditions).order_by(check.c.name)
    found = [read_standing(row, details=True) for row in connection.execute(query)]
    if not host.state.silent:
        return found
    silence = State(STATES[NOT_CHECKED])
    reason = list(host.state.reason)
    return [
        one._replace(state=silence, waived=False, detail={"reason": reason, "failure": "silent"}, digest="")
        for one in found
    ]
