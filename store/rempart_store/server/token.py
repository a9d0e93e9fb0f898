"""Tokens by which programs read: kept as SHA-256 only, and never more powerful than the account that made them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, insert, or_, select, update

from rempart_store.connection import Connection
from rempart_store.schema.row import next_number
from rempart_store.schema.server_person import server_account, server_token
from rempart_store.server.account import COLUMNS, Account, make_account


class Token(NamedTuple):
    """A program's token.

    Attributes:
        id: Its number.
        name: What it is for.
        role: The most that it may; less where its account may less.
        created: When it was made.
        ends: Until when it is valid; None for ever.
        revoked: When it was revoked; None where it was not.
        used: When it was last used, to the minute; None where it never was.
        account: Whose it is.
    """

    id: int
    name: str
    role: str
    created: int
    ends: int | None
    revoked: int | None
    used: int | None
    account: Account


_OWN = tuple(server_token.c[name] for name in Token._fields[:-1])


def _query() -> "Select[Any]":
    return select(*COLUMNS, *_OWN).join(server_account, server_account.c.id == server_token.c.account_id)


def add_token(
    connection: Connection, name: str, account: int, role: str, digest: bytes, now: int, ends: int | None
) -> int:
    """Add a token, and return its number.

    Args:
        connection: In a transaction that writes.
        name: What it is for.
        account: Whose it is.
        role: The most that it may.
        digest: SHA-256 of it.
        now: Seconds since 1970.
        ends: Until when it is valid; None for ever.
    """
    number = next_number(connection, server_token)
    row = {"id": number, "name": name, "account_id": account, "role": role, "digest": digest, "created": now}
    connection.execute(insert(server_token), {**row, "ends": ends})
    return number


def find_token(connection: Connection, digest: bytes, now: int) -> Token | None:
    """Return a token that is valid, of an account that is not disabled; None where there is none.

    Args:
        connection: In a transaction.
        digest: SHA-256 of it.
        now: Seconds since 1970.
    """
    here = server_token.c
    query = _query().where(here.digest == digest, here.revoked.is_(None), server_account.c.disabled.is_(None))
    row = connection.execute(query.where(or_(here.ends.is_(None), here.ends > now))).first()
    return None if row is None else _make(row)


def list_tokens(connection: Connection) -> list[Token]:
    """Return all tokens, by number."""
    rows = connection.execute(_query().order_by(server_token.c.id))
    return [_make(row) for row in rows]


def _make(row: Sequence[Any]) -> Token:
    values: dict[str, Any] = dict(zip(Token._fields, row[len(COLUMNS) :], strict=False))
    return Token(**values, account=make_account(row))


def revoke_token(connection: Connection, number: int, now: int) -> bool:
    """Revoke a token; tell whether there was one that was valid.

    Args:
        connection: In a transaction that writes.
        number: The token's.
        now: Seconds since 1970.
    """
    here = server_token.c
    query = update(server_token).where(here.id == number, here.revoked.is_(None)).values(revoked=now)
    return connection.execute(query).rowcount > 0


def note_used(connection: Connection, number: int, now: int) -> None:
    """Note a use of a token.

    Args:
        connection: In a transaction that writes.
        number: The token's.
        now: Seconds since 1970.
    """
    connection.execute(update(server_token).where(server_token.c.id == number).values(used=now))
