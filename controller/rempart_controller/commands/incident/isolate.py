"""The command ``rempart incident isolate``."""

import argparse
import hashlib
import os
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
from rempart_core.error import IncidentError, RemediationError, UsageError
from rempart_core.json_value import Json
from rempart_core.messages.carried import to_data
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

_REVERT_LEAST = 300


class IsolateRequest(NamedTuple):
    """A host is to be cut off from all but the controller.

    Attributes:
        incident: Its id, or its host's name.
        approved_by: The second person who agrees.
        alone: Why nobody else could be asked; ``""`` where somebody was.
        evidence_later: Why before evidence was collected; ``""`` where it was.
        revert_after: Seconds after which the host lifts it by itself; 0 for never.
        worker: Who does it.
        way: The way to the host.
    """

    incident: str
    approved_by: str
    alone: str
    evidence_later: str
    revert_after: int
    worker: Worker
    way: Way


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.isolate"),
    )
    add_incident(parser)
    two = parser.add_mutually_exclusive_group()
    two.add_argument("--approved-by", metavar="NAME", default="", help=option_help("incident_help.approved_by"))
    two.add_argument("--alone", metavar="REASON", default="", help=option_help("incident_help.alone"))
    parser.add_argument(
        "--evidence-later", metavar="REASON", default="", help=option_help("incident_help.evidence_later")
    )
    parser.add_argument(
        "--revert-after",
        metavar="SECONDS",
        type=_revert,
        default=0,
        help=option_help("incident_help.revert_after", least=_REVERT_LEAST),
    )
    add_worker(parser)
    add_way(parser, deadline=120)


def _revert(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not _REVERT_LEAST <= int(text) <= 31 * 86400:
        raise argparse.ArgumentTypeError(words("incident_help.revert_wrong", text=text, least=_REVERT_LEAST))
    return int(text)


def request(options: argparse.Namespace) -> IsolateRequest:
    """See Command.request."""
    return IsolateRequest(
        options.incident,
        options.approved_by,
        options.alone,
        options.evidence_later,
        options.revert_after,
        read_worker(options),
        read_way(options),
    )


def run(request: IsolateRequest) -> int:
    """Cut the host off from all but the controller."""
    return _isolate(request)


def _isolate(request: IsolateRequest) -> int:
    from rempart_controller.incident import isolation
    from rempart_controller.incident.host_access import expect_other, is_temporary

    found = find(request.incident)
    if not found.has_evidence and not request.evidence_later:
        raise UsageError(Message("incident.evidence_first", host=found.host, incident=found.incident))
    author = find_author(request.worker.by)
    approved = ""
    if not request.alone:
        approved = expect_two(author, request.approved_by, Message("incident.what_isolating"), "--alone REASON")
    host, access = prepare(request.way, found)
    expect_other(host, request.way.seconds)
    desk, progress = Desk(request.worker, found.folder), Progress()
    mine = f"incident-{found.incident}-{found.isolations + 1}"
    change = found.isolation.change if found.isolation else found.attempted or mine
    detail: dict[str, Json] = {
        "change": change,
        "approved_by": approved,
        "alone": request.alone,
        "lifts": request.revert_after,
    }
    desk.write("isolate", "begun", **detail, evidence_later=request.evidence_later)
    operator = isolation.Operator(access, found.host, progress.show)
    holder = f"{author.by}, incident {found.incident}"
    try:
        came = isolation.isolate(operator, change, holder, request.revert_after)
    except RemediationError as error:
        undone = isinstance(error, isolation.NotIsolated) and error.undone
        desk.write("isolate", "failed", **detail, reason=to_data(error.message), undone=undone)
        raise
    finally:
        progress.clear()
    rules = _keep_rules(found.folder, change, came.rules) if found.isolation is None else found.isolation.rules
    way = f"{came.address} port {came.port}"
    desk.write("isolate", "done", **detail, way=way, rules=rules, changed=came.changed)
    if came.changed:
        desk.say(Message("incident.isolated", host=found.host, address=came.address, port=came.port))
    else:
        desk.say(Message("incident.isolated_again", host=found.host, address=came.address, port=came.port))
    if is_temporary(came.address):
        desk.say(Message("incident.temporary_address", host=found.host, address=came.address))
    if request.revert_after:
        desk.say(Message("incident.lifts_itself", seconds=request.revert_after))
    return 0


def _keep_rules(folder: str, change: str, rules: str) -> str:
    """Keep the rules that stood before, and return their SHA-256."""
    data = rules.encode("utf-8", "replace")
    path = os.path.join(folder, f"rules-before-{change}.nft")
    try:
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
                file.write(data)
    except OSError as error:
        raise IncidentError(Message("incident.cannot_write", path=path, error=reason_of(error))) from error
    return hashlib.sha256(data).hexdigest()
