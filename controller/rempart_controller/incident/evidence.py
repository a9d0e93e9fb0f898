"""Evidence as it is kept: a folder of items and a signed manifest, all read-only; and the proof that it is unchanged.

``manifest.json`` is a signed envelope (:mod:`rempart_core.signing.dsse`) with a statement of ``schema``, ``incident``,
``host``, ``started``, ``ended``, ``source`` (who answered, and as whom) and ``items``. An item has
``number``, ``kind`` (``table``, ``journal``, ``file``), ``name`` (as the endpoint calls it; it never becomes a file's
name), ``state`` (``collected``, ``part`` or ``failed``), ``reason``, ``time`` (UTC), and where something came ``file``,
``bytes``, ``rows`` and ``sha256``. What was asked for and did not come is an item too.
"""

import hashlib
import json
import os
import re
import stat
import time as clock
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rempart_core.error import IncidentError
from rempart_core.json_value import Json, JsonObject
from rempart_core.messages.carried import to_data
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_core.text import clean, clean_line

SCHEMA = "rempart.evidence/1"
MANIFEST = "manifest.json"
_FILE = re.compile(r"[0-9]{4}-[a-z0-9_]{1,40}\.(?:jsonl|export|bin)")
_BLOCK = 1 << 20


class Answerer(NamedTuple):
    """Who answered a collection.

    Attributes:
        engine: Its name and version.
        user: As whom it ran on the endpoint.
        privileged: Whether with all rights there.
        machine_id: Of the endpoint, hashed; ``""`` where it is not known.
    """

    engine: str
    user: str
    privileged: bool
    machine_id: str


class Vault:
    """A folder that evidence is put into, item by item, and that is sealed at the end.

    Attributes:
        folder: Its path.
        items: What is in it so far.
    """

    def __init__(self, incident: str, number: int) -> None:
        """Make the folder.

        Args:
            incident: The folder of the incident.
            number: Of this collection, from 1; one that is there already is passed over.

        Raises:
            IncidentError: It can't be made.
        """
        self.items: list[dict[str, Json]] = []
        self.started = _now()
        try:
            while True:
                self.folder = os.path.join(incident, f"evidence-{number}")
                try:
                    os.mkdir(self.folder, 0o700)
                except FileExistsError:
                    number += 1
                    continue
                return
        except OSError as error:
            raise _failure(self.folder, error) from error

    def add(
        self, kind: str, name: str, data: bytes, ending: str, *, part: Message | None = None, **more: int | str
    ) -> None:
        """Put an item in: hashed and stamped as it arrives.

        Args:
            kind: ``table``, ``journal`` or ``file``.
            name: As the endpoint calls it.
            data: All of it.
            ending: Of the file's name: ``jsonl``, ``export`` or ``bin``.
            part: Why it is not whole; None where it is.
            more: What else is to be known of it.

        Raises:
            IncidentError: It can't be written.
        """
        item = self._item(kind, name, "part" if part else "collected", part)
        word = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[-40:] if kind == "table" else kind
        file = f"{item['number']:04}-{word or kind}.{ending}"
        item |= {"file": file, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), **_plain(more)}
        path = os.path.join(self.folder, file)
        try:
            _write(path, data)
        except OSError as error:
            raise _failure(path, error) from error
        self.items.append(item)

    def miss(self, kind: str, name: str, reason: Message) -> None:
        """Note an item that did not come, and why.

        Args:
            kind: ``table``, ``journal`` or ``file``.
            name: As the endpoint calls it.
            reason: Why it did not come.
        """
        self.items.append(self._item(kind, name, "failed", reason))

    def _item(self, kind: str, name: str, state: str, reason: Message | None) -> dict[str, Json]:
        said: Any = to_data(reason) if reason else ""  # plain data too, though its type says more
        return {
            "number": len(self.items) + 1,
            "kind": kind,
            "name": clean(name),
            "state": state,
            "reason": said,
            "time": _now(),
        }

    def seal(self, key: Key, incident: str, host: str, source: Answerer | None) -> str:
        """Write the signed manifest, take the right to write away, and return the manifest's SHA-256.

        Args:
            key: What signs.
            incident: The id of the incident.
            host: The host's name.
            source: Who answered; None where nobody did.

        Raises:
            IncidentError: It can't be written.
        """
        data: dict[str, Json] = {
            "schema": SCHEMA,
            "incident": incident,
            "host": clean(host),
            "started": self.started,
            "ended": _now(),
            "source": _plain(source._asdict()) if source else {},
            "items": self.items,
        }
        text = canonicalise(dsse.sign(data, key))
        try:
            _write(os.path.join(self.folder, MANIFEST), text)
            os.chmod(self.folder, 0o500)
        except OSError as error:
            raise _failure(self.folder, error) from error
        return hashlib.sha256(text).hexdigest()


