"""The page of incidents: those that ``rempart incident`` keeps for the user of this service, with their deadlines."""

from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.folder import list_standings
from rempart_controller.incident.incident_state import Standing
from rempart_core.messages.labels import Labels
from rempart_core.messages.say import say
from rempart_reports.writing.translation import moment
from rempart_server.pages.asking import Asking
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
    groups, begins = asking.person.groups, asking.person.begins or 0
    found = [
        one
        for one in list_standings()
        if (groups is None or find_group(connection, groups, one.host) is not None)
        and begins <= one.aware <= asking.now
    ]
    lines = [_tell(one, asking) for one in found[:_MOST]]
    values: dict[str, Any] = {"incidents": lines, "more": max(0, len(found) - _MOST)}
    return Shown("incident_page.html", asking.labels("incidents"), values)


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
