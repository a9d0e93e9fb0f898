"""The page of enrolment: groups, how their secrets stand, nodes, and keys that wait. A secret is never shown again."""

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rempart_core.error import UsageError
from rempart_core.messages.message import Message, message_of
from rempart_core.messages.say import say
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.pages.asking import Asking, NotFound, mark
from rempart_server.pages.binding import Endpoint, ask, show_problem
from rempart_server.pages.frame import Shown
from rempart_server.people.form import read_form
from rempart_server.people.person import Person, require
from rempart_store.read.fleet_view import PAGE
from rempart_store.server.group import Group, list_groups
from rempart_store.server.node import Node, accept_node, read_node, revoke_node
from rempart_store.server.node_view import STATES, After, count_nodes, list_nodes
from rempart_store.server.secret import Secret, list_secrets

if TYPE_CHECKING:
    from rempart_store.connection import Connection

WORDS = {
    "waiting": "node_waiting",
    "active": "node_active",
    "flagged": "node_flagged",
    "revoked": "node_revoked",
    "merged": "node_merged",
}
_DOORS = {"osquery": "door_osquery", "agent": "door_agent"}
_DONE = {"accept": "done_accepted", "revoke": "done_revoked"}


class GroupPart(NamedTuple):
    """A group with its secrets.

    Attributes:
        group: The group.
        secrets: How each stands; what it is nobody can read.
    """

    group: Group
    secrets: list[Secret]


def read_groups(asking: Asking, connection: "Connection") -> list[GroupPart]:
    """Return the groups that may be read, each with its secrets.

    Args:
        asking: Who asks.
        connection: Reads.
    """
    groups = [one for one in list_groups(connection) if asking.person.sees(one.name)]
    return [GroupPart(one, list_secrets(connection, one.id)) for one in groups]


def read_nodes(asking: Asking, connection: "Connection") -> tuple[list[Node], str]:
    """Return the nodes that a request asks for, and where the next page begins; ``""`` where this is the last.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        UsageError: It asks for something that there is not.
    """
    state = asking.choose("state", (*STATES, "flagged"))
    after = asking.after(str, int)
    place = None if after is None else After(str(after[0]), int(after[1]))
    found = list_nodes(connection, asking.person.groups, state, place, PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], "" if last is None else mark(last.name, last.id)


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of enrolment.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
    """
    nodes, after = read_nodes(asking, connection)
    done = asking.text("done")
    values: dict[str, Any] = {
        "groups": read_groups(asking, connection),
        "nodes": nodes,
        "counts": count_nodes(connection, asking.person.groups),
        "state": asking.text("state"),
        "words": WORDS,
        "doors": _DOORS,
        "ends": lambda secret: _tell_end(asking, secret),
        "next": asking.link(after=after) if after else "",
        "first": asking.link() if asking.text("after") else "",
        "decides": asking.person.may("operator"),
        "done": _DONE.get(done, ""),
    }
    return Shown("enrolment_page.html", asking.labels("enrolment"), values)


def _tell_end(asking: Asking, secret: Secret) -> str:
    """Return how a secret stands: in force, ended, revoked, used up."""
    labels = asking.labels
    if secret.revoked is not None:
        return labels("secret_revoked")
    if secret.ends is not None and secret.ends <= asking.now:
        return labels("secret_ended")
    if secret.uses is not None and secret.used >= secret.uses:
        return labels("secret_spent")
    return labels("secret_in_force")


def take_decision(context: Context, deed: str) -> Endpoint:
    """Return the handler of what is decided about a node.

    Args:
        context: The worker's.
        deed: ``accept`` or ``revoke``.
    """

    @require("operator")
    async def handler(request: Request, person: Person) -> Response:
        asking = ask(context, request, person)
        form = await read_form(request)
        try:
            number = asking.number("number")
        except NotFound:
            return show_problem(asking, 404, asking.labels("not_found"))

        try:
            await context.writer.write(
                lambda connection: _decide(connection, asking, number, deed, form.get("group", ""))
            )
        except UsageError as error:
            return show_problem(asking, 400, say(message_of(error), asking.language))
        return RedirectResponse(f"/enrolment?done={deed}", 303, {"cache-control": "no-store"})

    return handler


def _decide(connection: "Connection", asking: Asking, number: int, deed: str, wanted: str) -> None:
    """Accept a node or shut it out, and note it in the log.

    Raises:
        UsageError: There is no such node that the person may read, or no group for it.
    """
    person, node = asking.person, read_node(connection, number)
    if node is None or not (person.sees(node.group) if node.group else person.groups is None):
        raise UsageError(Message("server_page.not_found"))
    group = None
    if deed == "accept":
        group = _choose_group(connection, person, node, wanted)
        accept_node(connection, number, group.id if group else None)
    else:
        revoke_node(connection, number)
    more = {"group": group.name} if group else {}
    record(connection, asking.context, person.name, f"node.{deed}", node.name, number=str(number), **more)


def _choose_group(connection: "Connection", person: Person, node: Node, name: str) -> Group | None:
    """Return the group that a node goes to; None where it stays in its own.

    Raises:
        UsageError: It has none, and none that the person may read is named.
    """
    found = next((one for one in list_groups(connection) if one.name == name and person.sees(one.name)), None)
    if found is None and (name or not node.group):
        raise UsageError(Message("server_page.no_group"))
    return found
