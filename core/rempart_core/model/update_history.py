"""Since when updates wait on a target, as earlier runs saw it."""

from collections.abc import Mapping
from typing import NamedTuple


class Waiting(NamedTuple):
    """One update that an earlier run saw.

    Attributes:
        first_seen: When it was seen first, in seconds since 1970.
        absent: When a run before that saw that it did not wait yet; 0 where none did.
    """

    first_seen: int
    absent: int = 0


class UpdateHistory(NamedTuple):
    """What earlier runs saw of one target.

    Attributes:
        machine_id: Of the machine, hashed; ``""`` where it is not known. Another one has no part in this.
        listed: When all its updates that waited were seen last, in seconds since 1970; 0 for never. An update that is
            not among ``items`` did not wait then.
        items: Updates that wait, by ``NAME VERSION`` of what is installed.
    """

    machine_id: str = ""
    listed: int = 0
    items: Mapping[str, Waiting] = {}

    def of(self, machine_id: str) -> "UpdateHistory | None":
        """Return it where it is of that machine; None where it is of another, or says nothing."""
        same = self.machine_id in {"", machine_id}
        return self if same and (self.listed or self.items) else None
