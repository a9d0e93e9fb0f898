"""The command ``rempart server user``: accounts of people."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.timestamps import read_time
from rempart_server.commands.actor import console
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_server.context import Context
    from rempart_server.people.managing import Change
    from rempart_store.server.account import Access, Account


class UserRequest(NamedTuple):
    """Something is to be done with accounts.

    Attributes:
        directory: Of the server.
        deed: ``add``, ``list``, ``set``, ``disable`` or ``link``.
        name: The account's; ``""`` for a list.
        role: What it is to be; ``""`` leaves it.
        groups: Which it may see: None leaves them.
        every: Whether it may see all.
        begins: Of an auditor, the first moment that may be read; None leaves it.
        ends: The last one.
        language: ``""`` leaves it.
        enable: Whether a disabled one is enabled.
        json: Whether a list is for machines.
    """

    directory: str
    deed: str
    name: str
    role: str
    groups: tuple[str, ...] | None
    every: bool
    begins: int | None
    ends: int | None
    language: str
    enable: bool
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_account.user_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    for deed, about in (
        ("add", words("server_account.add")),
        ("list", words("server_account.list")),
        ("set", words("server_account.set")),
        ("disable", words("server_account.disable")),
        ("link", words("server_account.link")),
    ):
        one = deeds.add_parser(deed, help=about, description=about)
        if deed == "list":
            one.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
        else:
            one.add_argument("name", metavar="NAME", help=option_help("server_account.help_name"))
        if deed in ("add", "set"):
            _add_access(one, new=deed == "add")
        add_directory(one)


def _add_access(parser: argparse.ArgumentParser, *, new: bool) -> None:
    roles = ("viewer", "operator", "admin", "auditor")
    parser.add_argument("--role", choices=roles, required=new, help=option_help("server_account.help_role"))
    which = parser.add_mutually_exclusive_group(required=new)
    which.add_argument("--group", metavar="GROUP", action="append", help=option_help("server_account.help_group"))
    which.add_argument("--all-groups", action="store_true", help=option_help("server_account.help_all"))
    parser.add_argument("--from", metavar="DATE", dest="first_moment", help=option_help("server_account.help_from"))
    parser.add_argument("--until", metavar="DATE", dest="last_moment", help=option_help("server_account.help_until"))
    parser.add_argument("--language", choices=("en", "fr"), help=option_help("server_account.help_language"))
    if not new:
        parser.add_argument("--enable", action="store_true", help=option_help("server_account.help_enable"))


def request(options: argparse.Namespace) -> UserRequest:
    """See Command.request."""
    given = vars(options)
    begins, ends, groups = given.get("first_moment"), given.get("last_moment"), given.get("group")
    return UserRequest(
        read_directory(options),
        options.deed,
        given.get("name", ""),
        given.get("role") or "",
        None if groups is None else tuple(groups),
        bool(given.get("all_groups")),
        None if begins is None else read_time(begins),
        None if ends is None else read_time(ends, end=True),
        given.get("language") or "",
        bool(given.get("enable")),
        bool(given.get("json")),
    )


def run(request: UserRequest) -> int:
    """Manage accounts.

    Raises:
        UsageError: There is no server, no such account, or what is asked can't be.
        StoreError: The store can't be read or written.
    """
    from rempart_server.opening import open_context
    from rempart_server.people import managing

    with open_context(request.directory) as context:
        if request.deed == "list":
            from rempart_store.server.account import list_accounts

            with context.store.reading() as connection:
                _show(list_accounts(connection), request.json)
            return 0
        if request.deed == "add":
            path = managing.add_user(context, console(), request.name, _access(request), request.language or "en")
            print(words("server_account.made", name=request.name, link=context.settings.url + path))
        elif request.deed == "link":
            path = managing.link_user(context, console(), request.name)
            print(words("server_account.linked", name=request.name, link=context.settings.url + path))
        else:
            change = managing.Change(enabled=False)
            if request.deed == "set":
                change = _change(context, request)
            managing.change_user(context, console(), request.name, change)
            print(words("server_account.changed", name=request.name))
    return 0


def _access(request: UserRequest) -> "Access":
    from rempart_store.server.account import Access

    groups = None if request.every else frozenset(request.groups or ())
    return Access(request.role, groups, request.begins, request.ends)


def _change(context: "Context", request: UserRequest) -> "Change":
    """Return what is to be changed: what was not given stays, but for the dates of one who is no auditor any more."""
    from rempart_server.people.managing import Change
    from rempart_store.server.account import find_by_name

    language, enabled = request.language or None, True if request.enable else None
    given = (request.role, request.groups, request.begins, request.ends)
    if not any(given) and not request.every and request.groups is None:
        if language is None and enabled is None:
            raise UsageError(Message("server_account.nothing"))
        return Change(None, language, enabled)
    with context.store.reading() as connection:
        now = find_by_name(connection, request.name)
    wanted = _access(request)
    if now is None:
        return Change(wanted, language, enabled)
    stays = not request.every and request.groups is None
    wanted = wanted._replace(role=request.role or now.role, groups=now.groups if stays else wanted.groups)
    if wanted.role == now.role:
        begins = now.begins if request.begins is None else request.begins
        wanted = wanted._replace(begins=begins, ends=now.ends if request.ends is None else request.ends)
    return Change(wanted, language, enabled)


def _show(accounts: "list[Account]", json: bool) -> None:
    from rempart_controller.commands.options.output import Output
    from rempart_core.timestamps import write_moment

    for one in accounts:
        groups = ["*"] if one.groups is None else sorted(one.groups)
        times = {
            name: None if time is None else write_moment(time)
            for name, time in (("begins", one.begins), ("ends", one.ends), ("disabled", one.disabled))
        }
        if json:
            said = {"name": one.name, "role": one.role, "groups": groups, "language": one.language, **times}
            Output().show_json({**said, "local": one.subject is None, "password": bool(one.password)})
            continue
        print(words("server_account.listed", name=one.name, role=one.role, groups=", ".join(groups)))
        if one.begins is not None and one.ends is not None:
            print(words("server_account.listed_dates", begins=times["begins"] or "", ends=times["ends"] or ""))
        if one.disabled is not None:
            print(words("server_account.listed_disabled", since=times["disabled"] or ""))
