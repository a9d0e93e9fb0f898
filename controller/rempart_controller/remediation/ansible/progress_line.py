"""What the terminal shows while hosts are changed: one line of progress, and a sign of life where nothing is heard.

What stands here may run in a signal handler and in a thread beside: each text goes out in one ``write(2)``, without a
lock or a buffer that another could be in the middle of.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from io import UnsupportedOperation
from typing import Self

from rempart_agent.cli.language import words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message, as_is, listed
from rempart_core.messages.say import say
from rempart_core.text import Text, clean_line

SILENT = 25.0
"""Seconds after which a sign of life is given."""
_CLEAR = "\r\033[K"
_NAMED = 3  # hosts that it names


class Console:
    """One line of progress on standard error.

    Attributes:
        stage: What is under way, as ``wave 1 of 3``; shown before each text.
    """

    def __init__(self, quiet: bool, language: str = "en", clock: Callable[[], float] = time.monotonic) -> None:
        """Show nothing yet.

        Args:
            quiet: Whether nothing is shown at all.
            language: ``en`` or ``fr``.
            clock: Seconds, from any beginning.
        """
        self._on = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._language = language
        self._clock = clock
        self._said = clock()  # when something was last said that a pipe shows too
        self._shown = "", clock()  # what was done last, and since when
        self._doing: dict[str, tuple[str, float]] = {}
        self._end = threading.Event()
        self.stage = ""

    def __enter__(self) -> Self:
        """Begin to give signs of life."""
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End that, and take the line away."""
        self._end.set()
        self.clear()

    def begin(self, host: str, text: str | Text) -> None:
        """Note that a host begins with something, and show it.

        Args:
            host: Its name.
            text: What it begins with.
        """
        shown = text if isinstance(text, str) else text.get(self._language)
        self._doing[host] = shown, self._clock()
        self.show(host, shown)

    def tell(self, host: str, doing: Text) -> None:
        """Show what a host is doing, as it says itself.

        Args:
            host: Its name.
            doing: What it says; the same as before shows nothing anew.
        """
        text = doing.get(self._language)
        if text != self._doing.get(host, ("", 0.0))[0]:
            self.begin(host, text)

    def show(self, host: str, text: str | Text, *, done: bool = False) -> None:
        """Show what happens, on which host; ``done`` where it has ended there.

        Args:
            host: Its name; ``""`` where all are meant.
            text: What happens there.
            done: Whether it has ended there.
        """
        shown = text if isinstance(text, str) else text.get(self._language)
        words = " · ".join(word for word in (self.stage, clean_line(host), clean_line(shown)) if word)
        self._shown = words, self._clock()
        if done:
            self._doing.pop(host, None)
        if self._on:
            write_now(f"{_CLEAR}{words[:118]}")

    def rest(self) -> None:
        """Forget what hosts were doing: nobody is at work any more."""
        self._doing.clear()

    def count(self, done: int, total: int) -> None:
        """Show how many hosts were audited.

        Args:
            done: How many.
            total: How many there are.
        """
        self.show("", f"audit {done}/{total}")

    def clear(self) -> None:
        """Take the line away."""
        if self._on:
            write_now(_CLEAR)

    def say(self, text: str) -> None:
        """Say something that stays, also in a pipe."""
        self._said = self._clock()
        if not self._quiet:
            write_now(f"{_CLEAR if self._on else ''}rempart: {clean_line(text)}\n")

    def beat(self) -> None:
        """Give a sign of life, where nothing was said for a time: which hosts do what, and for how long."""
        now = self._clock()
        if now - self._said < SILENT:
            return
        longest = sorted(self._doing.copy().items(), key=lambda one: one[1][1])
        since = longest[0][1][1] if longest else self._shown[1]
        told = [as_is(self.stage)] if self.stage else []
        for host, (text, begun) in longest[:_NAMED]:
            told.append(Message("change.doing", host=host, doing=text, seconds=f"{now - begun:.0f}"))
        if len(longest) > _NAMED:
            told.append(Message("change.more", count=len(longest) - _NAMED))
        doing = listed(told) if longest else as_is(self._shown[0] or self.stage)
        self.say(say(Message("change.still", seconds=f"{now - since:.0f}", doing=doing), self._language))

    def _beat(self) -> None:
        while not self._end.wait(1.0):
            self.beat()


def write_now(text: str) -> None:
    """Write a text at once; a terminal that has gone away is no reason to leave a change half done."""
    try:
        os.write(sys.stderr.fileno(), text.encode("utf-8", "replace"))
    except UnsupportedOperation:  # a test looks on
        sys.stderr.write(text)
    except (OSError, ValueError):
        pass


def confirm(question: Message, *, yes: bool) -> None:
    """Ask whether hosts may be changed, unless it was said beforehand.

    Args:
        question: What is asked; the answers that may be given stand behind it.
        yes: Whether it was said beforehand.

    Raises:
        UsageError: They may not, or nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(Message("change.no_terminal"))
    sys.stderr.write(words("text.yes_no", question=question))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "o", "oui"}:
        raise UsageError(Message("change.refused"))
