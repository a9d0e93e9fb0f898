"""TCP sockets over netlink: the same as ``/proc/net/tcp`` shows, and asked only where nothing has to be loaded."""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import socket_diag, socket_table
from rempart_agent.source.contract import Malformed, SourceError
from rempart_agent.targets.live import LiveTarget

Machine = Callable[..., RecordedTarget]

TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LINE = (
    "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0\n"
)
READY = {"/sys/module/tcp_diag/refcnt": "0\n", "/sys/module/inet_diag/refcnt": "1\n"}


def _answer(*sockets: tuple[int, int, str, int, int]) -> str:
    """Return a dump of family, state, address, port and inode (struct inet_diag_msg of linux/inet_diag.h)."""
    data = b""
    for family, state, address, port, inode in sockets:
        here = socket.inet_pton(family, address).ljust(16, b"\0")
        body = struct.pack("=BBBB", family, state, 0, 0) + struct.pack(">HH", port, 0) + here + bytes(16)
        body += struct.pack("=III", 0, 0, 0) + struct.pack("=IIIII", 0, 0, 128, 0, inode)
        data += struct.pack("=IHHII", 16 + len(body), 20, 2, 1, 0) + body
    data += struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)
    return base64.b64encode(data).decode("ascii")


ANSWERS = {
    "tcp sockets": [_answer((2, 10, "127.0.0.1", 22, 7)), _answer((10, 10, "fe80::1", 443, 8), (10, 6, "::", 80, 0))]
}


def _machine(machine_of: Machine, files: dict[str, str], answers: dict[str, Any] | None = None) -> RecordedTarget:
    target = machine_of(
        {"/proc/sys/kernel/modprobe": "/sbin/modprobe\n", "/proc/9/net/tcp": TCP + LINE, **files}, answers
    )
    for pid, number in (("self", 1), ("9", 1), ("10", 2)):
        link = Path(target.root) / "proc" / pid / "ns" / "net"
        link.parent.mkdir(parents=True)
        link.symlink_to(f"net:[{number}]")
    return target


def _inodes(target: RecordedTarget, *pids: str) -> list[tuple[str, int, str, int, str]]:
    found = socket_table.read(target, pids or ["9"])
    return [(one.inode, one.family, *one.local, one.state) for one in found]


def test_the_kernel_is_asked_where_its_modules_are_loaded(machine_of: Machine) -> None:
    assert _inodes(_machine(machine_of, READY, ANSWERS)) == [
        ("7", 2, "127.0.0.1", 22, "LISTEN"),
        ("8", 10, "fe80::1", 443, "LISTEN"),
        ("0", 10, "::", 80, "TIME_WAIT"),
    ]


@pytest.mark.parametrize("helper", ["\n", None], ids=["no helper", "a kernel without modules"])
def test_the_kernel_is_asked_where_it_loads_nothing(machine_of: Machine, helper: str | None) -> None:
    target = _machine(machine_of, {"/proc/sys/kernel/modprobe": helper or ""}, ANSWERS)
    if helper is None:
        (Path(target.root) / "proc/sys/kernel/modprobe").unlink()
    assert [row[0] for row in _inodes(target)] == ["7", "8", "0"]


@pytest.mark.parametrize("loaded", [{}, {"/sys/module/inet_diag/refcnt": "1\n"}], ids=["neither", "one of the two"])
def test_nothing_is_loaded_for_it(machine_of: Machine, loaded: dict[str, str]) -> None:
    assert [row[0] for row in _inodes(_machine(machine_of, loaded))] == ["41"]  # to ask would be a KeyError


def test_another_namespace_and_a_refusal_are_read_in_files(machine_of: Machine) -> None:
    other = {"/proc/10/net/tcp": TCP + LINE.replace(" 41 ", " 42 ")}
    assert [row[0] for row in _inodes(_machine(machine_of, {**READY, **other}, ANSWERS), "9", "10")] == [
        *("7", "8", "0"),
        "42",
    ]


def test_a_refusal_is_no_empty_answer(machine_of: Machine) -> None:
    target = _machine(machine_of, READY, {"tcp sockets": SourceError("netlink: Invalid argument")})
    assert [row[0] for row in _inodes(target)] == ["41"]


def test_an_answer_that_is_none_is_an_error() -> None:
    data = struct.pack("=IHHII", 16 + 60, 20, 2, 1, 0) + bytes(60)
    with pytest.raises(Malformed):
        list(socket_diag.parse(data))


def test_this_machine_shows_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    number = os.readlink("/proc/self/ns/net")[5:-1]
    with socket.socket() as four, socket.socket(socket.AF_INET6) as six:
        four.bind(("127.0.0.1", 0))
        six.bind(("::", 0))
        four.listen()
        six.listen()
        with (
            socket.create_connection(four.getsockname()) as one,
            socket.create_connection(("127.0.0.1", six.getsockname()[1])) as two,
        ):
            ports = {end.getsockname()[1] for end in (four, six, one, two)}

            def look() -> list[socket_table.Socket]:
                found = socket_table._sockets_of_one(LiveTarget(), "self", number)
                return sorted(sock for sock in found if sock.local[1] in ports and sock.protocol == 6)

            asked = look()
            monkeypatch.setattr(socket_diag, "is_ready", lambda _target: False)
            assert look() == asked
    assert {sock.state for sock in asked} == {"LISTEN", "ESTABLISHED"}
    assert len(asked) >= 4
