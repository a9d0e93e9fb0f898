"""What the terminal shows while hosts are changed: one line, and nothing in a pipe."""

import sys

from rempart_core.error import UsageError
from rempart_core.text import clean_line


class Console:
    """One line of progress on standard error.

    Attributes:
        stage: What is under way, as ``wave 1 of 3``; shown before each text.
    """

    def __init__(self, quiet: bool) -> None:
        self._on = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self.stage = ""

    def show(self, host: str, text: str) -> None:
        """Show what happens, on which host."""
        if self._on:
            words = " · ".join(word for word in (self.stage, clean_line(host), clean_line(text)) if word)
            sys.stderr.write(f"\r\033[K{words[:118]}")
            sys.stderr.flush()

    def count(self, done: int, total: int) -> None:
        """Show how many hosts were audited."""
        self.show("", f"audit {done}/{total}")

    def clear(self) -> None:
        """Take the line away."""
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def say(self, text: str) -> None:
        """Say something that stays, also in a pipe."""
        self.clear()
        if not self._quiet:
            print(f"rempart: {clean_line(text)}", file=sys.stderr)


def confirm(question: str, *, yes: bool) -> None:
    """Ask whether hosts may be changed, unless it was said beforehand.

    Raises:
        UsageError: They may not, or nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: --yes answers beforehand")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "o", "oui"}:
        raise UsageError("nothing was changed")
