"""Where incidents lie: a folder each, in the data directory; made, found, listed."""

import os
import re
import time as clock
from collections.abc import Sequence

from rempart_controller.incident.incident_state import Standing, read_standing
from rempart_core.error import IncidentError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.suggestion import suggestion_of
from rempart_core.text import clean_line
from rempart_store.location import data_directory, make_directory

_ID = re.compile(r"[0-9]{8}-[1-9][0-9]{0,3}")


def incidents_directory() -> str:
    """Return the folder of all incidents; it need not exist."""
    return os.path.join(data_directory(), "incidents")


def make_folder() -> str:
    """Make the folder of a new incident, and return its path; its name is the incident's id: day and number.

    Raises:
        IncidentError: It can't be made.
    """
    top = incidents_directory()
    day = clock.strftime("%Y%m%d", clock.gmtime())
    try:
        make_directory(top)
        for number in range(1, 10_000):
            path = os.path.join(top, f"{day}-{number}")
            try:
                os.mkdir(path, 0o700)
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise IncidentError(Message("incident.folder_unusable", folder=top, error=reason_of(error))) from error
    raise IncidentError(Message("incident.too_many_today", folder=top))


def list_standings() -> list[Standing]:
    """Return all incidents, newest first; those whose record is damaged too.

    Raises:
        IncidentError: They can't be read.
    """
    top = incidents_directory()
    try:
        names = os.listdir(top)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise IncidentError(Message("incident.cannot_read", path=top, error=reason_of(error))) from error
    ids = [name for name in names if _ID.fullmatch(name)]
    ids.sort(key=lambda name: (name[:8], int(name[9:])), reverse=True)
    return [read_standing(os.path.join(top, name)) for name in ids]


def find(word: str, *, only_open: bool = True) -> Standing:
    """Return the incident that a user names by its id, or by its host where that has one that is open.

    Args:
        word: An id or a host's name.
        only_open: Whether it must not be closed.

    Raises:
        UsageError: There is none, it is closed, or several are meant.
        IncidentError: It can't be read, or its record is damaged and something is to be done with it.
    """
    if _ID.fullmatch(word):
        path = os.path.join(incidents_directory(), word)
        if not os.path.isdir(path):
            raise UsageError(Message("incident.unknown", id=word, hint=_hint(word, list_standings())))
        found = read_standing(path)
    else:
        found = _of_host(word, list_standings(), only_open=only_open)
    if only_open:
        if found.fault:
            raise IncidentError(Message("incident.damaged_no_entry", incident=found.incident, fault=found.fault))
        if found.closed:
            raise UsageError(Message("incident.closed", incident=found.incident))
    return found


def _of_host(host: str, known: Sequence[Standing], *, only_open: bool) -> Standing:
    mine = [one for one in known if one.host == host]
    running = [one for one in mine if not one.closed and not one.fault]
    if running:
        return running[0]
    if mine and not only_open:
        return mine[0]
    word = clean_line(host)
    if any(one.closed for one in mine):
        raise UsageError(Message("incident.last_closed", host=word, incident=mine[0].incident))
    if mine and mine[0].fault:
        raise IncidentError(Message("incident.damaged", incident=mine[0].incident, fault=mine[0].fault))
    raise UsageError(Message("incident.none_open", host=word, name=word, hint=_hint(host, known)))


def _hint(word: str, known: Sequence[Standing]) -> Message:
    return suggestion_of(word, sorted({name for one in known for name in (one.incident, one.host) if name}))
