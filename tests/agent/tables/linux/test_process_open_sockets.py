"""Table process_open_sockets: whose sockets they are, in every network namespace."""

from __future__ import annotations

from collections.abc import Callable

from rempart_testing.proc_files import ask_table, network_of
from rempart_testing.target import RecordedTarget

from rempart_agent.tables.linux import process_open_sockets

Machine = Callable[..., RecordedTarget]


def test_sockets_of_every_network_namespace(machine_of: Machine) -> None:
    rows = ask_table(process_open_sockets, network_of(machine_of))
    by_inode = {row["socket"]: row for row in rows}
    assert by_inode[1093688] == {
        "pid": 1000,
        "fd": 8,
        "socket": 1093688,
        "family": 2,
        "protocol": 6,
        "local_address": "127.0.0.18",
        "local_port": 22,
        "remote_address": "127.0.0.1",
        "remote_port": 44144,
        "path": "",
        "state": "ESTABLISHED",
        "net_namespace": "1",
    }
    assert (by_inode[900001]["pid"], by_inode[900001]["net_namespace"]) == (200, "2")
    assert (by_inode[0]["pid"], by_inode[0]["fd"], by_inode[0]["state"]) == (-1, -1, "TIME_WAIT")
    assert (by_inode[1676]["family"], by_inode[1676]["path"]) == (1, "/run/my app.sock")
    assert (by_inode[777]["family"], by_inode[777]["protocol"]) == (17, 3)
    assert len(rows) == 10  # a namespace that several processes share is read once


def test_ipv6_addresses_are_written_in_their_shortest_form(machine_of: Machine) -> None:
    addresses = {row["socket"]: row["local_address"] for row in ask_table(process_open_sockets, network_of(machine_of))}
    assert addresses[5005] == "fe80::fc:ff:fe00:1"
    assert addresses[5006] == "::"
    assert addresses[5007] == "::ffff:127.0.0.1"


def test_the_last_process_that_holds_a_socket_is_its_owner_as_in_osquery(machine_of: Machine) -> None:
    target = network_of(machine_of)
    (row,) = [r for r in ask_table(process_open_sockets, target) if r["socket"] == 347991]
    assert (row["pid"], row["fd"]) == (1000, 3)
    (row,) = ask_table(process_open_sockets, target, pid="100")
    assert (row["pid"], row["fd"], row["socket"]) == (100, 7, 347991)


def test_a_process_that_is_not_there_has_no_sockets(machine_of: Machine) -> None:
    assert ask_table(process_open_sockets, network_of(machine_of), pid="4242") == []
