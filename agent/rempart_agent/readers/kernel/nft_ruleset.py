"""The kernel's nftables ruleset, as the model of the firewall takes it.

Source: the nf_tables subsystem of netlink (linux/netfilter/nf_tables.h), asked in the network namespace of process 1.
Everything is of one generation: what changes meanwhile is asked for again.
"""

import os
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple, Union

from rempart_agent.models.firewall import ruleset
from rempart_agent.readers.kernel import host_network, netlink
from rempart_agent.source.contract import Malformed, SourceError
from rempart_agent.source.target import Target

NFTABLES = 10 << 8
GETTABLE, GETCHAIN, GETRULE, GETSET, GETSETELEM, GETGEN = (NFTABLES | n for n in (1, 4, 7, 10, 13, 16))
NEWTABLE, NEWCHAIN, NEWRULE, NEWSET, NEWSETELEM = (NFTABLES | n for n in (0, 3, 6, 9, 12))
ANY_FAMILY = bytes(4)
FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
HOOKS = ("prerouting", "input", "forward", "output", "postrouting", "ingress")
OTHER_HOOKS = {"arp": ("input", "output", "forward"), "netdev": ("ingress", "egress")}
_DORMANT = 1
_VERDICTS = {0: "drop", 1: "accept", 2: "stolen", 3: "queue", 4: "repeat", -1: "continue", -2: "break"}
_VERDICTS.update({-3: "jump", -4: "goto", -5: "return"})
_DATA = {"cmp": (3,), "range": (3, 4), "bitwise": (4, 5, 7), "immediate": (2,)}
_MAP, _DYNAMIC, _INTERVAL = 8, 0x20, 4  # NFT_SET_…
_ENDS, _CATCHALL = 1, 2  # NFT_SET_ELEM_…


def ask(target: Target) -> netlink.Answers:
    """Return the kernel's answers, asked once in the machine's network namespace for all tables; see `list_ruleset`.

    Raises:
        Denied: the run is not root, or may not enter the machine's network namespace.
    """

    def question() -> netlink.Answers:
        return target.ask("nftables", lambda: host_network.ask(list_ruleset))

    answers: netlink.Answers = target.shared("nftables", question)
    return answers


def list_ruleset() -> netlink.Answers:
    """Return the kernel's answers to ``tables``, ``chains``, ``rules``, ``sets`` and ``elements``, in base64.

    Empty where the kernel has no nf_tables. It is not asked then, since asking would load the module.

    Raises:
        SourceError: The kernel does not answer, or what is loaded changes all the time.
    """
    if not is_loaded():
        return {}
    for _ in range(5):
        try:
            talk = netlink.Talk(netlink.NETFILTER)
        except netlink.Unsupported:
            return {}
        with talk:
            try:
                before = _generation(talk)
            except netlink.Unsupported:
                return {}
            try:
                answers: netlink.Answers = {
                    "tables": talk.dump(GETTABLE, ANY_FAMILY),
                    "chains": talk.dump(GETCHAIN, ANY_FAMILY),
                    "rules": talk.dump(GETRULE, ANY_FAMILY),
                    "sets": talk.dump(GETSET, ANY_FAMILY),
                }
                answers["elements"] = [
                    talk.dump(GETSETELEM, bytes((family, 0, 0, 0)) + _string(1, table) + _string(2, name))
                    for family, table, name in _set_names(answers)
                ]
            except SourceError as error:
                if isinstance(error, (netlink.Refused, netlink.Unsupported)) or type(error) is not SourceError:
                    raise
                last = error  # a set has gone since
                if _generation(talk) == before:
                    raise
                del last
                continue
            if _generation(talk) == before:
                return answers
    raise SourceError("nftables: the ruleset changes all the time")


def _string(kind: int, text: bytes) -> bytes:
    import sys

    order: Any = sys.byteorder
    data = text + b"\0"
    head = (len(data) + 4).to_bytes(2, order) + kind.to_bytes(2, order)
    return head + data + bytes(-len(data) % 4)


