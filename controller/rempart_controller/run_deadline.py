"""The deadline of a whole run (``--run-deadline``): it bounds the inventory, the store and the hosts alike."""

import os
import sys
import time
from typing import Any, NamedTuple

_guards: list[Any] = []  # threads that end this process
_GRACE = 60.0  # seconds for reports after the deadline, or a tenth of it, whichever is more


class RunDeadline(NamedTuple):
    """When a run has to end.

    Attributes:
        seconds: What it may take in all; 0 for no such limit.
        until: When that ends, of ``time.monotonic``.
    """

    seconds: float = 0.0
    until: float = float("inf")

    def left(self, most: float) -> float:
        """Return the seconds that remain, at most ``most``, and more than 0."""
        return max(0.1, min(most, self.until - time.monotonic()))


def begin(given: float) -> RunDeadline:
    """Return when a run has to end that may take so many seconds, 0 for no limit; the clock runs from here on.

    Where it hangs so that nothing else could end it, the process is ended a while after.
    """
    if given:
        import threading

        grace = max(_GRACE, given / 10)
        guard = threading.Timer(given + grace, _end, (given, grace))
        guard.daemon = True
        guard.start()
        _guards.append(guard)
    return RunDeadline(given, time.monotonic() + given) if given else RunDeadline()


def let_go() -> None:
    """Let the process live on: a program that ran a command in itself goes on when that one has ended."""
    while _guards:
        _guards.pop().cancel()


def _end(given: float, grace: float) -> None:
    """End a process in which something hangs that nothing else could end: a dead disk under a report, a resolver."""
    from rempart_agent.cli.language import words

    said = words("report.hangs", given=f"{given:g}", grace=f"{grace:g}")
    print(f"rempart: {said}", file=sys.stderr, flush=True)
    os._exit(3)
