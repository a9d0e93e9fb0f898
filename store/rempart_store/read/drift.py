"""What changed between a moment and now: the net difference, each endpoint by what was last known of it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, Connection, Select, and_, func, literal, or_, select

from rempart_core.model.check import Severity
from rempart_core.model.history import DRIFT_ORDER, Change, Drift, RunNumber, RunRow, Standing
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_store.read.history import alive, fleet, last_visit, newest
from rempart_store.read.not_compared import find_not_compared
from rempart_store.schema.fingerprint import unpack_all
from rempart_store.schema.row import chunks
from rempart_store.schema.table import SEVERITIES, STATES, check, detail, endpoint, interval, visit

_STATE = [State(name) for name in STATES]
_SEVERITY = [Severity(name) for name in SEVERITIES]
_MARK, _DETAIL = (list(interval.c.keys()).index(name) for name in ("mark", "detail"))  # a look at names costs time
_RANKS = {id(severity): severity.rank for severity in Severity}  # by identity: see fingerprint
_KINDS = {kind: place for place, kind in enumerate(DRIFT_ORDER)}
_JUDGED = (State.PASS, State.FAIL, State.NOT_APPLICABLE)


def compare(
    connection: Connection, since: int, last: RunRow | None = None, hosts: Collection[str] | None = None
) -> Drift:
    """Return what changed since a moment.

    Args:
        connection: Reads.
        since: The moment.
        last: The last run, where what it saw is wanted: an endpoint that it visited before the moment (it began early,
            or brought what is late) is compared with how that endpoint was before the visit.
        hosts: Names of the endpoints that are meant; None for all.
    """
    now = newest(connection) or since
    here = endpoint.c.retired.is_(None)
    overlap = last is not None and last.started <= since
    then = _before(last.number, since) if last and overlap else literal(since, BigInteger)
    floor = last.started - 1 if last and overlap else since
    meant = _Everything() if hosts is None else hosts
    pairs = _moves(connection, floor, then)
    changes = [change for old, new in pairs if (change := sort(old, new)).now.host in meant]
    silent = fleet(connection, now, here, endpoint.c.silent.is_(True))
    new_hosts = fleet(connection, now, here, endpoint.c.first_seen > then).values()
    before = _silent_then(connection, then)
    answering = select(endpoint.c.name).where(endpoint.c.id.in_(before - silent.keys())).order_by(endpoint.c.name)
    returned = tuple(name for name in connection.scalars(answering) if name in meant)
    back = set(returned)
    changes = [_after_silence(change) if change.now.host in back else change for change in changes]
    return Drift(
        since=since,
        now=now,
        changes=tuple(sorted(changes, key=_rank)),
        new_hosts=tuple(host for host in new_hosts if host.name in meant),
        silent=tuple(host for host in silent.values() if host.name in meant),
        returned=returned,
        fallen_silent=tuple(host.name for id_, host in silent.items() if id_ not in before and host.name in meant),
        compared=sum(name in meant for name in connection.scalars(_known(then).where(endpoint.c.answered > then))),
        not_compared=find_not_compared(connection, then, meant),
    )


def _after_silence(change: Change) -> Change:
    """Return a change of an endpoint that answers again: it came while nobody could look, not since the run before.

    What an endpoint that had never answered says at first is no change at all: it is new.
    """
    if change.old is not None and change.old.detail.get("failure") == "silent":
        return change._replace(kind="appeared", old=None)
    return change._replace(kind="after_silence") if change.kind not in {"appeared", "disappeared"} else change


class _Everything(frozenset[str]):
    """The names of all endpoints."""

    def __contains__(self, _name: object) -> bool:
        return True


def _known(then: ColumnElement[int]) -> Select[str]:
    """Return the query of the names of endpoints that were known then, and are not silent now."""
    return select(endpoint.c.name).where(endpoint.c.retired.is_(None), alive(then), endpoint.c.silent.is_(False))


def _before(run: RunNumber, since: int) -> ColumnElement[int]:
    """Return, for an endpoint of the query around, the moment before the run's first visit, or a given earlier one."""
    first = select(func.min(visit.c.time) - 1).where(visit.c.endpoint == endpoint.c.id, visit.c.run == run)
    # What is older than all that was known of an endpoint does not make it a new one.
    first = first.where(visit.c.time <= since, or_(visit.c.time > endpoint.c.first_seen, endpoint.c.run == run))
    return func.coalesce(first.correlate(endpoint).scalar_subquery(), literal(since, BigInteger))


