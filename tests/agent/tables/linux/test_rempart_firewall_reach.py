"""Table rempart_firewall_reach: real rule sets, recorded from a kernel that had loaded them.

The rules of Docker are those of libnetwork/iptables of moby 28, those of fail2ban its action.d/nftables.conf, those of
libvirt its network_nftables.c; of ufw and firewalld what they had loaded on Debian 13.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.models.firewall import alike, packet, ranges, reach, ruleset
from rempart_agent.models.firewall.ruleset import Base, Chain, Expression, Ruleset, Verdict
from rempart_agent.readers.kernel import firewall_host, legacy_ruleset, nft_ruleset
from rempart_agent.source.contract import Constraint, Denied, Malformed, NotObservable, Query, SourceError
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_firewall_reach as table
from rempart_agent.targets.root import RootTarget

RECORDED = Path(__file__).parents[1] / "recorded"
Machine = Callable[..., RecordedTarget]
ETH0 = packet.Interface(
    "eth0", 2, addresses={"ip": (0xC000020A,), "ip6": (1,)}, networks={"ip": ((0xC0000200, 0xC00002FF),)}
)


def _read(name: str) -> Any:
    return json.loads((RECORDED / name).read_text())


def _rows(machine_of: Machine, *directions: str, **answers: Any) -> list[dict[str, Any]]:
    given = {"nftables": {}, "iptables": [], "ip6tables": [], "firewall_host": _read("firewall-host.json"), **answers}
    query = Query(constraints=(Constraint("direction", "=", directions),)) if directions else Query()
    return [dict(row) for row in table.rows(machine_of({}, given), query)]


def _let(rows: list[dict[str, Any]], **wanted: str) -> set[tuple[str, int, int]]:
    return {
        (row["protocol"], row["port_from"], row["port_to"])
        for row in rows
        if row["verdict"] != "refused" and row["port_from"] and all(row[k] == v for k, v in wanted.items())
    }


def test_without_rules_everything_comes_in(machine_of: Machine) -> None:
    rows = _rows(machine_of, "in")
    assert {row["verdict"] for row in rows} == {"accepted"}
    assert {(r["family"], r["protocol"], r["interface"]) for r in rows} == {
        (f, p, i) for f in ("ip", "ip6") for p in reach.PROTOCOLS for i in ("eth0", "docker0", "virbr0")
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nftables-ufw.json", {("tcp", 22, 22), ("tcp", 80, 80), ("tcp", 443, 443)}),
        ("nftables-firewalld.json", {("tcp", 22, 22), ("tcp", 443, 443), ("udp", 546, 546)}),
    ],
)
def test_the_firewalls_of_distributions_are_understood(
    machine_of: Machine, name: str, expected: set[tuple[str, int, int]]
) -> None:
    rows = _rows(machine_of, "in", nftables=_read(name))
    assert None not in {row["verdict"] for row in rows}
    assert _let(rows) <= expected
    assert ("tcp", 22, 22) in _let(rows, family="ip6")


def test_the_jail_of_fail2ban_refuses_whom_it_banned_and_no_others(machine_of: Machine) -> None:
    rows = _rows(machine_of, "in", nftables=_read("nftables-fail2ban.json"))
    banned = [r for r in rows if r["verdict"] == "refused"]
    assert {(r["port_from"], r["port_to"]) for r in banned} == {(22, 22)}
    assert {r["source"] for r in banned if r["interface"] == "eth0"} == {
        *("203.0.113.5/32", "203.0.113.77/32", "198.51.100.9/32", "2001:db8:9::5/128")
    }
    assert None not in {row["verdict"] for row in rows}


def test_libvirt_lets_its_guests_out_and_nobody_in_to_them(machine_of: Machine) -> None:
    rows = _rows(machine_of, "through", nftables=_read("nftables-libvirt.json"))
    assert None not in {row["verdict"] for row in rows}
    inwards = [r for r in rows if r["interface"] == "eth0" and r["family"] == "ip" and r["verdict"] == "refused"]
    assert {r["rule"] for r in inwards} == {"ip libvirt_network guest_input rule 2"}


@pytest.mark.parametrize("legacy", [False, True])
def test_a_published_port_of_docker_is_forwarded_with_its_target(machine_of: Machine, legacy: bool) -> None:
    answers = _read("iptables-docker.json") if legacy else {"nftables": _read("nftables-docker.json")}
    rows = _rows(machine_of, "in", "through", **answers)
    published = [r for r in rows if r["direction"] == "in" and r["verdict"] == "forwarded"]
    assert {(r["interface"], r["port_from"], r["port_to"], r["target"]) for r in published} == {
        *(("eth0", 15432, 15432, "172.17.0.2:5432"), ("virbr0", 15432, 15432, "172.17.0.2:5432"))
    }  # that of the loopback is not published
    assert not _let(rows, direction="through", interface="eth0", family="ip")  # neighbours do not get to containers
    assert None not in {row["verdict"] for row in rows}


def test_legacy_tables_of_ipv6_are_read(machine_of: Machine) -> None:
    rows = _rows(machine_of, "in", **_read("iptables-docker.json"))
    assert _let(rows, family="ip6") == {("tcp", 22, 22)}


def test_only_the_directions_that_are_asked_for_are_walked(machine_of: Machine) -> None:
    assert {row["direction"] for row in _rows(machine_of, "out")} == {"out"}
    assert {row["direction"] for row in _rows(machine_of)} == set(reach.DIRECTIONS)


def test_the_kernel_is_asked_once_for_all_directions(machine_of: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    target = machine_of(
        {}, {"nftables": {}, "iptables": [], "ip6tables": [], "firewall_host": _read("firewall-host.json")}
    )
    asked: list[str] = []
    real = target.ask
    monkeypatch.setattr(target, "ask", lambda name, question: asked.append(name) or real(name, question))
    for direction in reach.DIRECTIONS:
        list(table.rows(target, Query(constraints=(Constraint("direction", "=", (direction,)),))))
    assert sorted(asked) == ["firewall_host", "ip6tables", "iptables", "nftables"]


def test_what_is_shared_gets_old_in_a_process_that_lives_on() -> None:
    target = Target()
    made: list[int] = []
    make = lambda: made.append(1) or len(made)  # noqa: E731
    assert [target.shared("x", make), target.shared("x", make)] == [1, 1]
    target.keeps = -1.0
    assert target.shared("x", make) == 2


@pytest.mark.parametrize("name", ["nftables", "iptables", "ip6tables", "firewall_host"])
def test_a_source_that_may_not_be_read_is_no_open_firewall(machine_of: Machine, name: str) -> None:
    with pytest.raises(Denied):
        _rows(machine_of, "in", **{name: Denied("not root")})


def test_a_root_filesystem_has_no_firewall_that_runs(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        list(table.rows(RootTarget(str(tmp_path)), Query()))


@pytest.mark.parametrize("name", ["nftables", "firewall_host"])
@given(data=st.data())
def test_a_garbled_answer_gives_rows_or_a_reason(name: str, data: st.DataObject) -> None:
    answers = _read("nftables-docker.json" if name == "nftables" else "firewall-host.json")
    keys = sorted(k for k, v in answers.items() if isinstance(v, str))
    key = data.draw(st.sampled_from(keys))
    garbled = bytearray(base64.b64decode(answers[key]))
    for _ in range(data.draw(st.integers(1, 6))):
        garbled[data.draw(st.integers(0, len(garbled) - 1))] = data.draw(st.integers(0, 255))
    answers[key] = base64.b64encode(bytes(garbled)).decode()
    parse: Callable[[Any], Any] = nft_ruleset.parse if name == "nftables" else firewall_host.parse

    def rows() -> list[Any]:
        made = parse(answers)
        host = made if name == "firewall_host" else packet.Host((ETH0,))
        return list(reach.rows_of(made if name == "nftables" else Ruleset({}, {}), host, "in"))

    assert isinstance(outcome(rows), (SourceError, list))


@given(st.binary(), st.binary())
def test_any_legacy_answer_gives_chains_or_a_reason(info: bytes, entries: bytes) -> None:
    answer = {"info": base64.b64encode(info).decode(), "entries": base64.b64encode(entries).decode()}
    found = outcome(lambda: [legacy_ruleset.parse("ip6", "filter", answer)])
    assert isinstance(found, (SourceError, list))


def test_a_jump_into_the_middle_of_a_chain_is_an_error() -> None:
    with pytest.raises(Malformed):
        legacy_ruleset.parse("ip", "filter", {"info": "", "entries": ""})


def _judged(*rules: tuple[Expression, ...], policy: str = "drop", face: packet.Interface = ETH0) -> set[Any]:
    chains = {("inet", "f", "input"): Chain(rules, Base("input", 0, policy=policy))}
    host = packet.Host((face,))
    return {r.verdict for r in reach.rows_of(Ruleset(chains, {}), host, "in") if r.protocol == "tcp"}


ACCEPT = Expression("immediate", {1: b"\0\0\0\0", 2: Verdict("accept")})
DROP = Expression("immediate", {1: b"\0\0\0\0", 2: Verdict("drop")})


def test_what_is_not_known_leaves_no_answer_but_where_both_ways_lead_to_it() -> None:
    newfangled = Expression("newfangled", {})
    socket = Expression("socket", {1: b"\0\0\0\1"})  # it loads and breaks off, no more
    compared = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\1"})
    assert _judged((newfangled, ACCEPT)) == {None}
    assert _judged((socket, compared, ACCEPT)) == {None}
    assert _judged((socket, compared, DROP)) == {"refused"}
    assert _judged((socket, compared, ACCEPT), (ACCEPT,)) == {"accepted"}


def test_a_limit_goes_both_ways_and_the_way_in_counts() -> None:
    limit = Expression("limit", {})
    assert _judged((limit, ACCEPT)) == {"accepted"}
    assert _judged((limit, DROP), (ACCEPT,)) == {"accepted"}
    assert _judged((limit, DROP)) == {"refused"}


def test_an_extension_header_goes_around_a_rule_that_asks_for_the_next_header() -> None:
    """ip6 nexthdr names the first header alone: a packet with destination options gets past such a drop."""
    header = Expression("payload", {1: b"\0\0\0\1", 2: b"\0\0\0\1", 3: b"\0\0\0\6", 4: b"\0\0\0\1"})
    is_tcp = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\6"})
    is_udp = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\x11"})
    for rules, expected in (
        (((header, is_tcp, DROP), (ACCEPT,)), "accepted"),
        (((header, is_tcp, ACCEPT),), "accepted"),
        (((header, is_udp, ACCEPT),), "refused"),
    ):
        chains = {("ip6", "f", "input"): Chain(rules, Base("input", 0, policy="drop"))}
        rows = reach.rows_of(Ruleset(chains, {}), packet.Host((ETH0,)), "in", ("tcp",))
        assert {r.verdict for r in rows if r.family == "ip6"} == {expected}


def test_a_queue_is_not_judged() -> None:
    assert _judged((Expression("queue", {}),)) == {None}


def test_a_set_that_packets_change_lets_in() -> None:
    lookup = Expression("lookup", {1: b"knocked\0", 2: b"\0\0\0\1"})
    source = Expression("payload", {1: b"\0\0\0\1", 2: b"\0\0\0\1", 3: b"\0\0\0\x0c", 4: b"\0\0\0\4"})
    chains = {("ip", "f", "input"): Chain(((source, lookup, ACCEPT),), Base("input", 0, policy="drop"))}
    sets = {("ip", "f", "knocked"): ruleset.Set((), 4, dynamic=True)}
    rows = reach.rows_of(Ruleset(chains, sets), packet.Host((ETH0,)), "in")
    assert {r.verdict for r in rows if (r.family, r.protocol) == ("ip", "tcp")} == {"accepted"}


def test_a_program_before_the_firewall_leaves_no_answer() -> None:
    assert _judged((DROP,), face=ETH0._replace(why="an XDP program decides first")) == {None}


def test_a_family_that_is_switched_off_is_refused() -> None:
    rows = reach.rows_of(Ruleset({}, {}), packet.Host((ETH0._replace(off=("ip6",)),)), "in")
    assert {(r.family, r.verdict) for r in rows} == {("ip", "accepted"), ("ip6", "refused")}


LAN: ranges.Ranges = ((0xC0000200, 0xC00002FF),)
LINK: ranges.Ranges = ((0xFE80 << 112, (0xFE80 << 112) + (1 << 64) - 1),)
ALL_BUT_LAN = ranges.subtract(packet.everything("ip"), LAN)
LOCAL = ETH0._replace(networks={"ip": LAN, "ip6": LINK}, routes={"ip": LAN, "ip6": LINK})
BRIDGE = packet.Interface(
    "docker0", 3, addresses=LOCAL.addresses, networks={"ip6": LINK}, routes={"ip6": LINK}, bridge=True
)


def _sent(rules: tuple[Expression, ...], *faces: packet.Interface) -> dict[tuple[str, str], float]:
    """Return by family and interface how many TCP ports can be reached, each by the part of all addresses."""
    chains = {("inet", "f", "output"): Chain((rules,), Base("output", 0, policy="drop"))} if rules else {}
    found: dict[tuple[str, str], float] = {}
    for row in reach.rows_of(Ruleset(chains, {}), packet.Host(faces), "out", ("tcp",)):
        part = row.source_share * (row.port_to - row.port_from + 1) if row.verdict != "refused" else 0
        found[row.family, row.interface] = found.get((row.family, row.interface), 0) + part
    return found


def test_a_machine_without_a_default_route_is_judged_by_its_filter() -> None:
    assert {round(n) for n in _sent((), LOCAL).values()} == {65535}
    assert {round(n) for n in _sent((DROP,), LOCAL).values()} == {0}


def test_a_default_route_that_is_missing_is_taken_to_lead_where_that_of_the_other_family_does() -> None:
    """A rule for the machine's own containers opens no way to the outside."""
    led = LOCAL._replace(routes={"ip": ranges.union(LAN, ALL_BUT_LAN), "ip6": LINK})
    to_containers = (
        Expression("meta", {1: b"\0\0\0\1", 2: b"\0\0\0\7"}),
        Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"docker0".ljust(16, b"\0")}),
        ACCEPT,
    )
    for face in (led, LOCAL):
        assert {round(n) for n in _sent(to_containers, face, BRIDGE).values()} == {0}
        assert round(_sent((), face, BRIDGE)["ip6", "eth0"]) == 65535


