"""Table intel_me_info: the firmware of Intel's Management Engine."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import intel_me_info

MachineOf = Callable[..., RecordedTarget]
# struct mei_version of osquery's intel_me.hpp: seven words, then major, minor, hotfix, build and more
ANSWER = struct.pack("<7I14H", *range(7), 11, 8, 65, 3590, *range(10))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Return the engine's end of what the table takes for the device."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    real = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more: os.dup(theirs.fileno()) if path == "/dev/mei0" else real(path, *more)
    )
    monkeypatch.setattr(fcntl, "ioctl", lambda _fd, request, client: _connect(request, client))
    yield ours
    ours.close()
    theirs.close()


def _connect(request: int, client: bytes) -> bytes:
    assert (request, len(client)) == (0xC0104801, 16)
    return struct.pack("<IB", 512, 1) + bytes(11)


def test_the_version_is_told(machine_of: MachineOf) -> None:
    machine = machine_of({}, {"intel_me_info": ANSWER})
    assert list(intel_me_info.rows(machine, Query())) == [{"version": "11.8.65.3590"}]


def test_the_engine_is_asked_by_one_request(engine: socket.socket) -> None:
    engine.send(ANSWER)
    assert intel_me_info.parse(intel_me_info.ask()) == "11.8.65.3590"
    assert engine.recv(100) == bytes(4)


def test_an_engine_that_stays_silent_is_an_error(engine: socket.socket) -> None:
    assert engine
    with pytest.raises(SourceError, match="no answer in time"):
        intel_me_info.query_device("/dev/mei0", 0.01)


def test_another_protocol_is_not_spoken(engine: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "ioctl", lambda *_: struct.pack("<IB", 512, 2) + bytes(11))
    with pytest.raises(Malformed):
        intel_me_info.ask()
    engine.setblocking(False)
    with pytest.raises(BlockingIOError):  # it was sent nothing
        engine.recv(1)


def test_no_engine_raises(tmp_path: Path, machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing):
        intel_me_info.query_device(str(tmp_path / "absent"))

    def refuse(*_: object) -> int:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Denied):
        intel_me_info.ask()
    machine = machine_of({}, {})
    machine.live = False
    with pytest.raises(NotObservable):
        list(intel_me_info.rows(machine, Query()))


@given(st.binary())
def test_any_answer_is_taken_or_refused(answer: bytes) -> None:
    try:
        assert intel_me_info.parse(answer).count(".") == 3
    except Malformed:
        assert len(answer) != len(ANSWER)
