"""What was forgotten on purpose: a signed statement, so that a document that somebody took away is not one of these.

An object of four keys: ``schema``, ``before`` (documents of runs that ended earlier, seconds since 1970, may be gone),
``key`` and ``signature``: Ed25519's over the canonical JSON (RFC 8785) of the other three.
"""

import calendar
import time as clock
from typing import Any

from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, is_signed

SCHEMA = "rempart.forgotten/1"
_KEYS = {"schema", "before", "key", "signature"}


def state(before: int, key: Key) -> str:
    """Return the statement that documents of runs that ended before a moment were forgotten, canonical JSON."""
    said: dict[str, Any] = {"schema": SCHEMA, "before": before, "key": key.public}
    said["signature"] = key.sign(canonicalise(said))
    return canonicalise(said).decode()


def find_fault(said: Any) -> str:
    """Return what is wrong with a statement, ``""`` where nothing is."""
    right = isinstance(said, dict) and set(said) == _KEYS and said["schema"] == SCHEMA and type(said["before"]) is int
    if not right or not all(isinstance(said[name], str) for name in ("key", "signature")):
        return "what it says was forgotten is no statement"
    signed = {name: value for name, value in said.items() if name != "signature"}
    if not is_signed(canonicalise(signed), said["signature"], said["key"]):
        return "the signature of what was forgotten is not right"
    return ""


def covers(before: int, ended: str) -> bool:
    """Tell whether a run that ended at a moment, as its link says, is one of those that were forgotten."""
    try:
        return calendar.timegm(clock.strptime(ended, "%Y-%m-%dT%H:%M:%SZ")) < before
    except ValueError:
        return False