def test_rules_without_an_end_stop_with_no_answer() -> None:
    """A ruleset that parts packets in too many boxes is not followed for good."""
    port = Expression("payload", {1: b"\0\0\0\1", 2: b"\0\0\0\2", 3: b"\0\0\0\2", 4: b"\0\0\0\2"})
    source = Expression("payload", {1: b"\0\0\0\2", 2: b"\0\0\0\1", 3: b"\0\0\0\x0c", 4: b"\0\0\0\4"})
    rules = []
    for n in range(1, 100):
        low = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\2", 3: (n * 150).to_bytes(2, "big")})
        high = Expression("cmp", {1: b"\0\0\0\2", 2: b"\0\0\0\2", 3: (n * 9_999_991).to_bytes(4, "big")})
        mark = Expression("meta", {2: b"\0\0\0\3", 3: b"\0\0\0\3"})
        value = Expression("immediate", {1: b"\0\0\0\3", 2: n.to_bytes(4, "big")})
        rules.append((port, low, source, high, value, mark))
    chains = {("ip", "f", "input"): Chain(tuple(rules), Base("input", 0))}
    rows = [r for r in reach.rows_of(Ruleset(chains, {}), packet.Host((ETH0,)), "in") if r.family == "ip"]
    assert {r.verdict for r in rows} <= {None, "accepted"}