def _moves(
    connection: Connection, floor: int, then: ColumnElement[int]
) -> list[tuple[Standing | None, Standing | None]]:
    """Return what each check was then and is now, where that is not one and the same interval.

    Args:
        connection: Reads.
        floor: A moment that is not after ``then``, whatever the endpoint.
        then: The moment, of the endpoint of the query around.
    """
    # Found by the index of the moment first: a database that has counted nothing would go through all intervals of all
    # endpoints, one endpoint after the other, or through all that are open.
    begun = select(interval).where(interval.c.since > floor).cte("begun").prefix_with("MATERIALIZED")
    ended = select(interval).where(interval.c.until > floor).cte("ended").prefix_with("MATERIALIZED")
    new = _read_rows(connection, then, begun, begun.c.until.is_(None), begun.c.since > then)
    old = _read_rows(connection, then, ended, ended.c.since <= then, ended.c.until > then)
    pairs = [(old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    moved = [(was, now) for was, now in pairs if was is None or now is None or was[_MARK] != now[_MARK]]
    read = _Reader(connection, {row[_DETAIL] for pair in moved for row in pair if row is not None}).read
    return [(read(was) if was else None, read(now) if now else None) for was, now in moved]


def _read_rows(
    connection: Connection, then: ColumnElement[int], moved: CTE, *conditions: ColumnElement[bool]
) -> dict[tuple[int, int], Sequence[Any]]:
    """Return intervals of endpoints that are known of both moments, by endpoint and check."""
    query = select(*moved.c, endpoint.c.name, endpoint.c.group_name).join(endpoint, endpoint.c.id == moved.c.endpoint)
    query = query.where(*conditions, endpoint.c.retired.is_(None), endpoint.c.first_seen <= then)
    return {(row[0], row[1]): row for row in connection.execute(query).all()}


class _Reader:
    """Reads rows of intervals; what many have in common is read once: in a bad night a whole fleet changes alike."""

    def __init__(self, connection: Connection, details: Collection[int]) -> None:
        """Read checks, and some details, by their numbers."""
        self._checks = {
            row.id: (row.name, Text(row.title_en, row.title_fr)) for row in connection.execute(select(check))
        }
        self._details: dict[int, tuple[Any, str]] = {}
        for some in chunks(sorted(details)):
            query = select(detail.c.id, detail.c.content, detail.c.digest).where(detail.c.id.in_(some))
            numbers, contents, digests = zip(*connection.execute(query).all(), strict=True)
            hexes = (bytes(digest).hex() for digest in digests)
            self._details.update(zip(numbers, zip(unpack_all(contents), hexes, strict=True), strict=True))

    def read(self, row: Sequence[Any]) -> Standing:
        """Return what a row of ``_read_rows`` holds."""
        _, number, since, until, state, severity, waived, failing_since, _, said, name, group = row
        (called, title), (read, digest) = self._checks[number], self._details[said]
        level = _SEVERITY[severity]
        return Standing(
            name, group, called, title, _STATE[state], level, waived, since, until, failing_since, read, digest
        )


def _silent_then(connection: Connection, then: ColumnElement[int]) -> set[int]:
    """Return the numbers of endpoints whose last visit until a moment was a silent one."""
    last = last_visit(then)
    query = select(endpoint.c.id).select_from(endpoint)
    query = query.join(visit, and_(visit.c.endpoint == endpoint.c.id, visit.c.time == last))
    return set(connection.scalars(query.where(alive(then), endpoint.c.retired.is_(None), visit.c.silent.is_(True))))


def sort(old: Standing | None, new: Standing | None) -> Change:
    """Return the change from one state to another, as :func:`rempart_core.model.difference.compare` sorts them.

    Args:
        old: What it was; None where it was not asked.
        new: What it is; None where it is asked no more. One of both is there.
    """
    if old is None or new is None:
        return Change("appeared" if old is None else "disappeared", old, new)
    appeared: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    if old.state is State.FAIL and new.state is State.FAIL:
        was, is_ = old.detail.get("items"), new.detail.get("items")
        if was is not None and is_ is not None:
            appeared = tuple(item for item in is_ if item not in set(was))
            gone = tuple(item for item in was if item not in set(is_))
    return Change(_kind(old, new, appeared, gone), old, new, appeared, gone)


def _kind(old: Standing, new: Standing, appeared: tuple[str, ...], gone: tuple[str, ...]) -> str:
    if old.state in _JUDGED and new.state not in _JUDGED:
        return "unseen"
    if new.state is State.FAIL and old.state is not State.FAIL:
        return "worse"
    if old.state is State.FAIL and new.state is State.FAIL:
        if appeared:
            return "changed" if gone else "worse"
        if gone:
            return "better"
        return "waiver" if old.detail.get("waiver") != new.detail.get("waiver") else "changed"
    if old.state not in (State.PASS, State.NOT_APPLICABLE) and new.state in _JUDGED:
        return "better"
    return "changed"


def _rank(change: Change) -> tuple[bool, int, int, str, str]:
    one = change.now
    return (not change.regression, _KINDS[change.kind], _RANKS[id(one.severity)], one.host, one.check)
