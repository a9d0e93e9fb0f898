"""The first administrator, by whom a new server is opened; and one-time links for accounts."""

from typing import TYPE_CHECKING

from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.people.secret import digest_of, make_secret
from rempart_store.server import account as accounts
from rempart_store.server.account import Access, Account

if TYPE_CHECKING:
    from rempart_store.connection import Connection

NAME = "admin"
VALID = 24 * 3600
"""Seconds for which a one-time link is valid."""


def invite(context: Context) -> str:
    """Return the path of a new one-time link for the account ``admin``, which is made where it is missing.

    Args:
        context: Of the server.

    Raises:
        StoreError: The store can't be written.
    """
    with context.store.writing() as connection:
        account = accounts.find_by_name(connection, NAME)
        if account is None:
            account = accounts.add_account(connection, NAME, Access("admin", None), int(context.clock()))
            record(connection, context, "console:init", "user.add", NAME, role="admin", groups=accounts.ALL)
        if account is None:
            raise AssertionError(NAME)
        return make_link(connection, context, account, "console:init")


def make_link(connection: "Connection", context: Context, account: Account, actor: str) -> str:
    """Return the path of a new one-time link by which an account's password is chosen; the one before is void.

    Args:
        connection: In a transaction that writes.
        context: Of the server.
        account: Whose.
        actor: Who makes it.
    """
    code = make_secret()
    accounts.set_link(connection, account.id, digest_of(code), int(context.clock()) + VALID)
    record(connection, context, actor, "user.link", account.name)
    return f"/link/{code}"
