"""The command ``rempart incident close``."""

import argparse
from typing import NamedTuple

from rempart_controller.commands.incident.desk import (
    Desk,
    Worker,
    add_incident,
    add_worker,
    describe,
    in_language,
    read_worker,
)
from rempart_controller.incident.clock import GDPR_HOURS
from rempart_controller.incident.draft import find_missing
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_core.error import UsageError
from rempart_core.timestamps import write_moment


class CloseRequest(NamedTuple):
    """An incident is to be closed.

    Attributes:
        incident: Its id, or its host's name.
        conclusion: What it came to.
        no_evidence: Why no evidence was collected; ``""`` where some was.
        worker: Who does it.
    """

    incident: str
    conclusion: str
    no_evidence: str
    worker: Worker


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        "Close an incident; what it lacks is told. It needs a conclusion, evidence, the end of its isolation, "
        "and the notification or the reasoned decision.",
    )
    add_incident(parser)
    parser.add_argument("--conclusion", metavar="TEXT", default="", help="what it came to")
    parser.add_argument("--no-evidence", metavar="REASON", default="", help="none was collected, for this reason")
    add_worker(parser)


def request(options: argparse.Namespace) -> CloseRequest:
    """See Command.request."""
    return CloseRequest(options.incident, options.conclusion, options.no_evidence, read_worker(options))


def run(request: CloseRequest) -> int:
    """Close an incident; what it lacks is told, all at once."""
    with in_language(request.worker.language):
        return _close(request)


def _close(request: CloseRequest) -> int:
    found = find(request.incident)
    lacking = find_lacking(found, evidence=not request.no_evidence)
    if not request.conclusion.strip():
        lacking.append("its conclusion: --conclusion TEXT")
    if lacking:
        raise UsageError(f"the incident {found.incident} can't be closed, it lacks:\n  - " + "\n  - ".join(lacking))
    desk = Desk(request.worker, found.folder)
    entry = desk.write("close", "done", conclusion=request.conclusion, no_evidence=request.no_evidence)
    desk.say(f"closed; head {entry.hash}", f"clos ; tête {entry.hash}")
    return 0


def find_lacking(found: Standing, *, evidence: bool) -> list[str]:
    """Return what an incident needs before it can be closed.

    Args:
        found: The incident.
        evidence: Whether it needs evidence.
    """
    lacking = []
    word = f"rempart incident note {found.incident}"
    if found.isolation or found.attempted:
        lacking.append(f"the end of its isolation: rempart incident release {found.incident}")
    if evidence and not found.collections:
        lacking.append(f"evidence: rempart incident collect {found.incident}, or --no-evidence REASON")
    if "notified" in found.decisions:
        lacking += [f"art. 33(3): {word} --{name.replace('_', '-')} …" for name in find_missing(found)]
        late = found.decisions["notified"].get("at", "") > write_moment(found.aware + GDPR_HOURS * 3600)
        if late and not found.facts.get("delay"):
            lacking.append(f"why it was notified late, art. 33(1): {word} --delay REASON")
    elif "no_notification" not in found.decisions:
        lacking.append(
            f"the notification of the authority ({word} --notified AUTHORITY) or the reasoned decision not to, "
            f"art. 33(1) ({word} --no-notification REASON)"
        )
    if not {"informed", "not_informing"} & found.decisions.keys() and "no_notification" not in found.decisions:
        lacking.append(
            f"that the people concerned were informed ({word} --informed HOW) or why not, art. 34 "
            f"({word} --not-informing REASON)"
        )
    return lacking
