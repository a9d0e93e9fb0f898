"""The envelope: one run document as an endpoint signed it.

A line of canonical JSON (RFC 8785), the header, then the run document packed by zlib. The header has nine keys:
``schema``, ``number`` (grows with each document of an endpoint), ``machine_id`` (hashed, as in the document), ``ended``
(of the run), ``dropped`` (documents that nobody took and that made room before this one), ``size`` and ``document``
(bytes of the packed document, and their SHA-256), ``key`` (the public key), and ``signature``: Ed25519's over the
canonical JSON of the other eight. Nothing of the document is unpacked or read before the signature was seen to hold.
"""

import hashlib
import json
import zlib
from typing import Any, NamedTuple

from rempart_core.documents import run_document
from rempart_core.error import DocumentError
from rempart_core.model.result import Run
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, is_signed

SCHEMA = "rempart.envelope/1"
MAX_SIZE = 16 << 20
"""Bytes of one envelope."""

_MAX_HEADER = 4096
_KEYS = {"schema", "number", "machine_id", "ended", "dropped", "size", "document", "key", "signature"}
_NUMBERS = ("number", "dropped", "size")


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
        raise DocumentError(f"the run document is too large: {len(text)} bytes, {len(packed)} packed")
    header: dict[str, Any] = {
        "schema": SCHEMA,
        "number": number,
        "machine_id": run.target.machine_id,
        "ended": run.ended,
        "dropped": dropped,
        "size": len(packed),
        "document": hashlib.sha256(packed).hexdigest(),
        "key": key.public,
    }
    header["signature"] = key.sign(canonicalise(header))
    return canonicalise(header) + b"\n" + packed


def read(data: bytes) -> Envelope:
    """Return an envelope whose bytes are those that its key signed.

    Raises:
        DocumentError: It is none, or a byte of it is another.
    """
    line, _, packed = data.partition(b"\n")
    if len(data) > MAX_SIZE or len(line) > _MAX_HEADER:
        raise DocumentError("this is no signed document: it is too large")
    try:
        header = json.loads(line)
        canonical = canonicalise(header) == line
    except (ValueError, RecursionError) as error:
        raise DocumentError("this is no signed document") from error
    if not canonical or not isinstance(header, dict) or set(header) != _KEYS or header["schema"] != SCHEMA:
        raise DocumentError("this is no signed document")
    if not all(type(header[name]) is int and 0 <= header[name] < 2**53 for name in _NUMBERS):
        raise DocumentError("this is no signed document")
    if not all(isinstance(header[name], str) for name in _KEYS.difference(_NUMBERS)):
        raise DocumentError("this is no signed document")
    signed = {name: value for name, value in header.items() if name != "signature"}
    if not is_signed(canonicalise(signed), header["signature"], header["key"]):
        raise DocumentError("its signature is not right: it was changed after it was signed")
    if len(packed) != header["size"] or hashlib.sha256(packed).hexdigest() != header["document"]:
        raise DocumentError("its document is not the one that was signed")
    return Envelope(
        header["number"],
        header["machine_id"],
        header["ended"],
        header["dropped"],
        header["key"],
        hashlib.sha256(data).hexdigest(),
        data,
    )


def unpack(envelope: Envelope) -> Run:
    """Return the run in an envelope.

    Raises:
        DocumentError: It holds none, or one of another machine or time than it says.
    """
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(envelope.packed, run_document.SIZE_LIMIT)
    except zlib.error as error:
        raise DocumentError("its document can't be unpacked") from error
    if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
        raise DocumentError("its document can't be unpacked, or is too large")
    run = run_document.read(text)
    if (run.target.machine_id, run.ended) != (envelope.machine_id, envelope.ended):
        raise DocumentError("its document is of another machine or time than its header says")
    return run
