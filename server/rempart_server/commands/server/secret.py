"""The command ``rempart server secret``: rotate, revoke, list."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_core.timestamps import write_moment
from rempart_server.commands.actor import console, duration, positive
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_store.connection import Connection
    from rempart_store.server.secret import Secret

GRACE = 7 * 86_400
"""Seconds for which replaced secrets are good, where nobody says how long."""


class SecretRequest(NamedTuple):
    """The secrets of a group are to be changed or shown.

    Attributes:
        directory: Of the server.
        deed: ``rotate``, ``revoke`` or ``list``.
        group: Name of the group.
        grace: Seconds for which replaced secrets are good.
        uses: How many machines may enrol with the new one; None for any number.
        lasts: For how many seconds the new one is good; None for ever.
        json: Whether to print JSON, a line each.
    """

    directory: str
    deed: str
    group: str
    grace: int
    uses: int | None
    lasts: int | None
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_node.secret_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    for deed, about in (
        ("rotate", option_help("server_node.secret_rotate")),
        ("revoke", option_help("server_node.secret_revoke")),
        ("list", option_help("server_node.secret_list")),
    ):
        one = deeds.add_parser(deed, help=about)
        one.add_argument("group", metavar="GROUP", help=option_help("server_node.help_group"))
        if deed == "rotate":
            one.add_argument(
                "--grace", metavar="TIME", type=duration, default=GRACE, help=option_help("server_node.help_grace")
            )
            one.add_argument("--uses", metavar="N", type=positive, help=option_help("server_node.help_uses"))
            one.add_argument("--expires", metavar="TIME", type=duration, help=option_help("server_node.help_expires"))
        elif deed == "list":
            one.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
        add_directory(one)


def request(options: argparse.Namespace) -> SecretRequest:
    """See Command.request."""
    return SecretRequest(
        read_directory(options),
        options.deed,
        options.group,
        getattr(options, "grace", GRACE),
        getattr(options, "uses", None),
        getattr(options, "expires", None),
        getattr(options, "json", False),
    )


def run(request: SecretRequest) -> int:
    """Do it; a new secret is printed alone on a line, and can't be shown again.

    Raises:
        UsageError: There is no such group.
        StoreError: The store can't be written.
    """
    from rempart_server.commands.named import named_group
    from rempart_server.log import record
    from rempart_server.opening import open_context
    from rempart_store.server.secret import end_secrets, make_secret, revoke_secrets

    with open_context(request.directory) as context:
        if request.deed == "list":
            with context.store.reading() as connection:
                _list(connection, named_group(connection, request.group).id, request, int(context.clock()))
            return 0
        now = int(context.clock())
        with context.store.writing() as connection:
            group = named_group(connection, request.group)
            if request.deed == "revoke":
                count = revoke_secrets(connection, group.id, now)
                record(connection, context, console(), "secret.revoke", group.name, count=str(count))
                secret = ""
            else:
                count = end_secrets(connection, group.id, now + request.grace, now)
                ends = None if request.lasts is None else now + request.lasts
                secret = make_secret(connection, group.id, now, request.uses, ends)
                grace = f"{request.grace} s"
                record(connection, context, console(), "secret.rotate", group.name, count=str(count), grace=grace)
    if request.deed == "revoke":
        say(words("server_node.secrets_revoked", count=count, group=request.group))
        return 0
    print(secret)
    say(words("server_node.secret_rotated", count=count, until=write_moment(now + request.grace)))
    return 0


def _list(connection: "Connection", group_id: int, request: SecretRequest, now: int) -> None:
    from rempart_controller.commands.options.output import Output
    from rempart_store.server.secret import list_secrets

    found = list_secrets(connection, group_id)
    for one in found:
        if request.json:
            Output().show_json(one._asdict())
            continue
        uses = "" if one.uses is None else f" / {one.uses}"
        ends = "" if one.ends is None else words("server_node.secret_ends", time=write_moment(one.ends))
        listed = words(
            "server_node.secret_listed", number=one.id, made=write_moment(one.created), used=f"{one.used}{uses}"
        )
        print(f"{listed} {_state(one, now)}{ends}")
    if not found:
        say(words("server_node.no_secrets", group=request.group))


def _state(secret: "Secret", now: int) -> str:
    if secret.revoked is not None:
        return words("server_node.state_revoked")
    if secret.ends is not None and secret.ends <= now:
        return words("server_node.state_ended")
    if secret.uses is not None and secret.used >= secret.uses:
        return words("server_node.state_spent")
    return words("server_node.state_good")
