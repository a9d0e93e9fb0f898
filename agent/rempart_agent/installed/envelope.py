"""The envelope: one run document as an endpoint signed it.

A line, the header, then the run document packed by zlib. The header is a signed envelope
(:mod:`rempart_core.signing.dsse`) in canonical JSON (RFC 8785) with a statement of seven keys: ``schema``, ``number``
(grows with each document of an endpoint), ``machine_id`` (hashed, as in the document), ``ended`` (of the run),
``dropped`` (documents that nobody took and that made room before this one), ``size`` and ``document`` (bytes of the
packed document, and their SHA-256). Nothing of the document is unpacked or read before the signature was seen to hold.

A controller of 0.1.0 knows headers only that are signed flat: :func:`flatten` signs one anew for it.
"""

import hashlib
import json
import zlib
from collections.abc import Callable
from typing import NamedTuple

from rempart_core.documents import run_document
from rempart_core.error import DocumentError
from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message
from rempart_core.model.result import Run
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.dsse import Signed
from rempart_core.signing.key import Key

SCHEMA = "rempart.envelope/1"
MAX_SIZE = 16 << 20
"""Bytes of one envelope."""

_MAX_HEADER = 4096
_KEYS = 7  # of a statement
_LARGEST = 2**53 - 1


class _Header(NamedTuple):
    number: int
    machine_id: str
    ended: str
    dropped: int
    size: int
    document: str


class Envelope(NamedTuple):
    """A signed document whose signature holds; by which key is for the reader to judge.

    Attributes:
        number: Grows with each document of an endpoint.
        machine_id: Of the machine that it says it is of, hashed.
        ended: When the run ended, UTC, as run documents write it.
        dropped: How many documents before it were dropped, since a controller last took some.
        key: The public key that signed, in hex.
        digest: SHA-256 of the whole envelope, in hex.
        data: All of it, as it came.
    """

    number: int
    machine_id: str
    ended: str
    dropped: int
    key: str
    digest: str
    data: bytes

    @property
    def packed(self) -> bytes:
        """Return the run document, packed."""
        return self.data.partition(b"\n")[2]


def seal(run: Run, key: Key, number: int, dropped: int) -> bytes:
    """Return the envelope of a run.

    Args:
        run: The run, its target with a machine id.
        key: What signs.
        number: Higher than that of any envelope before.
        dropped: How many documents were dropped since a controller last took some.

    Raises:
        DocumentError: It is too large for any reader.
    """
    text = run_document.write(run).encode()
    packed = zlib.compress(text, 6)
    if len(text) > run_document.SIZE_LIMIT or len(packed) + _MAX_HEADER > MAX_SIZE:
        raise DocumentError(Message("agent.document_too_large", size=len(text), packed=len(packed)))
    header: dict[str, Json] = {
        "schema": SCHEMA,
        "number": number,
        "machine_id": run.target.machine_id,
        "ended": run.ended,
        "dropped": dropped,
        "size": len(packed),
        "document": hashlib.sha256(packed).hexdigest(),
    }
    return canonicalise(dsse.sign(header, key)) + b"\n" + packed


def flatten(data: bytes, key: Key) -> bytes:
    """Return an envelope as 0.1.0 would have signed it; one of it stays as it is.

    Args:
        data: An envelope that the same key signed.
        key: What signs.

    Raises:
        DocumentError: It is none, or another key signed it.
    """
    line, _, packed = data.partition(b"\n")
    signed, _ = _read_header(data, line)
    if signed.key != key.public:
        raise DocumentError(Message("agent.another_key"))
    return canonicalise(dsse.sign_flat(signed.statement, key)) + b"\n" + packed


def read(data: bytes) -> Envelope:
    """Return an envelope whose bytes are those that its key signed.

    Raises:
        DocumentError: It is none, or a byte of it is another.
    """
    line, _, packed = data.partition(b"\n")
    signed, header = _read_header(data, line)
    if len(packed) != header.size or hashlib.sha256(packed).hexdigest() != header.document:
        raise DocumentError(Message("agent.not_signed_document"))
    digest = hashlib.sha256(data).hexdigest()
    return Envelope(header.number, header.machine_id, header.ended, header.dropped, signed.key, digest, data)


def _read_header(data: bytes, line: bytes) -> tuple[Signed, _Header]:
    """Return the header of an envelope, signed by its key.

    Raises:
        DocumentError: It is none, or its signature is not right.
    """
    if len(data) > MAX_SIZE or len(line) > _MAX_HEADER:
        raise DocumentError(Message("agent.signed_too_large"))
    try:
        envelope = json.loads(line)
        canonical = canonicalise(envelope) == line
    except (ValueError, RecursionError) as error:
        raise DocumentError(Message("agent.no_signed_document")) from error
    signed = dsse.read(envelope)
    if not canonical or signed is None:
        raise DocumentError(Message("agent.no_signed_document"))
    if not signed.right:
        raise DocumentError(Message("agent.signature"))
    header = _header_of(signed.statement)
    if header is None:
        raise DocumentError(Message("agent.no_signed_document"))
    return signed, header


def _header_of(statement: JsonObject) -> _Header | None:
    """Return what the statement of a header says; None where it is none."""
    match statement:
        case {
            "schema": str(schema),
            "number": int(number),
            "machine_id": str(machine_id),
            "ended": str(ended),
            "dropped": int(dropped),
            "size": int(size),
            "document": str(document),
        } if schema == SCHEMA and len(statement) == _KEYS:
            numbers = (number, dropped, size)
            if all(type(one) is int and 0 <= one <= _LARGEST for one in numbers):
                return _Header(number, machine_id, ended, dropped, size, document)
    return None


def unpack(
    envelope: Envelope,
    limit: int | None = None,
    read: Callable[[bytes], Run] = run_document.read,
) -> Run:
    """Return the run in an envelope.

    Args:
        envelope: Its signature holds.
        limit: Bytes that the document may have; None for those of any document.
        read: Reads it.

    Raises:
        DocumentError: It holds none, or one of another machine or time than it says.
    """
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(envelope.packed, limit or run_document.SIZE_LIMIT)
    except zlib.error as error:
        raise DocumentError(Message("agent.unpack")) from error
    if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
        raise DocumentError(Message("agent.unpack_large"))
    run = read(text)
    if (run.target.machine_id, run.ended) != (envelope.machine_id, envelope.ended):
        raise DocumentError(Message("agent.other_header"))
    return run
