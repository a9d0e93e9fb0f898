"""Table rempart_firewall_reach: where new packets end, by family, protocol, ports, interface and source.

``direction`` is ``in`` (to the machine, ``forwarded`` where NAT sends it on to a published port of a container),
``through`` (to others, by this machine) or ``out``. A row stands for new packets from elsewhere that are treated alike;
``source`` is the other side, ``source_share`` which part of all addresses, or of a connected network, it is: the larger
of both (``out``: of all addresses). What goes out where no default route leads now is taken to leave where one would
lead. ``verdict`` is ``accepted``, ``refused``, ``forwarded``, or NULL with ``why`` where that can't be told;
``target`` is where NAT sends what is forwarded. Every direction, family, protocol (``tcp``, ``udp``, ``sctp``,
``icmp``, ``other``) and interface that is up has rows; the loopback has none. Protocols without ports have port 0.

Source: the nf_tables subsystem of netlink, the legacy tables of iptables and ip6tables, and rtnetlink, all asked in the
network namespace of process 1. See ``rempart_agent.models.firewall``.
"""

from functools import partial
from typing import Any, Dict, Iterator, List, Tuple

from rempart_agent.source.contract import DOUBLE, INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("direction", TEXT, argument=True),
    Column("family", TEXT),
    Column("protocol", TEXT, argument=True),
    Column("port_from", INTEGER),
    Column("port_to", INTEGER),
    Column("interface", TEXT),
    Column("source", TEXT),
    Column("source_share", DOUBLE),
    Column("verdict", TEXT),
    Column("target", TEXT),
    Column("rule", TEXT),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the rows of the directions that are asked for.

    Raises:
        Denied: the run is not root, or may not enter the machine's network namespace.
    """
    from rempart_agent.models.firewall import reach

    target.need_live("rempart_firewall_reach")
    asked, protocols = query.equal("direction"), query.equal("protocol")
    ruleset, host = machine(target)
    for direction in reach.DIRECTIONS:
        if asked is None or direction in asked:
            for protocol in reach.PROTOCOLS:
                if protocols is None or protocol in protocols:
                    name = "firewall {} {}".format(direction, protocol)
                    made: List[Any] = target.shared(name, partial(_reach, ruleset, host, direction, protocol))
                    for row in made:
                        yield row._asdict()


def _reach(ruleset: Any, host: Any, direction: str, protocol: str) -> List[Any]:
    from rempart_agent.models.firewall import reach

    return list(reach.rows_of(ruleset, host, direction, (protocol,)))


def machine(target: Target) -> Tuple[Any, Any]:
    """Return the ruleset and the host, read once for all that ask."""

    def read() -> Tuple[Any, Any]:
        from rempart_agent.models.firewall import ruleset
        from rempart_agent.readers.kernel import firewall_host, host_network, legacy_ruleset, nft_ruleset

        nftables: Dict[str, Any] = nft_ruleset.ask(target)
        legacy = [
            legacy_ruleset.parse(family, name, answer)
            for family in ("ip", "ip6")
            for name, answer in legacy_ruleset.ask(target, family)
        ]
        answers = target.ask("firewall_host", lambda: host_network.ask(firewall_host.ask))
        return ruleset.joined(nft_ruleset.parse(nftables), *legacy), firewall_host.parse(answers)

    found: Tuple[Any, Any] = target.shared("firewall", read)
    return found
