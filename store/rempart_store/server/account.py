"""Accounts of people: local ones with a password, and those of an identity provider."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, insert, select, update

from rempart_store.connection import Connection
from rempart_store.schema.row import next_number
from rempart_store.schema.server_person import server_account

NUL = "\0"
"""PostgreSQL has no text with it, and so no name."""
ALL = "*"
"""In the list of an account's groups: all of them."""


class Account(NamedTuple):
    """Somebody who may sign in.

    Attributes:
        id: Its number.
        name: By which the person signs in.
        subject: Issuer and subject of OpenID Connect, with a blank between; None for a local account.
        password: Its hash by argon2id; ``""`` where none is set.
        role: ``viewer``, ``operator``, ``admin`` or ``auditor``.
        groups: Names of the groups that may be seen; None for all.
        begins: Of an auditor, the first moment that may be read.
        ends: The last one; afterwards nothing opens.
        language: ``en`` or ``fr``.
        created: When it was made.
        disabled: Since when it is disabled; None where it is not.
        link_ends: Until when its one-time link is valid; None without one.
    """

    id: int
    name: str
    subject: str | None
    password: str
    role: str
    groups: frozenset[str] | None
    begins: int | None
    ends: int | None
    language: str
    created: int
    disabled: int | None
    link_ends: int | None


class Access(NamedTuple):
    """What an account may; see :class:`Account`."""

    role: str
    groups: frozenset[str] | None
    begins: int | None = None
    ends: int | None = None


COLUMNS = tuple(server_account.c[name] for name in Account._fields)
"""What :func:`make_account` reads, in its order."""


def make_account(row: Sequence[Any]) -> Account:
    """Return the account of a row that begins with ``COLUMNS``."""
    values: dict[str, Any] = dict(zip(Account._fields, row, strict=False))
    names = json.loads(values["groups"])
    values["groups"] = None if ALL in names else frozenset(map(str, names))
    return Account(**values)


def _write_groups(groups: Collection[str] | None) -> str:
    return json.dumps([ALL] if groups is None else sorted(groups))


def add_account(
    connection: Connection, name: str, access: Access, now: int, *, subject: str | None = None, language: str = "en"
) -> Account | None:
    """Add an account without a password; None where another has its name.

    Args:
        connection: In a transaction that writes.
        name: By which the person signs in.
        access: What it may.
        now: Seconds since 1970.
        subject: Issuer and subject of OpenID Connect; None for a local one.
        language: ``en`` or ``fr``.
    """
    if find_by_name(connection, name) is not None:
        return None
    number = next_number(connection, server_account)
    row = {**access._asdict(), "groups": _write_groups(access.groups)}
    row |= {"id": number, "name": name, "subject": subject, "password": "", "language": language, "created": now}
    connection.execute(insert(server_account), row)
    return read_account(connection, number)


def read_account(connection: Connection, number: int) -> Account | None:
    """Return an account by its number; None where there is none.

    Args:
        connection: In a transaction.
        number: The account's.
    """
    return _find(connection, server_account.c.id == number)


def find_by_name(connection: Connection, name: str) -> Account | None:
    """Return an account by its name; None where there is none.

    Args:
        connection: In a transaction.
        name: By which the person signs in.
    """
    return None if NUL in name else _find(connection, server_account.c.name == name)


def find_by_subject(connection: Connection, subject: str) -> Account | None:
    """Return an account by issuer and subject; None where there is none.

    Args:
        connection: In a transaction.
        subject: Issuer and subject, with a blank between.
    """
    return None if NUL in subject else _find(connection, server_account.c.subject == subject)


def find_by_link(connection: Connection, digest: bytes, now: int) -> Account | None:
    """Return the account whose one-time link is still valid; None where there is none, or it is disabled.

    Args:
        connection: In a transaction.
        digest: SHA-256 of the link's code.
        now: Seconds since 1970.
    """
    here = server_account.c
    return _find(connection, here.link == digest, here.link_ends > now, here.disabled.is_(None))


def _find(connection: Connection, *conditions: ColumnElement[bool]) -> Account | None:
    row = connection.execute(select(*COLUMNS).where(*conditions)).first()
    return None if row is None else make_account(row)


def list_accounts(connection: Connection) -> list[Account]:
    """Return all accounts, by name."""
    return [make_account(row) for row in connection.execute(select(*COLUMNS).order_by(server_account.c.name))]


def set_link(connection: Connection, number: int, digest: bytes, ends: int) -> None:
    """Give an account a one-time link; the one before is void.

    Args:
        connection: In a transaction that writes.
        number: The account's.
        digest: SHA-256 of the link's code.
        ends: Until when it is valid.
    """
    _change(connection, number, link=digest, link_ends=ends)


def set_password(connection: Connection, number: int, password: str) -> None:
    """Set the hash of a password; a one-time link is spent by it.

    Args:
        connection: In a transaction that writes.
        number: The account's.
        password: Its hash.
    """
    _change(connection, number, password=password, link=None, link_ends=None)


def set_access(connection: Connection, number: int, access: Access) -> None:
    """Set what an account may.

    Args:
        connection: In a transaction that writes.
        number: The account's.
        access: What it may.
    """
    _change(connection, number, **{**access._asdict(), "groups": _write_groups(access.groups)})


def set_language(connection: Connection, number: int, language: str) -> None:
    """Set the language of an account's pages.

    Args:
        connection: In a transaction that writes.
        number: The account's.
        language: ``en`` or ``fr``.
    """
    _change(connection, number, language=language)


def set_disabled(connection: Connection, number: int, disabled: int | None) -> None:
    """Disable an account from a moment on, or enable it again (None); its one-time link is void either way.

    Args:
        connection: In a transaction that writes.
        number: The account's.
        disabled: Since when; None enables it.
    """
    _change(connection, number, disabled=disabled, link=None, link_ends=None)


def _change(connection: Connection, number: int, **values: bytes | str | int | None) -> None:
    connection.execute(update(server_account).where(server_account.c.id == number).values(**values))
