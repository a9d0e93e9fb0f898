"""The end of an audit before its time: Ctrl-C, SIGTERM, a terminal that goes away, a deadline.

The first one ends the asking; what was found is reported, and so is what was not asked. The reports are not cut short
by it: what is in hand, a report or a row of the store, is brought to its end. A second one ends the process.
"""

import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self, TypeVar

from rempart_core.text import NOTHING, Text

_T = TypeVar("_T")
_EARLY = 0.2  # seconds: what waits for the deadline itself is not to be first
_WORDS = {
    "SIGINT": Text("stopped by Ctrl-C (SIGINT)", "arrêté par Ctrl-C (SIGINT)"),
    "SIGTERM": Text("stopped by SIGTERM", "arrêté par SIGTERM"),
    "SIGHUP": Text("the terminal was closed (SIGHUP)", "le terminal a été fermé (SIGHUP)"),
}


class Stopped(BaseException):
    """The audit has to end: no error, so that nothing on the way takes it for one."""


class Stop:
    """What ends an audit; takes signals from ``__enter__`` to ``__exit__``.

    Attributes:
        reason: Why it has to end, for the reader; ``NOTHING`` while it does not.
        status: The exit status that a signal asks for; 0 for none.
    """

    def __init__(self, seconds: float = 0.0, until: float = 0.0) -> None:
        """Get ready.

        Args:
            seconds: What the audit may take in all; 0 for no such limit.
            until: When that ends, of ``time.monotonic``; 0 reckons from now. The asking ends a little before.
        """
        self.reason = NOTHING
        self.status = 0
        self._seconds = seconds
        self._until = (until - _EARLY if until else time.monotonic() + seconds) if seconds else float("inf")
        self._open = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Take the signals of this process, where this is its main thread; one that is ignored stays ignored."""
        threads = sys.modules.get("threading")  # without it there is one thread
        if threads is not None and threads.current_thread() is not threads.main_thread():
            return self
        for name in _WORDS:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._take)
        if self._seconds and sys.platform != "win32":
            self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._expire)
            signal.setitimer(signal.ITIMER_REAL, max(0.001, self._until - time.monotonic()))
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back."""
        if self._seconds and sys.platform != "win32" and signal.SIGALRM in self._before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def end(self, reason: Text) -> None:
        """End the audit for a reason of its own."""
        if not self.asked:
            self.reason = reason

    @property
    def asked(self) -> bool:
        """Tell whether the audit has to end."""
        if self.reason == NOTHING and time.monotonic() >= self._until:
            self._note_deadline()
        return self.reason != NOTHING

    def check(self) -> None:
        """Raise where the audit has to end.

        Raises:
            Stopped: It has to.
        """
        if self.asked:
            raise Stopped

    @contextmanager
    def window(self) -> Iterator[None]:
        """Let a signal end what is inside at once; elsewhere it is only noted.

        Raises:
            Stopped: The audit has to end.
        """
        self._open = True
        try:
            self.check()
            yield
        finally:
            self._open = False

    def each(self, items: Iterable[_T]) -> Iterator[_T]:
        """Yield items; a signal ends the waiting for the next one, and never what is done with one.

        Raises:
            Stopped: The audit has to end.
        """
        rest, end = iter(items), object()
        while True:
            with self.window():
                item: Any = next(rest, end)
            if item is end:
                return
            yield item

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if self.status:  # the second time: whoever asks twice means it
            raise KeyboardInterrupt
        self.end(_WORDS[signal.Signals(number).name])
        self.status = 128 + number
        self._leave()

    def _expire(self, _number: int, _frame: FrameType | None) -> None:
        if not self.reason.en:
            self._note_deadline()
            self._leave()

    def _note_deadline(self) -> None:
        took = f"{self._seconds:g} s"
        self.reason = Text(f"the run's deadline of {took} was reached", f"le délai de l’audit, {took}, est dépassé")

    def _leave(self) -> None:
        if self._open:
            self._open = False  # once: what cleans up behind it is not interrupted
            raise Stopped


NEVER = Stop()
"""What ends nothing."""
