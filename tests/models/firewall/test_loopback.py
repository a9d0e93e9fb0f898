"""The loopback's packets: where the model says they end, and where the kernel lets them arrive.

Packets by the loopback are sent and heard on the machine. Those that claim to come from 127.0.0.0/8 come from the peer,
on interfaces where ``route_localnet`` and ``accept_local`` let them get as far as the rules. The kernel itself drops
``::1`` before any rule, so that another address stands in for it there.
"""

from __future__ import annotations

import os
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from models.firewall import grammar, trial
from models.firewall.oracle import FACES, Oracle, Packet
from rempart_agent.models.firewall import loopback, packet, ranges
from rempart_agent.models.firewall.packet import Host
from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.walk import End

pytestmark = pytest.mark.models
STAND_IN = "2001:db8:1::9"
LO = {
    "ip": ("127.0.0.1", "127.0.0.1", "127.0.0.5", *grammar.OWN["ip"]),
    "ip6": ("::1", "::1", *grammar.OWN["ip6"]),
}
FROM = {"ip": ("127.0.0.1", "127.0.0.5", "127.9.9.9"), "ip6": (STAND_IN,)}
_CASES = int(os.environ.get("REMPART_LOOPBACK_CASES", "60"))


class StandIn(Host):
    """A host whose loopback has another address of IPv6."""

    def loopback(self, family: str) -> ranges.Ranges:
        """See Host.loopback."""
        return ranges.of(_number(STAND_IN)) if family == "ip6" else super().loopback(family)


@pytest.fixture(scope="module", autouse=True)
def let_in(oracle: Oracle) -> None:
    """The kernel's own filter is off, so that the rules decide."""
    for face in ("all", *FACES):
        for name in ("route_localnet", "accept_local"):
            oracle.set(f"ipv4/conf/{face}/{name}", "1")


def _number(address: str) -> int:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return int.from_bytes(socket.inet_pton(family, address), "big")


def _about_lo(line: str) -> str:
    """Return a rule of the general grammar that asks of the loopback and its addresses instead."""
    line = line.replace("wan1", "lo").replace("203.0.113.", "127.0.0.").replace("2001:db8:9::", "::")
    line = re.sub(r"::5\b", "::1", line)
    if line.startswith(("-A FORWARD", ":FORWARD")):
        line = line.replace("FORWARD", "OUTPUT", 1).replace("-i ", "-o ")
    return line


def _case(case: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"seed": case["seed"]}
    for name, lines in case.items():
        if name == "nft":
            made[name] = [_about_lo(line) for line in lines]
        elif name != "seed":
            made[name] = {table: _tidy([_about_lo(line) for line in those]) for table, those in lines.items()}
    return made


def _tidy(lines: list[str]) -> list[str]:
    """Keep the first policy of a chain."""
    found: dict[str, str] = {}
    kept = []
    for line in lines:
        head = line.split()[0] if line.startswith(":") else ""
        if head and head in found:
            continue
        found[head] = line
        kept.append(line)
    return kept


def _packets(number: int) -> list[Packet]:
    draw = random.Random(number)  # noqa: S311 - the same packets for the same case, no secret
    found: dict[tuple[Any, ...], Packet] = {}
    while len(found) < 70:
        family = draw.choice(("ip", "ip6"))
        protocol = draw.choice((6, 6, 6, 17, 17, 132, 136, 58 if family == "ip6" else 1))
        by_lo = draw.random() < 0.6
        source, destination = draw.choice(LO[family]), draw.choice(LO[family])
        if not by_lo:
            source = draw.choice(FROM[family])
            destination = draw.choice((*grammar.OWN[family], *(("127.0.0.1",) if family == "ip" else ())))
        face = "lo" if by_lo else draw.choice(FACES)
        made = Packet(
            "lo" if by_lo else "in",
            face,
            family,
            protocol,
            source,
            destination,
            draw.choice((40000, 50000, 53)),
            draw.choice(grammar.PORTS),
            64,
            128 if family == "ip6" else 8,
        )
        back = (made.family, made.protocol, made.destination, made.source, made.dport, made.sport)
        if back not in found and made[2:8] not in found:
            found[made[2:8]] = made
    return list(found.values())


