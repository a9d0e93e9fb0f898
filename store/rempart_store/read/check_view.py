"""What pages and programs read of checks: what each came to on how many hosts, and one check host by host.

As in :mod:`rempart_store.read.fleet_view`, every question filters by the reader's groups in the statement.
"""

from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, or_, select

from rempart_core.model.check import Severity
from rempart_core.model.history import Standing
from rempart_core.text import Text
from rempart_store.read.fleet_view import PAGE, Groups, Moment, steer
from rempart_store.read.history import read_standing
from rempart_store.schema.fingerprint import ERROR, FAIL, NOT_APPLICABLE, NOT_CHECKED, PASS
from rempart_store.schema.table import SEVERITIES, check, detail, endpoint, interval

KINDS = ("fail", "error", "waived", "not_checked", "not_applicable", "pass")
"""What a check may come to on a host, what asks for somebody in front."""
_PACKED = {"fail": 2 * FAIL, "error": 2 * ERROR, "waived": 2 * FAIL + 1, "not_checked": 2 * NOT_CHECKED}
_PACKED |= {"not_applicable": 2 * NOT_APPLICABLE, "pass": 2 * PASS}
_KIND = {number: kind for kind, number in _PACKED.items()}


class CheckSum(NamedTuple):
    """One check over the hosts of a moment.

    Attributes:
        check: Its id.
        title: Its title, as it was last stored.
        severity: The worst that is in force on a host.
        kinds: On how many hosts it came to what, by kind.
        since: Since when it is open where that is so for longest; None where nothing is.
    """

    check: str
    title: Text
    severity: Severity
    kinds: dict[str, int]
    since: int | None


class CheckLine(NamedTuple):
    """One check on one host.

    Attributes:
        host: The endpoint's number.
        proof: What vouches for it: ``endpoint``, ``transport`` or ``""``.
        kind: One of :data:`KINDS`.
        silence: Why the host did not answer; empty where it did.
        standing: What was found, with its details.
    """

    host: int
    proof: str
    kind: str
    standing: Standing


class After(NamedTuple):
    """Where a page of hosts begins: after the one of this name and number."""

    name: str
    id: int


def _pack() -> Any:
    """Return what a result came to as one number: its state, and whether it is waived."""
    return interval.c.state * 2 + case((interval.c.waived, 1), else_=0)


def _select_packed(number: int, at: int | None) -> Any:
    """Return what a check came to on an endpoint of the query around.

    It is asked endpoint by endpoint, by the key of results: joined, SQLite takes those of all checks first, since
    nearly all of a fleet hold at one time.
    """
    query = select(_pack()).where(interval.c.endpoint == endpoint.c.id, interval.c.check_id == number, _holds(at))
    return query.order_by(interval.c.since.desc()).limit(1).correlate(endpoint).scalar_subquery()


def find_check(connection: Connection, name: str) -> tuple[int, str, Text] | None:
    """Return number, id and title of a check, whose id may be written in any case; None where there is none.

    Args:
        connection: Reads.
        name: The check's id.
    """
    row = connection.execute(select(check).where(func.lower(check.c.name) == name.lower())).first()
    return None if row is None else (row.id, row.name, Text(row.title_en, row.title_fr))


def count_kinds(connection: Connection, groups: Groups, number: int, at: int | None = None) -> dict[str, int]:
    """Return on how many hosts a check came to what at a moment.

    Args:
        connection: Reads.
        groups: Those that may be read.
        number: The check's, of :func:`find_check`.
        at: The moment; None for now.
    """
    steer(connection, few=True)
    moment = Moment(groups, at)
    packed = _select_packed(number, at).label("packed")
    inside = select(moment.shown.c.silent, packed).select_from(moment.source).where(*moment.conditions).subquery()
    query = select(inside.c.silent, inside.c.packed, func.count()).group_by(inside.c.silent, inside.c.packed)
    found = dict.fromkeys(KINDS, 0)
    for silent, state, count in connection.execute(query):
        if state is not None:
            found["not_checked" if silent else _KIND[state]] += count
    return found


