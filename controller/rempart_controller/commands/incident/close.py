"""The command ``rempart incident close``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import (
    Desk,
    Worker,
    add_incident,
    add_worker,
    describe,
    read_worker,
)
from rempart_controller.incident.clock import GDPR_HOURS
from rempart_controller.incident.draft import find_missing
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_core.error import UsageError
from rempart_core.messages.message import Message, as_is, points
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
        words("incident_help.close"),
    )
    add_incident(parser)
    parser.add_argument("--conclusion", metavar="TEXT", default="", help=option_help("incident_help.conclusion"))
    parser.add_argument("--no-evidence", metavar="REASON", default="", help=option_help("incident_help.no_evidence"))
    add_worker(parser)


def request(options: argparse.Namespace) -> CloseRequest:
    """See Command.request."""
    return CloseRequest(options.incident, options.conclusion, options.no_evidence, read_worker(options))


def run(request: CloseRequest) -> int:
    """Close an incident; what it lacks is told, all at once."""
    return _close(request)


def _close(request: CloseRequest) -> int:
    found = find(request.incident)
    lacking = find_lacking(found, evidence=not request.no_evidence)
    if not request.conclusion.strip():
        lacking.append(Message("incident.lacks_conclusion"))
    if lacking:
        raise UsageError(points(Message("incident.lacks", incident=found.incident), lacking))
    desk = Desk(request.worker, found.folder)
    entry = desk.write("close", "done", conclusion=request.conclusion, no_evidence=request.no_evidence)
    desk.say(Message("incident.closed_now", hash=entry.hash))
    return 0


def find_lacking(found: Standing, *, evidence: bool) -> list[Message]:
    """Return what an incident needs before it can be closed.

    Args:
        found: The incident.
        evidence: Whether it needs evidence.
    """
    lacking: list[Message] = []
    word = f"rempart incident note {found.incident}"
    if found.isolation or found.attempted:
        lacking.append(Message("incident.lacks_release", incident=found.incident))
    if evidence and not found.has_evidence:
        lacking.append(Message("incident.lacks_evidence", incident=found.incident))
    if "notified" in found.decisions:
        lacking += [as_is(f"art. 33(3): {word} --{name.replace('_', '-')} …") for name in find_missing(found)]
        late = found.decisions["notified"].get("at", "") > write_moment(found.aware + GDPR_HOURS * 3600)
        if late and not found.facts.get("delay"):
            lacking.append(Message("incident.lacks_delay", note=word))
    elif "no_notification" not in found.decisions:
        lacking.append(Message("incident.lacks_notification", note=word))
    if not {"informed", "not_informing"} & found.decisions.keys() and "no_notification" not in found.decisions:
        lacking.append(Message("incident.lacks_informed", note=word))
    return lacking
