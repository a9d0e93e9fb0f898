"""Tables interface_addresses and interface_details, from answers of a real kernel (``recorded/interfaces.json``)."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import interface
from rempart_agent.source.contract import NotObservable, Query, SourceError
from rempart_agent.tables.linux import interface_addresses, interface_details
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "interfaces.json").read_text())
ONE = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def _ask(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


@pytest.mark.parametrize("table", [interface_addresses, interface_details])
def test_a_root_filesystem_has_no_interfaces(table: Any, tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(table, RootTarget(str(tmp_path)))


def test_addresses_as_the_c_library_lists_them(machine_of: Machine) -> None:
    rows = _ask(interface_addresses, machine_of({}, {"interfaces": RECORDED}))
    assert {row.pop("type") for row in rows} == {"unknown"}
    found = [
        (row["interface"], row["address"], row["mask"], row.get("broadcast"), row.get("point_to_point")) for row in rows
    ]
    assert found[:-1] == [
        ("lo", "127.0.0.1", "255.0.0.0", None, "127.0.0.1"),
        ("br77", "10.77.0.1", "255.255.255.0", "10.77.0.1", None),
        ("br77:1", "192.0.2.2", "255.255.255.0", "192.0.2.255", None),
        ("br77", "10.9.0.1", "255.255.255.255", "10.9.0.2", None),
        ("tun0", "10.8.0.1", "255.255.255.255", None, "10.8.0.2"),
        ("lo", "::1", ONE, None, None),
        ("br77", "fd01::1", ONE, "fd01::2", None),
        ("br77", "fd00::2", "ffff:ffff:ffff:ffff::", None, None),
    ]
    assert str(found[-1][1]).startswith("fe80::")
    assert str(found[-1][1]).endswith("%br77")


def test_details_of_interfaces(machine_of: Machine) -> None:
    device = "/sys/devices/pci0000:00/0000:00:03.0/virtio0"
    target = machine_of({device + "/": "", "/sys/class/net/br77/speed": "1000\n"}, {"interfaces": RECORDED})
    (Path(target.root) / "sys/class/net/br77/device").symlink_to(device)
    rows = {row["interface"]: row for row in _ask(interface_details, target)}
    assert rows["lo"]["mac"] == "00:00:00:00:00:00"
    assert (rows["lo"]["type"], rows["lo"]["mtu"], rows["lo"]["flags"]) == (4, 65536, 65609)
    assert (rows["lo"]["link_speed"], rows["lo"]["pci_slot"], rows["lo"]["last_change"]) == (0, "", -1)
    assert (rows["br77"]["link_speed"], rows["br77"]["pci_slot"]) == (1000, "0000:00:03.0")
    assert rows["br77"]["opackets"] > 0
    assert rows["tun0"]["mac"] == "00:00:00:00:00:00"
    assert set(rows["lo"]) == {c.name for c in interface_details.COLUMNS}


def test_this_machine_s_loopback() -> None:
    details = {row["interface"]: row for row in _ask(interface_details, LiveTarget())}
    assert sorted(details) == sorted(name for _, name in socket.if_nameindex())
    assert "127.0.0.1" in {row["address"] for row in _ask(interface_addresses, LiveTarget())}


@given(st.binary(), st.binary())
def test_any_answer_gives_rows_or_a_reason(links: bytes, addresses: bytes) -> None:
    answers = {"links": base64.b64encode(links).decode(), "addresses": base64.b64encode(addresses).decode()}
    assert isinstance(outcome(lambda: interface.parse_links(answers)), (SourceError, list))
    assert isinstance(outcome(lambda: interface.parse_addresses(answers)), (SourceError, list))


@given(st.data())
def test_a_garbled_answer_gives_rows_or_a_reason(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(RECORDED)))
    garbled = bytearray(base64.b64decode(RECORDED[name]))
    for _ in range(data.draw(st.integers(1, 6))):
        garbled[data.draw(st.integers(0, len(garbled) - 1))] = data.draw(st.integers(0, 255))
    answers = {**RECORDED, name: base64.b64encode(bytes(garbled)).decode()}
    found = outcome(lambda: interface.parse_addresses(answers))
    assert isinstance(found, SourceError) or all(row["address"] for row in found)
