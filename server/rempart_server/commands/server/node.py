"""The command ``rempart server node``: list, accept, revoke, merge."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted
from rempart_core.text import clean_line
from rempart_core.timestamps import write_moment
from rempart_server.commands.actor import console
from rempart_server.commands.directory import add_directory, read_directory

if TYPE_CHECKING:
    from rempart_server.context import Context
    from rempart_store.connection import Connection
    from rempart_store.server.node import Node


class NodeRequest(NamedTuple):
    """Nodes are to be shown, or one is to be changed.

    Attributes:
        directory: Of the server.
        deed: ``list``, ``accept``, ``revoke`` or ``merge``.
        node: Number or host name; ``""`` for all.
        group: The group that is shown, or to which a node goes; ``""`` for none.
        into: The number or name of the node in which another one ends.
        host: Name of the machine in the store that a node is.
        json: Whether to print JSON, a line each.
    """

    directory: str
    deed: str
    node: str
    group: str
    into: str
    host: str
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server_node.node_long")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="ACTION")
    for deed, about in (
        ("list", option_help("server_node.node_list")),
        ("accept", option_help("server_node.node_accept")),
        ("revoke", option_help("server_node.node_revoke")),
        ("merge", option_help("server_node.node_merge")),
    ):
        one = deeds.add_parser(deed, help=about)
        if deed != "list":
            one.add_argument("node", metavar="NODE", help=option_help("server_node.help_node"))
        if deed == "list":
            one.add_argument("--group", metavar="GROUP", default="", help=option_help("server_node.help_of_group"))
            one.add_argument("--json", action="store_true", help=option_help("help.json_lines"))
        elif deed == "accept":
            one.add_argument("--group", metavar="GROUP", default="", help=option_help("server_node.help_to_group"))
        elif deed == "merge":
            ways = one.add_mutually_exclusive_group(required=True)
            ways.add_argument("--into", metavar="NODE", default="", help=option_help("server_node.help_into"))
            ways.add_argument("--host", metavar="HOST", default="", help=option_help("server_node.help_host"))
        add_directory(one)


def request(options: argparse.Namespace) -> NodeRequest:
    """See Command.request."""
    return NodeRequest(
        read_directory(options),
        options.deed,
        getattr(options, "node", ""),
        getattr(options, "group", ""),
        getattr(options, "into", ""),
        getattr(options, "host", ""),
        getattr(options, "json", False),
    )


def run(request: NodeRequest) -> int:
    """Do it.

    Raises:
        UsageError: There is no such node, group or machine; or the node can't be changed so.
        StoreError: The store can't be written.
    """
    from rempart_server.commands.named import named_group, named_node
    from rempart_server.opening import open_context

    with open_context(request.directory) as context:
        if request.deed == "list":
            with context.store.reading() as connection:
                groups = [named_group(connection, request.group).name] if request.group else None
                _list(connection, groups, json=request.json)
            return 0
        with context.store.writing() as connection:
            node = named_node(connection, request.node)
            deeds = {"accept": _accept, "revoke": _revoke, "merge": _merge}
            deeds[request.deed](connection, context, node, request)
    return 0


def _accept(connection: "Connection", context: "Context", node: "Node", request: NodeRequest) -> None:
    from rempart_server.commands.named import named_group
    from rempart_server.log import record
    from rempart_store.server.node import accept_node

    group = named_group(connection, request.group) if request.group else None
    if group is None and not node.group:
        raise UsageError(Message("server_node.needs_group", node=node.id))
    if node.state == "merged":
        raise UsageError(Message("server_node.merged", node=node.id))
    accept_node(connection, node.id, None if group is None else group.id)
    name = node.group if group is None else group.name
    record(connection, context, console(), "node.accept", str(node.id), name=node.name, group=name)
    say(words("server_node.accepted", node=node.id, name=clean_line(node.name), group=name))


def _revoke(connection: "Connection", context: "Context", node: "Node", request: NodeRequest) -> None:
    from rempart_server.log import record
    from rempart_store.server.node import revoke_node

    revoke_node(connection, node.id)
    record(connection, context, console(), "node.revoke", str(node.id), name=node.name, group=node.group)
    say(words("server_node.revoked", node=node.id, name=clean_line(node.name)))


def _merge(connection: "Connection", context: "Context", node: "Node", request: NodeRequest) -> None:
    from rempart_server.commands.named import named_node
    from rempart_server.log import record
    from rempart_store.server.node import find_machine, merge_node, retire_node

    if request.into:
        into = named_node(connection, request.into)
        if into.group != node.group or not retire_node(connection, node.id, into.id):
            raise UsageError(Message("server_node.not_merged", node=node.id, into=into.id))
        record(connection, context, console(), "node.merge", str(node.id), name=node.name, into=str(into.id))
        say(words("server_node.merged_into", node=node.id, into=into.id))
        return
    machine = find_machine(connection, request.host)
    if machine is None:
        raise UsageError(Message("server_node.no_machine", name=quoted(request.host)))
    merge_node(connection, node.id, request.host, machine)
    record(connection, context, console(), "node.merge", str(node.id), name=node.name, host=request.host)
    say(words("server_node.merged_host", node=node.id, name=clean_line(request.host)))


def _list(connection: "Connection", groups: list[str] | None, *, json: bool) -> None:
    from rempart_controller.commands.options.output import Output
    from rempart_store.server.node import list_nodes

    nodes = list_nodes(connection, groups)
    for node in nodes:
        if json:
            Output().show_json(node._asdict())
            continue
        shown = (str(node.id), node.group or "-", node.name, node.door, _state(node.state), write_moment(node.seen))
        print(clean_line("  ".join((*shown, node.system))))
        if node.clone:
            print(f"  {words('server_node.clone', why=_why(node.clone))}")
    if not nodes:
        say(words("server_node.no_nodes"))


def _why(clone: str) -> str:
    from rempart_store.server.node import ONE_KEY, SAME_UUID

    kind, _, details = clone.partition(" ")
    if kind == SAME_UUID:
        return words("server_node.same_uuid", node=details)
    return words("server_node.one_key") if kind == ONE_KEY else clean_line(clone)


def _state(state: str) -> str:
    match state:
        case "waiting":
            return words("server_node.state_waiting")
        case "revoked":
            return words("server_node.state_revoked")
        case "merged":
            return words("server_node.state_merged")
    return words("server_node.state_active")
