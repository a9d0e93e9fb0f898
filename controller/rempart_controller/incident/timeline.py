"""The timeline of an incident: a file that only grows, each entry chained to the one before by its hash and signed.

An entry is one line, a signed envelope (:mod:`rempart_core.signing.dsse`) in canonical JSON with a statement of ten
keys: ``schema``, ``incident``, ``number`` (from 1), ``previous`` (hash of the entry before; 64 zeros for the first),
``time`` (UTC), ``login``, ``by``, ``action``, ``outcome``, ``detail``.
Its hash is the SHA-256 of the line without its end. The file ``head`` beside it holds number and hash of the last
entry, signed too: so entries that were cut off at the end are missed. Who holds the key, or puts back older copies of
both files, could write history anew: a head that was kept elsewhere shows it.
"""

import hashlib
import json
import os
import sys
import time as clock
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

from rempart_core.error import IncidentError
from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.carried import Carried
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_core.text import clean

SCHEMA = "rempart.incident-entry/1"
HEAD_SCHEMA = "rempart.incident-head/1"
BEGINNING = "0" * 64
FILE = "timeline.jsonl"
HEAD = "head"
OUTCOMES = ("begun", "done", "failed")
_KEYS = 10  # of a statement


Detail: TypeAlias = Mapping[str, Json | Carried]
"""What is to be written of an entry: plain data, and messages as they are carried."""


class Entry(NamedTuple):
    """One entry.

    Attributes:
        number: From 1.
        time: When it was written, UTC, as ``2026-11-25T13:00:00Z``.
        login: The login name of whoever did it.
        by: Who that says to be.
        action: What was done: ``open``, ``collect``, ``isolate``, ``release``, ``note``, ``close``.
        outcome: ``begun``, ``done`` or ``failed``.
        detail: What is to be known of it; plain data.
        hash: Of the entry.
        key: The public key that signed it.
    """

    number: int
    time: str
    login: str
    by: str
    action: str
    outcome: str
    detail: JsonObject
    hash: str
    key: str


class Record(NamedTuple):
    """What a timeline says, and whether it holds.

    Attributes:
        entries: Those that hold, to the first that does not.
        fault: What is wrong; None where nothing is.
        place: The line at which it is, from 1; 0 where the whole is meant.
    """

    entries: tuple[Entry, ...]
    fault: Message | None = None
    place: int = 0

    @property
    def head(self) -> str:
        """Return the hash of the last entry."""
        return self.entries[-1].hash if self.entries else BEGINNING


def now() -> str:
    """Return the moment, as entries write it."""
    return clock.strftime("%Y-%m-%dT%H:%M:%SZ", clock.gmtime())


def read(folder: str) -> Record:
    """Return what the timeline of an incident's folder says.

    Raises:
        IncidentError: It can't be read.
    """
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            lines = file.read().split(b"\n")
        with open(os.path.join(folder, HEAD), "rb") as file:
            head = file.read()
    except OSError as error:
        raise IncidentError(Message("incident.timeline_unreadable", folder=folder, error=reason_of(error))) from error
    incident = os.path.basename(folder)
    entries: list[Entry] = []
    if lines[-1]:
        lines.append(b"")  # the last line has no end: it is half an entry
        whole = False
    else:
        whole = True
    for number, line in enumerate(lines[:-1], 1):
        found = _read_entry(line, incident, number, entries[-1] if entries else None)
        if isinstance(found, Message):
            return Record(tuple(entries), found, number)
        entries.append(found)
    if not whole:
        return Record(tuple(entries[:-1]), Message("incident.line_cut"), len(lines) - 1)
    if not entries:
        return Record((), Message("incident.empty"), 0)
    return Record(tuple(entries), _find_fault_of_head(head, incident, entries))


def _read_entry(line: bytes, incident: str, number: int, before: Entry | None) -> Entry | Message:
    """Return an entry, or what is wrong with it."""
    try:
        envelope = json.loads(line)
        canonical = canonicalise(envelope)
    except (ValueError, RecursionError):
        return Message("incident.not_an_entry")
    signed = dsse.read(envelope)
    if signed is None or canonical != line:
        return Message("incident.not_an_entry")
    if not signed.right:
        return Message("incident.entry_signature")
    said = _statement_of(signed.statement)
    if said is None:
        return Message("incident.not_an_entry")
    if said.incident != incident:
        return Message("incident.entry_foreign", incident=clean(said.incident))
    if said.entry.number != number:
        return Message("incident.entry_number", number=said.entry.number, expected=number)
    if said.previous != (before.hash if before else BEGINNING):
        return Message("incident.entry_chain")
    if before and signed.key != before.key:
        return Message("incident.entry_signer")
    return said.entry._replace(hash=hashlib.sha256(line).hexdigest(), key=signed.key)


