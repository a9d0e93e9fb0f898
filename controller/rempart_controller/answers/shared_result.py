"""Results that hosts of a fleet have in common, each one object for all of them.

A verdict that is known already takes no time of its own: the result follows from what is asked and from that verdict.
Who writes of many hosts finds by the object what it has written before.
"""

from collections.abc import Callable

from rempart_controller.answers.host_answer import Told, Verdict
from rempart_core.model.result import Result

_KEPT = 4096  # results


class SharedResults:
    """The results of one audit that hosts share."""

    def __init__(self, told: Told) -> None:
        """Know none yet.

        Args:
            told: Returns the verdict that hosts share, at a place that a worker named.
        """
        self._told = told
        self._known: dict[tuple[int, int], tuple[Result, Result]] = {}

    def get(self, blank: Result, place: int, judge: Callable[[Result, Verdict], Result]) -> Result:
        """Return the result of a check with a verdict; it is shared, and not to be changed.

        Args:
            blank: The result before anything was judged.
            place: Of the verdict.
            judge: Makes the result of both, where it is not there yet.
        """
        known = self._known.get((id(blank), place))
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            # The blank is kept too, so that no other one can have its place in memory.
            known = self._known[id(blank), place] = blank, judge(blank, self._told(place))
        return known[1]