def _of_an_address(address: int, port: int, verdict: Expression) -> tuple[Expression, ...]:
    """As nft writes ``ip saddr A tcp dport P counter VERDICT`` in a table of the family ip."""
    return (
        Expression("payload", {1: b"\0\0\0\1", 2: b"\0\0\0\1", 3: b"\0\0\0\x0c", 4: b"\0\0\0\4"}),
        Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: address.to_bytes(4, "big")}),
        Expression("meta", {1: b"\0\0\0\1", 2: b"\0\0\0\x10"}),
        Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\6"}),
        Expression("payload", {1: b"\0\0\0\1", 2: b"\0\0\0\2", 3: b"\0\0\0\2", 4: b"\0\0\0\2"}),
        Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: port.to_bytes(2, "big")}),
        Expression("counter", {1: address.to_bytes(8, "big")}),
        verdict,
    )


def _input(rules: list[tuple[Expression, ...]]) -> list[reach.Row]:
    chains = {("ip", "f", "input"): Chain(tuple(rules), Base("input", 0, policy="drop"))}
    return [r for r in reach.rows_of(Ruleset(chains, {}), packet.Host((ETH0,)), "in", ("tcp",)) if r.family == "ip"]


def test_a_thousand_addresses_each_with_a_port_of_its_own_are_decided() -> None:
    """One by one they would part the packets in more boxes than are followed."""
    rows = _input([_of_an_address(0x0B000000 + 7 * n, 1000 + n, ACCEPT) for n in range(1000)])
    assert None not in {r.verdict for r in rows}
    let = {(r.source, r.port_from, r.port_to) for r in rows if r.verdict == "accepted"}
    assert let == {(f"11.0.{7 * n >> 8}.{7 * n & 255}/32", 1000 + n, 1000 + n) for n in range(1000)}
    assert {r.rule for r in rows if r.verdict == "accepted"} == {"ip f input rule 1 and 999 more like it"}


