"""The command ``rempart server group``: add, list, set, remove."""

import argparse
import re
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.check import ORGANISATION, ROLES
from rempart_core.suggestion import quoted
from rempart_server.commands.actor import console
from rempart_server.commands.directory import add_directory, read_directory
from rempart_server.commands.named import named_group

if TYPE_CHECKING:
    from rempart_server.context import Context
    from rempart_store.connection import Connection

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class GroupRequest(NamedTuple):
    """A group is to be made, changed, shown or removed.

    Attributes:
        directory: Of the server.
        deed: ``add``, ``list``, ``set`` or ``remove``.
        name: Of the group; ``""`` for all.
        profile: None leaves it.
        role: The same; ``""`` recognises each machine's.
        parameters: The same.
        json: Whether to print JSON, a line each.
    """

    directory: str
    deed: str
    name: str
    profile: str | None
    role: str | None
    parameters: tuple[str, ...] | None
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_node.group_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    for deed, about in (
        ("add", option_help("server_node.group_add")),
        ("list", option_help("server_node.group_list")),
        ("set", option_help("server_node.group_set")),
        ("remove", option_help("server_node.group_remove")),
    ):
        one = deeds.add_parser(deed, help=about)
        if deed != "list":
            one.add_argument("name", metavar="GROUP", help=option_help("server_node.help_group"))
        else:
            one.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
        if deed in {"add", "set"}:
            one.add_argument(
                "--profile", metavar="NAME", required=deed == "add", help=option_help("server_node.help_profile")
            )
            roles = ["", *(role for role in ROLES if role != ORGANISATION)]
            one.add_argument("--role", choices=roles, metavar="ROLE", help=option_help("server_node.help_role"))
            one.add_argument(
                "--param", metavar="CHECK.NAME=VALUE", action="append", help=option_help("server_node.help_param")
            )
        add_directory(one)


def request(options: argparse.Namespace) -> GroupRequest:
    """See Command.request."""
    parameters = getattr(options, "param", None)
    return GroupRequest(
        read_directory(options),
        options.deed,
        getattr(options, "name", ""),
        getattr(options, "profile", None),
        getattr(options, "role", None),
        None if parameters is None else tuple(one for one in parameters if one),
        getattr(options, "json", False),
    )


def run(request: GroupRequest) -> int:
    """Do it.

    Raises:
        UsageError: There is no such group, or one already; it has nodes; or what it would be asked does not exist.
    """
    from rempart_server.opening import open_context

    with open_context(request.directory) as context:
        if request.deed == "list":
            _list(context, json=request.json)
            return 0
        _expect(context, request)
        with context.store.writing() as connection:
            _change(connection, context, request)
    return 0


def _expect(context: "Context", request: GroupRequest) -> None:
    from rempart_core.model.selection import find_profile, parse_assignments

    if request.deed == "add" and not _NAME.fullmatch(request.name):
        raise UsageError(Message("server_node.group_name", name=quoted(request.name)))
    if request.profile is not None:
        find_profile(context.content.profiles, request.profile)
    parse_assignments(context.content.checks, request.parameters or ())


def _change(connection: "Connection", context: "Context", request: GroupRequest) -> None:
    from rempart_server.log import record
    from rempart_store.server.group import add_group, change_group, remove_group
    from rempart_store.server.node import raise_revision

    now = int(context.clock())
    if request.deed == "add":
        role, parameters = request.role or "", request.parameters or ()
        made = add_group(connection, request.name, request.profile or "", role, parameters, now)
        if made is None:
            raise UsageError(Message("server_node.group_there", name=quoted(request.name)))
        record(connection, context, console(), "group.add", made.name, profile=made.profile, role=made.role)
        say(words("server_node.group_added", name=made.name, profile=made.profile))
        return
    group = named_group(connection, request.name)
    if request.deed == "remove":
        if not remove_group(connection, group):
            raise UsageError(Message("server_node.group_nodes", name=quoted(group.name)))
        record(connection, context, console(), "group.remove", group.name)
        return
    changed = change_group(connection, group, request.profile, request.role, request.parameters)
    raise_revision(connection)
    said = {"profile": changed.profile, "role": changed.role, "parameters": " ".join(changed.parameters)}
    record(connection, context, console(), "group.set", group.name, **said)


def _list(context: "Context", *, json: bool) -> None:
    from rempart_controller.commands.options.output import Output
    from rempart_store.server.group import count_nodes, list_groups

    with context.store.reading() as connection:
        groups, counts = list_groups(connection), count_nodes(connection)
    for group in groups:
        count = counts.get(group.id, 0)
        if json:
            Output().show_json({**group._asdict(), "nodes": count})
            continue
        print(words("server_node.group_listed", name=group.name, profile=group.profile, nodes=count))
        if group.role:
            print(words("server_node.group_role", role=group.role))
        for text in group.parameters:
            print(f"  {text}")
    if not groups:
        say(words("server_node.no_groups"))