def _inside(host: Host, one: Packet, end: End) -> bool:
    names = [*(i.name for i in host.interfaces), host.lo.name]
    values = {
        packet.IIF: names.index(one.face),
        packet.SADDR: _number(one.source),
        packet.DADDR: _number(one.destination),
        packet.PROTO: one.protocol,
        packet.TTL: one.ttl,
        packet.TOS: 0,
    }
    if one.protocol in trial.PORTED:
        values.update({packet.SPORT: one.sport, packet.DPORT: one.dport})
    if one.protocol == 6:
        values[packet.FLAGS] = 2
    if one.protocol in (1, 58):
        values[packet.ICMP] = one.icmp
    if one.face != "lo":
        values[packet.MAC] = int(trial.PEER_MACS[one.face].replace(":", ""), 16)
    return all(ranges.holds(end.box.fields[field], value) for field, value in values.items())


def _ends(rules: Ruleset, host: Host, one: Packet) -> list[End]:
    protocol = trial.NAMES[one.protocol]
    if one.direction == "lo":
        return loopback.ends_by_lo(rules, host, one.family, protocol)[0]
    return loopback.ends_elsewhere(rules, StandIn(*host), one.family, protocol)


def _judge(oracle: Oracle, case: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """Return what each packet shows: a kind, whether model and kernel agree, and what a person needs to see."""
    oracle.load(case)
    sent = _packets(case["seed"])
    arrived = oracle.arrivals(sent)
    rules = oracle.ruleset()
    table = {
        (r.question, r.family, r.protocol, r.interface): r.verdict
        for host in (oracle.host, StandIn(*oracle.host))
        for r in loopback.rows(rules, host)
        if r.question == (loopback.ELSEWHERE if isinstance(host, StandIn) else loopback.BY_LO)
    }
    kept: dict[tuple[str, str, int], list[End]] = {}
    for one, seen in zip(sent, arrived, strict=True):
        if one.family == "ip6" and one.direction == "in" and re.search("fib saddr|src-type|rpfilter", str(case)):
            continue  # the address that stands in is not the machine's own
        key = (one.direction, one.family, one.protocol)
        if key not in kept:
            kept[key] = _ends(rules, oracle.host, one)
        ends = [e for e in kept[key] if _inside(oracle.host, one, e)]
        verdicts = {e.verdict for e in ends}
        unknown = "" in verdicts or (any(e.box.why for e in ends) and len(verdicts) > 1)
        arrives = "refused" if seen == "forwarded" and one.direction == "lo" else seen
        detail = f"{one}: model {verdicts}, kernel {seen}; {[e.rule for e in ends]}; {case}"
        yield f"{one.direction} {'unknown' if unknown else arrives}", unknown or seen in verdicts, detail
        question = loopback.BY_LO if one.direction == "lo" else loopback.ELSEWHERE
        row = table[question, one.family, trial.NAMES[one.protocol], one.face]
        if one.direction == "lo":
            yield f"row {row} by lo", row != "accepted" or seen == "accepted", f"row accepted, but {detail}"
        else:
            yield f"row {row} elsewhere", row != "refused" or seen == "refused", f"row refused, but {detail}"


def test_the_kernel_does_with_the_loopbacks_packets_what_the_model_says(oracle: Oracle) -> None:
    counts: Counter[str] = Counter()

    @seed(int(os.environ.get("SEED", "7")))
    @settings(max_examples=_CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(grammar.cases())
    def attempt(made: dict[str, Any]) -> None:
        for kind, agreed, detail in _judge(oracle, _case(made)):
            counts[kind] += 1
            assert agreed, detail

    attempt()
    for kind in (
        "lo accepted",
        "lo refused",
        "in accepted",
        "in refused",
        "row accepted by lo",
        "row refused elsewhere",
    ):
        assert counts[kind] > _CASES / 4, counts
    for direction in ("lo", "in"):
        unknown = counts[f"{direction} unknown"]
        assert unknown < 0.1 * sum(n for kind, n in counts.items() if kind.startswith(direction)), counts


FIREWALLD = (
    "add table inet f",
    "add chain inet f pre { type filter hook prerouting priority 10; }",
    "add rule inet f pre icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept",
    "add rule inet f pre meta nfproto ipv6 fib saddr . mark . iif oif missing drop",
    "add chain inet f in { type filter hook input priority 10; }",
    'add rule inet f in iifname "lo" accept',
    "add rule inet f in reject with icmpx admin-prohibited",
)
RAW = {"raw": [":PREROUTING ACCEPT [0:0]", "-A PREROUTING -m rpfilter --invert --validmark -j DROP"]}


def _mark(rule: str, hook: str = "output", priority: int = -150) -> list[str]:
    return [
        "add table inet m",
        f"add chain inet m out {{ type filter hook {hook} priority {priority}; }}",
        "add chain inet m in { type filter hook input priority 0; }",
        f"add rule inet m out {rule}",
    ]


@pytest.mark.parametrize(
    ("case", "by_lo", "elsewhere"),
    [
        ({"nft": list(FIREWALLD)}, "accepted", "refused"),  # as firewalld 2.3 writes it
        ({"legacy": RAW}, "accepted", "refused"),  # as firewalld writes it for iptables
        ({"translated": RAW}, "accepted", "refused"),
        ({"nft": [*_mark("fib saddr . iif oif missing drop", "prerouting")]}, "accepted", "refused"),
        (
            {"nft": [*_mark("fib saddr . iif oifname lo accept", "prerouting"), "add rule inet m out drop"]},
            "accepted", "refused",
        ),
        ({"nft": [*_mark("oif lo meta mark set 0x7"), "add rule inet m in meta mark 0x7 drop"]}, "refused", "accepted"),
        (
            {"nft": [*_mark("oif lo notrack", "output", -300), "add rule inet m in ct state new drop"]},
            "accepted", "refused",
        ),
        ({"nft": [*_mark("oif lo notrack"), "add rule inet m in ct state new drop"]}, "refused", "refused"),  # too late
        ({"nft": [*_mark("oif lo drop", "postrouting")]}, "refused", "accepted"),
        ({"nft": [*_mark("iif lo ct state new drop", "prerouting")]}, "refused", "accepted"),
        (
            {"nft": ["add table ip n", "add chain ip n p { type nat hook prerouting priority -100; }",
                     "add rule ip n p iif lo redirect to :9"]},
            "accepted", "accepted",
        ),
        ({"nft": [*_mark("iiftype loopback drop", "prerouting")]}, "refused", "accepted"),
        ({"nft": [*_mark("fib daddr . iif type != local drop", "prerouting")]}, "refused", "accepted"),
    ],
)  # fmt: skip
def test_what_rules_make_of_the_loopback_by_the_kernels_own_answer(
    oracle: Oracle, case: dict[str, Any], by_lo: str, elsewhere: str
) -> None:
    """IPv4, every protocol: the row says what the worst packet says; and each packet is where it was said to be."""
    seen: dict[str, set[str]] = {"lo": set(), "in": set()}
    for number in range(3):
        for _, agreed, detail in _judge(oracle, {"seed": number, **case}):
            assert agreed, detail
        sent = [one for one in _packets(number) if one.family == "ip"]
        for one, arrived in zip(sent, oracle.arrivals(sent), strict=True):
            seen[one.direction].add(arrived)
    rules = oracle.ruleset()
    told: dict[str, set[Any]] = {loopback.BY_LO: set(), loopback.ELSEWHERE: set()}
    for row in loopback.rows(rules, oracle.host, ("ip",)):
        told[row.question].add(row.verdict)
    assert by_lo in told[loopback.BY_LO]
    assert elsewhere in told[loopback.ELSEWHERE]
    assert seen["lo"] == {"accepted"} or told[loopback.BY_LO] != {"accepted"}
    assert seen["in"] == {"refused"} or told[loopback.ELSEWHERE] != {"refused"}
