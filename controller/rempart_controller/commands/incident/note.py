"""The command ``rempart incident note``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import chosen, option_help, words
from rempart_controller.commands.incident.desk import (
    Desk,
    Worker,
    add_incident,
    add_worker,
    describe,
    read_past,
    read_worker,
)
from rempart_controller.incident.draft import find_missing
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import DECISIONS, FACTS, read_standing
from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.timestamps import write_moment

_NOTES = (
    ("nature", "TEXT", Message("incident_help.note_nature")),
    ("people", "TEXT", Message("incident_help.note_people")),
    ("people-count", "TEXT", Message("incident_help.note_count")),
    ("records", "TEXT", Message("incident_help.note_records")),
    ("records-count", "TEXT", Message("incident_help.note_count")),
    ("contact", "TEXT", Message("incident_help.note_contact")),
    ("consequences", "TEXT", Message("incident_help.note_consequences")),
    ("measures", "TEXT", Message("incident_help.note_measures")),
    ("delay", "TEXT", Message("incident_help.note_delay")),
    ("notified", "AUTHORITY", Message("incident_help.note_notified")),
    ("no-notification", "REASON", Message("incident_help.note_no_notification")),
    ("informed", "HOW", Message("incident_help.note_informed")),
    ("not-informing", "REASON", Message("incident_help.note_not_informing")),
    ("early-warning", "CSIRT", Message("incident_help.note_early_warning")),
    ("nis2-notified", "CSIRT", Message("incident_help.note_nis2_notified")),
    ("nis2-report", "CSIRT", Message("incident_help.note_nis2_report")),
)


class NoteRequest(NamedTuple):
    """What is known, decided or done is to be noted.

    Attributes:
        incident: Its id, or its host's name.
        facts: What art. 33(3) asks for and is known, by its name.
        decisions: What was decided or done, by its name.
        text: Anything worth knowing.
        at: When what was decided was done, in seconds since 1970.
        worker: Who does it.
    """

    incident: str
    facts: dict[str, str]
    decisions: dict[str, str]
    text: str
    at: int
    worker: Worker


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.note"),
    )
    add_incident(parser)
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help=option_help("incident_help.note_text"))
    for name, value, text in _NOTES:
        parser.add_argument(f"--{name}", metavar=value, default="", help=say(text, chosen()))
    parser.add_argument("--at", metavar="TIME", default="", help=option_help("incident_help.note_at"))
    add_worker(parser)


def request(options: argparse.Namespace) -> NoteRequest:
    """See Command.request."""
    given = vars(options)
    facts = {name: value for name in FACTS if (value := given[name])}
    decisions = {name: value for name in DECISIONS if (value := given[name])}
    at = read_past(options.at, "--at")
    if not facts and not decisions and not options.text:
        raise UsageError(Message("incident.nothing_to_note"))
    return NoteRequest(options.incident, facts, decisions, options.text, at, read_worker(options))


def run(request: NoteRequest) -> int:
    """Note what is known, decided or done."""
    return _note(request)


def _note(request: NoteRequest) -> int:
    found = find(request.incident)
    detail: dict[str, Json] = dict(request.facts)
    at = write_moment(request.at)
    detail |= {name: {"text": text, "at": at} for name, text in request.decisions.items()}
    if request.text:
        detail["text"] = request.text
    desk = Desk(request.worker, found.folder)
    desk.write("note", "done", **detail)
    missing = find_missing(read_standing(found.folder))
    if missing:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        desk.say(Message("incident.noted_lacking", options=options))
    else:
        desk.say(Message("incident.noted"))
    return 0
