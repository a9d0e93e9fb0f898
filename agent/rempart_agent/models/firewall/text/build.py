"""Makes the expressions of a rule from what it asks."""

from typing import Dict, List, Optional, Sequence, Tuple

from rempart_agent.models.firewall.ruleset import Element, Expression, Key, Set, Verdict

Pairs = Sequence[Tuple[int, int]]
"""First and last value of each range."""
UNPARSED = Expression("unparsed", {})
"""Something that is not understood: it may match or not, and end the packet's way."""
ANY_WAY = Expression("limit", {})
"""Something that the sender or chance decides."""
PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132, "icmp": 1, "icmpv6": 58, "ipv6-icmp": 58, "igmp": 2, "esp": 50, "ah": 51}
PROTOCOLS.update({"gre": 47, "dccp": 33, "udplite": 136, "ipip": 4, "ospf": 89, "vrrp": 112})
SERVICES = {"ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "bootps": 67, "bootpc": 68, "http": 80, "pop3": 110}
SERVICES.update({"ntp": 123, "imap2": 143, "imap": 143, "snmp": 161, "https": 443, "isakmp": 500, "syslog": 514})
SERVICES.update({"dhcpv6-client": 546, "dhcpv6-server": 547, "imaps": 993, "pop3s": 995, "nfs": 2049, "mysql": 3306})
SERVICES.update({"postgresql": 5432, "mdns": 5353, "submission": 587, "ldap": 389, "ldaps": 636, "http-alt": 8080})
STATES = {"new": 8, "established": 2, "related": 4, "invalid": 1, "untracked": 64}
_REGISTER = (1).to_bytes(4, "big")


class Builder:
    """Makes expressions, and the sets that they look into."""

    def __init__(self, family: str, table: str) -> None:
        """Make rules of one table.

        Args:
            family: As ``inet``.
            table: Its name.
        """
        self.family = family
        self.table = table
        self.sets: Dict[Key, Set] = {}

    def test(self, load: Expression, pairs: Pairs, size: int, negate: bool = False) -> List[Expression]:
        """Ask whether what is loaded is in some ranges.

        Args:
            load: Loads it.
            pairs: The ranges.
            size: Its bytes.
            negate: Whether it must be in none.
        """
        ordered = sorted(pairs)
        if len(ordered) == 1 and ordered[0][0] == ordered[0][1]:
            data = {1: _REGISTER, 2: _word(1 if negate else 0), 3: ordered[0][0].to_bytes(size, "big")}
            return [load, Expression("cmp", data)]
        name = "__set{}".format(len(self.sets))
        elements = tuple(Element(a.to_bytes(size, "big"), b.to_bytes(size, "big")) for a, b in ordered)
        self.sets[self.family, self.table, name] = Set(elements, size, intervals=True)
        return [load, self.look_up(name, negate)]

    def choose(self, load: Expression, entries: Sequence[Tuple[Pairs, Verdict]], size: int) -> List[Expression]:
        """Give the verdict of the range that what is loaded lies in, by a map.

        Args:
            load: Loads it.
            entries: Ranges, and the verdict of each.
            size: Its bytes.
        """
        name = "__set{}".format(len(self.sets))
        elements = tuple(
            Element(a.to_bytes(size, "big"), b.to_bytes(size, "big"), data=gives)
            for pairs, gives in entries
            for a, b in pairs
        )
        self.sets[self.family, self.table, name] = Set(elements, size, intervals=True)
        return [load, Expression("lookup", {1: name.encode() + b"\0", 2: _REGISTER, 3: _word(0)})]

    def look_up(self, name: str, negate: bool = False) -> Expression:
        """Ask whether what is loaded is in a named set.

        Args:
            name: Of the set.
            negate: Whether it must not be in it.
        """
        return Expression("lookup", {1: name.encode() + b"\0", 2: _REGISTER, 5: _word(1 if negate else 0)})

    def prefix(self, load: Expression, name: str, negate: bool = False) -> List[Expression]:
        """Ask whether a name that is loaded begins with, or is, ``name`` (``eth*``, ``eth0``).

        Args:
            load: Loads the name of an interface.
            name: What is asked for.
            negate: Whether it must not.
        """
        data = name[:-1].encode() if name.endswith("*") else name.encode()[:15].ljust(16, b"\0")
        return [load, Expression("cmp", {1: _REGISTER, 2: _word(1 if negate else 0), 3: data})]


def _word(number: int) -> bytes:
    return number.to_bytes(4, "big")


def meta(key: int) -> Expression:
    """Load metadata: 6 incoming, 7 outgoing name, 15 family, 16 protocol."""
    return Expression("meta", {1: _REGISTER, 2: _word(key)})


def payload(base: int, offset: int, size: int) -> Expression:
    """Load bytes of a header.

    Args:
        base: The header: 0 of the link, 1 of the network, 2 of the transport.
        offset: Bytes into it.
        size: Bytes.
    """
    return Expression("payload", {1: _REGISTER, 2: _word(base), 3: _word(offset), 4: _word(size)})


def ct(key: int) -> Expression:
    """Load what connection tracking knows: 0 the state, 2 the status."""
    return Expression("ct", {1: _REGISTER, 2: _word(key)})


def fib(of_source: bool) -> Expression:
    """Load the kind of an address."""
    return Expression("fib", {1: _REGISTER, 2: _word(3), 3: _word(1 if of_source else 2)})


def address(family: str, of_source: bool) -> Expression:
    """Load an address.

    Args:
        family: ``ip`` or ``ip6``.
        of_source: Whether the source is meant, not the destination.
    """
    if family == "ip6":
        return payload(1, 8 if of_source else 24, 16)
    return payload(1, 12 if of_source else 16, 4)


def verdict(code: str, chain: str = "") -> Expression:
    """End with a verdict.

    Args:
        code: As :class:`Verdict` has it.
        chain: Where it jumps to; ``""`` for none.
    """
    return Expression("immediate", {1: _word(0), 2: Verdict(code, chain)})


def network(text: str) -> Optional[Tuple[str, Tuple[int, int]]]:
    """Return family and addresses of a network, an address or a range; None where it is none."""
    import ipaddress

    try:
        if "-" in text:
            first, last = (ipaddress.ip_address(part.strip()) for part in text.split("-", 1))
            if first.version != last.version:
                return None
            return ("ip" if first.version == 4 else "ip6"), (int(first), int(last))
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return ("ip" if found.version == 4 else "ip6"), (int(found[0]), int(found[-1]))


def port(text: str, between: str) -> Optional[Tuple[int, int]]:
    """Return the ports of a number, a name or a range; None where they are not known.

    Args:
        text: As it is written.
        between: What stands between first and last.
    """
    first, separator, last = text.strip().partition(between)
    numbers = []
    for part in (first, last) if separator else (first, first):
        number = int(part) if part.isdigit() else SERVICES.get(part, -1)
        if not 0 <= number <= 65535:
            return None
        numbers.append(number)
    return (numbers[0], numbers[1]) if numbers[0] <= numbers[1] else None
