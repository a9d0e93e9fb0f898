"""Secrets by which machines enrol in a group. They are shown once; the store has their SHA-256 alone."""

import hashlib
import secrets
from typing import Any, NamedTuple

from sqlalchemy import insert, or_, select, update

from rempart_store.connection import Connection
from rempart_store.schema.row import next_number
from rempart_store.schema.server_node import server_secret
from rempart_store.server.group import Group, read_group

UNKNOWN, SPENT, ENDED, REVOKED = "unknown", "spent", "ended", "revoked"
"""Why a secret is refused."""


class Secret(NamedTuple):
    """What is known of a secret, besides itself.

    Attributes:
        id: Its number, from 1.
        uses: How many machines may enrol with it; None for any number.
        used: How many did.
        created: When it was made, seconds since 1970.
        ends: When it ends; None for never.
        revoked: When it was revoked; None where it was not.
    """

    id: int
    uses: int | None
    used: int
    created: int
    ends: int | None
    revoked: int | None


class Tried(NamedTuple):
    """What became of a secret that a machine showed.

    Attributes:
        group: The group that it leads to; None where it is refused.
        secret: Its number; 0 where there is none.
        why: ``""``; else ``UNKNOWN``, ``SPENT``, ``ENDED`` or ``REVOKED``. Of a spent one the group is given too:
            machines that are enrolled may still come back with it.
    """

    group: Group | None
    secret: int
    why: str


def make_secret(
    connection: Connection, group_id: int, now: int, uses: int | None = None, ends: int | None = None
) -> str:
    """Make a secret of a group.

    Args:
        connection: In a transaction that writes.
        group_id: Number of the group.
        now: Seconds since 1970.
        uses: How many machines may enrol with it; None for any number.
        ends: When it ends; None for never.

    Returns:
        The secret, which can't be read again.
    """
    secret = secrets.token_urlsafe(32)
    row = {
        "id": next_number(connection, server_secret),
        "group_id": group_id,
        "digest": digest_of(secret),
        "uses": uses,
        "used": 0,
        "created": now,
        "ends": ends,
        "revoked": None,
    }
    connection.execute(insert(server_secret), row)
    return secret


def try_secret(connection: Connection, secret: str, now: int) -> Tried:
    """Tell which group a secret leads to, without counting a use.

    Args:
        connection: Reads.
        secret: As a machine showed it.
        now: Seconds since 1970.
    """
    row = connection.execute(select(server_secret).where(server_secret.c.digest == digest_of(secret))).one_or_none()
    if row is None:
        return Tried(None, 0, UNKNOWN)
    if row.revoked is not None:
        return Tried(None, row.id, REVOKED)
    if row.ends is not None and row.ends <= now:
        return Tried(None, row.id, ENDED)
    group = read_group(connection, row.group_id)
    if group is None:
        return Tried(None, row.id, UNKNOWN)
    return Tried(group, row.id, SPENT if row.uses is not None and row.used >= row.uses else "")


def count_use(connection: Connection, secret_id: int) -> None:
    """Count one machine more that enrolled with a secret.

    Args:
        connection: In a transaction that writes.
        secret_id: The secret's number.
    """
    where = server_secret.c.id == secret_id
    connection.execute(update(server_secret).where(where).values(used=server_secret.c.used + 1))


def spend(connection: Connection, secret: str, now: int) -> Group | None:
    """Count a use of a secret, and return its group.

    Args:
        connection: In a transaction that writes.
        secret: As a machine showed it.
        now: Seconds since 1970.

    Returns:
        None where it is unknown, spent, ended or revoked.
    """
    tried = try_secret(connection, secret, now)
    if tried.why:
        return None
    count_use(connection, tried.secret)
    return tried.group


def end_secrets(connection: Connection, group_id: int, ends: int, now: int) -> int:
    """Let the secrets of a group end at a moment, those that would not end sooner; see ``secret rotate``.

    Args:
        connection: In a transaction that writes.
        group_id: Number of the group.
        ends: When, seconds since 1970.
        now: The same, now.

    Returns:
        How many end then.
    """
    table = server_secret.c
    later = or_(table.ends.is_(None), table.ends > ends)
    where = (table.group_id == group_id) & table.revoked.is_(None) & later
    return connection.execute(update(server_secret).where(where).values(ends=max(ends, now))).rowcount


def revoke_secrets(connection: Connection, group_id: int, now: int) -> int:
    """End all secrets of a group at once, and return how many were still good.

    Args:
        connection: In a transaction that writes.
        group_id: Number of the group.
        now: Seconds since 1970.
    """
    table = server_secret.c
    where = (table.group_id == group_id) & table.revoked.is_(None) & or_(table.ends.is_(None), table.ends > now)
    return connection.execute(update(server_secret).where(where).values(revoked=now)).rowcount


def list_secrets(connection: Connection, group_id: int) -> list[Secret]:
    """Return what is known of the secrets of a group, the oldest first.

    Args:
        connection: Reads.
        group_id: Number of the group.
    """
    query = select(server_secret).where(server_secret.c.group_id == group_id).order_by(server_secret.c.id)
    return [_secret(row) for row in connection.execute(query)]


def digest_of(text: str) -> bytes:
    """Return the SHA-256 of a secret or a key, as the store has it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _secret(row: Any) -> Secret:
    return Secret(row.id, row.uses, row.used, row.created, row.ends, row.revoked)
