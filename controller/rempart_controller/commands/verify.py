"""The command ``rempart verify``."""

import argparse
import sys
import time as clock
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import Output, add_language, read_output
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.messages.system import reason_of
from rempart_core.signing import bundle
from rempart_core.signing.bundle import Proof
from rempart_core.signing.key import read_public
from rempart_core.text import clean_line


class VerifyRequest(NamedTuple):
    """A bundle is to be proven.

    Attributes:
        bundle: Its file; ``-`` for standard input.
        keys: Public keys that must have signed, in hex or by their files.
        head: The head that the chain must end in, in hex; ``""`` for any.
        out: How it is printed.
    """

    bundle: str
    keys: tuple[str, ...]
    head: str
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.verify_long")
    parser.add_argument("bundle", metavar="BUNDLE", help=option_help("help.verify_bundle"))
    parser.add_argument(
        "--key",
        metavar="HEX|FILE",
        action="append",
        default=[],
        help=option_help("help.verify_key"),
    )
    parser.add_argument("--head", metavar="HASH", default="", help=option_help("help.verify_head"))
    parser.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    add_language(parser)


def request(options: argparse.Namespace) -> VerifyRequest:
    """See Command.request."""
    return VerifyRequest(options.bundle, tuple(options.key), options.head.lower(), read_output(options))


def run(request: VerifyRequest) -> int:
    """Prove a bundle; 1 where it is broken, 3 where it holds in itself and no key says who must have signed it.

    Raises:
        UsageError: The bundle or a key can't be read.
    """
    keys = [read_public(text) for text in request.keys]
    try:
        if request.bundle == "-":
            proof = bundle.verify(sys.stdin.buffer, keys, request.head)
        else:
            with open(request.bundle, "rb") as lines:
                proof = bundle.verify(lines, keys, request.head)
    except OSError as error:
        raise UsageError(Message("file.failed", path=request.bundle, error=reason_of(error))) from error
    if request.out.json:
        request.out.show_json({**proof._asdict(), "fault": say(proof.fault) if proof.fault else ""})
    else:
        request.out.show(show_proof(proof, bool(request.head), request.out.language))
    return 1 if proof.fault else 0 if proof.proven else 3


def show_proof(proof: Proof, pinned: bool, language: str) -> Iterator[str]:
    """Yield what a reader is told of a bundle that was proven, or was not.

    Args:
        proof: What was found.
        pinned: Whether the head of the chain was known.
        language: ``en`` or ``fr``.
    """
    for message in _tell_fault(proof, proof.fault) if proof.fault is not None else _tell_whole(proof, pinned):
        yield clean_line(say(message, language))


def _tell_fault(proof: Proof, fault: Message) -> Iterator[Message]:
    if not proof.number:
        yield Message("verify.at_bundle")
    elif proof.place:
        yield Message("verify.at_link", number=str(proof.number), place=proof.place)
    else:
        yield Message("verify.at_link_alone", number=str(proof.number))
    yield Message("verify.fault_line", fault=fault, line=str(proof.line))
    yield Message("verify.held", links=proof.links, documents=proof.documents)


def _tell_whole(proof: Proof, pinned: bool) -> Iterator[Message]:
    yield Message(
        "verify.intact" if proof.proven else "verify.not_proven",
        first=str(proof.first),
        last=str(proof.first + proof.links - 1),
        documents=proof.documents,
        begun=proof.begun,
        ended=proof.ended,
    )
    yield Message("verify.head_is", head=proof.head)
    yield from (Message("verify.key_is", key=key) for key in proof.keys)
    if proof.writer not in proof.keys:
        yield Message("verify.other_writer", key=proof.writer)
    if proof.first > 1:
        yield Message("verify.begins_late", first=str(proof.first))
    if proof.missing:  # a fault, but in a bundle of the first form
        yield Message("verify.old_form", count=len(proof.missing))
    if proof.hosts is not None:
        yield Message("verify.some_hosts", names=", ".join(proof.hosts))
    if proof.forgotten:
        yield Message("verify.forgotten", day=clock.strftime("%Y-%m-%d", clock.gmtime(proof.forgotten)))
    if not proof.proven:
        yield Message("verify.no_key")
    if not pinned:
        yield Message("verify.no_head")
