"""The page of the log: what people did, newest first. Who may read it reads it whole, since it knows no groups."""

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_server.pages.asking import Asking, NotFound, mark
from rempart_server.pages.frame import Shown
from rempart_store.read.fleet_view import PAGE
from rempart_store.server.event import Event, list_events

if TYPE_CHECKING:
    from rempart_store.connection import Connection


class Deed(NamedTuple):
    """One event, read.

    Attributes:
        event: As it is kept.
        details: What more it says, by name.
    """

    event: Event
    details: dict[str, str]


def read_deeds(asking: Asking, connection: "Connection") -> tuple[list[Deed], str]:
    """Return the events that a request asks for, and where the next page begins; ``""`` where this is the last.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: This person reads some groups only, and the log tells of all.
        UsageError: The request asks for something that there is not.
    """
    if asking.person.groups is not None:
        raise NotFound
    after = asking.after(int)
    before = None if after is None else int(after[0])
    found = list_events(connection, PAGE + 1, before, asking.text("actor"))
    begins = asking.person.begins or 0
    shown = [one for one in found[:PAGE] if begins <= one.time <= asking.now]
    more = len(found) > PAGE and found[PAGE].time >= begins
    return [Deed(one, _read_details(one)) for one in shown], mark(found[PAGE - 1].number) if more else ""


def _read_details(event: Event) -> dict[str, str]:
    """Return what a signed event says besides; nothing of one that can't be read, which ``log verify`` names."""
    from base64 import b64decode

    try:
        statement = json.loads(b64decode(json.loads(event.link)["payload"]))
        return {str(name): str(text) for name, text in statement["details"].items() if text}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of the log.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        NotFound: This person may not read it.
    """
    deeds, after = read_deeds(asking, connection)
    values: dict[str, Any] = {
        "deeds": deeds,
        "actor": asking.text("actor"),
        "head": deeds[0].event.hash if deeds and not asking.text("after") and not asking.text("actor") else "",
        "next": asking.link(after=after) if after else "",
        "first": asking.link() if asking.text("after") else "",
    }
    return Shown("log_page.html", asking.labels("log"), values)
