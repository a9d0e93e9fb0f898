"""What statements cost the machines that answer them, as osquery counts it: the watchdog ends a worker that takes more.

Source: osquery 5.23, ``watcher.cpp``: 200 MB, and 10 % of a core for 12 s, at the level that is usual.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

MOST_STATEMENTS = 10
"""Statements of one batch that nobody has measured."""
MOST_MEASURED = 90
"""Those that were measured on some machines: what they take together is known. Two digits of an id count them."""
MOST_SECONDS = 2.0
"""What those of one batch may take; one that takes more by itself is asked alone."""
MOST_BYTES = 40 << 20
"""The same of memory."""
_KEPT = 9  # measurements of a statement
_SOME = 3  # measurements from which it counts as measured
_MOST = 5_000  # statements that are measured
_FULL = 1 + 1e-9  # tenths do not add up to one


class Cost(NamedTuple):
    """What a statement takes.

    Attributes:
        seconds: Wall time.
        size: Bytes of memory.
        part: How much of a batch it is, as one of those that a batch may have.
    """

    seconds: float = 0.1
    size: int = 1 << 20
    part: float = 1 / MOST_STATEMENTS

    @property
    def heavy(self) -> bool:
        """Tell whether it is asked alone."""
        return self.seconds >= MOST_SECONDS or self.size >= MOST_BYTES

    @property
    def light(self) -> bool:
        """Tell whether some machines have measured it, and whether it may be asked beside others."""
        return self.part < UNKNOWN.part and not self.heavy


UNKNOWN = Cost()
"""What a statement is taken for that nobody has measured yet."""


class Costs:
    """The medians of what statements took, by platform."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], deque[Cost]] = {}
        self._medians: dict[tuple[str, str], Cost] = {}

    def note(self, platform: str, digest: str, stats: object) -> None:
        """Note what a statement took on a machine.

        Args:
            platform: The machine's.
            digest: The statement's.
            stats: As osquery counts: ``wall_time_ms``, ``memory``; anything else says nothing.
        """
        if not isinstance(stats, Mapping):
            return
        wall, size = stats.get("wall_time_ms"), stats.get("memory")
        if not isinstance(wall, int) or not isinstance(size, int) or not 0 <= wall < 1 << 40:
            return
        if len(self._seen) >= _MOST:
            self._seen.clear()
            self._medians.clear()
        self._seen.setdefault((platform, digest), deque(maxlen=_KEPT)).append(Cost(wall / 1000, max(0, size)))
        self._medians.pop((platform, digest), None)

    def of(self, platform: str, digest: str) -> Cost:
        """Return what a statement takes most often.

        Args:
            platform: Of the machine that is asked.
            digest: The statement's.
        """
        known = self._medians.get((platform, digest))
        if known is not None:
            return known
        seen = self._seen.get((platform, digest))
        if not seen:
            return UNKNOWN
        part = 1 / (MOST_MEASURED if len(seen) >= _SOME else MOST_STATEMENTS)
        cost = Cost(median(one.seconds for one in seen), int(median(one.size for one in seen)), part)
        self._medians[platform, digest] = cost
        return cost

    def pack(self, platform: str, digests: Sequence[str]) -> list[str]:
        """Return those of some statements, in their order, that one batch asks: at least one.

        Args:
            platform: Of the machine that is asked.
            digests: The statements.
        """
        chosen: list[str] = []
        seconds, size, whole = 0.0, 0, 0.0
        for digest in digests:
            cost = self.of(platform, digest)
            if cost.heavy and not chosen:
                return [digest]
            seconds, size, whole = seconds + cost.seconds, size + cost.size, whole + cost.part
            if cost.heavy or whole > _FULL or seconds > MOST_SECONDS or size > MOST_BYTES:
                break
            chosen.append(digest)
        return chosen