@given(
    st.lists(
        st.tuples(st.sampled_from((1, 2, 3, 9)), st.sampled_from((22, 80, 443)), st.booleans()),
        min_size=alike.LEAST,
        max_size=40,
    )
)
def test_many_rules_of_one_form_say_what_the_first_that_fits_says(rules: list[tuple[int, int, bool]]) -> None:
    expected: dict[tuple[int, int], str] = {}
    for address, port, lets in rules:
        expected.setdefault((address, port), "accepted" if lets else "refused")
    rows = _input([_of_an_address(a, p, ACCEPT if lets else DROP) for a, p, lets in rules])
    let = {
        (a, p)
        for a in (1, 2, 3, 9)
        for p in (22, 80, 443)
        for r in rows
        if r.verdict == "accepted" and r.port_from <= p <= r.port_to and _holds(r.source, a)
    }
    assert let == {key for key, verdict in expected.items() if verdict == "accepted"}


def _holds(source: str, address: int) -> bool:
    whole, _, others = source.partition(" but ")
    one = ipaddress.ip_address(address)
    return one in ipaddress.ip_network(whole) and not any(
        one in ipaddress.ip_network(other) for other in others.split(", ") if other
    )


_RANGES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 6)), max_size=60).map(
    lambda pairs: ranges.make((low, low + more) for low, more in pairs)
)


