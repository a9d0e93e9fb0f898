"""Files of nft (nft(8)): /etc/nftables.conf and what it includes."""

import re
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

from rempart_agent.models.firewall.ruleset import Base, Chain, Element, Key, Rule, Ruleset, Set
from rempart_agent.models.firewall.text.build import UNPARSED, Builder
from rempart_agent.models.firewall.text.nft_rule import Reader, split_list, values_of
from rempart_agent.said import SaidError

_TOKEN = re.compile(r'"[^"\n]*"|[{};]|[^\s{};"]+|\n')
_PRIORITIES = {"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100}
_FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_DEPTH = 16  # of includes, as nft allows
_MOST = 400_000  # words
Include = Callable[[str], List[Tuple[str, str]]]
"""Gives path and text of the files that a pattern names."""


class Unread(SaidError):
    """A file that is not understood as a whole."""


class _Chain(NamedTuple):
    rules: List[Rule]
    base: List[Base]


class Files:
    """What a file of nft and its includes load, one command after the other."""

    def __init__(self, include: Include) -> None:
        """Make it.

        Args:
            include: Reads included files.
        """
        self._include = include
        self._chains: Dict[Key, _Chain] = {}
        self._builders: Dict[Tuple[str, str], Builder] = {}
        self._variables: Dict[str, List[str]] = {}
        self._count = 0

    def ruleset(self) -> Ruleset:
        """Return what is loaded in the end."""
        chains = {k: Chain(tuple(c.rules), c.base[0] if c.base else None) for k, c in self._chains.items()}
        return Ruleset(chains, {k: s for b in self._builders.values() for k, s in b.sets.items()})

    def load(self, text: str, depth: int = 0) -> None:
        """Take in a file; raises ``Unread``.

        Args:
            text: All of the file.
            depth: How many files include it.
        """
        text = re.sub(r"\\\n", " ", re.sub(r'(?m)("[^"\n]*")|#.*$', lambda m: m.group(1) or "", text))
        words = _TOKEN.findall(text)
        self._count += len(words)
        if depth > _DEPTH or self._count > _MOST:
            raise Unread("includes too deep, or too many words")
        for command in _commands(words):
            self._command(self._expanded(command), depth)

    def _expanded(self, words: List[str]) -> List[str]:
        found: List[str] = []
        for word in words:
            if word.startswith("$"):
                name = word[1:].rstrip(",")
                if name not in self._variables:
                    raise Unread("the variable {name}", name=name)
                found += self._variables[name] + ([","] if word.endswith(",") else [])
            else:
                found.append(word)
        return found

    def _command(self, words: List[str], depth: int) -> None:
        head = words[0]
        if head == "include" and len(words) > 1:
            for _, text in self._include(words[1].strip('"')):
                self.load(text, depth + 1)
        elif head in ("define", "redefine") and len(words) > 3 and words[2] == "=":
            self._variables[words[1]] = words[3:]
        elif words[:2] == ["flush", "ruleset"]:
            self._chains.clear()
            self._builders.clear()
        elif head in ("table", "add", "create", "delete", "destroy", "flush", "insert", "undefine"):
            self._object(words if head != "table" else ["add", *words])
        else:
            raise Unread("the command {head}", head=head)

    def _object(self, words: List[str]) -> None:
        verb, kind, rest = words[0], words[1] if len(words) > 1 else "", words[2:]
        family = "ip"
        if rest and rest[0] in _FAMILIES:
            family, rest = rest[0], rest[1:]
        if not rest:
            raise Unread("{words}", words=" ".join(words[:3]))
        table, rest = (family, rest[0].strip('"')), rest[1:]
        if verb in ("delete", "destroy", "flush"):
            self._remove(verb, kind, table, rest)
        elif kind == "table":
            builder = self._builders.setdefault(table, Builder(*table))
            if rest[:1] == ["{"]:
                self._table(builder, rest[1 : _close(rest, 0)])
        elif kind == "chain" and rest:
            self._chain(self._builders.setdefault(table, Builder(*table)), rest[0], _inner(rest[1:]))
        elif kind == "rule" and rest:
            self._add(self._builders.setdefault(table, Builder(*table)), rest[0], rest[1:], first=verb == "insert")
        elif kind in ("set", "map") and rest:
            self._set(self._builders.setdefault(table, Builder(*table)), rest[0], _inner(rest[1:]), kind == "map")
        elif kind == "element" and rest:
            self._elements(self._builders.setdefault(table, Builder(*table)), rest[0], _inner(rest[1:]))
        elif kind not in ("counter", "quota", "limit", "flowtable", "secmark", "synproxy", "ct"):
            raise Unread("{words}", words=" ".join(words[:3]))

    def _remove(self, verb: str, kind: str, table: Tuple[str, str], rest: Sequence[str]) -> None:
        if kind == "table":
            for key in [k for k in self._chains if k[:2] == table]:
                if verb == "flush":
                    self._chains[key].rules.clear()
                else:
                    del self._chains[key]
            if verb != "flush":
                self._builders.pop(table, None)
        elif kind == "chain" and rest:
            key = (*table, rest[0])
            if verb == "flush" and key in self._chains:
                self._chains[key].rules.clear()
            else:
                self._chains.pop(key, None)
        else:
            raise Unread("{verb} {kind}", verb=verb, kind=kind)

    def _table(self, builder: Builder, words: List[str]) -> None:
        for command in _commands(words):
            words = self._expanded(command)
            if words[0] == "chain" and len(words) > 1:
                self._chain(builder, words[1], _inner(words[2:]))
            elif words[0] in ("set", "map") and len(words) > 1:
                self._set(builder, words[1], _inner(words[2:]), words[0] == "map")
            elif words[:1] == ["flags"] and "dormant" in words:
                raise Unread("a dormant table")
            elif words[0] not in ("comment", "flags", "counter", "quota", "limit", "flowtable", "ct", "secmark"):
                raise Unread("in a table: {words}", words=words[0])

    def _chain(self, builder: Builder, name: str, words: List[str]) -> None:
        chain = self._chains.setdefault((builder.family, builder.table, name.strip('"')), _Chain([], []))
        for command in _commands(words):
            words = self._expanded(command)
            if words[0] == "type" and "hook" in words:
                chain.base[:] = [_base(words)]
            elif words[0] == "policy" and len(words) > 1 and chain.base:
                chain.base[0] = chain.base[0]._replace(policy=words[1])
            elif words[0] not in ("comment", "flags"):
                self._add(builder, name, words, first=False)

    def _add(self, builder: Builder, name: str, words: List[str], *, first: bool) -> None:
        key = (builder.family, builder.table, name.strip('"'))
        chain = self._chains.setdefault(key, _Chain([], []))
        while len(words) > 1 and words[0] in ("position", "handle", "index"):
            words = words[2:]
        try:
            rule: Rule = tuple(Reader(builder, words).read())
        except (ValueError, IndexError, KeyError):
            rule = (UNPARSED,)
        chain.rules.insert(0 if first else len(chain.rules), rule)

    def _set(self, builder: Builder, name: str, words: List[str], is_map: bool) -> None:
        key = (builder.family, builder.table, name.strip('"'))
        kind, elements, dynamic = "", [], False
        for command in _commands(words):
            words = self._expanded(command)
            if words[0] in ("type", "typeof"):
                kind = " ".join(words[1:])
            elif words[0] == "elements" and len(words) > 2:
                elements = _inner(words[2:])
            elif words[0] == "flags":
                dynamic = "dynamic" in " ".join(words)
        size = {"ipv4_addr": 4, "ipv6_addr": 16, "inet_service": 2, "ifname": 16}.get(kind, 0)
        if is_map or not size or kind == "ifname":
            builder.sets.pop(key, None)  # looked up, it is not known
            return
        builder.sets[key] = Set((), size, intervals=True, dynamic=dynamic)
        self._fill(builder, key, elements)

    def _elements(self, builder: Builder, name: str, words: List[str]) -> None:
        key = (builder.family, builder.table, name.strip('"'))
        if key in builder.sets:
            self._fill(builder, key, words)

    def _fill(self, builder: Builder, key: Key, words: List[str]) -> None:
        known = builder.sets[key]
        made = list(known.elements)
        for part in split_list(words):
            found = values_of(part[:1], known.size)
            if found is None or (len(part) > 1 and part[1] not in ("timeout", "expires", "comment", "counter")):
                del builder.sets[key]
                return
            made += [Element(a.to_bytes(known.size, "big"), b.to_bytes(known.size, "big")) for a, b in found]
        builder.sets[key] = known._replace(elements=tuple(made))


def _base(words: List[str]) -> Base:
    hook = words[words.index("hook") + 1]
    kind = words[1] if len(words) > 1 else "filter"
    priority = 0
    if "priority" in words:
        text = " ".join(words[words.index("priority") + 1 :])
        found = re.match(r"(-?\d+|[a-z]+)(?:\s*([+-])\s*(\d+))?$", text)
        if not found or not (found.group(1).lstrip("-").isdigit() or found.group(1) in _PRIORITIES):
            raise Unread("the priority {text}", text=text)
        name = found.group(1)
        priority = int(name) if name.lstrip("-").isdigit() else _PRIORITIES[name]
        priority += int((found.group(2) or "+") + (found.group(3) or "0"))
    if "device" in words or "devices" in words:
        raise Unread("a chain of a device")
    return Base(hook, priority, kind)


def _commands(words: Sequence[str]) -> List[List[str]]:
    """Part words at line ends and semicolons that stand outside of braces."""
    found: List[List[str]] = [[]]
    depth = 0
    for word in words:
        depth += {"{": 1, "}": -1}.get(word, 0)
        if word in ("\n", ";") and depth <= 0:
            found.append([])
        elif word != "\n" or depth > 0:
            found[-1].append(word)
    return [c for c in found if any(w != "\n" for w in c)]


def _close(words: Sequence[str], begin: int) -> int:
    depth = 0
    for at in range(begin, len(words)):
        depth += {"{": 1, "}": -1}.get(words[at], 0)
        if not depth:
            return at
    raise Unread("a brace that is not closed")


def _inner(words: List[str]) -> List[str]:
    """Return what stands in the braces that follow."""
    rest = [w for w in words if w != "\n"] if words and words[0] == "\n" else words
    return rest[1 : _close(rest, 0)] if rest[:1] == ["{"] else []
