"""The command ``rempart incident isolate``."""

import argparse
import hashlib
import os
from typing import NamedTuple

from rempart_controller.commands.incident.desk import (
    Desk,
    Progress,
    Way,
    Worker,
    add_incident,
    add_way,
    add_worker,
    describe,
    in_language,
    prepare,
    read_way,
    read_worker,
)
from rempart_controller.incident.approval import expect_two, find_author
from rempart_controller.incident.folder import find
from rempart_core.error import IncidentError, RemediationError, UsageError

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
        "Cut the host off from all but the controller. Its firewall (nftables) then passes the controller's "
        "SSH alone, through reboots too; open sessions die. It counts once a new connection has worked, and "
        "is undone where none does. Collect evidence first.",
    )
    add_incident(parser)
    two = parser.add_mutually_exclusive_group()
    two.add_argument("--approved-by", metavar="NAME", default="", help="the second person who agrees")
    two.add_argument("--alone", metavar="REASON", default="", help="nobody else could be asked, for this reason")
    parser.add_argument(
        "--evidence-later", metavar="REASON", default="", help="isolate before evidence was collected, for this reason"
    )
    parser.add_argument(
        "--revert-after",
        metavar="SECONDS",
        type=_revert,
        default=0,
        help=f"let the host lift it by itself after that time, at least {_REVERT_LEAST} (default: never)",
    )
    add_worker(parser)
    add_way(parser, deadline=120)


def _revert(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not _REVERT_LEAST <= int(text) <= 31 * 86400:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, {_REVERT_LEAST} or more")
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
    with in_language(request.worker.language):
        return _isolate(request)


def _isolate(request: IsolateRequest) -> int:
    from rempart_controller.incident import isolation
    from rempart_controller.incident.host_access import expect_other, is_temporary

    found = find(request.incident)
    if not any(one.get("items") for one in found.collections) and not request.evidence_later:
        raise UsageError(
            f"no evidence of {found.host} was collected, and an isolation changes what there is to see: "
            f"rempart incident collect {found.incident}, or --evidence-later REASON"
        )
    author = find_author(request.worker.by)
    approved = ""
    if not request.alone:
        approved = expect_two(author, request.approved_by, "isolating a host", "--alone REASON")
    host, access = prepare(request.way, found)
    expect_other(host, request.way.seconds)
    desk, progress = Desk(request.worker, found.folder), Progress()
    mine = f"incident-{found.incident}-{found.isolations + 1}"
    change = found.isolation.change if found.isolation else found.attempted or mine
    detail = {"change": change, "approved_by": approved, "alone": request.alone, "lifts": request.revert_after}
    desk.write("isolate", "begun", **detail, evidence_later=request.evidence_later)
    operator = isolation.Operator(access, found.host, progress.show)
    holder = f"{author.by}, incident {found.incident}"
    try:
        came = isolation.isolate(operator, change, holder, request.revert_after)
    except RemediationError as error:
        undone = isinstance(error, isolation.NotIsolated) and error.undone
        desk.write("isolate", "failed", **detail, reason=str(error), undone=undone)
        raise
    finally:
        progress.clear()
    rules = _keep_rules(found.folder, change, came.rules) if found.isolation is None else found.isolation.rules
    way = f"{came.address} port {came.port}"
    desk.write("isolate", "done", **detail, digest=came.digest, way=way, rules=rules, changed=came.changed)
    desk.say(
        f"{found.host} is isolated{'' if came.changed else ' as it was'}: only {came.address} reaches it, at port "
        f"{came.port}. Tell the floor manager: its telephone and its sessions are cut.",
        f"{found.host} est isolée{'' if came.changed else ' comme avant'} : seule {came.address} l’atteint, port "
        f"{came.port}. Prévenez le responsable de plateau : téléphone et sessions y sont coupés.",
    )
    if is_temporary(came.address):
        desk.say(
            f"WARNING: {came.address} is a temporary address of this machine. When it changes nobody reaches "
            f"{found.host} any more: release it before, or isolate it again from a stable one.",
            f"ATTENTION : {came.address} est une adresse temporaire de cette machine. Quand elle changera, plus "
            f"personne n’atteindra {found.host} : remettez-la en service avant, ou isolez-la de nouveau depuis une "
            f"adresse stable.",
        )
    if request.revert_after:
        desk.say(
            f"It lifts its isolation by itself in {request.revert_after} seconds, unless you isolate it again.",
            f"Elle lève son isolement d’elle-même dans {request.revert_after} secondes, sauf nouvel isolate.",
        )
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
        raise IncidentError(f"{path} can't be written: {(error.strerror or str(error)).lower()}") from error
    return hashlib.sha256(data).hexdigest()
