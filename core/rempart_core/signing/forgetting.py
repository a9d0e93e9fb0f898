"""What was forgotten on purpose: a signed statement, so that a document that somebody took away is not one of these.

A signed envelope (:mod:`rempart_core.signing.dsse`) with a statement of two keys: ``schema``, and ``before``: documents
of runs that ended earlier, in seconds since 1970, may be gone.
"""

import calendar
import time as clock

from rempart_core.messages.message import Message
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.dsse import Signed
from rempart_core.signing.key import Key

SCHEMA = "rempart.forgotten/1"


def state(before: int, key: Key) -> str:
    """Return the statement that documents of runs that ended before a moment were forgotten, canonical JSON.

    Args:
        before: The moment, seconds since 1970.
        key: What signs.
    """
    return canonicalise(dsse.sign({"schema": SCHEMA, "before": before}, key)).decode()


def read_before(signed: Signed) -> int | None:
    """Return the moment that a statement names, seconds since 1970; None where it is no such statement."""
    before = signed.statement.get("before")
    if set(signed.statement) != {"schema", "before"} or signed.statement["schema"] != SCHEMA:
        return None
    return before if type(before) is int else None


def find_fault(signed: Signed | None) -> Message | None:
    """Return what is wrong with a statement; None where nothing is."""
    if signed is None:
        return Message("proof.forgotten_none")
    if not signed.right:
        return Message("proof.forgotten_signature")
    return Message("proof.forgotten_none") if read_before(signed) is None else None


def covers(before: int, ended: str) -> bool:
    """Tell whether a run that ended at a moment is one of those that were forgotten.

    Args:
        before: The moment that the statement names, seconds since 1970.
        ended: When the run ended, as its link says; what is no such moment is not forgotten.
    """
    try:
        return calendar.timegm(clock.strptime(ended, "%Y-%m-%dT%H:%M:%SZ")) < before
    except ValueError:
        return False
