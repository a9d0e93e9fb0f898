"""What a controller of 0.1.0 takes for an agent's signed document: its code, kept, without what an agent did."""

import hashlib
import json
import zlib
from typing import NamedTuple

from rempart_core.documents import run_document
from rempart_core.error import DocumentError
from rempart_core.messages.message import own
from rempart_core.model.result import Run
from rempart_core.signing.key import is_signed
from rempart_core.text import Text
from upgrade.canonical_before import canonicalise

SCHEMA = "rempart.envelope/1"
MAX_SIZE = 16 << 20
"""Bytes of one envelope."""

_MAX_HEADER = 4096
_KEYS = {"schema", "number", "machine_id", "ended", "dropped", "size", "document", "key", "signature"}
_NUMBERS = ("number", "dropped", "size")


def _wrong(text: str) -> DocumentError:
    """Return an error as it was said then; errors take messages by now."""
    return DocumentError(own(Text(text, text)))


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


def read(data: bytes) -> Envelope:
    """Return an envelope whose bytes are those that its key signed.

    Raises:
        DocumentError: It is none, or a byte of it is another.
    """
    line, _, packed = data.partition(b"\n")
    if len(data) > MAX_SIZE or len(line) > _MAX_HEADER:
        raise _wrong("this is no signed document: it is too large")
    try:
        header = json.loads(line)
        canonical = canonicalise(header) == line
    except (ValueError, RecursionError) as error:
        raise _wrong("this is no signed document") from error
    if not canonical or not isinstance(header, dict) or set(header) != _KEYS or header["schema"] != SCHEMA:
        raise _wrong("this is no signed document")
    if not all(type(header[name]) is int and 0 <= header[name] < 2**53 for name in _NUMBERS):
        raise _wrong("this is no signed document")
    if not all(isinstance(header[name], str) for name in _KEYS.difference(_NUMBERS)):
        raise _wrong("this is no signed document")
    signed = {name: value for name, value in header.items() if name != "signature"}
    if not is_signed(canonicalise(signed), header["signature"], header["key"]):
        raise _wrong("its signature is not right: it was changed after it was signed")
    if len(packed) != header["size"] or hashlib.sha256(packed).hexdigest() != header["document"]:
        raise _wrong("its document is not the one that was signed")
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
        raise _wrong("its document can't be unpacked") from error
    if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
        raise _wrong("its document can't be unpacked, or is too large")
    run = run_document.read(text)
    if (run.target.machine_id, run.ended) != (envelope.machine_id, envelope.ended):
        raise _wrong("its document is of another machine or time than its header says")
    return run
