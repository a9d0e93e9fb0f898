"""Files of iptables-restore (iptables-save(8)): /etc/iptables/rules.v4, /etc/sysconfig/iptables, those of ufw."""

import shlex
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models.firewall.ruleset import Base, Chain, Expression, Rule, Ruleset
from rempart_agent.models.firewall.text import build
from rempart_agent.models.firewall.text.build import ANY_WAY, PROTOCOLS, STATES, UNPARSED, Builder
from rempart_agent.models.firewall.text.nft_rule import SENT_ON

_HOOKS = {"INPUT": "input", "FORWARD": "forward", "OUTPUT": "output", "PREROUTING": "prerouting"}
_HOOKS["POSTROUTING"] = "postrouting"
_PRIORITIES = {"raw": -300, "mangle": -150, "nat": -100, "filter": 0, "security": 50}
_NEUTRAL = ("LOG", "NFLOG", "ULOG", "TCPMSS", "AUDIT", "TRACE", "CLASSIFY", "CHECKSUM", "DSCP", "TOS")
_MARKS = ("MARK", "CONNMARK", "SECMARK", "CONNSECMARK", "SET")
_MATCHES = ("tcp", "udp", "multiport", "conntrack", "state", "comment", "addrtype", "icmp", "icmp6", "icmpv6", "sctp")
_CHOSEN = ("limit", "hashlimit", "recent", "statistic", "rt", "hl", "ttl", "length", "connlimit", "quota", "frag")
_KINDS = {"UNICAST": 1, "LOCAL": 2, "BROADCAST": 3, "ANYCAST": 4, "MULTICAST": 5}
_MOST_LINES = 100_000


class Saved(NamedTuple):
    """What files of one family come to.

    Attributes:
        ruleset: The chains.
        lines: How many rules there were.
    """

    ruleset: Ruleset
    lines: int


def parse(family: str, *texts: str) -> Saved:
    """Read files one after the other, each on top of those before, as ``iptables-restore --noflush`` does."""
    builders: Dict[str, Builder] = {}
    policies: Dict[Tuple[str, str], str] = {}
    rules: Dict[Tuple[str, str], List[Rule]] = {}
    count = 0
    for text in texts:
        table = ""
        for line in text.split("\n")[:_MOST_LINES]:
            line = line.strip()
            if line.startswith("*"):
                table = line[1:].strip()
            elif line.startswith(":"):
                words = line[1:].split()
                if words:
                    rules.setdefault((table, words[0]), [])
                    policies[table, words[0]] = words[1] if len(words) > 1 else "-"
            elif line.startswith(("-A", "--append", "-I", "[")):
                count += 1
                builder = builders.setdefault(table, Builder(family, "saved " + table))
                declared = {chain for where, chain in rules if where == table}
                name, first, rule = _rule(builder, line, declared)
                chain = rules.setdefault((table, name), [])
                chain.insert(0 if first else len(chain), rule)
    chains = {}
    for (table, name), those in rules.items():
        base = _base(table, name, policies.get((table, name), "ACCEPT"))
        chains[family, "saved " + table, name] = Chain(tuple(those), base)
    sets = {key: one for builder in builders.values() for key, one in builder.sets.items()}
    return Saved(Ruleset(chains, sets), count)


def _base(table: str, name: str, policy: str) -> Optional[Base]:
    if name not in _HOOKS or table not in _PRIORITIES or (table == "nat" and name != "PREROUTING"):
        return None
    kind = "nat" if table == "nat" else "filter"
    return Base(_HOOKS[name], _PRIORITIES[table], kind, "drop" if policy == "DROP" else "accept")


def _rule(builder: Builder, line: str, declared: Set[str]) -> Tuple[str, bool, Rule]:
    """Return a rule's chain, whether it comes first, and what it does."""
    try:
        words = shlex.split(line)
    except ValueError:
        return line.split()[1] if len(line.split()) > 1 else "", False, (UNPARSED,)
    if words and words[0].startswith("["):  # counters
        words = words[1:]
    if len(words) < 2:
        return "", False, (UNPARSED,)
    first = words[0] in ("-I", "--insert")
    rest = words[2:]
    if first and rest and rest[0].isdigit():
        first = rest[0] == "1"
        rest = rest[1:]
    asked: List[Expression] = []
    reader = _Reader(builder, declared)
    try:
        asked.extend(reader.read(rest))
    except (ValueError, IndexError, KeyError):
        asked = [UNPARSED]
    return words[1], first, tuple(asked)


