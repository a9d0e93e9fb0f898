"""Ctrl-C while hosts are changed: a change is not broken in two by it."""

import os
import signal
import tempfile
from types import FrameType
from typing import Any, Self

from rempart_controller.remediation.ansible.progress_line import Console
from rempart_core.messages.message import Message
from rempart_core.messages.say import say

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class InterruptHandler:
    """While it lasts, Ctrl-C (SIGINT, SIGTERM, or the terminal that goes away) never breaks a change in two.

    Until :meth:`begin` nothing was changed: the first one ends the command, and no other disturbs the end. Then the
    first one is noted: who changes hosts finishes those in hand. A second one makes the file ``stop``: Ansible begins
    no further task then (a task that runs on a host is never cut off, for it would go on there while it is undone), and
    who changes hosts undoes those in hand. After :meth:`finish` there is nothing left to stop.

    Attributes:
        pressed: Whether somebody has pressed it since hosts are being changed.
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
        self._phase = ""
        self._former: dict[int, Any] = {}
        self.pressed = False

    def __enter__(self) -> Self:
        """Take the signals; one that is ignored (``nohup``) stays ignored."""
        self._folder = tempfile.TemporaryDirectory(prefix="rempart-")
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._former[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back; where one has ended the command, further ones are not heard until its end."""
        if self._phase != "ended":
            for number, handler in self._former.items():
                signal.signal(number, handler)
        self._folder.cleanup()

    def begin(self) -> None:
        """Say that hosts are changed from now on."""
        self._phase = "changing"

    def wait(self, *, waits: bool) -> None:
        """Say that hosts which are lost are waited for, and no others are in hand; or that this has ended."""
        self._phase = "waiting" if waits else "changing"

    def finish(self) -> None:
        """Say that no host is changed any more."""
        self._phase = "finished"

    @property
    def stop(self) -> str:
        """Return the path of the file that a second one makes."""
        return os.path.join(self._folder.name, "stop")

    @property
    def gone(self) -> bool:
        """Tell whether a second one has come."""
        return os.path.exists(self.stop)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        """Note a signal. Another one may come before this ends."""
        if self._phase == "ended":
            return
        if not self._phase:
            self._phase = "ended"
            raise KeyboardInterrupt
        if self._phase == "finished":
            self._tell(Message("execution.late"))
        elif not self.pressed:
            self.pressed = True
            if self._phase == "waiting":
                self._tell(Message("execution.waiting_first"))
                return
            self._tell(Message("execution.finish_or_undo" if self._undoes else "execution.finish_first"))
        elif self._undoes and not self.gone:
            os.close(os.open(self.stop, os.O_WRONLY | os.O_CREAT, 0o600))
            waiting = self._phase == "waiting"
            self._tell(Message("execution.second_waiting" if waiting else "execution.second"))

    def _tell(self, message: Message) -> None:
        self._console.say(say(message, self._language))
