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
from rempart_core.text import Text, clean_line


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
    """Prove a bundle; 1 where it is broken, 3 where it holds in itself and no key says who must have signed it."""
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
    place = clean_line(proof.place)
    if proof.fault is not None:
        fault = clean_line(say(proof.fault, language))
        where = Text(f"link {proof.number}", f"maillon {proof.number}") if proof.number else Text("bundle", "lot")
        yield Text("BROKEN", "ROMPU").get(language) + f": {where.get(language)}" + (f" ({place})" if place else "")
        yield f"  {fault} ({Text('line', 'ligne').get(language)} {proof.line})"
        held = Text(
            f"{proof.links} links before it hold, {proof.documents} with their documents",
            f"{proof.links} maillons avant lui tiennent, {proof.documents} avec leur document",
        )
        yield f"  {held.get(language)}"
        return
    last = proof.first + proof.links - 1
    begun, ended = clean_line(proof.begun), clean_line(proof.ended)
    verdict = Text("INTACT", "INTACT") if proof.proven else Text("NOT PROVEN", "NON PROUVÉ")
    yield verdict.get(language) + Text(
        f": links {proof.first} to {last}, {proof.documents} documents, {begun} to {ended}",
        f" : maillons {proof.first} à {last}, {proof.documents} documents, du {begun} au {ended}",
    ).get(language)
    yield Text("head  ", "tête  ").get(language) + proof.head
    for key in proof.keys:
        yield Text("key   ", "clé   ").get(language) + key
    if proof.writer not in proof.keys:
        yield Text("written with another key: ", "écrit avec une autre clé : ").get(language) + proof.writer
    if proof.first > 1:
        yield Text(
            f"begins at link {proof.first}: what came before is not proven",
            f"commence au maillon {proof.first} : ce qui précède n’est pas prouvé",
        ).get(language)
    if proof.missing:  # a fault, but in a bundle of the first form
        yield Text(
            f"{len(proof.missing)} links without their documents: a bundle of this old form does not say why",
            f"{len(proof.missing)} maillons sans leur document : un lot de cette ancienne forme ne dit pas pourquoi",
        ).get(language)
    if proof.hosts is not None:
        named = ", ".join(map(clean_line, proof.hosts))
        yield Text(f"only documents of {named}", f"seulement les documents de {named}").get(language)
    if proof.forgotten:
        day = clock.strftime("%Y-%m-%d", clock.gmtime(proof.forgotten))
        yield Text(
            f"documents of runs before {day} were forgotten (--keep); their links hold",
            f"les documents antérieurs au {day} ont été oubliés (--keep) ; leurs maillons tiennent",
        ).get(language)
    if not proof.proven:
        yield Text(
            "It holds in itself, and whoever made it may have made all of it: give each key that may have signed "
            "(--key), as `rempart export` and the reports of that time say.",
            "Il tient en lui-même, mais qui l’a fait peut l’avoir fait de toutes pièces : donnez chaque clé qui a pu "
            "signer (--key), telle que la disent `rempart export` et les rapports de l’époque.",
        ).get(language)
    if not pinned:
        yield Text(
            "Its end may be cut: give the head of the last report (--head).",
            "Sa fin peut être coupée : donnez la tête du dernier rapport (--head).",
        ).get(language)
