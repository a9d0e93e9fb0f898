"""What was forgotten on purpose: a signed statement, so that a document that somebody took away is not one of these.

A signed envelope (:mod:`rempart_core.signing.dsse`) with a statement of two keys: ``schema``, and ``before``: documents
of runs that ended earlier, in seconds since 1970, may be gone.
"""

import calendar
import time as clock
from typing import Any

from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.dsse import Signed
from rempart_core.signing.key import Key

SCHEMA = "rempart.forgotten/1"


def state(before: int, key: Key) -> str:
    """Return the statement that documents of runs that ended before a moment were forgotten, canonical JSON."""
    return canonicalise(dsse.sign({"schema": SCHEMA, "before": before}, key)).decode()


def find_fault(signed: Signed | None) -> str:
    """Return what is wrong with a statement, ``""`` where nothing is."""
    if signed is None:
        return "what it says was forgotten is no statement"
    if not signed.right:
        return "the signature of what was forgotten is not right"
    said: dict[str, Any] = signed.statement
    if set(said) != {"schema", "before"} or said["schema"] != SCHEMA or type(said["before"]) is not int:
        return "what it says was forgotten is no statement"
    return ""


def covers(before: int, ended: str) -> bool:
    """Tell whether a run that ended at a moment, as its link says, is one of those that were forgotten."""
    try:
        return calendar.timegm(clock.strptime(ended, "%Y-%m-%dT%H:%M:%SZ")) < before
    except ValueError:
        return False
