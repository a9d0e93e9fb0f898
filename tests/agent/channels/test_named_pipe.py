"""Named pipes, on a stand-in of Windows: what a deadline, a closed pipe and a stranger's pipe come to."""

from __future__ import annotations

import time
from typing import Any

import pytest

from rempart_agent.channels import named_pipe
from rempart_agent.channels.stream import Expired, Gone, Refused


class Operation:
    event = object()

    def __init__(self, data: bytes, moved: int) -> None:
        self._data = data
        self._moved = moved
        self.cancelled = False

    def getbuffer(self) -> bytes:
        return self._data

    def cancel(self) -> None:
        self.cancelled = True

    def GetOverlappedResult(self, wait: bool) -> tuple[int, int]:  # noqa: N802 - Windows' own name
        return self._moved, 0


class Windows:
    """The calls of ``_winapi`` that are used."""

    GENERIC_READ = GENERIC_WRITE = NULL = OPEN_EXISTING = FILE_FLAG_OVERLAPPED = 0
    ERROR_IO_PENDING, WAIT_OBJECT_0, WAIT_TIMEOUT = 997, 0, 258

    def __init__(self) -> None:
        self.answer = b"hello"
        self.pending = False
        self.waited = self.WAIT_OBJECT_0
        self.written: list[bytes] = []
        self.opening: list[int] = []
        self.closed = 0
        self.last = Operation(b"", 0)

    def CreateFile(self, *_: Any) -> int:  # noqa: N802
        if self.opening:
            error = OSError("no")
            error.winerror = self.opening.pop(0)  # type: ignore[attr-defined,unused-ignore]
            raise error
        return 7

    def ReadFile(self, handle: int, size: int, overlapped: bool) -> tuple[Operation, int]:  # noqa: N802
        self.last = Operation(self.answer[:size], len(self.answer[:size]))
        return self.last, self.ERROR_IO_PENDING if self.pending else 0

    def WriteFile(self, handle: int, data: bytes, overlapped: bool) -> tuple[Operation, int]:  # noqa: N802
        self.written.append(data[:3])
        return Operation(b"", len(data[:3])), 0

    def WaitForMultipleObjects(self, events: Any, every: bool, wait: int) -> int:  # noqa: N802
        return self.waited

    def CloseHandle(self, handle: int) -> None:  # noqa: N802
        self.closed += 1


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Windows:
    found = Windows()
    monkeypatch.setattr(named_pipe, "_winapi", lambda: found)
    monkeypatch.setattr(named_pipe, "_owner", lambda _handle: ("S-1-5-18", "S-1-5-21-1"))
    return found


def far() -> float:
    return time.monotonic() + 60


def test_bytes_go_both_ways(windows: Windows) -> None:
    stream = named_pipe.connect(r"\\.\pipe\osquery.em", far())
    assert stream.read(4) == b"hell"
    stream.write(b"abcdefg")
    assert b"".join(windows.written) == b"abcdefg"
    windows.pending = True
    assert stream.read(9) == b"hello"
    stream.close()
    stream.close()
    assert windows.closed == 1
    with pytest.raises(Gone):
        stream.read(1)


def test_a_deadline_ends_a_read_that_is_under_way(windows: Windows) -> None:
    stream = named_pipe.connect("x", far())
    windows.pending, windows.waited = True, windows.WAIT_TIMEOUT
    with pytest.raises(Expired):
        stream.read(1)
    assert windows.last.cancelled
    stream.until = 0
    with pytest.raises(Expired):
        stream.write(b"x")


def test_a_pipe_that_was_closed_is_gone(windows: Windows) -> None:
    stream = named_pipe.connect("x", far())
    windows.answer = b""
    with pytest.raises(Gone):
        stream.read(1)


def test_a_busy_pipe_is_waited_for_and_a_missing_or_forbidden_one_is_not(windows: Windows) -> None:
    windows.opening = [231, 231]
    assert named_pipe.connect("x", far()).read(1) == b"h"
    windows.opening = [231]
    with pytest.raises(Expired):
        named_pipe.connect("x", 0)
    windows.opening = [2]
    with pytest.raises(Gone):
        named_pipe.connect("x", far())
    windows.opening = [5]
    with pytest.raises(Refused):
        named_pipe.connect("x", far())


def test_a_pipe_of_a_stranger_is_refused(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_pipe, "_owner", lambda _handle: ("S-1-5-21-2", "S-1-5-21-1"))
    with pytest.raises(Refused, match="S-1-5-21-2"):
        named_pipe.connect("x", far())
    assert windows.closed == 1
    monkeypatch.setattr(named_pipe, "_owner", lambda _handle: ("", ""))
    with pytest.raises(Refused, match="an unknown owner"):
        named_pipe.connect("x", far())
    monkeypatch.setattr(named_pipe, "_owner", lambda _handle: ("S-1-5-21-1", "S-1-5-21-1"))
    assert named_pipe.connect("x", far()).peer() is None
