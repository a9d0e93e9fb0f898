"""Accounts and tokens as an administrator manages them: what is wrong is said, and each deed is in the log."""

import re
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.say import LANGUAGES
from rempart_core.suggestion import quoted
from rempart_core.timestamps import write_moment
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.people.first_admin import make_link
from rempart_server.people.person import AUDITOR, ROLES
from rempart_server.people.secret import PREFIX, digest_of, make_secret
from rempart_store.server import account as accounts
from rempart_store.server import token as tokens
from rempart_store.server.account import Access, Account
from rempart_store.server.group import find_group
from rempart_store.server.session import end_sessions

if TYPE_CHECKING:
    from rempart_store.connection import Connection

_NAME = re.compile(r"[\w.@+-]{1,100}")


class Change(NamedTuple):
    """What is to be changed of an account; None leaves it.

    Attributes:
        access: What it may.
        language: ``en`` or ``fr``.
        enabled: Whether it may sign in.
    """

    access: Access | None = None
    language: str | None = None
    enabled: bool | None = None


def add_user(context: Context, actor: str, name: str, access: Access, language: str = "en") -> str:
    """Add an account, and return the path of its one-time link.

    Args:
        context: Of the server.
        actor: Who adds it.
        name: By which the person signs in.
        access: What it may.
        language: ``en`` or ``fr``.

    Raises:
        UsageError: There is one of that name, or the name or the access is none.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(Message("server_account.name", name=quoted(name)))
    with context.store.writing() as connection:
        _check(connection, access, language)
        account = accounts.add_account(connection, name, access, int(context.clock()), language=language)
        if account is None:
            raise UsageError(Message("server_account.taken", name=quoted(name)))
        record(connection, context, actor, "user.add", name, **_tell(access))
        return make_link(connection, context, account, actor)


def change_user(context: Context, actor: str, name: str, change: Change) -> None:
    """Change an account; its sessions and tokens may at once no more than it.

    Args:
        context: Of the server.
        actor: Who changes it.
        name: The account's.
        change: What.

    Raises:
        UsageError: There is none of that name, or the access is none.
    """
    with context.store.writing() as connection:
        account = _find(connection, name)
        if change.access is not None:
            _check(connection, change.access, change.language or account.language)
            accounts.set_access(connection, account.id, change.access)
            record(connection, context, actor, "user.access", name, **_tell(change.access))
        if change.language is not None:
            _check(connection, change.access or Access(ROLES[0], None), change.language)
            accounts.set_language(connection, account.id, change.language)
            record(connection, context, actor, "user.language", name, language=change.language)
        if change.enabled is not None:
            enable_account(connection, context, actor, account, enabled=change.enabled)


def enable_account(connection: "Connection", context: Context, actor: str, account: Account, *, enabled: bool) -> None:
    """Enable an account, or disable it and end its sessions; one that is so already stays as it is.

    Args:
        connection: In a transaction that writes.
        context: Of the server.
        actor: Who does it.
        account: As the store has it.
        enabled: Whether it may sign in from now on.
    """
    if enabled == (account.disabled is None):
        return
    accounts.set_disabled(connection, account.id, None if enabled else int(context.clock()))
    end_sessions(connection, account.id)
    record(connection, context, actor, "user.enable" if enabled else "user.disable", account.name)


def link_user(context: Context, actor: str, name: str) -> str:
    """Return the path of a new one-time link of an account; its password stays until another one is chosen.

    Args:
        context: Of the server.
        actor: Who makes it.
        name: The account's.

    Raises:
        UsageError: There is none of that name, it is disabled, or an identity provider has its password.
    """
    with context.store.writing() as connection:
        account = _find(connection, name)
        if account.disabled is not None:
            raise UsageError(Message("server_account.disabled", name=quoted(name)))
        if account.subject is not None:
            raise UsageError(Message("server_account.not_local", name=quoted(name)))
        return make_link(connection, context, account, actor)


def make_token(context: Context, actor: str, name: str, owner: str, role: str, ends: int | None) -> tuple[int, str]:
    """Return number and secret of a new token.

    Args:
        context: Of the server.
        actor: Who makes it.
        name: What it is for.
        owner: Name of the account whose it is.
        role: The most that it may.
        ends: Until when it is valid, seconds since 1970; None for ever.

    Raises:
        UsageError: There is no such account, it is disabled, it may less than the token, or the end is past.
    """
    now = int(context.clock())
    if ends is not None and ends <= now:
        raise UsageError(Message("server_account.past"))
    with context.store.writing() as connection:
        account = _find(connection, owner)
        if account.disabled is not None:
            raise UsageError(Message("server_account.disabled", name=quoted(owner)))
        if not _covers(account.role, role):
            raise UsageError(
                Message("server_account.more_than", name=quoted(owner), own=account.role, role=quoted(role))
            )
        secret = PREFIX + make_secret()
        number = tokens.add_token(connection, name, account.id, role, digest_of(secret), now, ends)
        details = {"name": name, "account": owner, "role": role, "ends": "" if ends is None else write_moment(ends)}
        record(connection, context, actor, "token.make", str(number), **details)
    return number, secret


def revoke_token(context: Context, actor: str, number: str) -> None:
    """Revoke a token: it opens nothing from now on.

    Args:
        context: Of the server.
        actor: Who revokes it.
        number: The token's, as somebody wrote it.

    Raises:
        UsageError: There is none that is valid.
    """
    known = re.fullmatch(r"\d{1,9}", number, re.ASCII)
    with context.store.writing() as connection:
        if not known or not tokens.revoke_token(connection, int(number), int(context.clock())):
            raise UsageError(Message("server_account.no_token", number=quoted(number)))
        record(connection, context, actor, "token.revoke", number)


def _find(connection: "Connection", name: str) -> Account:
    account = accounts.find_by_name(connection, name)
    if account is None:
        raise UsageError(Message("server_account.none", name=quoted(name)))
    return account


def _covers(own: str, role: str) -> bool:
    if AUDITOR in (own, role):
        return own == role
    return role in ROLES and own in ROLES and ROLES.index(role) <= ROLES.index(own)


def _check(connection: "Connection", access: Access, language: str) -> None:
    if language not in LANGUAGES:
        raise UsageError(Message("server_account.language", language=quoted(language)))
    if access.role not in (*ROLES, AUDITOR):
        raise UsageError(Message("server_account.role", role=quoted(access.role)))
    if access.role == AUDITOR:
        if access.begins is None or access.ends is None or access.begins >= access.ends:
            raise UsageError(Message("server_account.dates"))
    elif access.begins is not None or access.ends is not None:
        raise UsageError(Message("server_account.no_dates"))
    for name in sorted(access.groups or ()):
        if find_group(connection, name) is None:
            raise UsageError(Message("server_account.no_group", name=quoted(name)))


def _tell(access: Access) -> dict[str, str]:
    said = {"role": access.role, "groups": accounts.ALL if access.groups is None else ", ".join(sorted(access.groups))}
    if access.begins is not None and access.ends is not None:
        said |= {"begins": write_moment(access.begins), "ends": write_moment(access.ends)}
    return said
