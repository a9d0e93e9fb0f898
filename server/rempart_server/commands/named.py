"""Groups and nodes as a command names them; one that does not exist is said with those that do."""

from typing import TYPE_CHECKING

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted, suggestion_of
from rempart_store.server.group import Group, find_group, list_groups
from rempart_store.server.node import Node, list_nodes, read_node

if TYPE_CHECKING:
    from rempart_store.connection import Connection


def named_group(connection: "Connection", name: str) -> Group:
    """Return the group of a name.

    Args:
        connection: Reads.
        name: As it was given.

    Raises:
        UsageError: There is none.
    """
    group = find_group(connection, name)
    if group is None:
        hint = suggestion_of(name, [one.name for one in list_groups(connection)])
        raise UsageError(Message("server_node.no_group", name=quoted(name), hint=hint))
    return group


def named_node(connection: "Connection", name: str) -> Node:
    """Return the node of a number or a host name.

    Args:
        connection: Reads.
        name: As it was given.

    Raises:
        UsageError: There is none, or there are several of that name.
    """
    if name.isdecimal() and len(name) < 10:
        node = read_node(connection, int(name))
        if node is not None:
            return node
    nodes = list_nodes(connection, None)
    found = [node for node in nodes if node.name == name and node.state != "merged"]
    if len(found) > 1:
        numbers = ", ".join(str(node.id) for node in found)
        raise UsageError(Message("server_node.several_nodes", name=quoted(name), numbers=numbers))
    if not found:
        hint = suggestion_of(name, [node.name for node in nodes])
        raise UsageError(Message("server_node.no_node", name=quoted(name), hint=hint))
    return found[0]