class _Reader:
    """Reads the options of one rule; raises ``ValueError`` or ``IndexError`` for what is not understood."""

    def __init__(self, builder: Builder, declared: Set[str]) -> None:
        self._builder = builder
        self._declared = declared
        self._family = builder.family
        self._protocol = ""

    def read(self, words: List[str]) -> Iterator[Expression]:
        at, negate = 0, False
        matched: List[Expression] = []
        ends: List[Expression] = []
        while at < len(words):
            option = words[at]
            at += 1
            if option == "!":
                negate = True
                continue
            if option in ("-j", "--jump", "-g", "--goto"):
                ends = self._target(words[at], option in ("-g", "--goto"))
                break  # what follows are the target's own options
            used, found = self._option(option, words[at:], negate)
            matched += found
            at += used
            negate = False
        yield from matched
        yield from ends

    def _target(self, name: str, goes: bool) -> List[Expression]:
        if name in ("ACCEPT", "DROP", "RETURN"):
            return [build.verdict(name.lower())]
        if name == "REJECT":
            return [build.verdict("drop")]
        if name in self._declared:
            return [build.verdict("goto" if goes else "jump", name)]
        if name in _NEUTRAL or name in _MARKS:  # a rule that asks for a mark is not understood
            return []
        if name in ("SNAT", "MASQUERADE"):
            return [build.verdict("accept")]
        return [SENT_ON] if name in ("DNAT", "REDIRECT") else [UNPARSED]

    def _option(self, option: str, rest: List[str], negate: bool) -> Tuple[int, List[Expression]]:
        value = rest[0] if rest else ""
        if option in ("-s", "--source", "-d", "--destination"):
            return 1, self._address(value, option in ("-s", "--source"), negate)
        if option in ("-i", "--in-interface", "-o", "--out-interface"):
            load = build.meta(6 if option in ("-i", "--in-interface") else 7)
            return 1, self._builder.prefix(load, value.replace("+", "*"), negate)
        if option in ("-p", "--protocol"):
            number = int(value) if value.isdigit() else PROTOCOLS.get(value, -1)
            if value == "all" or number == 0:
                return 1, []
            if number < 0:
                raise ValueError(value)
            self._protocol = value
            return 1, self._builder.test(build.meta(16), [(number, number)], 1, negate)
        if option in ("-m", "--match"):
            if value in _CHOSEN:
                return self._skipped(rest)
            if value not in _MATCHES:
                raise ValueError(value)
            return 1, []
        return self._matched(option, value, negate)

    def _skipped(self, rest: List[str]) -> Tuple[int, List[Expression]]:
        """Pass over a match that goes both ways, with its options."""
        at = 1
        while at < len(rest) and rest[at] not in ("-j", "-g", "-m", "-p", "-s", "-d", "-i", "-o", "--jump", "--goto"):
            at += 1
        return at, [ANY_WAY]

    def _matched(self, option: str, value: str, negate: bool) -> Tuple[int, List[Expression]]:
        test = self._builder.test
        names = {"--dport": 2, "--destination-port": 2, "--dports": 2, "--destination-ports": 2}
        names.update({"--sport": 0, "--source-port": 0, "--sports": 0, "--source-ports": 0})
        if option in names:
            pairs = [build.port(part, ":") for part in value.split(",")]
            known = [p for p in pairs if p is not None]
            if len(known) < len(pairs):
                raise ValueError(value)
            return 1, test(build.payload(2, names[option], 2), known, 2, negate)
        if option in ("--ctstate", "--state"):
            states = [STATES[name.lower()] for name in value.split(",") if name.lower() in STATES]
            if len(states) < len(value.split(",")):
                raise ValueError(value)
            return 1, self._states(states, negate)
        if option in ("--dst-type", "--src-type"):
            kinds = [_KINDS[name] for name in value.split(",")] if set(value.split(",")) <= set(_KINDS) else []
            if not kinds:
                raise ValueError(value)
            from rempart_agent.models.firewall.load import native

            numbers = [native(kind, 4) for kind in kinds]
            return 1, test(build.fib(option == "--src-type"), [(n, n) for n in numbers], 4, negate)
        if option == "--comment":
            return 1, []
        if option in ("--icmp-type", "--icmpv6-type"):
            return 1, [ANY_WAY]
        if option in ("--syn", "--tcp-flags"):
            return (0, [ANY_WAY]) if option == "--syn" else (2, [ANY_WAY])
        raise ValueError(option)

    def _states(self, states: List[int], negate: bool) -> List[Expression]:
        from rempart_agent.models.firewall.load import native

        numbers = [native(state, 4) for state in states]
        return self._builder.test(build.ct(0), [(n, n) for n in numbers], 4, negate)

    def _address(self, value: str, of_source: bool, negate: bool) -> List[Expression]:
        pairs = []
        for part in value.split(","):
            found = build.network(part)
            if found is None or found[0] != self._family:
                raise ValueError(value)
            pairs.append(found[1])
        if len(pairs) > 1 and negate:
            raise ValueError(value)
        size = 16 if self._family == "ip6" else 4
        return self._builder.test(build.address(self._family, of_source), pairs, size, negate)
