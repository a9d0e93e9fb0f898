"""What changed between a moment and now: the net difference, each endpoint by what was last known of it."""

from typing import Any

from sqlalchemy import Connection, select

from rempart_controller.store.reading import alive, fleet, newest, read_standing, select_standings
from rempart_controller.store.table import endpoint, interval
from rempart_controller.store.value import Change, Drift, Standing
from rempart_core.result import State

_JUDGED = (State.PASS, State.FAIL, State.NOT_APPLICABLE)
ORDER = ("worse", "unseen", "appeared", "changed", "waiver", "better", "disappeared")


def compare(connection: Connection, since: int) -> Drift:
    """Return what changed since a moment."""
    now = newest(connection) or since
    hosts = fleet(connection, now)
    known = set(connection.scalars(select(endpoint.c.id).where(alive(since), endpoint.c.retired.is_(None))))
    changes = []
    for old, new in _moves(connection, since):
        change = sort(old, new)
        if change is not None:
            changes.append(change)
    changes.sort(key=_rank)
    before = _silent_then(connection, since)
    return Drift(
        since=since,
        now=now,
        changes=tuple(changes),
        new_hosts=tuple(host for id_, host in hosts.items() if id_ not in known),
        silent=tuple(host for host in hosts.values() if host.silent),
        returned=tuple(host.name for id_, host in hosts.items() if id_ in before and not host.silent),
        fallen_silent=tuple(host.name for id_, host in hosts.items() if host.silent and id_ not in before),
        compared=len(known & set(hosts)),
    )


def _moves(connection: Connection, since: int) -> list[tuple[Standing | None, Standing | None]]:
    """Return what each check was then and is now, where that is not one and the same interval."""
    query = select_standings(details=True).where(endpoint.c.retired.is_(None), endpoint.c.first_seen <= since)
    begun = query.where(interval.c.since > since, interval.c.until.is_(None))
    ended = query.where(interval.c.until > since, interval.c.since <= since)
    new = {(row.endpoint, row.check_id): row for row in connection.execute(begun)}
    old = {(row.endpoint, row.check_id): row for row in connection.execute(ended)}
    return [
        (_read(old.get(key)), _read(new.get(key)))
        for key in old.keys() | new.keys()
        if key not in old or key not in new or old[key].mark != new[key].mark
    ]


def _read(row: Any) -> Standing | None:
    return None if row is None else read_standing(row, details=True)


def _silent_then(connection: Connection, since: int) -> set[int]:
    return {id_ for id_, host in fleet(connection, since).items() if host.silent}


def sort(old: Standing | None, new: Standing | None) -> Change | None:
    """Return the change from one state to another, as :func:`rempart_core.difference.compare` sorts them."""
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
    return (not change.regression, ORDER.index(change.kind), one.severity.rank, one.host, one.check)
