"""What a run means to a pipeline: its exit status, and the gaps that make an audit incomplete."""

from typing import Protocol

from rempart_core.model.check import Severity
from rempart_core.model.result import Run, State

_GAPS = frozenset({"privilege", "silent", "no_system", "interrupted", "not_kept", "old_answer"})
"""Reasons not to have looked that are the run's fault or the endpoint's, whatever the severity."""


class Judged(Protocol):
    """What counts of a result, or of what is remembered of one."""

    @property
    def state(self) -> State:
        """Return one of the five states."""

    @property
    def severity(self) -> Severity:
        """Return the severity in force."""

    @property
    def failure(self) -> str:
        """Return why nothing was judged; else ``""``."""


def exit_status(run: Run, threshold: Severity) -> int:
    """Return 0 where something was judged and nothing is open at or above the threshold, else 1 or 3; 3 outranks 1.

    A run that was interrupted is incomplete, whatever it found.

    Args:
        run: The run.
        threshold: Findings below it do not count.
    """
    judged = gap = found = False
    for result in run.results:
        if result.state is State.PASS:
            judged = True
        elif result.state is State.FAIL:
            judged = True
            found = found or (result.open and counts(result, threshold))
        else:
            gap = gap or is_gap(result, threshold)
    if run.unfinished.en or not judged or gap:
        return 3
    return int(found)


def is_gap(result: Judged, threshold: Severity) -> bool:
    """Tell whether a result makes the audit incomplete; what a target by its kind can't offer is no gap.

    Args:
        result: What a check came to.
        threshold: Checks below it do not count.
    """
    if result.state is State.NOT_CHECKED:
        return result.failure in _GAPS or (result.failure == "part" and counts(result, threshold))
    return result.state is State.ERROR and counts(result, threshold)


def counts(result: Judged, threshold: Severity) -> bool:
    """Tell whether a result's severity is at or above the threshold.

    Args:
        result: What a check came to.
        threshold: The lowest severity that counts.
    """
    return result.severity.rank <= threshold.rank
