"""The command ``rempart incident close``."""

import argparse
import time as clock
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import (
    Desk,
    Worker,
    add_incident,
    add_worker,
    describe,
    read_worker,
)
from rempart_controller.commands.mistakes import refuse
from rempart_controller.incident.clock import GDPR_HOURS
from rempart_controller.incident.draft import find_missing
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.lessons import RISKS, Review, find_mistakes, write_entries
from rempart_controller.incident.restoring import COLUMNS, name_option
from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message, as_is, points
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.cell import write_day
from rempart_core.registers.contract import Kind
from rempart_core.timestamps import write_moment

_SEVERITIES = ("critical", "high", "medium", "low")
_METAVARS = {Kind.DATE: "DATE", Kind.COUNT: "N", Kind.FLAG: "YES|NO", Kind.CHOICE: "WORD", Kind.PERSON: "PERSON"}
_DAYS = 15  # after which an action is due, where nothing else is said


class CloseRequest(NamedTuple):
    """An incident is to be closed.

    Attributes:
        incident: Its id, or its host's name.
        conclusion: What it came to.
        no_evidence: Why no evidence was collected; ``""`` where some was.
        worker: Who does it.
        registers: The folder of registers; ``""`` for none.
        review: What goes into them.
    """

    incident: str
    conclusion: str
    no_evidence: str
    worker: Worker
    registers: str
    review: Review


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
    known = ", ".join(RISKS)
    parser.add_argument("--registers", metavar="DIR", default="", help=option_help("incident_close.registers"))
    parser.add_argument("--risk", metavar="RISK", default="", help=option_help("incident_close.risk", known=known))
    parser.add_argument(
        "--lesson", metavar="TEXT", action="append", default=[], help=option_help("incident_close.lesson")
    )
    parser.add_argument("--owner", metavar="PERSON", default="", help=option_help("incident_close.owner"))
    parser.add_argument(
        "--severity",
        metavar="SEVERITY",
        choices=_SEVERITIES,
        default="high",
        help=option_help("incident_close.severity", known=", ".join(_SEVERITIES)),
    )
    parser.add_argument("--due", metavar="DATE", default="", help=option_help("incident_close.due"))
    parser.add_argument("--restore", metavar="ID", default="", help=option_help("incident_close.restore"))
    _add_restore(parser.add_argument_group(words("incident_close.new"), words("incident_close.new_long")))


def _add_restore(group: OptionGroup) -> None:
    helps = {
        "what": option_help("incident_close.new_what"),
        "backup": option_help("incident_close.new_backup"),
        "date": option_help("incident_close.new_date"),
        "minutes": option_help("incident_close.new_minutes"),
        "rto_minutes": option_help("incident_close.new_rto_minutes"),
        "data_age_minutes": option_help("incident_close.new_data_age_minutes"),
        "rpo_minutes": option_help("incident_close.new_rpo_minutes"),
        "integrity": option_help("incident_close.new_integrity", known="verified, failed, not_verified"),
        "offsite": option_help("incident_close.new_offsite"),
        "by": option_help("incident_close.new_by"),
        "evidence": option_help("incident_close.new_file"),
        "reference": option_help("incident_close.new_reference"),
    }
    kinds = {one.name: _METAVARS.get(one.kind, "TEXT") for one in CONTRACTS["restores"].columns}
    for name in COLUMNS:
        metavar = "PATH" if name == "evidence" else kinds.get(name, "TEXT")
        group.add_argument(name_option(name), metavar=metavar, dest=f"restored_{name}", default="", help=helps[name])


def request(options: argparse.Namespace) -> CloseRequest:
    """See Command.request."""
    due = options.due or (write_day(clock.time() + _DAYS * 86_400) if options.lesson else "")
    lessons = tuple(one.strip() for one in options.lesson if one.strip())
    restored = {name: said for name in COLUMNS if (said := str(getattr(options, f"restored_{name}")).strip())}
    review = Review(options.risk, lessons, options.owner, options.severity, due, options.restore, restored)
    refuse(find_mistakes(options.registers, review))
    worker = read_worker(options)
    return CloseRequest(options.incident, options.conclusion, options.no_evidence, worker, options.registers, review)


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
    detail: dict[str, Json] = {"conclusion": request.conclusion, "no_evidence": request.no_evidence}
    registers: list[str] = []
    if request.registers:
        registers = write_entries(request.registers, found, request.review, write_day(clock.time()))
        detail |= {"lessons": list(request.review.lessons), "restore": request.review.restore}
    entry = desk.write("close", "done", **detail)
    desk.say(Message("incident.closed_now", hash=entry.hash))
    if registers:
        desk.say(Message("incident_close.written", registers=", ".join(registers)))
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
