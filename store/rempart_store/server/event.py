"""The log of what people did, as it is kept: each event is a signed link that names the one before by its hash."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, insert, select

from rempart_store.connection import Connection
from rempart_store.schema.server_person import server_event


class Event(NamedTuple):
    """One deed.

    Attributes:
        number: From 1, without a gap.
        time: Seconds since 1970.
        actor: Who did it: an account's name, or ``console:`` and the user of this machine.
        action: What, as ``user.add``.
        subject: To what.
        link: The signed envelope, canonical JSON.
        hash: Its SHA-256, hex: the head of the log until the next one.
    """

    number: int
    time: int
    actor: str
    action: str
    subject: str
    link: str
    hash: str


def read_last(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the newest event; 0 and ``""`` where there is none.

    Args:
        connection: In a transaction; one that writes, where the next event is to follow.
    """
    query = select(server_event.c.number, server_event.c.hash).order_by(server_event.c.number.desc()).limit(1)
    found = connection.execute(query).first()
    return (int(found.number), str(found.hash)) if found else (0, "")


def add_event(connection: Connection, event: Event) -> None:
    """Add an event.

    Args:
        connection: In a transaction that writes.
        event: The event; its number follows the newest one's.
    """
    connection.execute(insert(server_event), event._asdict())


def list_events(connection: Connection, most: int, before: int | None = None, actor: str = "") -> list[Event]:
    """Return events, newest first.

    Args:
        connection: In a transaction.
        most: How many.
        before: Only those with a smaller number; None for the newest.
        actor: Only those of one actor; ``""`` for all.
    """
    if "\0" in actor:  # PostgreSQL has no such text
        return []
    query = select(server_event).order_by(server_event.c.number.desc()).limit(most)
    if before is not None:
        query = query.where(server_event.c.number < before)
    if actor:
        query = query.where(server_event.c.actor == actor)
    return [Event(*row) for row in connection.execute(query)]


def read_last_times(connection: Connection, action: str) -> dict[str, int]:
    """Return when something was done last, by to what.

    Args:
        connection: In a transaction.
        action: What was done, as ``session.begin``.
    """
    here = server_event.c
    query = select(here.subject, func.max(here.time)).where(here.action == action).group_by(here.subject)
    return {str(subject): int(time) for subject, time in connection.execute(query)}


def stream_events(connection: Connection) -> Iterator[Event]:
    """Give all events, oldest first."""
    query = select(server_event).order_by(server_event.c.number)
    for row in connection.execution_options(yield_per=500).execute(query):
        yield Event(*row)
