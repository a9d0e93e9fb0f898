"""Table rempart_firewall_boot: where new packets would end after the next start, by the files of each firewall service.

One set of rows for each ``mechanism`` (``nftables``, ``netfilter-persistent``, ``iptables``, ``ip6tables``, ``ufw``,
``firewalld``), whether its service is enabled or not: ask ``systemd_units`` for that. The columns are those of
``rempart_firewall_reach``, of packets to the machine, TCP and UDP. What a file says beyond the common is not
understood: then ``verdict`` is NULL, with ``why``. A service without a file lets everything in.

Source: ``/etc/nftables.conf``, ``/etc/sysconfig/nftables.conf`` and what they include, ``/etc/iptables``,
``/etc/sysconfig/iptables`` and ``ip6tables``, ``/etc/default/ufw`` and ``/etc/ufw``, ``/etc/firewalld``.
"""

from typing import Any, Dict, Iterator, List, Optional, Tuple

from rempart_agent.models.firewall import packet, ranges, reach, ruleset
from rempart_agent.models.firewall.text import firewalld, nft, saved, ufw
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    DOUBLE,
    INTEGER,
    TEXT,
    Column,
    Missing,
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
_MOST = 4 * 1024 * 1024
_FAMILIES = ("ip", "ip6")
_NFT_FILES = ("/etc/nftables.conf", "/etc/sysconfig/nftables.conf")
_SAVED = {
    "netfilter-persistent": {"ip": "/etc/iptables/rules.v4", "ip6": "/etc/iptables/rules.v6"},
    "iptables": {"ip": "/etc/sysconfig/iptables"},
    "ip6tables": {"ip6": "/etc/sysconfig/ip6tables"},
}
_ZONES = ("/etc/firewalld/zones", "/usr/lib/firewalld/zones")
_SERVICES = ("/etc/firewalld/services", "/usr/lib/firewalld/services")
_OTHER = "(another interface)"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the rows of each mechanism; raises ``Denied`` where a file may not be read."""
    yield from _nftables(target)
    for mechanism, files in _SAVED.items():
        for family, path in files.items():
            text = _text(target, path)
            yield from _walked(mechanism, family, saved.parse(family, text).ruleset if text else None)
    for family in _FAMILIES:
        yield from _ufw(target, family)
    yield from _firewalld(target)


def _text(target: Target, path: str) -> Optional[str]:
    try:
        return target.text(path, _MOST)
    except Missing:
        return None


def _nftables(target: Target) -> Iterator[Row]:
    def include(pattern: str) -> List[Tuple[str, str]]:
        where = pattern if pattern.startswith("/") else "/etc/" + pattern
        paths = target.glob(where) if any(c in where for c in "*?[") else [where]
        found = []
        for path in paths:
            text = _text(target, path)
            if text is None:
                raise nft.Unread("{path}: does not exist", path=path)
            found.append((path, text))
        return found

    files = nft.Files(include)
    text = next((t for t in (_text(target, path) for path in _NFT_FILES) if t is not None), None)
    why = ""
    if text is not None:
        try:
            files.load(text)
        except nft.Unread as error:
            why = Why("nft: {error} is not understood", error=error)
    for family in _FAMILIES:
        if why:
            yield from _unknown("nftables", family, why)
        else:
            yield from _walked("nftables", family, files.ruleset())


def _ufw(target: Target, family: str) -> Iterator[Row]:
    enabled = (_setting(target, "/etc/ufw/ufw.conf", "ENABLED") or "no").lower() == "yes"
    if not enabled:
        yield from _walked("ufw", family, None)
        return
    policy = (_setting(target, "/etc/default/ufw", "DEFAULT_INPUT_POLICY") or "").upper()
    digit = "6" if family == "ip6" else ""
    if family == "ip6" and (_setting(target, "/etc/default/ufw", "IPV6") or "no").lower() != "yes":
        yield from _walked("ufw", family, ufw.ruleset(family, "DROP"))
        return
    if policy not in ("DROP", "REJECT", "ACCEPT"):
        yield from _unknown("ufw", family, Why("DEFAULT_INPUT_POLICY of /etc/default/ufw is not known"))
        return
    texts = [_text(target, "/etc/ufw/{}{}.rules".format(name, digit)) or "" for name in ufw.FILES]
    yield from _walked("ufw", family, ufw.ruleset(family, policy, *texts))


def _setting(target: Target, path: str, key: str) -> Optional[str]:
    found = None
    for line in (_text(target, path) or "").split("\n"):
        name, equals, value = line.partition("=")
        if equals and name.strip() == key:
            found = value.strip().strip("\"'")
    return found


def _firewalld(target: Target) -> Iterator[Row]:
    def service(name: str) -> str:
        return _first(target, _SERVICES, name)

    default = _setting(target, "/etc/firewalld/firewalld.conf", "DefaultZone") or "public"
    names = {path.rsplit("/", 1)[-1][:-4] for path in target.glob("/etc/firewalld/zones/*.xml")}
    zones = {name: firewalld.parse(_first(target, _ZONES, name), service) for name in sorted(names | {default})}
    if not _first(target, _ZONES, default):
        zones[default] = firewalld.Zone(why=Why("the zone {default} has no file", default=default))
    for family in _FAMILIES:
        yield from _zone(family, _OTHER, "", default, zones[default])
        for name, zone in zones.items():
            for interface in zone.interfaces:
                yield from _zone(family, interface, "", name, zone)
            for source in zone.sources:
                yield from _zone(family, _OTHER, source, name, zone)


def _first(target: Target, folders: Tuple[str, ...], name: str) -> str:
    if "/" in name or not name:
        return ""
    return next((t for t in (_text(target, "{}/{}.xml".format(f, name)) for f in folders) if t is not None), "")


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


def _walked(mechanism: str, family: str, rules: Optional[ruleset.Ruleset]) -> Iterator[Row]:
    rules = rules or ruleset.Ruleset({}, {})
    host = packet.Host(tuple(packet.Interface(name) for name in (_OTHER, *_named(rules))))
    for protocol in ("tcp", "udp"):
        for row in reach.rows_of_protocol(rules, host, "in", family, protocol):
            made = row._asdict()
            made["mechanism"] = mechanism
            yield {column.name: made[column.name] for column in COLUMNS}


def _named(rules: ruleset.Ruleset) -> List[str]:
    """Return the interfaces that rules name, but the loopback."""
    found = set()
    for chain in rules.chains.values():
        for rule in chain.rules:
            for at, before in enumerate(rule[:-1]):
                expression = rule[at + 1]
                if before.name == "meta" and before.data.get(2) in (b"\0\0\0\6", b"\0\0\0\7"):
                    data = expression.data.get(3, b"")
                    if expression.name == "cmp" and isinstance(data, bytes):
                        found.add(data.rstrip(b"\0").decode("utf-8", "replace") + ("" if len(data) == 16 else "0"))
    for one in rules.sets.values():
        if one.size == 16:
            for element in one.elements[:32]:
                name = (element.key or b"").rstrip(b"\0").decode("latin-1")
                if name.isprintable() and name.isascii() and 0 < len(name) < 16:
                    found.add(name)
    return sorted(found - {"lo", ""})[:32]
