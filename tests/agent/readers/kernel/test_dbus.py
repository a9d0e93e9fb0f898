"""The bus that systemd answers on: what it says, what it refuses, and what breaks off."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.units import GONE, SSH

from rempart_agent.readers.kernel import dbus
from rempart_agent.source.contract import Denied, Malformed, Missing, SourceError
from rempart_agent.tables.linux import systemd_units

# The bus.


def _pack(units: list[list[Any]]) -> bytes:
    body = b""
    for unit in units:
        body += bytes(-len(body) % 8)
        for value in unit:
            body += bytes(-len(body) % 4)
            if isinstance(value, int):
                body += value.to_bytes(4, "little")
            else:
                body += len(value.encode()).to_bytes(4, "little") + value.encode() + b"\0"
    return len(body).to_bytes(4, "little") + bytes(4) + body


def _answer(serial: int, body: bytes, kind: int = 2, error: str = "") -> bytes:
    fields = bytes((5, 1)) + b"u\0" + serial.to_bytes(4, "little")
    fields += bytes((8, 1)) + b"g\0" + bytes((11,)) + b"a(ssssssouso"[:11] + b"\0"
    if error:
        fields += (
            bytes(-len(fields) % 8) + bytes((4, 1)) + b"s\0" + len(error).to_bytes(4, "little") + error.encode() + b"\0"
        )
    head = b"l" + bytes((kind, 0, 1)) + len(body).to_bytes(4, "little") + bytes(4) + len(fields).to_bytes(4, "little")
    return head + fields + bytes(-len(fields) % 8) + body


def _serve(path: str, answer: bytes = b"", greeting: bytes = b"OK 1234\r\n") -> threading.Thread:
    """Greet one caller on a socket and answer what it asks first."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()

    def talk() -> None:
        with server, server.accept()[0] as caller:
            said = b""
            while not said.endswith(b"\r\n"):
                said += caller.recv(100)
            # BEGIN comes with the greeting: systemd forgets a message that it reads in one go with a late one
            user = str(os.geteuid()).encode().hex().encode()
            assert said == b"\0AUTH EXTERNAL " + user + b"\r\nBEGIN\r\n"
            caller.sendall(greeting)
            said = b""
            if not caller.recv(4096):
                return
            caller.sendall(answer)

    thread = threading.Thread(target=talk)
    thread.start()
    return thread


def _call(path: str, timeout: float = 5.0) -> list[list[Any]]:
    with dbus.Bus(path, timeout) as bus:
        return dbus.parse_units(bus.call("org.freedesktop.systemd1", *systemd_units._MANAGER))


def test_units_over_a_bus(tmp_path: Path) -> None:
    path = str(tmp_path / "bus")
    signal = _answer(99, b"", kind=4)
    thread = _serve(path, signal + _answer(1, _pack([SSH, GONE])))
    assert _call(path) == [SSH, GONE]
    thread.join()


def test_no_units_over_a_bus() -> None:
    assert dbus.parse_units(_pack([])) == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [("org.freedesktop.DBus.Error.AccessDenied", Denied), ("org.freedesktop.DBus.Error.Failed", SourceError)],
)
def test_a_refusal_over_a_bus(tmp_path: Path, error: str, kind: type) -> None:
    path = str(tmp_path / "bus")
    thread = _serve(path, _answer(1, b"", kind=3, error=error))
    with pytest.raises(kind, match=error):
        _call(path)
    thread.join()


def test_nobody_on_the_bus(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        _call(str(tmp_path / "none"))


def test_a_bus_that_does_not_let_this_user_in(tmp_path: Path) -> None:
    path = str(tmp_path / "bus")
    thread = _serve(path, greeting=b"REJECTED EXTERNAL\r\n")
    with pytest.raises(Denied):
        _call(path)
    thread.join()


@pytest.mark.parametrize("answer", [b"", _answer(1, _pack([SSH]))[:40], b"B" + bytes(15)])
def test_a_bus_that_breaks_off_is_an_error(tmp_path: Path, answer: bytes) -> None:
    path = str(tmp_path / "bus")
    thread = _serve(path, answer)
    with pytest.raises(SourceError):
        _call(path)
    thread.join()


def test_a_bus_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "bus"))
        server.listen()
        with pytest.raises(SourceError, match="in time"):
            _call(str(tmp_path / "bus"), timeout=0.05)


@pytest.mark.parametrize("cut", [1, 10, 60, 100])
def test_a_cut_off_list_is_an_error_not_a_shorter_one(cut: int) -> None:
    with pytest.raises(Malformed):
        dbus.parse_units(_pack([SSH, GONE])[:-cut])


@given(st.binary())
def test_any_answer_gives_units_or_a_reason(data: bytes) -> None:
    for content in (data, len(data).to_bytes(4, "little") + bytes(4) + data):
        assert isinstance(outcome(lambda content=content: dbus.parse_units(content)), (SourceError, list))  # type: ignore[misc]
    assert isinstance(outcome(lambda: [dbus.parse_fields(data)]), (SourceError, list))
