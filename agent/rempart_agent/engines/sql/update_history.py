"""Since when updates wait, as a memory of earlier runs knows it: the column ``first_seen`` of ``rempart_updates``.

Tables keep nothing. A caller that remembers says what it knows of a target, and the engine dates the rows where they
are read. An update has waited for as long as it may have, by all that is known: not before the version in place was
installed or the advisory was issued, not before the last run that saw it was not there yet; and since it was seen
first.
"""

from collections.abc import Mapping
from typing import Any

from rempart_agent.tables.read import Answer
from rempart_core.model.update_history import UpdateHistory

TABLE = "rempart_updates"
_BEGINNING = 946_684_800  # 2000: what is older is no date; images set times to 1970


def date_updates(answer: Answer, history: UpdateHistory) -> Answer:
    """Return the answer to a read of ``rempart_updates`` with ``first_seen``, as far as that is known.

    Args:
        answer: The rows of updates; it stays as it is.
        history: What earlier runs saw of this target.
    """
    rows = []
    for row in answer.rows:
        since = _since(row, history)
        rows.append({**row, "first_seen": since} if since else row)
    return answer._replace(rows=rows)


def _since(row: Mapping[str, Any], history: UpdateHistory) -> int:
    dates = [_date(row.get(name)) for name in ("installed_at", "issued_at")]
    known = history.items.get(f"{row.get('name')} {row.get('installed_version')}")
    if known is None:
        return max(history.listed, *dates) if history.listed else 0
    earliest = max(known.absent, *dates)
    return min(known.first_seen, earliest) if earliest else 0  # of unknown age: it counts as overdue


def _date(value: Any) -> int:
    return value if isinstance(value, int) and value > _BEGINNING else 0
