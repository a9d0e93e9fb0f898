"""One rule of nft's language."""

from typing import Iterator, List, Optional, Sequence, Tuple

from rempart_agent.models.firewall.load import native
from rempart_agent.models.firewall.ruleset import Expression, Verdict
from rempart_agent.models.firewall.text import build
from rempart_agent.models.firewall.text.build import ANY_WAY, PROTOCOLS, STATES, Builder

_KINDS = {"unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5}
SENT_ON = Expression("queue", {})
"""An address that NAT changes: what becomes of the packet is not followed in files."""
_LOG = ("prefix", "level", "group", "snaplen", "queue-threshold", "flags")


def split_list(words: Sequence[str]) -> List[List[str]]:
    """Part words at commas."""
    found: List[List[str]] = [[]]
    for word in words:
        if word == "\n":
            continue
        pieces = word.split(",") if not word.startswith('"') else [word]
        for at, piece in enumerate(pieces):
            if at:
                found.append([])
            if piece:
                found[-1].append(piece)
    return [part for part in found if part]


def values_of(part: Sequence[str], size: int) -> Optional[List[Tuple[int, int]]]:
    """Return the ranges of one value of a set: ports for two bytes, else addresses; None where they are not known.

    Args:
        part: The words of the value.
        size: Bytes of it.
    """
    if len(part) != 1:
        return None
    if size == 2:
        pair = build.port(part[0], "-")
        return None if pair is None else [pair]
    found = build.network(part[0])
    if found is None or (found[0] == "ip6") != (size == 16):
        return None
    return [found[1]]


class Reader:
    """Reads the words of a rule; raises ``ValueError`` or ``IndexError`` for what is not understood."""

    def __init__(self, builder: Builder, words: Sequence[str]) -> None:
        """Read ``words`` as a rule of the builder's table.

        Args:
            builder: Makes its expressions.
            words: The rule.
        """
        self._builder = builder
        self._words = [w for w in words if w != "\n"]
        self._at = 0

    def read(self) -> Iterator[Expression]:
        """Return the expressions."""
        while self._at < len(self._words):
            yield from self._next()

    def _take(self) -> str:
        self._at += 1
        return self._words[self._at - 1]

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _next(self) -> List[Expression]:
        word = self._take()
        if word in ("accept", "drop", "return", "continue"):
            return [build.verdict(word)]
        if word == "reject":
            self._at = len(self._words)
            return [build.verdict("drop")]
        if word in ("masquerade", "snat"):
            self._at = len(self._words)
            return [build.verdict("accept")]
        if word in ("dnat", "redirect"):
            self._at = len(self._words)
            return [SENT_ON]
        if word in ("jump", "goto"):
            return [build.verdict(word, self._take().strip('"'))]
        if word == "counter":
            while self._peek() in ("packets", "bytes", "name"):
                self._at += 2
            return []
        if word == "log":
            while self._peek() in _LOG:
                self._at += 2
            return []
        if word == "comment":
            self._take()
            return []
        if word == "limit":
            return self._limit()
        return self._condition(word)

    def _limit(self) -> List[Expression]:
        if self._take() != "rate":
            raise ValueError("limit")
        if self._peek() == "over":
            self._take()
        self._take()
        if self._peek() in ("bytes/second", "kbytes/second", "mbytes/second"):
            self._take()
        if self._peek() == "burst":
            self._at += 3
        return [ANY_WAY]

    def _condition(self, word: str) -> List[Expression]:
        test = self._builder.test
        if word == "meta":
            word = self._take()
            if word not in ("l4proto", "nfproto", "iifname", "oifname", "iif", "oif", "protocol"):
                raise ValueError(word)
        if word in ("iifname", "oifname", "iif", "oif"):
            return self._interface(6 if word.startswith("i") else 7)
        if word == "l4proto":
            return self._protocols(build.meta(16))
        if word in ("nfproto", "protocol"):
            negate, values = self._values()
            numbers = [{"ipv4": 2, "ipv6": 10, "ip": 2, "ip6": 10}[v] if v in _FAMILIES else -1 for v in values]
            if -1 in numbers:
                raise ValueError(word)
            return test(build.meta(15), [(n, n) for n in numbers], 1, negate)
        if word in ("ip", "ip6"):
            return self._header(word)
        if word in ("tcp", "udp", "th", "sctp"):
            return self._port(word)
        if word in ("icmp", "icmpv6"):
            self._take()
            self._values()
            number = PROTOCOLS[word]
            return [*test(build.meta(16), [(number, number)], 1), ANY_WAY]
        if word == "ct":
            return self._ct()
        if word == "fib":
            return self._fib()
        raise ValueError(word)

    def _values(self) -> Tuple[bool, List[str]]:
        """Return whether a comparison is negated, and its values."""
        negate = self._peek() == "!="
        if self._peek() in ("!=", "=="):
            self._take()
        if self._peek() in ("<", ">", "<=", ">=", "&", "|", "vmap", "map", "set"):
            raise ValueError(self._peek())
        if self._peek() == "{":
            begin = self._at + 1
            end = self._words.index("}", begin)
            inside = self._words[begin:end]
            self._at = end + 1
            parts = split_list(inside)
            if any(len(p) != 1 for p in parts) or "." in inside:
                raise ValueError("a set of more than values")
            return negate, [p[0] for p in parts]
        word = self._take()
        if self._peek() in (".", "vmap", "map"):
            raise ValueError("values that are joined")
        values = [p[0] for p in split_list([word])]
        while word.endswith(","):
            word = self._take()
            values += [p[0] for p in split_list([word])]
        return negate, values

    def _named(self, load: Expression, values: List[str], negate: bool) -> Optional[List[Expression]]:
        if len(values) == 1 and values[0].startswith("@"):
            return [load, self._builder.look_up(values[0][1:], negate)]
        return None

    def _chosen(self) -> Optional[List[Tuple[str, Verdict]]]:
        """Return the values of a map of verdicts that follows, with the verdict of each; None where there is none."""
        if self._peek() != "vmap":
            return None
        self._take()
        if self._take() != "{":
            raise ValueError("a named map")
        end = self._words.index("}", self._at)
        found = []
        for part in split_list(self._words[self._at : end]):
            value, colon, gives = " ".join(part).partition(":")
            words = gives.split()
            if not colon or words[:1] not in (["accept"], ["drop"], ["return"], ["continue"], ["jump"], ["goto"]):
                raise ValueError("a verdict")
            found.append((value.strip(), Verdict(words[0], words[1] if len(words) > 1 else "")))
        self._at = end + 1
        return found

    def _interface(self, key: int) -> List[Expression]:
        negate, values = self._values()
        names = [v.strip('"') for v in values]
        if len(names) == 1 and not names[0].startswith("@"):
            return self._builder.prefix(build.meta(key), names[0], negate)
        if any(n.endswith("*") or n.startswith("@") for n in names):
            raise ValueError("names of interfaces")
        numbers = [int.from_bytes(n.encode()[:15].ljust(16, b"\0"), "big") for n in names]
        return self._builder.test(build.meta(key), [(n, n) for n in numbers], 16, negate)

    def _protocols(self, load: Expression) -> List[Expression]:
        chosen = self._chosen()
        if chosen is not None:
            return self._builder.choose(load, [([(PROTOCOLS[v], PROTOCOLS[v])], g) for v, g in chosen], 1)
        negate, values = self._values()
        numbers = [int(v) if v.isdigit() else PROTOCOLS.get(v, -1) for v in values]
        if -1 in numbers:
            raise ValueError("a protocol")
        return self._builder.test(load, [(n, n) for n in numbers], 1, negate)

    def _family(self, family: str) -> List[Expression]:
        """Return what ``ip …`` and ``ip6 …`` ask of the family in a table of both."""
        number = 10 if family == "ip6" else 2
        return self._builder.test(build.meta(15), [(number, number)], 1)

    def _header(self, family: str) -> List[Expression]:
        if self._builder.family in ("ip", "ip6") and self._builder.family != family:
            raise ValueError(family)
        field = self._take()
        first = self._family(family)
        if field in ("protocol", "nexthdr"):
            return [*first, *self._protocols(build.meta(16))]
        if field not in ("saddr", "daddr"):
            raise ValueError(field)
        load = build.address(family, field == "saddr")
        size = 16 if family == "ip6" else 4
        negate, values = self._values()
        named = self._named(load, values, negate)
        if named is not None:
            return [*first, *named]
        pairs = [values_of([v], size) for v in values]
        known = [pair for found in pairs if found is not None for pair in found]
        if None in pairs:
            raise ValueError(field)
        return [*first, *self._builder.test(load, known, size, negate)]

    def _port(self, protocol: str) -> List[Expression]:
        field = self._take()
        if field not in ("dport", "sport"):
            raise ValueError(field)
        load = build.payload(2, 2 if field == "dport" else 0, 2)
        first = [] if protocol == "th" else self._builder.test(build.meta(16), [(PROTOCOLS[protocol],) * 2], 1)
        chosen = self._chosen()
        if chosen is not None:
            entries = [(values_of([v], 2) or [(1, 0)], g) for v, g in chosen]
            if any(pairs == [(1, 0)] for pairs, _ in entries):
                raise ValueError(field)
            return [*first, *self._builder.choose(load, entries, 2)]
        negate, values = self._values()
        named = self._named(load, values, negate)
        if named is not None:
            return [*first, *named]
        pairs = [values_of([v], 2) for v in values]
        known = [pair for found in pairs if found is not None for pair in found]
        if None in pairs:
            raise ValueError(field)
        return [*first, *self._builder.test(load, known, 2, negate)]

    def _ct(self) -> List[Expression]:
        if self._take() != "state":
            raise ValueError("ct")
        chosen = self._chosen()
        if chosen is not None:
            states = [([(native(STATES[v], 4), native(STATES[v], 4))], g) for v, g in chosen]
            return self._builder.choose(build.ct(0), states, 4)
        negate, values = self._values()
        if not set(values) <= set(STATES):
            raise ValueError("ct state")
        numbers = [native(STATES[v], 4) for v in values]
        return self._builder.test(build.ct(0), [(n, n) for n in numbers], 4, negate)

    def _fib(self) -> List[Expression]:
        which = self._take()
        if which not in ("saddr", "daddr") or self._take() != "type":
            raise ValueError("fib")
        negate, values = self._values()
        if not set(values) <= set(_KINDS):
            raise ValueError("fib")
        numbers = [native(_KINDS[v], 4) for v in values]
        return self._builder.test(build.fib(which == "saddr"), [(n, n) for n in numbers], 4, negate)


_FAMILIES = ("ipv4", "ipv6", "ip", "ip6")
