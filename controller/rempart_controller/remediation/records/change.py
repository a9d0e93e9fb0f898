"""The record of a change: what was done where, so that it can be undone. One sealed file a change."""

import json
import os
import re
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.records.signed_file import read_sealed, write_sealed
from rempart_core.error import RemediationError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.fix_outcome import Outcome, read_seen
from rempart_core.signing.key import Key
from rempart_core.suggestion import quoted
from rempart_core.text import Text
from rempart_store.location import data_directory, make_directory

SCHEMA = "rempart.change/3"


def make_id(letter: str) -> str:
    """Return a new id: of a plan (``p``) or of a change (``c``)."""
    return f"{letter}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"


def name_author() -> str:
    """Return who acts: login name and host."""
    import getpass
    import platform

    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        user = "unknown"
    return f"{user}@{platform.node()}"


@dataclass(slots=True)
class ChangeRecord:
    """A change.

    Attributes:
        id: Its id.
        plan: Id of the plan.
        created: UTC.
        author: Who applied it.
        inventories: The inventories.
        hosts: What became of each host, by name.
        undone: What an undo came to, by host: what it restored.
        profile: The profile that was audited with.
        role: The role that was audited with; ``""`` where each host's was detected.
        checks_dirs: Folders of the user's own checks.
        parameters: ``CHECK.NAME=VALUE`` texts of the audits.
    """

    id: str
    plan: str
    created: str
    author: str
    inventories: tuple[str, ...]
    hosts: dict[str, HostOutcome] = field(default_factory=dict)
    undone: dict[str, list[str]] = field(default_factory=dict)
    profile: str = ""
    role: str = ""
    checks_dirs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def _folder() -> str:
    return os.path.join(data_directory(), "changes")


def write_record(record: ChangeRecord, key: Key) -> str:
    """Write a record, and return its path.

    Args:
        record: The record; one of the same change is replaced.
        key: Seals it.

    Raises:
        RemediationError: It can't be written.
    """
    folder = _folder()
    try:
        make_directory(folder)
    except OSError as error:
        raise RemediationError(Message("file.failed", path=folder, error=reason_of(error))) from error
    path = os.path.join(folder, f"{record.id}.json")
    data = json.loads(json.dumps(asdict(record), default=lambda one: one.value))
    write_sealed(path, SCHEMA, data, key)
    return path


def expect_id(change: str) -> str:
    """Return the id of a change, or refuse what is none.

    Raises:
        UsageError: It is none.
    """
    if not re.fullmatch(r"[a-z0-9-]{3,60}", change):
        raise UsageError(Message("change.no_id", change=quoted(change)))
    return change


def has_record(change: str) -> bool:
    """Tell whether a record of a change lies here."""
    return os.path.exists(os.path.join(_folder(), f"{change}.json"))


def utc() -> str:
    """Return now, as records name it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def read_record(change: str, key: Key) -> ChangeRecord:
    """Read the record of a change.

    Args:
        change: The change's id.
        key: What it must be sealed with.

    Raises:
        UsageError: There is none, or it was changed.
    """
    expect_id(change)
    path = os.path.join(_folder(), f"{change}.json")
    if not os.path.exists(path):
        known = ", ".join(list_changes()[-5:])
        raise UsageError(
            Message("change.unknown", change=change, known=known)
            if known
            else Message("change.unknown_none", change=change)
        )
    body = read_sealed(path, SCHEMA, key)
    try:
        hosts = {name: _read_host(one) for name, one in body.pop("hosts").items()}
        for name in ("inventories", "checks_dirs", "parameters"):
            body[name] = tuple(body.get(name, ()))
        return replace(ChangeRecord(**body), hosts=hosts)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # it is ours, but not of this version
        raise UsageError(Message("change.other_version", path=path)) from error


def _read_host(data: dict[str, Any]) -> HostOutcome:
    fixes = {
        check: FixOutcome(
            Outcome(one["outcome"]), Text(*one["reason"]), read_seen(one["before"]), read_seen(one["after"])
        )
        for check, one in data.pop("fixes").items()
    }
    regressed = {check: read_seen(seen) for check, seen in data.pop("regressed").items()}
    others = {check: Text(*why) for check, why in data.pop("others").items()}
    notes = [Text(*note) for note in data.pop("notes")]
    by_acts = data.pop("by_acts", False)
    data["begun"] = (
        bool(data.pop("digest", "")) or by_acts or data.get("begun", False)
    )  # the former two were written before
    host = replace(HostOutcome(**data), fixes=fixes, regressed=regressed, unseen=tuple(data["unseen"]))
    return replace(host, others=others, notes=notes)


def list_changes() -> list[str]:
    """Return the ids of all changes, oldest first."""
    try:
        names = os.listdir(_folder())
    except FileNotFoundError:
        return []
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))
