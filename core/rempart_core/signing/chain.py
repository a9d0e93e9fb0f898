"""The chain: each signed document's link names the one before by its hash.

A link is a signed envelope (:mod:`rempart_core.signing.dsse`) with a statement of six keys: ``schema``, ``number``
(from 1), ``previous`` (hash of the link before; 64 zeros for the first), ``target`` and ``ended`` (of the run),
``document`` (SHA-256 of the canonical run document). Its hash is the SHA-256 of the envelope's canonical JSON. Hashes
are in lower case hex.
"""

import hashlib
import json
from typing import NamedTuple

from rempart_core.documents import run_document
from rempart_core.documents.record import Record
from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message
from rempart_core.model.result import Run
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.compaction import Compactor
from rempart_core.signing.dsse import Signed
from rempart_core.signing.key import Key

SCHEMA = "rempart.link/1"
BEGINNING = "0" * 64
KEYS = ("schema", "number", "previous", "target", "ended", "document")


class Link(NamedTuple):
    """What the statement of a link says.

    Attributes:
        number: From 1.
        previous: Hash of the link before.
        target: Name of the run's target, as it calls itself.
        ended: When the run ended, as it says.
        document: SHA-256 of the canonical run document.
    """

    number: int
    previous: str
    target: str
    ended: str
    document: str


class Sealed(NamedTuple):
    """A signed run document.

    Attributes:
        link: The link, canonical JSON.
        hash: Its hash: the head of the chain until the next one.
        slim: The document without what many share, canonical JSON; see :mod:`rempart_core.signing.compaction`.
        parts: What was taken out of it, by digest.
    """

    link: str
    hash: str
    slim: bytes
    parts: dict[str, bytes]


def seal(run: Run, key: Key, number: int, previous: str, compactor: Compactor) -> Sealed:
    """Sign the document of a run, as the next link of a chain.

    Args:
        run: The run.
        key: What signs.
        number: Of this link.
        previous: Hash of the link before.
        compactor: Writes the documents of this chain.

    Raises:
        ValueError: A number of the run is infinite or none.
    """
    target, ended = run.target.name, run.ended
    try:
        compact = compactor.write_run(run)
    except ValueError:  # half a surrogate pair, which the written document fixes
        data = json.loads(run_document.write(run))
        fixed = Record(data, "")
        target, ended = fixed.part("target").text("name"), fixed.text("ended")
        compact = compactor.write(data)
    link: dict[str, Json] = {
        "schema": SCHEMA,
        "number": number,
        "previous": previous,
        "target": target,
        "ended": ended,
        "document": hashlib.sha256(compact.whole).hexdigest(),
    }
    text = canonicalise(dsse.sign(link, key))
    return Sealed(text.decode(), hashlib.sha256(text).hexdigest(), compact.slim, compact.parts)


def hash_document(data: JsonObject) -> str:
    """Return the SHA-256 of a run document in its canonical form, in hex."""
    return hashlib.sha256(canonicalise(data)).hexdigest()


def read_link(signed: Signed) -> Link | None:
    """Return what a link says; None where its statement is none of a link. Its signature is not looked at."""
    match signed.statement:
        case {
            "schema": str(schema),
            "number": int(number),
            "previous": str(previous),
            "target": str(target),
            "ended": str(ended),
            "document": str(document),
        } if schema == SCHEMA and type(number) is int and len(signed.statement) == len(KEYS):
            return Link(number, previous, target, ended, document)
    return None


def find_fault(signed: Signed | None, number: int | None, previous: str | None) -> Message | None:
    """Return what is wrong with a link; None where nothing is.

    Args:
        signed: What its envelope holds; None where there is none.
        number: What its number must be; None where any will do.
        previous: Hash of the link before; None where it is not known.
    """
    if signed is None:
        return Message("proof.link_none")
    if not signed.right:
        return Message("proof.link_signature")
    link = read_link(signed)
    if link is None:
        return Message("proof.link_none")
    if number is not None and link.number != number:
        return Message("proof.link_number", number=link.number, expected=number)
    if previous is not None and link.previous != previous:
        return Message("proof.link_follows")
    return None