@given(_RANGES, _RANGES)
def test_ranges_are_sets_of_numbers(one: ranges.Ranges, other: ranges.Ranges) -> None:
    def numbers(found: ranges.Ranges) -> set[int]:
        assert found == ranges.make(found), "sorted, and neither touching nor overlapping"
        return {n for low, high in found for n in range(low, high + 1)}

    assert numbers(ranges.intersect(one, other)) == numbers(one) & numbers(other)
    assert numbers(ranges.subtract(one, other)) == numbers(one) - numbers(other)
    assert (
        numbers(ranges.total([one, other, one])) == numbers(ranges.union(one, other)) == numbers(one) | numbers(other)
    )
    assert ranges.size(one) == len(numbers(one))
    assert {n for n in range(310) if ranges.holds(one, n)} == numbers(one)
    assert ranges.meet(one, other) == bool(numbers(one) & numbers(other))
    for part, places in ranges.classes([one, other]):
        for n in numbers(part):
            assert places == {i for i, cover in enumerate((one, other)) if n in numbers(cover)}


def test_the_share_of_a_connected_network_is_the_larger() -> None:
    lan = ((0xC0000200, 0xC00002FF),)
    assert reach.share(lan, "ip", ()) == 1 / (1 << 24)
    assert reach.share(lan, "ip", lan) == 1
    assert reach.share(((0xC0000200, 0xC000027F),), "ip", lan) == 0.5
