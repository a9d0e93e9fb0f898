"""Table rempart_firewall_boot: where new packets would end after the next start, by the files of each firewall service.

One set of rows for each ``mechanism`` (``nftables``, ``netfilter-persistent``, ``iptables``, ``ip6tables``, ``ufw``,
``firewalld``), whether its service is enabled or not: ask ``systemd_units`` for that. The columns are those of
``rempart_firewall_reach``, of packets to the machine, TCP and UDP. What a file says beyond the common is not
understood: then ``verdict`` is NULL, with ``why``. A service without a file lets everything in.

Source: ``/etc/nftables.conf``, ``/etc/sysconfig/nftables.conf`` and what they include, ``/etc/iptables``,
``/etc/sysconfig/iptables`` and ``ip6tables``, ``/etc/default/ufw`` and ``/etc/ufw``, ``/etc/firewalld``.
"""

from typing import Any, Dict, Iterator

from rempart_agent.models.firewall import packet, ranges, reach, ruleset
from rempart_agent.models.firewall.text import firewalld
from rempart_agent.readers.files import firewall_rules
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    DOUBLE,
    INTEGER,
    TEXT,
    Column,
    Query,
    Row,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("mechanism", TEXT),
    Column("family", TEXT),
    Column("protocol", TEXT),
    Column("port_from", INTEGER),
    Column("port_to", INTEGER),
    Column("interface", TEXT),
    Column("source", TEXT),
    Column("source_share", DOUBLE),
    Column("verdict", TEXT),
    Column("rule", TEXT),
    Column("why", TEXT),
)
_FAMILIES = ("ip", "ip6")
_OTHER = "(another interface)"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the rows of each mechanism; raises ``Denied`` where a file may not be read."""
    for loaded in firewall_rules.services(target):
        if loaded.why:
            yield from _unknown(loaded.mechanism, loaded.family, loaded.why)
        else:
            yield from _walked(loaded.mechanism, loaded.family, loaded.rules)
    yield from _firewalld(target)


def _firewalld(target: Target) -> Iterator[Row]:
    default, zones = firewall_rules.zones(target)
    for family in _FAMILIES:
        yield from _zone(family, _OTHER, "", default, zones[default])
        for name, zone in zones.items():
            for interface in zone.interfaces:
                if interface == "lo":  # firewalld accepts what comes by it before it asks a zone
                    continue
                yield from _zone(family, interface, "", name, zone)
            for source in zone.sources:
                yield from _zone(family, _OTHER, source, name, zone)


def _zone(family: str, interface: str, source: str, name: str, zone: firewalld.Zone) -> Iterator[Row]:
    whole = "::/0" if family == "ip6" else "0.0.0.0/0"
    share = 1.0
    if source:
        from rempart_agent.models.firewall.text import build

        found = build.network(source)
        if found is not None and found[0] != family:
            return
        # a connected network may be it: which ones there will be is not known
        share = 1.0 if found is None or found[1][1] - found[1][0] > 1 else 0.0
    for protocol in ("tcp", "udp"):
        open_ports = [(1, 65535)] if zone.all_in else [(a, b) for p, a, b in zone.ports if p == protocol]
        known: Dict[str, Any] = {
            "mechanism": "firewalld",
            "family": family,
            "protocol": protocol,
            "interface": interface,
            "source": source or whole,
            "source_share": share,
            "rule": Why("zone {name}", name=name),
        }
        made = ranges.make(open_ports)
        closed = ranges.subtract(((1, 65535),), made)
        for low, high in made:
            yield {**known, "port_from": low, "port_to": high, "verdict": "accepted", "why": ""}
        for low, high in closed:
            verdict = None if zone.why else "refused"
            yield {**known, "port_from": low, "port_to": high, "verdict": verdict, "why": zone.why}


def _unknown(mechanism: str, family: str, why: str) -> Iterator[Row]:
    for protocol in ("tcp", "udp"):
        yield {
            "mechanism": mechanism,
            "family": family,
            "protocol": protocol,
            "port_from": 1,
            "port_to": 65535,
            "interface": _OTHER,
            "source": "::/0" if family == "ip6" else "0.0.0.0/0",
            "source_share": 1.0,
            "verdict": None,
            "rule": "",
            "why": why,
        }


def _walked(mechanism: str, family: str, rules: ruleset.Ruleset) -> Iterator[Row]:
    host = packet.Host(tuple(packet.Interface(name) for name in (_OTHER, *firewall_rules.named(rules))))
    for protocol in ("tcp", "udp"):
        for row in reach.rows_of_protocol(rules, host, "in", family, protocol):
            made = row._asdict()
            made["mechanism"] = mechanism
            yield {column.name: made[column.name] for column in COLUMNS}