class _Statement(NamedTuple):
    incident: str
    previous: str
    entry: Entry


def _statement_of(statement: JsonObject) -> _Statement | None:
    """Return what the statement of an entry says, the entry without hash and key; None where it is none."""
    match statement:
        case {
            "schema": str(schema),
            "incident": str(incident),
            "previous": str(previous),
            "number": int(number),
            "time": str(time),
            "login": str(login),
            "by": str(by),
            "action": str(action),
            "outcome": str(outcome),
            "detail": dict(detail),
        } if schema == SCHEMA and type(number) is int and outcome in OUTCOMES and len(statement) == _KEYS:
            return _Statement(incident, previous, Entry(number, time, login, by, action, outcome, detail, "", ""))
    return None


def _find_fault_of_head(head: bytes, incident: str, entries: list[Entry]) -> Message | None:
    """Return what is wrong with the signed head; it may be older than the entries by one that was being written."""
    try:
        signed = dsse.read(json.loads(head))
    except (ValueError, RecursionError):
        signed = None
    if signed is None:
        return Message("incident.head_damaged")
    said = {name: signed.statement.get(name) for name in ("schema", "incident", "number", "hash")}
    number = said["number"]
    if not signed.right or said["schema"] != HEAD_SCHEMA or said["incident"] != incident:
        return Message("incident.head_other")
    if type(number) is not int or signed.key != entries[0].key:
        return Message("incident.head_other")
    if number > len(entries):
        return Message("incident.head_cut", number=number, count=len(entries))
    if number < 1 or entries[number - 1].hash != said["hash"]:
        return Message("incident.head_foreign")
    return None if number >= len(entries) - 1 else Message("incident.head_old")


class Author(NamedTuple):
    """Who does something.

    Attributes:
        login: The login name, as the system knows it.
        by: The name that is given.
    """

    login: str
    by: str


def append(folder: str, key: Key, author: Author, action: str, outcome: str, detail: Detail) -> Entry:
    """Write an entry; it is on the disk when this returns.

    Args:
        folder: The incident's.
        key: What signs.
        author: Who does it.
        action: What is done.
        outcome: ``begun``, ``done`` or ``failed``.
        detail: Plain data; texts are cleaned.

    Raises:
        IncidentError: The timeline does not hold, or can't be written: nothing is added to what was tampered with.
    """
    incident = os.path.basename(folder)
    try:
        with _held(folder):
            record = read(folder) if os.path.exists(os.path.join(folder, FILE)) else Record(())
            _expect_sound(record, incident, key)
            number = len(record.entries) + 1
            data: dict[str, Json] = {
                "schema": SCHEMA,
                "incident": incident,
                "number": number,
                "previous": record.head,
                "time": now(),
                **_cleaned(author._asdict()),
                "action": action,
                "outcome": outcome,
                "detail": _cleaned(dict(detail)),
            }
            line = canonicalise(dsse.sign(data, key))
            _write_line(os.path.join(folder, FILE), line)
            _write_head(folder, incident, number, hashlib.sha256(line).hexdigest(), key)
    except OSError as error:
        raise IncidentError(Message("incident.timeline_unwritable", folder=folder, error=reason_of(error))) from error
    return read(folder).entries[-1]


def _expect_sound(record: Record, incident: str, key: Key) -> None:
    """Refuse to add to what does not hold."""
    if record.fault:
        raise IncidentError(
            Message("incident.timeline_broken", incident=incident, place=record.place, fault=record.fault)
        )
    if record.entries and record.entries[-1].key != key.public:
        raise IncidentError(Message("incident.timeline_signer", incident=incident, key=record.entries[-1].key))


def _cleaned(value: Any) -> Any:
    """Return plain data with clean texts: what an endpoint or a command line says must never spoil a record."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): _cleaned(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(one) for one in value]
    return value


def _write_line(path: str, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        rest = memoryview(line + b"\n")
        try:
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)  # half an entry would spoil the whole
            raise
    finally:
        os.close(handle)


def _write_head(folder: str, incident: str, number: int, digest: str, key: Key) -> None:
    data: dict[str, Json] = {"schema": HEAD_SCHEMA, "incident": incident, "number": number, "hash": digest}
    part = os.path.join(folder, HEAD + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(canonicalise(dsse.sign(data, key)))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, os.path.join(folder, HEAD))


@contextmanager
def _held(folder: str) -> Iterator[None]:
    """Hold other commands off while an entry is written."""
    handle = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
