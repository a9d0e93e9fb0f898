"""The waiver: a dated, justified decision to live with a finding. Design section 3.

A waiver is no state: the fact stays ``fail`` and carries the waiver.
"""

from typing import NamedTuple


class Waiver(NamedTuple):
    """One waiver of a waiver file.

    Attributes:
        check: The id of the check.
        reason: Why the finding is lived with.
        owner: Who decided.
        end: The last moment at which it holds, seconds since the epoch (the end of that day in its zone).
        end_text: The end as it was written, with its zone: ``2026-12-31 Europe/Paris``.
        start: The first moment, seconds since the epoch; 0 where none is given.
        target: Pattern (glob) of target names.
        group: Pattern (glob) of group names.
        items: Globs of the items that are accepted; empty accepts all.
        file: Where it was read.
        line: The line it begins on.
    """

    check: str
    reason: str
    owner: str
    end: float
    end_text: str
    start: float = 0.0
    target: str = "*"
    group: str = "*"
    items: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
