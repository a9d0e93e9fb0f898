"""Sessions of people who signed in: the cookie's value is kept as SHA-256 only."""

from typing import NamedTuple

from sqlalchemy import delete, insert, or_, select, update

from rempart_store.connection import Connection
from rempart_store.schema.server_person import server_account, server_session
from rempart_store.server.account import COLUMNS, Account, make_account

IDLE = 30 * 60
"""Seconds without a request after which a session is over."""
LONGEST = 12 * 3600
"""Seconds after which it is over in any case."""


class Session(NamedTuple):
    """A session that is open.

    Attributes:
        account: Whose it is.
        csrf: What forms of it have to say.
        seen: When its last request was noted.
    """

    account: Account
    csrf: str
    seen: int


def begin_session(connection: Connection, digest: bytes, account: int, csrf: str, now: int) -> None:
    """Begin a session, and forget those that are over.

    Args:
        connection: In a transaction that writes.
        digest: SHA-256 of the cookie's value.
        account: Whose it is.
        csrf: What its forms have to say.
        now: Seconds since 1970.
    """
    here = server_session.c
    connection.execute(delete(server_session).where(or_(here.seen <= now - IDLE, here.created <= now - LONGEST)))
    row = {"digest": digest, "account_id": account, "csrf": csrf, "created": now, "seen": now}
    connection.execute(insert(server_session), row)


def find_session(connection: Connection, digest: bytes, now: int) -> Session | None:
    """Return an open session of an account that is not disabled; None where there is none.

    Args:
        connection: In a transaction.
        digest: SHA-256 of the cookie's value.
        now: Seconds since 1970.
    """
    here = server_session.c
    query = select(*COLUMNS, here.csrf, here.seen).join(server_account, server_account.c.id == here.account_id)
    query = query.where(here.digest == digest, server_account.c.disabled.is_(None))
    query = query.where(here.seen > now - IDLE, here.created > now - LONGEST)
    row = connection.execute(query.where(here.created <= now + IDLE)).first()  # the clock was ahead: it would not end
    return None if row is None else Session(make_account(row), str(row.csrf), int(row.seen))


def note_seen(connection: Connection, digest: bytes, now: int) -> None:
    """Note a request of a session.

    Args:
        connection: In a transaction that writes.
        digest: SHA-256 of the cookie's value.
        now: Seconds since 1970.
    """
    connection.execute(update(server_session).where(server_session.c.digest == digest).values(seen=now))


def end_session(connection: Connection, digest: bytes) -> None:
    """End a session.

    Args:
        connection: In a transaction that writes.
        digest: SHA-256 of the cookie's value.
    """
    connection.execute(delete(server_session).where(server_session.c.digest == digest))


def end_sessions(connection: Connection, account: int, but: bytes = b"") -> None:
    """End all sessions of an account.

    Args:
        connection: In a transaction that writes.
        account: Whose.
        but: The one that stays, by its digest.
    """
    here = server_session.c
    connection.execute(delete(server_session).where(here.account_id == account, here.digest != but))