def _set_names(answers: netlink.Answers) -> List[Tuple[int, bytes, bytes]]:
    return [
        (family, found.get(1, b"").split(b"\0", 1)[0], found.get(2, b"").split(b"\0", 1)[0])
        for family, found in objects(answers.get("sets"), NEWSET)
    ]


def is_loaded(modules: str = "/sys/module", libraries: str = "/lib/modules") -> bool:
    """Tell whether the running kernel has nf_tables, loaded or built in; True in doubt.

    Args:
        modules: Where sysfs shows what is loaded.
        libraries: Where the kernels' modules lie; ``modules.builtin`` lists what is built in (kmod(8)).
    """
    if os.path.exists(modules + "/nf_tables") or not os.path.exists(modules):
        return True
    try:
        with open("{}/{}/modules.builtin".format(libraries, os.uname().release), encoding="utf-8") as file:
            return "/nf_tables.ko" in file.read()
    except OSError:
        return True


def _generation(talk: netlink.Talk) -> bytes:
    """Return the ruleset's generation; raises ``Unsupported`` where the kernel has no nf_tables.

    nfnetlink says "invalid argument" of a subsystem that it does not have and could not load.
    """
    import errno

    try:
        answer = talk.get(GETGEN, ANY_FAMILY)
    except SourceError as error:
        if type(error) is SourceError and str(error).endswith(os.strerror(errno.EINVAL)):
            raise netlink.Unsupported("nftables: not in this kernel") from error
        raise
    for message in netlink.messages(answer):
        for kind, value in netlink.attributes(message.body[4:]):
            if kind == 1:
                return value
    raise Malformed("nftables: no generation")


def objects(answer: object, kind: int) -> Iterator[Tuple[int, Dict[int, bytes]]]:
    """Return the objects of an answer: family and attributes. Raises ``Malformed``.

    Args:
        answer: One of :func:`list_ruleset`.
        kind: The type of their messages.
    """
    for message in netlink.messages(netlink.unpack(answer)):
        if message.type == kind:
            if len(message.body) < 4:
                raise Malformed("nftables: a message without a header")
            yield message.body[0], dict(netlink.attributes(message.body[4:]))


def number(value: bytes) -> int:
    """Return a number in network byte order."""
    return int.from_bytes(value, "big")


def text(found: Mapping[int, bytes], kind: int) -> str:
    """Return a name; raises ``Malformed`` where it is missing.

    Args:
        found: Attributes of an object.
        kind: The kernel's number of the name.
    """
    if kind not in found:
        raise Malformed("nftables: a name is missing")
    return netlink.text(found[kind])


def dormant_tables(answers: netlink.Answers) -> Set[Tuple[int, str]]:
    """Return the tables that filter nothing for now."""
    return {
        (family, text(found, 1))
        for family, found in objects(answers.get("tables"), NEWTABLE)
        if number(found.get(2, b"")) & _DORMANT
    }


def parse(answers: netlink.Answers) -> ruleset.Ruleset:
    """Make the ruleset of the kernel's answers. Raises ``Malformed``."""
    if not answers:
        return ruleset.Ruleset({}, {})
    dormant = dormant_tables(answers)
    rules: Dict[Tuple[int, str, str], List[ruleset.Rule]] = {}
    bases: Dict[Tuple[int, str, str], Optional[ruleset.Base]] = {}
    for family, found in objects(answers.get("chains"), NEWCHAIN):
        key = (family, text(found, 1), text(found, 3))
        rules[key] = []
        bases[key] = base_of(family, found) if 4 in found and key[:2] not in dormant else None
    for family, found in objects(answers.get("rules"), NEWRULE):
        key = (family, text(found, 1), text(found, 2))
        if key not in rules:
            raise Malformed("nftables: a rule of no chain")
        rules[key].append(tuple(_expressions(found.get(4, b""))))
    chains = {
        (FAMILIES.get(k[0], str(k[0])), k[1], k[2]): ruleset.Chain(tuple(those), bases[k]) for k, those in rules.items()
    }
    return ruleset.Ruleset(chains, _sets(answers))


