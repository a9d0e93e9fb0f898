"""The deadline of a whole run (``--run-deadline``): it bounds the inventory, the store and the hosts alike."""

import argparse
import os
import sys
import time
from typing import Any

_guards: list[Any] = []  # threads that end this process
_GRACE = 60.0  # seconds for reports after the deadline, or a tenth of it, whichever is more


def begin(options: argparse.Namespace) -> None:
    """Note when the run that these options ask for has to end; the clock runs from here on."""
    given = getattr(options, "run_deadline", 0.0) or 0.0
    options.run_until = time.monotonic() + given if given else float("inf")
    if given:
        import threading

        grace = max(_GRACE, given / 10)
        guard = threading.Timer(given + grace, _end, (given, grace))
        guard.daemon = True
        guard.start()
        _guards.append(guard)


def let_go() -> None:
    """Let the process live on: a program that ran a command in itself goes on when that one has ended."""
    while _guards:
        _guards.pop().cancel()


def left(options: argparse.Namespace, most: float) -> float:
    """Return the seconds that remain, at most ``most``, and more than 0."""
    until: float = getattr(options, "run_until", float("inf"))
    return max(0.1, min(most, until - time.monotonic()))


def _end(given: float, grace: float) -> None:
    """End a process in which something hangs that nothing else could end: a dead disk under a report, a resolver."""
    said = f"the run's deadline of {given:g} s passed {grace:g} s ago and something still hangs: ended, incomplete"
    print(f"rempart: {said}", file=sys.stderr, flush=True)
    os._exit(3)
