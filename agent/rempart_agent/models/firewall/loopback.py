"""What becomes of the loopback's traffic: the rows of ``rempart_firewall_loopback``.

Two questions, for each family and protocol. ``by lo``: do the rules let everything pass that goes out by the loopback
and comes in by it? ``elsewhere``: do they refuse whatever claims to come from an address of the loopback, by each other
interface? What the kernel itself drops (127.0.0.0/8 without ``route_localnet``, ``::1``) is no matter of rules.
"""

from typing import Iterator, List, NamedTuple, Sequence

from rempart_agent.models.firewall import packet, ranges, reach
from rempart_agent.models.firewall.packet import Host, Interface
from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.walk import End, TooMany, Walk
from rempart_agent.said import Why, enumerated, listed

BY_LO, ELSEWHERE = "by lo", "elsewhere"
_MOST = 3
_LET = ("accepted", "forwarded")


class Row(NamedTuple):
    """New packets of one question.

    Attributes:
        question: ``by lo`` or ``elsewhere``.
        family: ``ip`` or ``ip6``.
        protocol: One of ``reach.PROTOCOLS``.
        interface: The one that they come in by.
        verdict: ``by lo``: ``accepted`` where all are, ``refused`` where some are. ``elsewhere``: ``refused`` where all
            are, ``accepted`` where some are let in. ``off`` where the family is switched off, None where nobody knows.
        rule: The rules that decide.
        why: Why nobody knows.
    """

    question: str
    family: str
    protocol: str
    interface: str
    verdict: object
    rule: str
    why: str


def rows(ruleset: Ruleset, host: Host, families: Sequence[str] = ("ip", "ip6")) -> Iterator[Row]:
    """Return the rows of a machine; every question, family, protocol and interface has one.

    Args:
        ruleset: What is loaded.
        host: The machine.
        families: Which ones.
    """
    if not host.interfaces:
        host = host._replace(interfaces=(Interface(Why("no interface is up")),))
    for family in families:
        for protocol in reach.PROTOCOLS:
            yield _by_lo(ruleset, host, family, protocol)
            yield from _elsewhere(ruleset, host, family, protocol)


def ends_by_lo(ruleset: Ruleset, host: Host, family: str, protocol: str) -> "tuple[List[End], List[str]]":
    """Return where packets by the loopback end, and the rules that let them out; raises ``TooMany``.

    Args:
        ruleset: What is loaded.
        host: The machine.
        family: ``ip`` or ``ip6``.
        protocol: As ``tcp``.
    """
    inside = host._replace(interfaces=(*host.interfaces, host.lo))
    at = ranges.of(len(host.interfaces))
    own = ranges.union(host.local(family), host.loopback(family))
    box = reach.start(host, "in", family, protocol)
    for field, values in (
        (packet.IIF, at),
        (packet.OIF, at),
        (packet.SADDR, own),
        (packet.DADDR, own),
        (packet.MAC, ranges.of(0)),
    ):
        box = box.with_field(field, values)
    walk = Walk(ruleset, inside, family, "out")
    return walk.loop([box]), walk.sent


def ends_elsewhere(ruleset: Ruleset, host: Host, family: str, protocol: str) -> List[End]:
    """Return where packets end that claim to come from the loopback, by other interfaces; raises ``TooMany``.

    Args:
        ruleset: What is loaded.
        host: The machine.
        family: ``ip`` or ``ip6``.
        protocol: As ``tcp``.
    """
    box = reach.start(host, "in", family, protocol).with_field(packet.SADDR, host.loopback(family))
    box = box.with_field(packet.DADDR, ranges.union(host.local(family), host.loopback(family)))
    return Walk(ruleset, host, family, "in").run([box])


def _by_lo(ruleset: Ruleset, host: Host, family: str, protocol: str) -> Row:
    known = (BY_LO, family, protocol, host.lo.name)
    if family in host.lo.off:
        return Row(*known, "off", "", "")
    if host.lo.why:
        return Row(*known, None, "", host.lo.why)
    try:
        ends, sent = ends_by_lo(ruleset, host, family, protocol)
    except TooMany:
        return Row(*known, None, "", Why("the rules part packets in too many groups"))
    refused = [e for e in ends if e.verdict == "refused" and not e.box.why]
    here = [e for e in ends if e.verdict != "forwarded" or e.box.why]
    if refused:
        return Row(*known, "refused", _names(refused), "")
    if any(e.verdict != "accepted" for e in here):
        return Row(*known, None, _names(here), _whys(here))
    if not here:
        return Row(*known, None, "", Why("NAT sends it elsewhere"))
    return Row(*known, "accepted", _told([*sent, *(e.rule for e in here)]), "")


def _elsewhere(ruleset: Ruleset, host: Host, family: str, protocol: str) -> Iterator[Row]:
    why = ""
    ends: List[End] = []
    try:
        ends = ends_elsewhere(ruleset, host, family, protocol)
    except TooMany:
        why = Why("the rules part packets in too many groups")
    for at, face in enumerate(host.interfaces):
        known = (ELSEWHERE, family, protocol, face.name)
        here = [e for e in ends if ranges.holds(e.box.fields[packet.IIF], at)]
        let = [e for e in here if e.verdict in _LET and (not e.box.why or all(o.verdict in _LET for o in here))]
        unclear = [e for e in here if e.verdict != "refused"]
        if family in face.off:
            yield Row(*known, "off", "", "")
        elif why or face.why:
            yield Row(*known, None, "", why or face.why)
        elif let:
            yield Row(*known, "accepted", _names(let), "")
        elif unclear or not here:
            yield Row(*known, None, _names(unclear), _whys(unclear))
        else:
            yield Row(*known, "refused", _names(here), "")


def _names(ends: Sequence[End]) -> str:
    return _told([e.rule for e in ends])


def _told(names: Sequence[str]) -> str:
    found = list(dict.fromkeys(name for name in names if name))
    return enumerated([*found[:_MOST], "…"] if len(found) > _MOST else found)


def _whys(ends: Sequence[End]) -> str:
    return listed(sorted({e.box.why for e in ends if e.box.why})[:_MOST])
