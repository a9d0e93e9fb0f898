"""What the rules of nftables do: verdicts, conditions, and where a packet ends that no condition caught.

Source: linux/netfilter/nf_tables.h. A rule is a list of expressions; here they are sorted into those that never keep a
packet from the rest of the rule, those that do, and those that are not known.
"""

from typing import List, Mapping, NamedTuple, Tuple

from rempart_agent.readers.kernel import netlink

_VERDICTS = {0: "drop", 1: "accept", 3: "queue", -3: "jump", -4: "goto", -5: "return"}
_ENDS = ("accept", "drop", "reject", "queue")
# Expressions that never keep a packet from the rest of the rule.
_NEUTRAL = frozenset(("counter", "log", "notrack", "last", "immediate", "dup"))
# With this attribute, a source register, they set something; without it they load something that another compares.
_SETTERS = {"meta": 3, "ct": 4, "payload": 5, "exthdr": 7}
_CONDITIONS = frozenset(("cmp", "range", "lookup", "limit", "quota", "connlimit", "match"))


class Rule(NamedTuple):
    """What one rule does.

    Attributes:
        verdict: ``accept``, ``drop``, ``reject``, ``queue``, ``jump``, ``goto``, ``return``, or ``""``.
        chain: The chain that a jump or goto leads to.
        condition: ``"no"``, ``"yes"``, or ``"unknown"`` where an expression is not known here.
        logs: Whether it writes to a log.
    """

    verdict: str = ""
    chain: str = ""
    condition: str = "no"
    logs: bool = False


Key = Tuple[int, str, str]
"""A chain: its family, its table, its name."""


def final_verdict(rules: Mapping[Key, List[Rule]], key: Key) -> str:
    """Return the verdict of the first rule without a condition that a packet in chain ``key`` gets to, or ``""``.

    Args:
        rules: By chain.
        key: The chain.
    """
    verdict = _walk(rules, key, 0)
    return verdict if verdict in _ENDS else ""


def _walk(rules: Mapping[Key, List[Rule]], key: Key, depth: int) -> str:
    """Return where every packet that enters a chain ends: a verdict, ``return`` to the caller, or ``end`` of all."""
    if depth > 16:  # the kernel allows no deeper jumps
        return "end"
    doubt = False  # whether an earlier rule may have ended the walk
    for rule in rules.get(key, []):
        if rule.condition == "yes":
            continue
        ends = rule.verdict
        if rule.verdict in ("jump", "goto"):
            ends = _walk(rules, (key[0], key[1], rule.chain), depth + 1)
            if ends == "return" and rule.verdict == "jump":
                ends = ""
        if rule.condition == "unknown" and ends != "accept":
            doubt = doubt or ends in ("return", "end")
            ends = ""
        if ends:
            return "end" if doubt and ends != "accept" else ends
    return "end" if doubt else "return"


def parse(expressions: bytes) -> Rule:
    """Read what a rule does from its list of expressions. Raises ``Malformed``."""
    verdict, chain, condition, logs = "", "", "no", False
    for _, element in netlink.attributes(expressions):
        parts = dict(netlink.attributes(element))
        name = netlink.text(parts.get(1, b""))
        data = dict(netlink.attributes(parts.get(2, b"")))
        if name == "target":  # an extension of iptables
            name = netlink.text(data.get(1, b"")).lower()
        if name in ("log", "nflog"):
            logs = True
        elif name in ("reject", "queue", "nfqueue"):
            verdict = verdict or name.replace("nf", "")
        elif name == "immediate" and 2 in data and not _number(data.get(1, b"")):
            found, chain = _parse_verdict(data[2])
            verdict = verdict or found
        else:
            condition = max(condition, _condition(name, data), key=("no", "unknown", "yes").index)
    return Rule(verdict, chain, condition, logs)


def _condition(name: str, data: Mapping[int, bytes]) -> str:
    if name in _NEUTRAL or (name == "match" and netlink.text(data.get(1, b"")) == "comment"):
        return "no"
    if name == "objref":  # a named counter only counts; a named quota or limit is a condition
        return "no" if _number(data.get(1, b"")) == 1 else "yes"
    if name in _SETTERS:
        return "no" if _SETTERS[name] in data else "unknown"
    return "yes" if name in _CONDITIONS else "unknown"


def _parse_verdict(data: bytes) -> Tuple[str, str]:
    for kind, value in netlink.attributes(data):
        if kind == 2:
            parts = dict(netlink.attributes(value))
            code = int.from_bytes(parts.get(1, b""), "big", signed=True)
            name = _VERDICTS.get(code if code < 0 else code & 0xFF, "")  # a queue's number stands above
            return name, netlink.text(parts.get(2, b""))
    return "", ""


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")
