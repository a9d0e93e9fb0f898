"""The command ``rempart server token``: tokens by which programs read."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted
from rempart_server.commands.actor import console
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_store.server.token import Token


class TokenRequest(NamedTuple):
    """A token is to be made or revoked, or all are to be listed.

    Attributes:
        directory: Of the server.
        deed: ``make``, ``list`` or ``revoke``.
        name: What it is for.
        account: Whose it is.
        role: The most that it may.
        lasts: Seconds for which it is valid; None for ever.
        number: Of the one that is revoked.
        json: Whether a list is for machines.
    """

    directory: str
    deed: str
    name: str
    account: str
    role: str
    lasts: int | None
    number: str
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_account.token_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    make = deeds.add_parser("make", help=words("server_account.token_make"))
    make.add_argument("name", metavar="NAME", help=option_help("server_account.help_purpose"))
    make.add_argument("--account", metavar="NAME", required=True, help=option_help("server_account.help_owner"))
    roles = ("viewer", "operator", "admin", "auditor")
    make.add_argument("--role", choices=roles, default="viewer", help=option_help("server_account.help_most"))
    make.add_argument("--expires", metavar="90d", help=option_help("server_account.help_expires"))
    list_ = deeds.add_parser("list", help=words("server_account.token_list"))
    list_.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
    revoke = deeds.add_parser("revoke", help=words("server_account.token_revoke"))
    revoke.add_argument("number", metavar="NUMBER", help=option_help("server_account.help_number"))
    for one in (make, list_, revoke):
        add_directory(one)


def request(options: argparse.Namespace) -> TokenRequest:
    """See Command.request."""
    given = vars(options)
    return TokenRequest(
        read_directory(options),
        options.deed,
        given.get("name", ""),
        given.get("account", ""),
        given.get("role", ""),
        _read_days(given.get("expires")),
        given.get("number", ""),
        bool(given.get("json")),
    )


def _read_days(text: str | None) -> int | None:
    from rempart_core.timestamps import read_span

    try:
        return None if text is None else read_span(text) * 86_400
    except ValueError as error:
        raise UsageError(Message("server_account.days", text=quoted(text or ""))) from error


def run(request: TokenRequest) -> int:
    """Manage tokens; a new one is printed once, and nothing else goes to standard output with it.

    Raises:
        UsageError: There is no server, no such account or token, or the account may less.
        StoreError: The store can't be read or written.
    """
    from rempart_server.opening import open_context
    from rempart_server.people import managing

    with open_context(request.directory) as context:
        if request.deed == "make":
            ends = None if request.lasts is None else int(context.clock()) + request.lasts
            number, secret = managing.make_token(context, console(), request.name, request.account, request.role, ends)
            say(words("server_account.token_made", number=str(number)))
            print(secret)
        elif request.deed == "revoke":
            managing.revoke_token(context, console(), request.number)
            say(words("server_account.token_revoked", number=request.number))
        else:
            from rempart_store.server.token import list_tokens

            with context.store.reading() as connection:
                found = list_tokens(connection)
            for one in found:
                _show(one, json=request.json)
    return 0


def _show(token: "Token", *, json: bool) -> None:
    from rempart_controller.commands.options.output import Output
    from rempart_core.timestamps import write_moment

    ends, revoked, used = (
        "" if time is None else write_moment(time) for time in (token.ends, token.revoked, token.used)
    )
    if json:
        said = {"number": token.id, "name": token.name, "account": token.account.name, "role": token.role}
        times = {"ends": ends or None, "revoked": revoked or None, "used": used or None}
        Output().show_json({**said, "created": write_moment(token.created), **times})
        return
    owner = token.account.name
    print(words("server_account.token_listed", number=str(token.id), name=token.name, account=owner, role=token.role))
    if revoked:
        print(words("server_account.token_ended", time=revoked))
    elif ends:
        print(words("server_account.token_ends", time=ends))
    print(words("server_account.token_used", time=used) if used else words("server_account.token_unused"))
