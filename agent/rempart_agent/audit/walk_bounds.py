"""Which checks walk the file systems, and how far they may."""

import re
from collections.abc import Iterable

from rempart_agent.engine import WALKING
from rempart_core.model.check import Block, Check
from rempart_core.model.parameter import Values, seconds_of

WALK_PARAMETERS = ("walk_entries", "walk_seconds")
"""What a check that walks calls its bounds: ``--walk-entries`` and ``--walk-seconds`` set them everywhere."""


WALK_GRACE = 20.0
"""Seconds that a statement has beyond its walk."""


def walks(block: Block | None) -> bool:
    """Tell whether a check's statements need a walk of the file systems: a table that they ask, not a text."""
    return block is not None and any(
        re.search(rf"(?<!['\"\w]){table}(?!['\"\w])", sql)
        for _, sql in block.statements()
        for table in WALKING
        if table in sql
    )


def walk_time(values: Values) -> float:
    """Return the seconds that a statement of a check that walks may take, by the check's values."""
    return seconds_of(values, "walk_seconds") + WALK_GRACE


def walk_values(checks: Iterable[Check], entries: int | None, seconds: int | None) -> dict[str, dict[str, int]]:
    """Return the bounds of a walk as values of the checks that declare them; None leaves the check's own.

    Args:
        checks: The checks that may declare bounds, by the parameters ``walk_entries`` and ``walk_seconds``.
        entries: How many entries a walk looks at, at most; None where nobody said.
        seconds: How long it takes, at most; None where nobody said.
    """
    given = {name: value for name, value in zip(WALK_PARAMETERS, (entries, seconds), strict=True) if value is not None}
    if not given:
        return {}
    found = {check.id: {name: given[name] for name in check.parameters if name in given} for check in checks}
    return {check: values for check, values in found.items() if values}
