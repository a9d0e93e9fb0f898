"""Pending updates of an endpoint, as check PAT-01 shows them in its evidence.

A row of PAT-01 is a pending update where it has a candidate; its item is what is installed. Documents of older versions
have no such column: there what was observed is ``CANDIDATE waits …``. The first day on which an item was seen so is
kept: a later update takes the place of one that was never installed, and with it the day.
"""

import re
from typing import Any, NamedTuple

from rempart_core.model.result import Result, State
from rempart_core.model.sentence import SAID
from rempart_core.text import clean_line

CHECK = "PAT-01"
_WAITS = re.compile(r"(?P<candidate>.+?) waits\b")


class Updates(NamedTuple):
    """What a result of PAT-01 says.

    Attributes:
        candidates: Item to candidate.
        whole: Whether all pending updates are among them, so that one that is missing is gone.
    """

    candidates: dict[str, str]
    whole: bool


def read_updates(results: list[Result]) -> Updates | None:
    """Return the pending updates that a run's results show; None where PAT-01 was not judged."""
    for result in results:
        if result.check == CHECK:
            break
    else:
        return None
    evidence = result.evidence
    if evidence is None or result.state not in (State.PASS, State.FAIL):
        return None
    candidates = {}
    for row in evidence.rows:
        candidate = row.get("candidate", "") if SAID in row else _read_words(row.get("observed", ""))
        if candidate and row.get("item"):
            candidates[clean_line(row["item"])] = clean_line(candidate)
    return Updates(candidates, len(evidence.rows) == evidence.total and not result.incomplete)


def _read_words(observed: str) -> str:
    """Return the candidate that a row without sentences names; ``""`` where it is no pending update."""
    found = _WAITS.match(observed)
    return found["candidate"] if found else ""


def merge(
    endpoint: int, rows: list[Any], updates: Updates, time: int, listed: int | None = None
) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return the rows of an endpoint's pending updates after a visit that may be older than the last one.

    Args:
        endpoint: Its number.
        rows: Rows of the table ``pending`` as they are.
        updates: What was seen.
        time: When.
        listed: When all that waited were seen last before: one that is not among the rows did not wait then.

    Returns:
        Rows to write, and items whose older rows they take the place of.
    """
    known = {row.item: row for row in rows}
    written = []
    for item, candidate in updates.candidates.items():
        old = known.get(item)
        absent = listed if listed is not None and listed < time else None
        row = {"endpoint": endpoint, "item": item, "candidate": candidate, "first_seen": time, "gone": None}
        row["absent"] = absent
        if old is not None:
            later = old.gone is not None and old.gone > time
            if old.first_seen <= time and (later or (old.gone is None and old.candidate == candidate)):
                continue
            first = min(old.first_seen, time)
            row |= {"first_seen": first, "gone": old.gone if later else None}
            row["absent"] = old.absent if old.absent is not None and old.absent < first else None
            if old.first_seen > time:
                row["candidate"] = old.candidate
        written.append(row)
    if updates.whole:
        for item, old in known.items():
            if item not in updates.candidates and old.gone is None and old.first_seen < time:
                gone = {"endpoint": endpoint, "item": item, "candidate": old.candidate, "first_seen": old.first_seen}
                written.append({**gone, "absent": old.absent, "gone": time})
    return written, [row["item"] for row in written if row["item"] in known]
