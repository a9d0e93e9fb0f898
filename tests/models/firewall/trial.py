"""The trial of the firewall's model: packets, where the model says they end, and where they arrive."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock

from rempart_testing.models import Answer, Trial

from models.firewall import grammar
from models.firewall.oracle import FACES, PEER_MACS, Oracle, Packet, start
from rempart_agent.models.firewall import packet as fields
from rempart_agent.models.firewall import ranges, reach
from rempart_agent.models.firewall.walk import End

PACKETS = 60
NAMES = {6: "tcp", 17: "udp", 132: "sctp", 1: "icmp", 58: "icmp", 136: "other"}
PORTED = (6, 17, 132)


def packets(seed: int) -> list[Packet]:
    """Return the packets of a case, no two of one connection."""
    draw = random.Random(seed)  # noqa: S311 - the same packets for the same case, no secret
    found: dict[tuple[Any, ...], Packet] = {}
    while len(found) < PACKETS:
        family = draw.choice(("ip", "ip6"))
        protocol = draw.choice((6, 6, 6, 6, 6, 17, 17, 17, 132, 136, 58 if family == "ip6" else 1))
        direction = draw.choice(("in", "in", "in", "in", "through", "out"))
        face = draw.choice(FACES)
        source = draw.choice(grammar.SOURCES[family][:-1])
        own = grammar.OWN[family]
        home = own[-1] if face == "wan1" else own[0]
        destination = draw.choice((home, *own))
        if direction == "through":
            destination = grammar.INNER[family]
        if direction == "out":
            source, destination, face = own[0], draw.choice(grammar.SOURCES[family][:2]), "eth0"
        made = Packet(
            direction,
            face,
            family,
            protocol,
            source,
            destination,
            draw.choice((40000, 50000, 53)),
            draw.choice(grammar.PORTS),
            draw.choice((64, 64, 20)),
            128 if family == "ip6" else 8,
        )
        # one source and port may begin one connection to each port: another with the same is not new, nor is an answer
        back = (made.family, made.protocol, made.destination, made.source, made.dport, made.sport)
        if back not in found:
            found[made[2:8]] = made
    return list(found.values())


def inside(oracle: Oracle, packet: Packet, end: End) -> bool:
    """Tell whether a packet is in the box of an end."""
    family = socket.AF_INET if packet.family == "ip" else socket.AF_INET6
    source, destination = (
        int.from_bytes(socket.inet_pton(family, a), "big") for a in (packet.source, packet.destination)
    )
    names = [i.name for i in oracle.host.interfaces]
    values = {
        (fields.OIF if packet.direction == "out" else fields.IIF): names.index(packet.face),
        fields.SADDR: source,
        fields.DADDR: destination,
        fields.TTL: packet.ttl,
        fields.TOS: 0,
    }
    if packet.direction != "out":
        values[fields.MAC] = int(PEER_MACS[packet.face].replace(":", ""), 16)
    values[fields.PROTO] = packet.protocol
    if packet.protocol in PORTED:
        values.update({fields.SPORT: packet.sport, fields.DPORT: packet.dport})
        if packet.protocol == 6:
            values[fields.FLAGS] = 2
    elif packet.protocol in (1, 58):
        values[fields.ICMP] = packet.icmp
    return all(ranges.holds(end.box.fields[number], value) for number, value in values.items())


def judge(oracle: Oracle, case: Any) -> Iterator[Answer]:
    """Ask both where each packet of a case ends."""
    oracle.load(case)
    sent = packets(case["seed"])
    arrived = oracle.arrivals(sent)
    ruleset = oracle.ruleset()
    known: dict[tuple[str, str, str], list[End]] = {}
    rows: dict[tuple[str, str, str], list[reach.Row]] = {}
    for packet, seen in zip(sent, arrived, strict=True):
        key = (packet.direction, packet.family, NAMES[packet.protocol])
        if key not in known:
            known[key] = reach.ends(ruleset, oracle.host, *key)
        ends = [e for e in known[key] if inside(oracle, packet, e)]
        sure = {e.verdict or None for e in ends if not e.box.why}
        maybe = {e.verdict or None for e in ends if e.box.why}
        if None in sure | maybe or (maybe and len(sure | maybe) > 1):
            said = None
        elif not ends:
            said = "nothing"
        else:
            possible = sure | maybe
            said = seen if seen in possible else min(str(p) for p in possible)
        yield Answer(" ".join(map(str, packet)), _number(said), _number(seen), str([e.rule for e in ends]))
        if packet.direction == "in":
            if key not in rows:
                with mock.patch.object(reach, "ends", return_value=known[key]):
                    rows[key] = list(reach.rows_of_protocol(ruleset, oracle.host, *key))
            told = _row(rows[key], packet)
            wrong = seen != "refused" and told == "refused"
            yield Answer(f"row of {packet}", 0 if wrong else 1, 1)


def _row(rows: list[reach.Row], packet: Packet) -> Any:
    """Return the verdict of the row that a packet falls into."""
    import ipaddress

    port = packet.dport if packet.protocol in PORTED else 0
    source = ipaddress.ip_address(packet.source)
    found = set()
    for row in rows:
        if (row.family, row.protocol, row.interface) != (packet.family, NAMES[packet.protocol], packet.face):
            continue
        if not row.port_from <= port <= row.port_to:
            continue
        if "ranges from" in row.source:  # which addresses is not written out
            found.add(row.verdict)
            continue
        whole, _, others = row.source.partition(" but ")
        if source in ipaddress.ip_network(whole) and not any(
            source in ipaddress.ip_network(o) for o in others.split(", ") if o
        ):
            found.add(row.verdict)
    return "refused" if found == {"refused"} else "other"


def _number(verdict: str | None) -> int | None:
    return {"refused": 0, "accepted": 1, "forwarded": 2, "nothing": -1}.get(verdict or "")


_WORDS = (
    *("vmap", "map", "jump", "goto", "return", "continue", "notrack", "reject", "dnat", "redirect", "limit", "quota"),
    *("fib", "iifname", "iif", "iifgroup", "iiftype", "saddr", "daddr", "mark", "pkttype", "skuid", "ttl", "hoplimit"),
    *("frag-off", "nexthdr", "flags", "sport", "dport", "queue", "socket", "ether", "ingress", "multiport", "state"),
    *("conntrack", "addrtype", "iprange", "mac", "connmark", "comment", "icmp", "DNAT", "REDIRECT", "CT", "MARK"),
    *("CONNMARK", "-g", "@seen", "update", "meter", "sctp", "udplite", "timeout", "meta", "th", "ct"),
)


def constructs(case: Any) -> Iterator[str]:
    """Return what a case uses."""
    for name, lines in case.items():
        if name == "seed":
            continue
        yield f"by {name}"
        texts = lines if name == "nft" else [line for table in lines.values() for line in table]
        words = {w for line in texts if re.match(r"add rule|-A", line) for w in re.split(r"[\s,]+", line)}
        yield from (f"{name}: {word}" for word in _WORDS if word in words)
        if any(sum(line.startswith(start) for line in texts) > 24 for start in ("-A INPUT", "add rule")):
            yield f"{name}: many rules"
        if name == "nft":
            yield from (f"nft: hook {h}" for h in re.findall(r"hook (\w+)", " ".join(texts)))
            if any("@" in t for t in texts):
                yield "nft: named set"


TRIAL = Trial(
    name="firewall",
    cases=grammar.cases(),
    start=start,
    judge=judge,
    constructs=constructs,
    programs=("nft", "ip", "iptables-legacy", "iptables-nft"),
)
