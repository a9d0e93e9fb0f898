"""The log in one file, which proves itself without the server: its events, and a header signed by whoever wrote it.

One canonical JSON object (RFC 8785) a line, each line ended by a line feed: the header, a signed envelope with a
statement of ``schema``, ``events`` (how many) and ``head`` (hash of the last; 64 zeros where there is none); then each
event's envelope (:mod:`rempart_server.log`), from the first.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import IO, NamedTuple

from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.message import Message
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_server.log import BEGINNING, SCHEMA
from rempart_store.server.event import Event

BUNDLE = "rempart.log/1"
_LINE_LIMIT = 1024 * 1024
_KEYS = {"schema", "number", "previous", "time", "actor", "action", "subject", "details"}


class LogProof(NamedTuple):
    """What a verifier found.

    Attributes:
        fault: What is wrong; None where nothing is.
        line: Where, from 1.
        events: How many events hold.
        head: Hash of the last of them; ``""`` without one.
        keys: Public keys that signed them.
        begun: Time of the first, seconds since 1970.
        ended: Time of the last.
        pinned: Number of the event whose hash was known; 0 where none was given.
    """

    fault: Message | None
    line: int = 0
    events: int = 0
    head: str = ""
    keys: tuple[str, ...] = ()
    begun: int = 0
    ended: int = 0
    pinned: int = 0


def write_log(out: IO[bytes], events: Iterable[Event], count: int, head: str, key: Key) -> None:
    """Write a log.

    Args:
        out: Where it goes; errors are ``OSError``.
        events: All of them, oldest first, taken one at a time.
        count: How many they are.
        head: Hash of the last; ``""`` where there is none.
        key: Of whoever writes it.
    """
    header: dict[str, Json] = {"schema": BUNDLE, "events": count, "head": head or BEGINNING}
    out.write(canonicalise(dsse.sign(header, key)) + b"\n")
    for event in events:
        out.write(event.link.encode() + b"\n")


def verify_log(lines: IO[bytes], keys: Collection[str] = (), head: str = "") -> LogProof:
    """Prove a log, or name its first broken line.

    Args:
        lines: The file, opened as bytes; read once, a line at a time.
        keys: Public keys (hex), of which one must have signed each line. Without one the log is whole in itself only:
            whoever wrote it may have made all of it, unless ``head`` is known.
        head: Hash that one of its events must have: nothing up to that event was changed since it was noted; ``""``
            takes any.
    """
    verifier = _Verifier(frozenset(keys), head)
    fault = verifier.read(lines)
    return verifier.proof(fault)


class _Verifier:
    def __init__(self, keys: frozenset[str], head: str) -> None:
        self._keys = keys
        self._expected = head
        self._line = self._events = self._begun = self._ended = self._pinned = 0
        self._previous = BEGINNING
        self._signers: dict[str, None] = {}

    def proof(self, fault: Message | None) -> LogProof:
        head = self._previous if self._events else ""
        return LogProof(
            fault, self._line, self._events, head, tuple(self._signers), self._begun, self._ended, self._pinned
        )

    def read(self, lines: IO[bytes]) -> Message | None:
        """Read all of it; return what is wrong."""
        header: JsonObject | None = None
        while line := lines.readline(_LINE_LIMIT):
            self._line += 1
            signed = _open(line)
            if signed is None:
                return Message("server_log.no_line")
            if not signed.right:
                return Message("server_log.signature")
            if self._keys and signed.key not in self._keys:
                return Message("server_log.other_key", key=signed.key)
            if header is None:
                header = signed.statement
                if header.get("schema") != BUNDLE or set(header) != {"schema", "events", "head"}:
                    return Message("server_log.no_header")
                continue
            fault = self._read_event(signed.statement, line)
            if fault is not None:
                return fault
            self._signers[signed.key] = None
        if header is None:
            return Message("server_log.no_header")
        if (header["events"], header["head"]) != (self._events, self._previous):
            return Message("server_log.cut_off", count=self._events, said=str(header["events"]))
        if self._expected and not self._pinned:
            return Message("server_log.head_gone")
        return None

    def _read_event(self, said: JsonObject, line: bytes) -> Message | None:
        if said.get("schema") != SCHEMA or set(said) != _KEYS or type(said["time"]) is not int:
            return Message("server_log.no_event")
        if said["number"] != self._events + 1:
            return Message("server_log.number", number=str(said["number"])[:40], expected=str(self._events + 1))
        if said["previous"] != self._previous:
            return Message("server_log.follows")
        self._events += 1
        self._previous = hashlib.sha256(line[:-1]).hexdigest()
        self._begun, self._ended = self._begun or said["time"], said["time"]
        if self._previous == self._expected:
            self._pinned = self._events
        return None


def _open(line: bytes) -> dsse.Signed | None:
    """Return what a line holds; None where it is none, or could be written in another way."""
    try:
        data = json.loads(line)
        if canonicalise(data) + b"\n" != line:
            return None
    except (ValueError, RecursionError):
        return None
    return dsse.read(data)
