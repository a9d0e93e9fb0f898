"""The command ``rempart incident note``."""

import argparse
from typing import Any, NamedTuple

from rempart_controller.commands.incident.desk import (
    Desk,
    Worker,
    add_incident,
    add_worker,
    describe,
    in_language,
    read_past,
    read_worker,
)
from rempart_controller.incident.draft import find_missing
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import DECISIONS, FACTS, read_standing
from rempart_core.error import UsageError
from rempart_core.timestamps import write_moment

_NOTES = (
    ("nature", "TEXT", "art. 33(3)(a): what happened"),
    ("people", "TEXT", "art. 33(3)(a): categories of people concerned"),
    ("people-count", "TEXT", "art. 33(3)(a): about how many"),
    ("records", "TEXT", "art. 33(3)(a): categories of records concerned"),
    ("records-count", "TEXT", "art. 33(3)(a): about how many"),
    ("contact", "TEXT", "art. 33(3)(b): the data protection officer, or who knows more"),
    ("consequences", "TEXT", "art. 33(3)(c): what is likely to come of it"),
    ("measures", "TEXT", "art. 33(3)(d): what was or will be done"),
    ("delay", "TEXT", "art. 33(1): why it is notified after more than 72 hours"),
    ("notified", "AUTHORITY", "the supervisory authority was notified (--at)"),
    ("no-notification", "REASON", "it is not notified: why a risk to people is unlikely, art. 33(1)"),
    ("informed", "HOW", "the people concerned were informed, art. 34 (--at)"),
    ("not-informing", "REASON", "they are not, and why: no high risk, or one of art. 34(3)"),
    ("early-warning", "CSIRT", "NIS2: the early warning was given (--at)"),
    ("nis2-notified", "CSIRT", "NIS2: the incident was notified (--at)"),
    ("nis2-report", "CSIRT", "NIS2: the final report was handed in (--at)"),
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
        "Note what is known, decided or done; the draft of the notification takes it over.",
    )
    add_incident(parser)
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help="anything worth knowing")
    for name, value, text in _NOTES:
        parser.add_argument(f"--{name}", metavar=value, default="", help=text)
    parser.add_argument("--at", metavar="TIME", default="", help="when that was done, UTC (default: now)")
    add_worker(parser)


def request(options: argparse.Namespace) -> NoteRequest:
    """See Command.request."""
    given = vars(options)
    facts = {name: value for name in FACTS if (value := given[name])}
    decisions = {name: value for name in DECISIONS if (value := given[name])}
    with in_language(options.lang):
        at = read_past(options.at, "--at")
        if not facts and not decisions and not options.text:
            raise UsageError("nothing to note: give a text, or one of the options")
    return NoteRequest(options.incident, facts, decisions, options.text, at, read_worker(options))


def run(request: NoteRequest) -> int:
    """Note what is known, decided or done."""
    with in_language(request.worker.language):
        return _note(request)


def _note(request: NoteRequest) -> int:
    found = find(request.incident)
    detail: dict[str, Any] = dict(request.facts)
    at = write_moment(request.at)
    detail |= {name: {"text": text, "at": at} for name, text in request.decisions.items()}
    if request.text:
        detail["text"] = request.text
    desk = Desk(request.worker, found.folder)
    desk.write("note", "done", **detail)
    missing = find_missing(read_standing(found.folder))
    desk.say("noted" + _of(missing, "; art. 33(3) lacks: "), "noté" + _of(missing, " ; il manque à l’art. 33(3) : "))
    return 0


def _of(missing: list[str], words: str) -> str:
    return words + ", ".join(f"--{name.replace('_', '-')}" for name in missing) if missing else ""
