"""Webhooks: whom the server tells of what, and what was told."""

import json
import secrets
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from rempart_core.json_value import Json
from rempart_store.schema.row import next_number
from rempart_store.schema.server_work import server_hook, server_hook_delivery


class Hook(NamedTuple):
    """Whom the server tells of something.

    Attributes:
        id: Its number.
        url: Where it is posted to.
        kinds: Of what it is told.
        groups: Of which groups; none means all.
        private: Whether it may be at a private address.
        enabled: Whether it is told at all.
    """

    id: int
    url: str
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    private: bool
    enabled: bool


class Delivery(NamedTuple):
    """One thing that one hook is told.

    Attributes:
        id: Its number; the receiver knows by it what it was told twice.
        url: Where it is posted to.
        secret: Signs it.
        private: Whether a private address is allowed.
        body: JSON.
        created: When it happened.
        tries: How often it was tried, this time counted.
    """

    id: int
    url: str
    secret: str
    private: bool
    body: str
    created: int
    tries: int


class Told(NamedTuple):
    """What became of a delivery: for the list that a person reads."""

    id: int
    hook: int
    created: int
    tries: int
    next_try: int | None
    done: int | None
    status: str


def add_hook(
    connection: Connection, url: str, kinds: Sequence[str], groups: Sequence[str], *, private: bool
) -> tuple[int, str]:
    """Add a hook, and return its number and the secret that signs what it is told, which is shown once.

    Args:
        connection: In a transaction that writes.
        url: Where it is posted to.
        kinds: Of what it is told.
        groups: Names of groups; none means all.
        private: Whether private addresses are allowed.
    """
    number, secret = next_number(connection, server_hook), secrets.token_urlsafe(32)
    row = {
        "id": number,
        "url": url,
        "secret": secret,
        "kinds": json.dumps(list(kinds)),
        "groups": json.dumps(list(groups)),
        "private": private,
        "enabled": True,
    }
    connection.execute(insert(server_hook), row)
    return number, secret


def list_hooks(connection: Connection) -> list[Hook]:
    """Return the hooks, without their secrets, by number."""
    return [_read(row) for row in connection.execute(select(server_hook).order_by(server_hook.c.id))]


def remove_hook(connection: Connection, number: int) -> bool:
    """Remove a hook and what it was not told yet; False where there is none of that number.

    Args:
        connection: In a transaction that writes.
        number: The hook's.
    """
    connection.execute(delete(server_hook_delivery).where(server_hook_delivery.c.hook_id == number))
    return bool(connection.execute(delete(server_hook).where(server_hook.c.id == number)).rowcount)


def queue(connection: Connection, kind: str, group: str, body: dict[str, Json], now: int) -> int:
    """Let the hooks that want it be told of something; return how many they are.

    Args:
        connection: In the transaction of what happened.
        kind: Of what.
        group: In which group; ``""`` for what is of no group, which only hooks of all groups are told.
        body: What happened.
        now: Seconds since 1970.
    """
    told = 0
    for one in list_hooks(connection):
        if not one.enabled or kind not in one.kinds or (one.groups and group not in one.groups):
            continue
        number = next_number(connection, server_hook_delivery)
        said = {"id": number, "kind": kind, "time": now, "group": group, **body}
        row = {
            "id": number,
            "hook_id": one.id,
            "body": json.dumps(said, separators=(",", ":")),
            "created": now,
            "tries": 0,
            "next_try": now,
            "done": None,
            "status": "",
        }
        connection.execute(insert(server_hook_delivery), row)
        told += 1
    return told


def claim_deliveries(connection: Connection, now: int, seconds: int, most: int) -> list[Delivery]:
    """Take deliveries that are due; no other worker has them in the next seconds.

    Args:
        connection: In a transaction that writes.
        now: Seconds since 1970.
        seconds: For how long.
        most: How many.
    """
    here, hook = server_hook_delivery.c, server_hook.c
    query = select(server_hook_delivery, hook.url, hook.secret, hook.private).join(server_hook, hook.id == here.hook_id)
    due = here.done.is_(None) & (here.next_try <= now)
    rows = connection.execute(query.where(due).order_by(here.next_try, here.id).limit(most)).all()
    if rows:
        change = update(server_hook_delivery).where(here.id.in_([row.id for row in rows]))
        connection.execute(change.values(next_try=now + seconds, tries=here.tries + 1))
    return [Delivery(row.id, row.url, row.secret, row.private, row.body, row.created, row.tries + 1) for row in rows]


def is_due(connection: Connection, now: int) -> bool:
    """Tell whether some delivery could be tried.

    Args:
        connection: Reads.
        now: Seconds since 1970.
    """
    here = server_hook_delivery.c
    return connection.scalar(select(here.id).where(here.done.is_(None) & (here.next_try <= now)).limit(1)) is not None


def note_delivery(connection: Connection, number: int, status: str, now: int, next_try: int | None) -> None:
    """Note what became of a try.

    Args:
        connection: In a transaction that writes.
        number: The delivery's.
        status: What the receiver answered, or what stood in the way.
        now: Seconds since 1970.
        next_try: When it is tried again; None where it is done, or given up.
    """
    values: dict[str, Any] = {"status": status, "next_try": next_try, "done": None if next_try else now}
    connection.execute(update(server_hook_delivery).where(server_hook_delivery.c.id == number).values(values))


def list_deliveries(connection: Connection, hooks: Collection[int] | None, most: int) -> list[Told]:
    """Return the last deliveries, newest first.

    Args:
        connection: Reads.
        hooks: Of which hooks; None for all.
        most: How many.
    """
    here = server_hook_delivery.c
    query = select(here.id, here.hook_id, here.created, here.tries, here.next_try, here.done, here.status)
    if hooks is not None:
        query = query.where(here.hook_id.in_(hooks))
    return [Told._make(row) for row in connection.execute(query.order_by(here.id.desc()).limit(most))]


def forget_deliveries(connection: Connection, before: int) -> None:
    """Forget deliveries that were done, or given up, before a moment.

    Args:
        connection: In a transaction that writes.
        before: Seconds since 1970.
    """
    connection.execute(delete(server_hook_delivery).where(server_hook_delivery.c.done < before))


def _read(row: Any) -> Hook:
    kinds, groups = tuple(json.loads(row.kinds)), tuple(json.loads(row.groups))
    return Hook(row.id, row.url, kinds, groups, row.private, row.enabled)
