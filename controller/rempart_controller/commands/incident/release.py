"""The command ``rempart incident release``."""

import argparse
import hashlib
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import (
    Desk,
    Progress,
    Way,
    Worker,
    add_incident,
    add_way,
    add_worker,
    describe,
    prepare,
    read_way,
    read_worker,
)
from rempart_controller.incident.approval import expect_two, find_author
from rempart_controller.incident.folder import find
from rempart_core.error import EndpointError, RemediationError, RempartError, UsageError
from rempart_core.json_value import Json
from rempart_core.messages.carried import to_data
from rempart_core.messages.message import Message
from rempart_core.text import clean_line


class ReleaseRequest(NamedTuple):
    """The isolation of a host is to be lifted.

    Attributes:
        incident: Its id, or its host's name.
        signed_by: The incident lead.
        force: Why without an audit; ``""`` for with one.
        checks_dirs: Folders of the user's own checks.
        approved_by: With ``force``: the second person who agrees.
        worker: Who does it.
        way: The way to the host.
    """

    incident: str
    signed_by: str
    force: str
    checks_dirs: tuple[str, ...]
    approved_by: str
    worker: Worker
    way: Way


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.release"),
    )
    add_incident(parser)
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--signed-by", metavar="NAME", default="", help=option_help("incident_help.signed_by"))
    who.add_argument("--force", metavar="REASON", default="", help=option_help("incident_help.force"))
    parser.add_argument(
        "--checks-dir", metavar="DIR", action="append", default=[], help=option_help("incident_help.checks_dir")
    )
    parser.add_argument(
        "--approved-by", metavar="NAME", default="", help=option_help("incident_help.force_approved_by")
    )
    add_worker(parser)
    add_way(parser, deadline=300)


def request(options: argparse.Namespace) -> ReleaseRequest:
    """See Command.request."""
    signed = clean_line(options.signed_by.strip())
    if not options.force and not signed:
        raise UsageError(Message("incident.lead_signs"))
    return ReleaseRequest(
        options.incident,
        signed,
        options.force,
        tuple(options.checks_dir),
        options.approved_by,
        read_worker(options),
        read_way(options),
    )


def run(request: ReleaseRequest) -> int:
    """Lift the isolation, where an audit allows it."""
    return _release(request)


def _release(request: ReleaseRequest) -> int:
    from rempart_controller.incident import isolation
    from rempart_controller.incident.gate import pass_gate

    found = find(request.incident)
    change = found.isolation.change if found.isolation else found.attempted
    if not change:
        raise UsageError(Message("incident.not_isolated", host=found.host))
    author = find_author(request.worker.by)
    approved = expect_two(author, request.approved_by, Message("incident.what_force")) if request.force else ""
    host, access = prepare(request.way, found)
    desk, progress = Desk(request.worker, found.folder), Progress()
    detail: dict[str, Json] = {
        "change": change,
        "signed_by": request.signed_by,
        "force": request.force,
        "approved_by": approved,
    }
    desk.write("release", "begun", **detail)
    try:
        if not request.force:
            progress.show("audit")
            detail |= pass_gate(host, request.way.seconds, request.checks_dirs, found.folder)._asdict()
        operator = isolation.Operator(access, found.host, progress.show)
        rules = isolation.release(operator, change, force=bool(request.force))
    except (RemediationError, EndpointError, KeyboardInterrupt) as error:
        why = error.message if isinstance(error, RempartError) else Message("incident.stopped")
        desk.write("release", "failed", **detail, reason=to_data(why))
        raise
    finally:
        progress.clear()
    left = hashlib.sha256(rules.encode("utf-8", "replace")).hexdigest()
    former = found.isolation is not None and left == found.isolation.rules
    desk.write("release", "done", **detail, rules=left, former_rules=former)
    desk.say(Message("incident.released", host=found.host))
    desk.say(Message("incident.rules_same") if former else Message("incident.rules_other", folder=found.folder))
    return 0
