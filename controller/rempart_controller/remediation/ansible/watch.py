"""Listening to a run of Ansible: each event as it comes, and an end where a host takes too long."""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from rempart_controller.remediation.ansible.event import Event, Limits
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both

_LOOK = 1.0  # seconds between two looks at the clock
_GRACE = 15.0  # seconds in which Ansible itself ends a task that takes too long
_END = 5.0  # seconds in which it may end by itself


class Watch:
    """Hears what happens.

    Attributes:
        heard: Whether anything was heard.
        late: Whether the run has to be ended: a host takes too long, and the others would wait for it.
    """

    def __init__(self, limits: Limits, times: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        """Get ready.

        Args:
            limits: How long something may take.
            times: How many times as many hosts there are as are at work at a time.
            clock: Tells the seconds.
        """
        self._times = max(times, 1)
        self._limits = limits
        self._clock = clock
        self._begun = clock()
        self._doing: dict[str, tuple[Event, float]] = {}
        self._busy: dict[str, float] = {}
        self._timers: dict[str, float] = {}
        self.heard = self.late = False

    def hear(self, pipe: int, beside: int = -1) -> Iterator[Event]:
        """Yield the events that come through a pipe, to its end or until a host takes too long.

        Args:
            pipe: Where what begins and ends is told, one after the other.
            beside: Where hosts say what they are doing; -1 for nowhere.
        """
        rests = {one: b"" for one in (pipe, beside) if one >= 0}
        while True:
            for one in select.select(list(rests), [], [], _LOOK)[0]:
                part = os.read(one, 1 << 16)
                if not part and one == pipe:
                    return
                if not part:
                    del rests[one]
                    continue
                *lines, rests[one] = (rests[one] + part).split(b"\n")
                for line in lines:
                    self.heard = True
                    event = Event(**json.loads(line.decode("utf-8", "replace")))  # as our own plugin writes it
                    self._note(event)
                    yield event
            slow = self._find_slow()
            self.late = bool(slow) or self._is_over()
            if self.late:
                yield from slow
                yield Event("end", "")
                return

    def _note(self, event: Event) -> None:
        now = self._clock()
        if event.left:
            self._timers[event.host] = now + event.left
        if event.kind == "begin":
            self._doing.clear()
        elif event.kind == "start":
            self._doing[event.host] = event, now
        elif event.kind == "task":
            _, begun = self._doing.pop(event.host, (event, now))
            self._busy[event.host] = self._busy.get(event.host, 0.0) + now - begun

    def _find_slow(self) -> list[Event]:
        """Return that hosts are late; where all have no more time, all that are at work."""
        now = self._clock()
        limits = self._limits
        over = self._is_over()
        slow = []
        for host, (event, begun) in self._doing.items():
            longest = bool(limits.task) and now - begun > limits.task + _GRACE
            took = self._busy.get(host, 0.0) + now - begun
            whole = bool(limits.host) and took > limits.host
            if over or longest or whole or now > self._timers.get(host, float("inf")):
                said = say_both(Message("role.no_end", seconds=f"{now - begun if longest else took:.0f}"))
                slow.append(replace(event, kind="task", outcome="unreachable", message=said.en, french=said.fr))
        return slow

    def _is_over(self) -> bool:
        return bool(self._limits.whole) and self._clock() - self._begun > self._limits.whole * self._times


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """End a child that leads a group, and the group with it."""
    for number, seconds in ((signal.SIGTERM, _END), (signal.SIGKILL, None)):
        try:
            os.killpg(child.pid, number)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