def _plain(more: Mapping[str, Json]) -> dict[str, Json]:
    return {name: clean(value) if isinstance(value, str) else value for name, value in more.items()}


def _now() -> str:
    return clock.strftime("%Y-%m-%dT%H:%M:%SZ", clock.gmtime())


def _write(path: str, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _failure(path: str, error: OSError) -> IncidentError:
    return IncidentError(Message("incident.cannot_write", path=path, error=reason_of(error)))


class Proof(NamedTuple):
    """What a collection came to when it was looked at.

    Attributes:
        folder: The name of its folder.
        items: How many items the manifest names.
        missed: How many of them did not come when it was collected.
        faults: What is wrong, a line each; none where nothing is.
        key: The public key that signed it.
    """

    folder: str
    items: int
    missed: int
    faults: tuple[Message, ...]
    key: str = ""


def verify(folder: str, incident: str, expected: str) -> Proof:
    """Hold a collection against its manifest, and the manifest against the timeline.

    Args:
        folder: Its folder.
        incident: The id of its incident.
        expected: SHA-256 of the manifest, as the timeline says.
    """
    name = os.path.basename(folder)
    try:
        with open(os.path.join(folder, MANIFEST), "rb") as file:
            text = file.read()
    except OSError as error:
        return Proof(name, 0, 0, (Message("incident.manifest_unreadable", error=reason_of(error)),))
    if hashlib.sha256(text).hexdigest() != expected:
        return Proof(name, 0, 0, (Message("incident.manifest_other"),))
    try:
        signed = dsse.read(json.loads(text))
        data: JsonObject = {} if signed is None else signed.statement
        items = _read_items(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Proof(name, 0, 0, (Message("incident.manifest_damaged"),))
    faults = [] if signed and signed.right else [Message("incident.manifest_signature")]
    if data.get("schema") != SCHEMA or data.get("incident") != incident:
        faults.append(Message("incident.manifest_foreign"))
    faults += [fault for item in items if (fault := _find_fault(folder, item))]
    known = {MANIFEST, *(item.file for item in items)}
    try:
        faults += [
            Message("incident.not_in_manifest", name=clean_line(one)) for one in sorted(set(os.listdir(folder)) - known)
        ]
    except OSError as error:
        faults.append(Message("incident.cannot_list", error=reason_of(error)))
    missed = sum(item.state == "failed" for item in items)
    return Proof(name, len(items), missed, tuple(faults), signed.key if signed else "")


class _Item(NamedTuple):
    number: int
    name: str
    state: str
    file: str
    digest: str


def _read_items(manifest: JsonObject) -> list[_Item]:
    """Return what a manifest says of its items.

    Raises:
        TypeError, ValueError: It says something else.
    """
    items = manifest.get("items")
    if not isinstance(items, list):
        raise TypeError("no items")
    found = []
    for one in items:
        match {"file": "", "sha256": "", **one}:
            case {
                "number": int(number),
                "name": str(name),
                "state": str(state),
                "file": str(file),
                "sha256": str(digest),
            }:
                found.append(_Item(number, name, state, file, digest))
            case _:
                raise ValueError("no item")
    return found


def _find_fault(folder: str, item: _Item) -> Message | None:
    if not item.file:
        return None
    number, name = item.number, clean_line(item.name)
    if not _FILE.fullmatch(item.file):
        return Message("incident.file_name_foreign", number=number, name=name)
    path = os.path.join(folder, item.file)
    digest = hashlib.sha256()
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return Message("incident.file_not_regular", number=number, name=name, file=item.file)
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(_BLOCK), b""):
                digest.update(block)
    except OSError as error:
        return Message("incident.file_unreadable", number=number, name=name, file=item.file, error=reason_of(error))
    if digest.hexdigest() == item.digest:
        return None
    return Message("incident.file_changed", number=number, name=name, file=item.file)


def count(items: Iterable[JsonObject]) -> tuple[int, int, int]:
    """Return how many items came whole, how many in part, how many not."""
    states = [item["state"] for item in items]
    return states.count("collected"), states.count("part"), states.count("failed")
