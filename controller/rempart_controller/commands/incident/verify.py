"""The command ``rempart incident verify``."""

import argparse
import os
from contextlib import suppress
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import add_incident, describe
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.incident import evidence
from rempart_controller.incident.evidence import Proof
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.page import find_fault
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.signing.key import read_public
from rempart_core.text import clean_line


class VerifyRequest(NamedTuple):
    """The record of an incident is to be proven.

    Attributes:
        incident: Its id, or its host's name.
        keys: Public keys of which one must have signed it, in hex or by their files; none
            for the user's own.
        head: A head that the timeline must hold, in hex; ``""`` for any.
        out: How it is printed.
    """

    incident: str
    keys: tuple[str, ...]
    head: str
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.verify"),
    )
    add_incident(parser)
    parser.add_argument(
        "--key",
        metavar="HEX|FILE",
        action="append",
        default=[],
        help=option_help("incident_help.key"),
    )
    parser.add_argument("--head", metavar="HASH", default="", help=option_help("incident_help.head"))
    parser.add_argument("--json", action="store_true", help=option_help("incident_help.json"))


def request(options: argparse.Namespace) -> VerifyRequest:
    """See Command.request."""
    return VerifyRequest(options.incident, tuple(options.key), options.head.lower(), read_output(options))


def run(request: VerifyRequest) -> int:
    """Prove timeline and evidence of an incident, offline; 1 where something is wrong."""
    return _verify(request)


def _verify(request: VerifyRequest) -> int:
    found = find(request.incident, only_open=False)
    keys = tuple(read_public(text) for text in request.keys)
    faults = [fault] if (fault := find_fault(found, keys)) else []
    hashes = {entry.hash for entry in found.record.entries}
    if request.head and request.head not in hashes:
        faults.append(Message("incident.head_expected"))
    proofs = [_prove(found, str(one.get("folder", "")), str(one.get("manifest", ""))) for one in found.collections]
    known = {proof.folder for proof in proofs}
    with suppress(OSError):
        extra = [name for name in os.listdir(found.folder) if name.startswith("evidence-") and name not in known]
        faults += [Message("incident.folder_unlisted", name=clean_line(name)) for name in sorted(extra)]
    signer = found.record.entries[0].key if found.record.entries else ""
    faults += [
        Message("incident.folder_signer", folder=p.folder, key=p.key) for p in proofs if p.key and p.key != signer
    ]
    faults += [Message("text.labelled", label=p.folder, text=one) for p in proofs for one in p.faults]
    if request.out.json:
        data = {
            "incident": found.incident,
            "faults": [say(fault) for fault in faults],
            "entries": len(found.record.entries),
            "head": found.record.head,
        }
        kept = [{**proof._asdict(), "faults": [say(one) for one in proof.faults]} for proof in proofs]
        request.out.show_json(data | {"key": signer, "evidence": kept})
        return int(bool(faults))
    for fault in faults:
        print(clean_line(say(Message("incident.verify_broken", fault=fault), request.out.language)))
    if not faults:
        missed = sum(one.missed for one in proofs)
        items = sum(one.items for one in proofs)
        intact = Message(
            "incident.verify_intact",
            entries=len(found.record.entries),
            items=items - missed,
            collections=len(proofs),
            missed=missed,
        )
        told = (
            intact, Message("incident.verify_head", head=found.record.head), Message("incident.verify_key", key=signer)
        )  # fmt: skip
        request.out.show(clean_line(say(one, request.out.language)) for one in told)
    return int(bool(faults))


def _prove(found: Standing, name: str, manifest: str) -> Proof:
    if os.path.basename(name) != name or not name.startswith("evidence-"):
        return Proof(clean_line(name), 0, 0, (Message("incident.no_evidence_folder"),))
    return evidence.verify(os.path.join(found.folder, name), found.incident, manifest)
