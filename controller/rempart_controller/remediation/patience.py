"""Ctrl-C while hosts are changed: a change is not broken in two by it."""

import os
import signal
import tempfile
from typing import Self

from rempart_controller.remediation.console import Console
from rempart_core.text import Text

_FIRST = Text(
    "finishing the hosts in hand, so that none is left half changed",
    "les machines en cours sont terminées, pour n’en laisser aucune à moitié changée",
)
_MORE = Text(
    "; no further wave begins; a second Ctrl-C undoes those in hand",
    " ; aucune autre vague ne commence ; un second Ctrl-C annule celles en cours",
)
_SECOND = Text(
    "the second Ctrl-C undoes those in hand: please wait", "le second Ctrl-C annule celles en cours : patientez"
)


class Patience:
    """While it lasts, Ctrl-C (SIGINT, SIGTERM) ends nothing at once.

    The first one is noted: who changes hosts finishes those in hand. A second one makes the file ``stop``: Ansible
    begins no further task then (a task that runs on a host is never cut off, for it would go on there while it is
    undone), and who changes hosts undoes those in hand.

    Attributes:
        tired: Whether somebody has pressed it.
    """

    def __init__(self, console: Console, language: str, *, undoes: bool) -> None:
        """Get ready.

        Args:
            console: Where it is said.
            language: ``en`` or ``fr``.
            undoes: Whether a second one undoes what is in hand; else it changes nothing.
        """
        self._console = console
        self._language = language
        self._undoes = undoes
        self.tired = False

    def __enter__(self) -> Self:
        """Begin."""
        self._folder = tempfile.TemporaryDirectory(prefix="rempart-")
        self._former = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        for number, handler in self._former.items():
            signal.signal(number, handler)
        self._folder.cleanup()

    @property
    def stop(self) -> str:
        """Return the path of the file that a second one makes."""
        return os.path.join(self._folder.name, "stop")

    @property
    def gone(self) -> bool:
        """Tell whether a second one has come."""
        return os.path.exists(self.stop)

    def _note(self, *_: object) -> None:
        if not self.tired:
            self.tired = True
            self._console.say(_FIRST.get(self._language) + (_MORE.get(self._language) if self._undoes else ""))
        elif self._undoes and not self.gone:
            os.close(os.open(self.stop, os.O_WRONLY | os.O_CREAT, 0o600))
            self._console.say(_SECOND.get(self._language))
