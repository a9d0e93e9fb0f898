"""Table rempart_firewall_loopback: what the firewall makes of the loopback, by question, family and interface.

``question`` is ``by lo`` (what goes out and comes in by the loopback) or ``elsewhere`` (what claims to come from
127.0.0.0/8 or ::1 by another interface, to this machine). ``verdict`` is the worse answer where packets differ:
``by lo`` ``refused`` where some are, else ``accepted``; ``elsewhere`` ``accepted`` where some are let in, else
``refused``; ``off`` where the family is switched off, NULL with ``why`` where that can't be told. ``mechanism`` is
``kernel`` on a running machine: the rules that are loaded. A root filesystem has one set of rows for each firewall
service, by its files, whether the service starts or not, as ``rempart_firewall_boot`` has.

Source: that of ``rempart_firewall_reach`` and ``rempart_firewall_boot``, and tables of Rempart's own fixes
(``/etc/nftables.d/rempart-NAME.nft``, which ``rempart-firewall-NAME.service`` loads).
"""

from typing import Iterator, List, Optional, Tuple

from rempart_agent.said import Why
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("mechanism", TEXT),
    Column("question", TEXT),
    Column("family", TEXT),
    Column("protocol", TEXT),
    Column("interface", TEXT),
    Column("verdict", TEXT),
    Column("rule", TEXT),
    Column("why", TEXT),
)
_OTHER = "(another interface)"
_FAMILIES = ("ip", "ip6")
_CONF, _POLICIES = "/etc/firewalld/firewalld.conf", "/etc/firewalld/policies"
_RULES = ("<rule", "<passthrough", "<chain")
_SAID = ("zone", "/zone", "short", "/short", "description", "/description", "source", "/source", "interface", "forward")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the rows of the running rules, or of each service's files.

    Raises:
        Denied: the run is not root, or a file may not be read.
    """
    yield from _running(target) if target.live else _kept(target)


def _running(target: Target) -> Iterator[Row]:
    from rempart_agent.models.firewall import loopback
    from rempart_agent.tables.linux import rempart_firewall_reach

    ruleset, host = rempart_firewall_reach.machine(target)
    for made in target.shared("firewall loopback", lambda: list(loopback.rows(ruleset, host))):
        yield {"mechanism": "kernel", **made._asdict()}


def _kept(target: Target) -> Iterator[Row]:
    from rempart_agent.models.firewall import loopback, packet
    from rempart_agent.readers.files import firewall_rules

    for loaded in (*firewall_rules.services(target), *firewall_rules.own(target)):
        if loaded.why:
            for question in (loopback.BY_LO, loopback.ELSEWHERE):
                yield from _every(loaded.mechanism, question, loaded.family, (None, "", loaded.why))
            continue
        names = (_OTHER, *firewall_rules.named(loaded.rules))
        host = packet.Host(tuple(packet.Interface(name) for name in names))
        for made in loopback.rows(loaded.rules, host, (loaded.family,)):
            yield {"mechanism": loaded.mechanism, **made._asdict()}
    for family in _FAMILIES:
        yield from _firewalld(target, family)


Said = Tuple[Optional[str], str, str]
"""Verdict, rule, and why it is not known."""


def _every(mechanism: str, question: str, family: str, said: Said, pings: Optional[Said] = None) -> Iterator[Row]:
    """Return the rows of a question; what is said of pings, and what is said of the rest."""
    from rempart_agent.models.firewall import reach

    for protocol in reach.PROTOCOLS:
        verdict, rule, why = pings if pings is not None and protocol == "icmp" else said
        yield {
            "mechanism": mechanism,
            "question": question,
            "family": family,
            "protocol": protocol,
            "interface": "lo" if question == "by lo" else _OTHER,
            "verdict": verdict,
            "rule": rule,
            "why": why,
        }


def _firewalld(target: Target, family: str) -> Iterator[Row]:
    """Tell what firewalld makes of it: it accepts what comes by the loopback before it asks a zone."""
    from rempart_agent.readers.files import firewall_rules

    direct = firewall_rules.text(target, "/etc/firewalld/direct.xml") or ""
    if any(word in direct for word in _RULES):
        for question in ("by lo", "elsewhere"):
            yield from _every("firewalld", question, family, (None, "", Why("direct rules of firewalld")))
        return
    yield from _every("firewalld", "by lo", family, ("accepted", Why("firewalld itself"), ""))
    closed, whys = _bound(target, family)
    filters = (firewall_rules.setting(target, _CONF, "IPv6_rpfilter") or "yes").lower() in ("yes", "strict", "loose")
    default, _ = firewall_rules.zones(target)
    name = Why("zone {name}", name=default)
    said: Said = ("refused", closed, "") if closed else (None, "", whys[0] if whys else name)
    policies = target.glob(_POLICIES + "/*.xml")
    text = firewall_rules.first(target, firewall_rules.ZONES, default)
    plain = text and not whys and not any(word in text for word in ("<rule", "target=", "<icmp-block"))
    pings: Optional[Said] = None if closed or policies or not plain else ("accepted", name, "")
    if family == "ip6":
        # neighbours are let in before zones and filters are asked, by the policy allow-host-ipv6 and in prerouting
        shipped = firewall_rules.first(target, ("/usr/lib/firewalld/policies",), "allow-host-ipv6")
        let: Said = ("accepted", Why("policy {name}", name="allow-host-ipv6"), "")
        pings = let if shipped and not policies else (None, "", Why("policies of firewalld"))
        said = ("refused", "IPv6_rpfilter", "") if filters else said
    yield from _every("firewalld", "elsewhere", family, said, pings)


def _bound(target: Target, family: str) -> Tuple[str, List[str]]:
    """Return the zone that is bound to the loopback's addresses and lets nothing in, and what is in doubt."""
    from rempart_agent.models.firewall.text import build
    from rempart_agent.readers.files import firewall_rules

    low, high = (1, 1) if family == "ip6" else (127 << 24, (128 << 24) - 1)
    whys: List[str] = []
    for name, zone in firewall_rules.zones(target)[1].items():
        for source in zone.sources:
            found = build.network(source)
            if found is not None and (found[0] != family or found[1][0] > high or found[1][1] < low):
                continue
            covers = found is not None and found[1][0] <= low and found[1][1] >= high
            if covers and _closed(firewall_rules.first(target, firewall_rules.ZONES, name)):
                return Why("zone {name}", name=name), []
            whys.append(Why("zone {name}", name=name))
    return "", whys


def _closed(text: str) -> bool:
    """Tell whether a zone refuses everything: it drops or rejects, and lists nothing that may be let in."""
    from rempart_agent.models.firewall.text import firewalld

    found = firewalld.elements(text)
    wanted = next((given.get("target", "") for name, given in found if name == "zone"), "")
    return wanted.upper() in ("DROP", "%%REJECT%%") and all(name in _SAID for name, _ in found)
