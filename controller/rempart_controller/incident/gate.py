"""What must hold before a host returns to service: a full audit of it without a critical failure."""

import hashlib
import os
import time as clock
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_controller.fleet.fleet import Fleet, Limits
from rempart_controller.inventory.host import Host
from rempart_core.documents import run_document
from rempart_core.error import IncidentError, RemediationError
from rempart_core.messages.message import Message, listed, own
from rempart_core.messages.system import reason_of
from rempart_core.model.check import Severity
from rempart_core.model.gate import counts, is_gap
from rempart_core.model.result import Result, Run

_TOLD = 8  # obstacles that a message names


class Passed(NamedTuple):
    """What the timeline is to tell of an audit that lets a host return.

    Attributes:
        audit: SHA-256 of the run that was kept.
        profile: The profile that it was audited with.
        waived: Ids of the checks whose critical findings are waived.
    """

    audit: str
    profile: str
    waived: list[str]


def pass_gate(host: Host, seconds: float, directories: Sequence[str], folder: str) -> Passed:
    """Audit a host, keep the run, and return what the timeline is to tell of it.

    Args:
        host: The host.
        seconds: How long it may take.
        directories: Folders of the user's own checks and profiles.
        folder: The incident's.

    Raises:
        RemediationError: Something speaks against its return.
        IncidentError: The run can't be kept.
    """
    run = audit(host, seconds, directories)
    digest = keep_run(folder, run)
    obstacles = [_name(one) for one in find_obstacles(run)]
    if len(obstacles) > _TOLD:
        obstacles[_TOLD:] = [Message("incident.gate_more", count=len(obstacles) - _TOLD)]
    if obstacles:
        raise RemediationError(Message("incident.gate_refuses", digest=digest, obstacles=listed(obstacles)))
    waived = [one.check for one in run.results if one.waiver and counts(one, Severity.CRITICAL)]
    return Passed(digest, run.profile, waived)


def _name(obstacle: Result) -> Message:
    open_ = obstacle.open
    return Message(
        "incident.obstacle_open" if open_ else "incident.obstacle_gap", check=obstacle.check, title=own(obstacle.title)
    )


def audit(host: Host, seconds: float, directories: Sequence[str] = ()) -> Run:
    """Audit a host by its own whole profile.

    Args:
        host: The host.
        seconds: How long it may take.
        directories: Folders of the user's own checks and profiles.
    """
    fleet = Fleet([host], Request(directories=tuple(directories)), Limits(1, seconds))
    (heard,) = fleet.audit(range(1))
    return fleet.run_of(heard.number, heard.said)


def find_obstacles(run: Run) -> list[Result]:
    """Return what speaks against it: critical findings that nobody accepted, and what could not be looked at."""
    critical = Severity.CRITICAL
    return [one for one in run.results if (one.open and counts(one, critical)) or is_gap(one, critical)]


def keep_run(folder: str, run: Run) -> str:
    """Keep the document of a run in an incident's folder, read-only, and return its SHA-256.

    Args:
        folder: The incident's.
        run: The run.

    Raises:
        IncidentError: It can't be written.
    """
    data = run_document.write(run).encode()
    digest = hashlib.sha256(data).hexdigest()
    stamp = clock.strftime("%Y%m%dT%H%M%SZ", clock.gmtime())
    path = os.path.join(folder, f"audit-{stamp}-{digest[:8]}.json")
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
            file.write(data)
    except OSError as error:
        raise IncidentError(Message("incident.cannot_write", path=path, error=reason_of(error))) from error
    return digest
