"""Table rempart_nftables: the chains of the nftables ruleset, one row each.

osquery knows the legacy tables of iptables alone. A base chain (one with a ``hook``) also says what happens to a packet
that no condition caught: ``final_verdict`` is the verdict of the first rule without a condition (``accept``, ``drop``,
``reject`` or ``queue``), looked for through the chains that it jumps to, and ``''`` where there is none and ``policy``
decides. A rule with an expression that is unknown here counts as unconditional if it accepts, and as conditional if it
refuses: the doubt never makes a firewall look tighter. A chain of a dormant table filters nothing and has no hook.

Source: the nf_tables subsystem of netlink (linux/netfilter/nf_tables.h), asked in the network namespace of process 1.
"""

import os
from typing import Any, Dict, Iterator, List, Mapping, Set, Tuple

from rempart_agent.tables import host_network, netlink, nft_rule
from rempart_agent.tables.contract import INTEGER, TEXT, Column, Malformed, Query, Row, SourceError
from rempart_agent.targets.contract import Target

OFFLINE = "none"
COLUMNS = (
    Column("family", TEXT),
    Column("table_name", TEXT),
    Column("chain", TEXT),
    Column("hook", TEXT),
    Column("type", TEXT),
    Column("priority", INTEGER),
    Column("policy", TEXT),
    Column("rules", INTEGER),
    Column("final_verdict", TEXT),
    Column("logs", INTEGER),
)
_NFTABLES = 10 << 8
_GETTABLE, _GETCHAIN, _GETRULE, _GETGEN = (_NFTABLES | n for n in (1, 4, 7, 16))
_NEWTABLE, _NEWCHAIN, _NEWRULE = (_NFTABLES | n for n in (0, 3, 6))
_ANY_FAMILY = bytes(4)
_FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
_HOOKS = ("prerouting", "input", "forward", "output", "postrouting", "ingress")
_OTHER_HOOKS = {"arp": ("input", "output", "forward"), "netdev": ("ingress", "egress")}
_DORMANT = 1


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each chain; none where the kernel has no nf_tables, and so no ruleset.

    Raises:
        Denied: the run is not root, or may not enter the machine's network namespace.
    """
    target.need_live("rempart_nftables")
    return parse(target.ask("nftables", lambda: host_network.ask(list_ruleset)))


def list_ruleset() -> Dict[str, str]:
    """Return the kernel's answers to ``tables``, ``chains`` and ``rules``, in base64, all of one generation.

    Empty where the kernel has no nf_tables. It is not asked then, since asking would load the module.
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
            answers = {
                "tables": talk.dump(_GETTABLE, _ANY_FAMILY),
                "chains": talk.dump(_GETCHAIN, _ANY_FAMILY),
                "rules": talk.dump(_GETRULE, _ANY_FAMILY),
            }
            if _generation(talk) == before:
                return answers
    raise SourceError("nftables: the ruleset changes all the time")


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
        answer = talk.get(_GETGEN, _ANY_FAMILY)
    except SourceError as error:
        if type(error) is SourceError and str(error).endswith(os.strerror(errno.EINVAL)):
            raise netlink.Unsupported("nftables: not in this kernel") from error
        raise
    for message in netlink.messages(answer):
        for kind, value in netlink.attributes(message.body[4:]):
            if kind == 1:
                return value
    raise Malformed("nftables: no generation")


def parse(answers: Mapping[str, Any]) -> Iterator[Dict[str, object]]:
    """Make the rows of the kernel's answers, as ``list_ruleset`` returns them. Raises ``Malformed``."""
    if not answers:
        return
    dormant: Set[Tuple[int, str]] = set()
    for family, found in _objects(answers, "tables", _NEWTABLE):
        if _number(found.get(2, b"")) & _DORMANT:
            dormant.add((family, _text(found, 1)))
    chains = [(family, found) for family, found in _objects(answers, "chains", _NEWCHAIN)]
    rules: Dict[nft_rule.Key, List[nft_rule.Rule]] = {
        (family, _text(found, 1), _text(found, 3)): [] for family, found in chains
    }
    for family, found in _objects(answers, "rules", _NEWRULE):
        key = (family, _text(found, 1), _text(found, 2))
        if key not in rules:
            raise Malformed("nftables: a rule of no chain")
        rules[key].append(nft_rule.parse(found.get(4, b"")))
    for family, found in chains:
        key = (family, _text(found, 1), _text(found, 3))
        row: Dict[str, object] = {
            "family": _FAMILIES.get(family, str(family)),
            "table_name": key[1],
            "chain": key[2],
            "rules": len(rules[key]),
            "logs": sum(rule.logs for rule in rules[key]),
        }
        if 4 in found and key[:2] not in dormant:
            row.update(_describe_base(family, found), final_verdict=nft_rule.final_verdict(rules, key))
        yield row


def _describe_base(family: int, found: Mapping[int, bytes]) -> Dict[str, object]:
    hook = dict(netlink.attributes(found[4]))
    names = _OTHER_HOOKS.get(_FAMILIES.get(family, ""), _HOOKS)
    at = _number(hook.get(1, b""))
    return {
        "hook": names[at] if at < len(names) else str(at),
        "type": _text(found, 7) if 7 in found else "filter",
        "priority": int.from_bytes(hook.get(2, b""), "big", signed=True),
        "policy": "accept" if _number(found.get(5, b"\1")) else "drop",
    }


def _objects(answers: Mapping[str, Any], name: str, kind: int) -> Iterator[Tuple[int, Dict[int, bytes]]]:
    for message in netlink.messages(netlink.unpack(answers.get(name))):
        if message.type == kind:
            if len(message.body) < 4:
                raise Malformed("nftables: a message without a header")
            yield message.body[0], dict(netlink.attributes(message.body[4:]))


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _text(found: Mapping[int, bytes], kind: int) -> str:
    if kind not in found:
        raise Malformed("nftables: a name is missing")
    return netlink.text(found[kind])
