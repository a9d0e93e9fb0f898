"""The command ``rempart incident verify``."""

import argparse
import os
from contextlib import suppress
from typing import NamedTuple

from rempart_controller.commands.incident.desk import add_incident, describe, in_language
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.incident import evidence
from rempart_controller.incident.evidence import Proof
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.page import find_fault
from rempart_controller.wording import translate
from rempart_core.signing.key import read_public
from rempart_core.text import Text, clean_line


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
        "Prove that timeline and evidence of an incident are whole and unchanged. Needs no network. Exit "
        "status: 0 intact, 1 broken, and what is wrong is named.",
    )
    add_incident(parser)
    parser.add_argument(
        "--key",
        metavar="HEX|FILE",
        action="append",
        default=[],
        help="the public key that must have signed; repeatable (default: your own)",
    )
    parser.add_argument("--head", metavar="HASH", default="", help="a head that was kept, which the timeline must hold")
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def request(options: argparse.Namespace) -> VerifyRequest:
    """See Command.request."""
    return VerifyRequest(options.incident, tuple(options.key), options.head.lower(), read_output(options))


def run(request: VerifyRequest) -> int:
    """Prove timeline and evidence of an incident, offline; 1 where something is wrong."""
    with in_language(request.out.language):
        return _verify(request)


def _verify(request: VerifyRequest) -> int:
    found = find(request.incident, only_open=False)
    keys = tuple(read_public(text) for text in request.keys)
    faults = [fault] if (fault := find_fault(found, keys)) else []
    hashes = {entry.hash for entry in found.record.entries}
    if request.head and request.head not in hashes:
        faults.append("it does not hold the head that is expected: it was rewritten, or is older")
    proofs = [_prove(found, str(one.get("folder", "")), str(one.get("manifest", ""))) for one in found.collections]
    known = {proof.folder for proof in proofs}
    with suppress(OSError):
        extra = [name for name in os.listdir(found.folder) if name.startswith("evidence-") and name not in known]
        faults += [f"{clean_line(name)} stands in no entry of the timeline" for name in sorted(extra)]
    signer = found.record.entries[0].key if found.record.entries else ""
    faults += [f"{p.folder}: it was signed with another key: {p.key}" for p in proofs if p.key and p.key != signer]
    faults += [f"{proof.folder}: {one}" for proof in proofs for one in proof.faults]
    if request.out.json:
        data = {
            "incident": found.incident,
            "faults": faults,
            "entries": len(found.record.entries),
            "head": found.record.head,
        }
        request.out.show_json(data | {"key": signer, "evidence": [proof._asdict() for proof in proofs]})
        return int(bool(faults))
    for fault in faults:
        print(clean_line(Text(f"BROKEN: {fault}", f"ROMPU : {translate(fault)}").get(request.out.language)))
    if not faults:
        items = sum(proof.items for proof in proofs)
        print(
            Text(
                f"INTACT: {len(found.record.entries)} entries, {items} items of evidence in {len(proofs)} collections",
                f"INTACT : {len(found.record.entries)} entrées, {items} éléments de preuve en {len(proofs)} collectes",
            ).get(request.out.language)
        )
        print(Text("head  ", "tête  ").get(request.out.language) + found.record.head)
        print(Text("key   ", "clé   ").get(request.out.language) + signer)
    return int(bool(faults))


def _prove(found: Standing, name: str, manifest: str) -> Proof:
    if os.path.basename(name) != name or not name.startswith("evidence-"):
        return Proof(clean_line(name), 0, 0, ("this is no folder of evidence",))
    return evidence.verify(os.path.join(found.folder, name), found.incident, manifest)