def base_of(family: int, found: Mapping[int, bytes]) -> ruleset.Base:
    """Return where a base chain hangs.

    Args:
        family: The kernel's number of it.
        found: Attributes of the chain.
    """
    hook = dict(netlink.attributes(found[4]))
    names = OTHER_HOOKS.get(FAMILIES.get(family, ""), HOOKS)
    at = number(hook.get(1, b""))
    devices = [netlink.text(hook[3])] if 3 in hook else []
    devices += [netlink.text(name) for _, name in netlink.attributes(hook.get(4, b""))]
    return ruleset.Base(
        hook=names[at] if at < len(names) else str(at),
        priority=int.from_bytes(hook.get(2, b""), "big", signed=True),
        type=text(found, 7) if 7 in found else "filter",
        policy="accept" if number(found.get(5, b"\1")) else "drop",
        devices=tuple(dict.fromkeys(devices)),
    )


def _expressions(data: bytes) -> Iterator[ruleset.Expression]:
    for _, element in netlink.attributes(data):
        parts = dict(netlink.attributes(element))
        name = netlink.text(parts.get(1, b""))
        found: Dict[int, Union[bytes, ruleset.Verdict, ruleset.Header]] = dict(netlink.attributes(parts.get(2, b"")))
        for kind in _DATA.get(name, ()):
            nested = found.get(kind)
            if isinstance(nested, bytes):
                found[kind] = _value(nested)
        yield ruleset.Expression(name, found)


def _value(data: bytes) -> ruleset.Gives:
    """Return what a nested value holds: bytes, or a verdict."""
    for kind, value in netlink.attributes(data):
        if kind == 1:
            return value
        if kind == 2:
            parts = dict(netlink.attributes(value))
            code = int.from_bytes(parts.get(1, b""), "big", signed=True)
            name = _VERDICTS.get(code if code < 0 else code & 0xFF, "unknown")  # a queue's number stands above
            return ruleset.Verdict("unknown" if name in ("queue", "stolen", "repeat") else name, _chain(parts))
    return b""


def _constant(data: bytes) -> bytes:
    """Return the bytes that a nested value holds; none where it holds a verdict."""
    value = _value(data)
    return value if isinstance(value, bytes) else b""


def _chain(parts: Mapping[int, bytes]) -> str:
    return netlink.text(parts.get(2, b""))


def _sets(answers: netlink.Answers) -> Dict[ruleset.Key, ruleset.Set]:
    elements: Dict[Tuple[int, str, str], List[ruleset.Element]] = {}
    for answer in answers.get("elements") or ():
        for family, found in objects(answer, NEWSETELEM):
            key = (family, text(found, 1), text(found, 2))
            for _, element in netlink.attributes(found.get(3, b"")):
                elements.setdefault(key, []).append(_element(dict(netlink.attributes(element))))
    sets = {}
    for family, found in objects(answers.get("sets"), NEWSET):
        key = (family, text(found, 1), text(found, 2))
        flags = number(found.get(3, b""))
        described = dict(netlink.attributes(found.get(9, b"")))
        parts = tuple(
            number(dict(netlink.attributes(field)).get(1, b""))
            for _, field in netlink.attributes(described.get(2, b""))
        )
        sets[FAMILIES.get(family, str(family)), key[1], key[2]] = ruleset.Set(
            elements=tuple(elements.get(key, ())),
            size=number(found.get(5, b"")),
            parts=parts if len(parts) > 1 else (),
            intervals=bool(flags & _INTERVAL),
            dynamic=bool(flags & _DYNAMIC),
        )
    return sets


def _element(found: Mapping[int, bytes]) -> ruleset.Element:
    flags = number(found.get(3, b""))
    key = None if flags & _CATCHALL else _constant(found.get(1, b""))
    last = _constant(found[10]) if 10 in found else None
    data = _value(found[2]) if 2 in found else None
    return ruleset.Element(key, last, bool(flags & _ENDS), data)
