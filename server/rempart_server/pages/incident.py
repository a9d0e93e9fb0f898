"""The page of incidents: those that ``rempart incident`` keeps for the user of this service, with their deadlines."""

from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.document import document_of
from rempart_controller.incident.folder import list_standings
from rempart_controller.incident.incident_state import Standing
from rempart_core.messages.labels import Labels
from rempart_core.messages.say import say
from rempart_reports.formats.html.document import write_body
from rempart_reports.writing.translation import moment
from rempart_server.pages.asking import Asking, NotFound
from rempart_server.pages.frame import Shown
from rempart_store.server.proposal import find_group

if TYPE_CHECKING:
    from rempart_store.connection import Connection

_MOST = 100


class IncidentLine(NamedTuple):
    """One incident.

    Attributes:
        id: Its id.
        host: Its host.
        title: What it is about.
        state: In words.
        opened: When, in words.
        deadlines: What has to be done until when, in words.
        fault: What is wrong with its record, in words; ``""`` for nothing.
        closed: Whether it is over.
    """

    id: str
    host: str
    title: str
    state: str
    opened: str
    deadlines: tuple[str, ...]
    fault: str
    closed: bool


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of incidents of hosts that may be read, newest first.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        IncidentError: They can't be read.
    """
    found = _list_readable(asking, connection)
    lines = [_tell(one, asking) for one in found[:_MOST]]
    values: dict[str, Any] = {"incidents": lines, "more": max(0, len(found) - _MOST)}
    return Shown("incident_page.html", asking.labels("incidents"), values)


def show_one(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of one incident: its deadlines, its timeline, the draft of the notification.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: There is none of that name that may be read.
        IncidentError: They can't be read.
    """
    wanted = asking.path("incident")
    found = next((one for one in _list_readable(asking, connection) if one.incident == wanted), None)
    if found is None:
        raise NotFound
    document = document_of(found, asking.language, asking.now, found.fault)
    body = Markup("".join(write_body(document, asking.language)))  # noqa: S704 - all of it is escaped there
    return Shown(
        "document_page.html", wanted, {"body": body, "back": "/incidents", "back_name": asking.labels("incidents")}
    )


def _list_readable(asking: Asking, connection: "Connection") -> list[Standing]:
    """Return the incidents of hosts that may be read, of the time that may be read."""
    groups, begins = asking.person.groups, asking.person.begins or 0
    return [
        one
        for one in list_standings()
        if (groups is None or find_group(connection, groups, one.host) is not None)
        and begins <= one.aware <= asking.now
    ]


def _tell(one: Standing, asking: Asking) -> IncidentLine:
    language = asking.language
    label = Labels("incident_page", language)
    deadlines: tuple[str, ...] = ()
    if not one.fault and not one.closed:
        clocks = find_deadlines(one.aware, one.decisions)
        deadlines = tuple(
            f"{say(clock.name, language)} – {say(say_left(clock, asking.now), language)}" for clock in clocks
        )
    return IncidentLine(
        one.incident,
        one.host,
        one.title,
        label(one.state),
        moment(one.opened, language),
        deadlines,
        say(one.fault, language) if one.fault else "",
        bool(one.closed),
    )
