"""Tables routes and arp_cache: the kernel's own answers, and what a damaged one makes of them."""

from __future__ import annotations

import base64
import socket
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import arp_cache, routes
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
ANY = ".".join("0000")
ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
192.0.2.9        0x1         0x6         02:FC:00:00:00:09     *        eth0
"""


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, kind) + value + b"\0" * (-len(value) % 4)


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", len(body) + 16, kind, 0, 1, 0) + body


def route(family: int, length: int, *attributes: bytes, kind: int = 1) -> bytes:
    return message(24, struct.pack("=BBBBBBBBI", family, length, 0, 0, 254, 3, 0, kind, 0) + b"".join(attributes))


def v4(text: str) -> bytes:
    return socket.inet_aton(text)


LINK = message(16, struct.pack("=BBHiII", 0, 0, 1, 2, 0, 0) + attribute(3, b"eth0\0"))


def answers(*messages: bytes) -> dict[str, str]:
    parts = {"links": LINK, "routes": b"".join(messages)}
    return {name: base64.b64encode(data).decode() for name, data in parts.items()}


def test_a_route_is_told_in_osquerys_words(machine_of: Machine) -> None:
    said = answers(
        route(2, 0, attribute(5, v4("192.0.2.1")), attribute(4, struct.pack("=I", 2)), attribute(6, b"\x64\0\0\0")),
        route(2, 24, attribute(1, v4("192.0.2.0")), attribute(7, v4("192.0.2.2")), attribute(4, b"\2\0\0\0"), kind=2),
        route(10, 0, attribute(8, attribute(2, struct.pack("=I", 1400)))),
    )
    first, second, third = routes.rows(machine_of({}, {"routes": said}), Query())
    assert (first["destination"], first["netmask"], first["gateway"]) == (ANY, 0, "192.0.2.1")
    assert (first["interface"], first["metric"], first["type"]) == ("eth0", 100, "gateway")
    assert (second["destination"], second["source"], second["type"]) == ("192.0.2.0", "192.0.2.2", "local")
    assert (third["destination"], third["mtu"]) == ("::", 1400)


def test_each_way_of_a_route_is_a_row(machine_of: Machine) -> None:
    ways = b""
    for gateway in ("192.0.2.1", "192.0.2.3"):
        inside = attribute(5, v4(gateway))
        ways += struct.pack("=HBBi", 8 + len(inside), 0, 0, 2) + inside
    found = list(routes.rows(machine_of({}, {"routes": answers(route(2, 0, attribute(9, ways)))}), Query()))
    assert [row["gateway"] for row in found] == ["192.0.2.1", "192.0.2.3"]


def test_the_kernel_here_has_the_routes_that_ip_lists() -> None:
    try:
        said = subprocess.run(["ip", "-4", "route"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs ip(8)")
    target = LiveTarget()
    found = {str(row["destination"]) for row in routes.rows(target, Query())}
    target.close()
    listed = {line.split()[0].partition("/")[0] for line in said.splitlines()}
    assert listed - {"default"} <= found
    assert ANY in found or "default" not in listed


def test_neighbours_and_those_set_by_hand(machine_of: Machine) -> None:
    found = list(arp_cache.rows(machine_of({"/proc/1/net/arp": ARP}), Query()))
    assert [(row["address"], row["mac"], row["permanent"]) for row in found] == [
        ("192.0.2.1", "02:fc:00:00:00:05", "0"),
        ("192.0.2.9", "02:FC:00:00:00:09", "1"),
    ]


def test_what_can_not_be_read_is_never_an_empty_answer(machine_of: Machine, tmp_path: Path) -> None:
    for table in (routes, arp_cache):
        with pytest.raises(NotObservable):
            list(table.rows(RootTarget(str(tmp_path)), Query()))
    with pytest.raises(Missing):
        list(arp_cache.rows(machine_of({"/proc/": ""}), Query()))
    with pytest.raises(Malformed):
        list(arp_cache.parse("head\n192.0.2.1 0x1\n"))
    with pytest.raises(Malformed):
        list(routes.parse(answers(route(2, 24, attribute(1, b"\1\2")))))


@given(data=st.binary(max_size=200))
def test_any_answer_is_rows_or_an_error_of_ours(data: bytes) -> None:
    whole: Any = answers(data)
    for found in (
        outcome(lambda: routes.parse(whole)),
        outcome(lambda: arp_cache.parse(data.decode("latin-1"))),
    ):
        assert isinstance(found, SourceError) or all(row["interface"] is not None for row in found)
