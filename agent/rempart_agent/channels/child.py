"""A child process that is asked over its pipes: read by threads, so that it works alike on every system, and killable.

Its memory is limited: by the kernel on Linux (prlimit(2), private writable memory), by looking at it elsewhere.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

_LOOK = 1.0  # seconds between two looks at the memory of a child that the kernel does not limit
_CHUNK = 1 << 16


class ChildError(Exception):
    """The child gave no answer; it is of no more use."""


class Slow(ChildError):
    """It gave none before the deadline."""


class Ended(ChildError):
    """It ended."""


class Heavy(ChildError):
    """It took more memory, or printed more, than its limit."""


class Child:
    """One process."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], max_memory: int, max_output: int
    ) -> None:
        """Start it.

        Args:
            command: Program and arguments.
            environment: Its whole environment.
            max_memory: Bytes of memory that it may take.
            max_output: Bytes that it may print for one answer.

        Raises:
            Ended: it can't be started.
        """
        try:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environment),
                start_new_session=True,  # Ctrl-C at a terminal is for the parent, who decides what becomes of it
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # of Windows
            )
        except OSError as error:
            raise Ended(Message("file.failed", path=command[0], error=reason_of(error))) from error
        self._max_memory = max_memory
        self._max_output = max_output
        self._limited = _limit(self._process.pid, max_memory)
        self._news = threading.Condition()
        self._printed = {1: bytearray(), 2: bytearray()}
        self._open = {1, 2}
        self._writing = threading.Semaphore(0)
        self._to_write: list[bytes] = []
        for number, pipe in ((1, self._process.stdout), (2, self._process.stderr)):
            threading.Thread(target=self._read, args=(number, pipe), daemon=True).start()
        threading.Thread(target=self._write, daemon=True).start()

    def say(self, text: str) -> None:
        """Send text; does not wait for it to be read."""
        self._to_write.append(text.encode("utf-8", "replace"))
        self._writing.release()

    def hear(self, mark: bytes, until: float) -> tuple[bytes, bytes]:
        """Return what it printed and what it complained of up to ``mark``, which it must print in both.

        Args:
            mark: Bytes that occur nowhere else.
            until: The moment (``time.monotonic``) at which waiting ends.

        Raises:
            ChildError: it did not come.
        """
        look = time.monotonic() + _LOOK
        seen = {1: 0, 2: 0}
        with self._news:
            while True:
                found = [self._printed[n].find(mark, seen[n]) for n in (1, 2)]
                if -1 not in found:
                    return self._cut(1, found[0], mark), self._cut(2, found[1], mark)
                for n, at in zip((1, 2), found, strict=True):
                    seen[n] = at if at >= 0 else max(0, len(self._printed[n]) - len(mark))
                if any(len(printed) > self._max_output for printed in self._printed.values()):
                    raise Heavy(Message("host.child_heavy", size=self._max_output >> 20))
                if self._open != {1, 2}:
                    self._news.wait_for(lambda: not self._open, 1)  # what it complained of may still be on its way
                    raise Ended(self._how_it_ended())
                now = time.monotonic()
                if now >= until:
                    raise Slow(Message("host.child_late"))
                if not self._limited and now >= look:
                    look = now + _LOOK
                    if _memory(self._process.pid) > self._max_memory:
                        raise Heavy(Message("host.child_memory", size=self._max_memory >> 20))
                self._news.wait(min(until, look) - now if not self._limited else until - now)

    def kill(self) -> None:
        """End it at once. One that the kernel holds (a dead network mount) is left to it, not waited for."""
        try:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)  # with the extensions that it may have started
            self._process.wait(1)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self._writing.release()
        with self._news:
            self._open.clear()
            self._news.notify_all()

    def _cut(self, number: int, at: int, mark: bytes) -> bytes:
        printed = self._printed[number]
        text = bytes(printed[:at])
        end = printed.find(b"\n", at + len(mark))
        del printed[: end + 1 if end >= 0 else at + len(mark)]
        return text

    def _how_it_ended(self) -> Message:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return Message("host.child_closed")
        said = bytes(self._printed[2][-400:]).decode("utf-8", "replace").strip().rpartition("\n")[2]
        if status < 0:
            number = str(-status)
            return (
                Message("host.child_signal_said", signal=number, said=said)
                if said
                else Message("host.child_signal", signal=number)
            )
        return (
            Message("host.child_ended_said", status=status, said=said)
            if said
            else Message("host.child_ended", status=status)
        )

    def _read(self, number: int, pipe: Any) -> None:
        with pipe:
            while True:
                try:
                    data = os.read(pipe.fileno(), _CHUNK)
                except OSError:
                    data = b""
                with self._news:
                    self._printed[number] += data
                    if not data:
                        self._open.discard(number)
                    self._news.notify_all()
                    if not data or len(self._printed[number]) > self._max_output + _CHUNK:
                        return

    def _write(self) -> None:
        pipe: Any = self._process.stdin
        try:
            with pipe:
                while True:
                    self._writing.acquire()
                    if not self._to_write:
                        return
                    pipe.write(self._to_write.pop(0))
                    pipe.flush()
        except (OSError, ValueError):
            return  # it has ended: whoever waits for its answer is told


def _limit(process: int, memory: int) -> bool:
    """Have the kernel limit a process's memory; tells whether it does."""
    if sys.platform == "linux":
        import resource

        try:
            resource.prlimit(process, resource.RLIMIT_DATA, (memory, memory))
        except OSError:
            return False
        return True
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return False


def _memory(process: int) -> int:
    """Return the bytes of memory that a process holds; 0 where that can't be told."""
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        class Counters(ctypes.Structure):  # PROCESS_MEMORY_COUNTERS
            _fields_ = (
                ("cb", wintypes.DWORD),
                ("PageFaultCount", wintypes.DWORD),
                *((f"size{n}", ctypes.c_size_t) for n in range(8)),  # the second is the working set
            )

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x1000, False, process)  # PROCESS_QUERY_LIMITED_INFORMATION
        counters = Counters(cb=ctypes.sizeof(Counters))
        told = handle and kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)
        if handle:
            kernel.CloseHandle(handle)
        return int(counters.size1) if told else 0
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        try:
            told = subprocess.run(
                ["/bin/ps", "-o", "rss=", "-p", str(process)], capture_output=True, timeout=5, check=False
            ).stdout
            return int(told.strip() or 0) * 1024
        except (OSError, ValueError, subprocess.SubprocessError):
            return 0