def list_results(
    connection: Connection,
    groups: Groups,
    number: int,
    kind: str,
    at: int | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> list[CheckLine]:
    """Return the hosts on which a check came to something, by name.

    Args:
        connection: Reads.
        groups: Those that may be read.
        number: The check's, of :func:`find_check`.
        kind: One of :data:`KINDS`.
        at: The moment; None for now.
        after: The last one of the page before; None for the first page.
        limit: How many at most.
    """
    steer(connection, few=True)
    moment = Moment(groups, at)
    packed, silent = _select_packed(number, at), moment.shown.c.silent
    query = select(endpoint.c.id, endpoint.c.name).select_from(moment.source).where(*moment.conditions)
    if kind == "not_checked":
        query = query.where(or_(and_(silent, packed.is_not(None)), packed == _PACKED[kind]))
    else:
        query = query.where(~silent, packed == _PACKED[kind])
    if after is not None:
        later = and_(endpoint.c.name == after.name, endpoint.c.id > after.id)
        query = query.where(or_(endpoint.c.name > after.name, later))
    ids = [row.id for row in connection.execute(query.order_by(endpoint.c.name, endpoint.c.id).limit(limit))]
    return _read_lines(connection, number, kind, at, ids)


def _read_lines(connection: Connection, number: int, kind: str, at: int | None, ids: list[int]) -> list[CheckLine]:
    """Return the results of a check on some hosts, in their order, with details."""
    columns = [endpoint.c.name, endpoint.c.group_name, check.c.name.label("check_name"), check.c.title_en]
    columns += [check.c.title_fr, *interval.c, detail.c.content, detail.c.digest, endpoint.c.proof]
    query = select(*columns).select_from(interval).join(endpoint, endpoint.c.id == interval.c.endpoint)
    query = query.join(check, check.c.id == interval.c.check_id).join(detail, detail.c.id == interval.c.detail)
    query = query.where(interval.c.endpoint.in_(ids), interval.c.check_id == number, _holds(at))
    rows = {row.endpoint: row for row in connection.execute(query)}
    return [CheckLine(id_, rows[id_].proof, kind, read_standing(rows[id_], details=True)) for id_ in ids]


def _holds(at: int | None) -> Any:
    """Return the condition that a result holds at a moment; the sums keep databases from looking it up by time.

    Nearly all results of a fleet hold now: by host and check there is one.
    """
    until = interval.c.until + 0
    return until.is_(None) if at is None else and_(interval.c.since + 0 <= at, or_(until.is_(None), until > at))


def sum_checks(connection: Connection, groups: Groups, at: int | None = None) -> list[CheckSum]:
    """Return each check over the hosts of a moment, by id. It reads every result, so that callers keep the answer.

    Args:
        connection: Reads.
        groups: Those that may be read.
        at: The moment; None for now.
    """
    steer(connection, few=False)
    moment = Moment(groups, at)
    packed, silent = _pack().label("packed"), moment.shown.c.silent
    sums = (func.count(), func.min(interval.c.severity), func.min(interval.c.failing_since))
    query = select(interval.c.check_id, silent, packed, *sums)
    query = query.select_from(moment.source.join(interval, interval.c.endpoint == endpoint.c.id))
    query = query.where(_holds(at), *moment.conditions).group_by(interval.c.check_id, silent, packed)
    kinds: dict[int, dict[str, int]] = {}
    worst: dict[int, int] = {}
    oldest: dict[int, int] = {}
    for number, is_silent, state, count, severity, since in connection.execute(query):
        kind = "not_checked" if is_silent else _KIND[state]
        kinds.setdefault(number, dict.fromkeys(KINDS, 0))[kind] += count
        if kind == "fail":
            worst[number], oldest[number] = severity, since
        else:
            worst.setdefault(number, severity)
    found = []
    for row in connection.execute(select(check).order_by(check.c.name)):
        if row.id in kinds:
            severity_in_force = Severity(SEVERITIES[worst[row.id]])
            title = Text(row.title_en, row.title_fr)
            found.append(CheckSum(row.name, title, severity_in_force, kinds[row.id], oldest.get(row.id)))
    return found
