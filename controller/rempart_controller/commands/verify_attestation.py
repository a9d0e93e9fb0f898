"""The command ``rempart verify-attestation``."""

import argparse
import os
import sys
import time as clock
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.attestation.image_file import hash_file, identify_layout, stamp_of
from rempart_controller.commands.options.output import Output, add_language, read_output
from rempart_core.error import AttestationError, UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.messages.system import reason_of
from rempart_core.signing.attestation import SIZE_LIMIT, Proof, Wanted, prove
from rempart_core.signing.key import read_public
from rempart_core.signing.statement import FAILED, WARNED, Statement
from rempart_core.text import clean_line, defang

_HEX = frozenset("0123456789abcdef")


class VerifyAttestationRequest(NamedTuple):
    """An attestation is to be proven.

    Attributes:
        attestation: Its file; ``-`` for standard input.
        images: Files, or digests as ``sha256:…``.
        keys: Public keys, in hex or by their files.
        max_age: The most seconds since the test; 0 for any.
        required: Checks that must have passed.
        out: How it is printed.
    """

    attestation: str
    images: tuple[str, ...]
    keys: tuple[str, ...]
    max_age: int
    required: tuple[str, ...]
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.verify_attestation_long")
    parser.add_argument("attestation", metavar="FILE", help=option_help("help.attestation"))
    parser.add_argument(
        "--image",
        metavar="FILE|DIGEST",
        nargs="+",
        action="extend",
        required=True,
        help=option_help("help.attestation_image"),
    )
    parser.add_argument(
        "--key", metavar="HEX|FILE", action="append", required=True, help=option_help("help.attestation_key")
    )
    parser.add_argument("--max-age", metavar="AGE", type=_age, default=0, help=option_help("help.attestation_age"))
    parser.add_argument(
        "--require",
        metavar="CHECK",
        nargs="+",
        action="extend",
        default=[],
        help=option_help("help.attestation_require"),
    )
    parser.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    add_language(parser)


def request(options: argparse.Namespace) -> VerifyAttestationRequest:
    """See Command.request."""
    required = tuple(one for text in options.require for one in text.split(",") if one)
    return VerifyAttestationRequest(
        options.attestation, tuple(options.image), tuple(options.key), options.max_age, required, read_output(options)
    )


def run(request: VerifyAttestationRequest) -> int:
    """Prove an attestation: 0 genuine and good, 1 genuine and FAILED, 3 not proven."""
    keys = [read_public(text) for text in request.keys]
    data = _read(request.attestation)
    wanted = Wanted(keys, {}, clock.time(), request.max_age, request.required)
    proof = prove(data, wanted)
    if proof.statement is not None:  # images may be large: they are read where somebody known signed for something
        faults, images = _hash(request.images)
        proof = prove(data, wanted._replace(images=images))
        proof = proof._replace(faults=(*faults, *proof.faults))
    else:
        for image in request.images:
            _expect(image)
    if request.out.json:
        request.out.show_json(_describe(proof))
    else:
        request.out.show(map(defang, map(clean_line, show_proof(proof, request.out.language))))
    return proof.status


def _age(text: str) -> int:
    from rempart_core.timestamps import read_age

    try:
        return read_age(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _read(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read(SIZE_LIMIT + 1)
        with open(path, "rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error


def _is_digest(image: str) -> bool:
    algorithm, _, digits = image.partition(":")
    return len(digits) == {"sha256": 64, "sha512": 128}.get(algorithm) and _HEX.issuperset(digits)


def _expect(image: str) -> None:
    """Refuse what is no image.

    Raises:
        UsageError: There is no such file.
    """
    if not _is_digest(image) and not os.path.exists(image):
        raise UsageError(Message("file.failed", path=image, error=Message("system.missing")))


def _hash(images: tuple[str, ...]) -> tuple[list[Message], dict[str, list[str]]]:
    """Return the digests of each image by its name, and why some can't be had."""
    for image in images:
        _expect(image)
    faults, found = [], {}
    for image in images:
        try:
            if _is_digest(image):
                found[image] = [image]
            elif (stamp := stamp_of(image)) is None:
                found[image] = [identify_layout(image)]
            else:
                found[image] = [hash_file(image, stamp)]
        except AttestationError as error:
            faults.append(error.message)
    return faults, found


def show_proof(proof: Proof, language: str) -> Iterator[str]:
    """Yield what a reader is told of an attestation.

    Args:
        proof: What was found.
        language: ``en`` or ``fr``.
    """
    said = proof.statement
    if proof.status == 3 or said is None:
        yield say(Message("attest.not_proven"), language)
        for fault in proof.faults:
            yield f"  {say(fault, language)}"
        return
    if said.result == FAILED:
        yield say(Message("attest.failed"), language)
    else:
        yield say(Message("attest.warned") if said.result == WARNED else Message("attest.passed"), language)
    used = said.configuration
    moment = Message("attest.moment", moment=used.ended, version=used.version, profile=used.profile)
    for line in (moment, *_list_checks(said), Message("attest.key", key=proof.key)):
        yield f"  {say(line, language)}"


def _list_checks(said: Statement) -> Iterator[Message]:
    if said.configuration.narrowed:
        yield Message("attest.narrowed", checks=", ".join(said.configuration.narrowed))
    if said.failed:
        yield Message("attest.failed_checks", checks=", ".join(said.failed))
    plain = [check for check in said.warned if check not in said.waived]
    if plain:
        yield Message("attest.warned_checks", checks=", ".join(plain))
    if said.waived:
        yield Message("attest.waived", checks=", ".join(said.waived))
    yield Message("attest.subjects", names=", ".join(f"{one.name} ({one.digest})" for one in said.subjects))


def _describe(proof: Proof) -> dict[str, Json]:
    """Return what a machine is told: of what is not proven nothing that was signed, lest it be taken for true."""
    if proof.status == 3 or proof.statement is None:
        return {"proven": False, "result": None, "reasons": [say(fault) for fault in proof.faults]}
    said = proof.statement
    return {
        "proven": True,
        "result": said.result,
        "reasons": [],
        "key": proof.key,
        "ended": said.configuration.ended,
        "subjects": [one._asdict() for one in said.subjects],
        "passed": said.passed,
        "warned": said.warned,
        "failed": said.failed,
        "not_tested": said.not_tested,
        "not_judged": said.not_judged,
        "waived": said.waived,
    }
