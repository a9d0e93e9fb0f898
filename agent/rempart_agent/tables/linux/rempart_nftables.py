"""Table rempart_nftables: the chains of the nftables ruleset, one row each.

osquery knows the legacy tables of iptables alone. A base chain (one with a ``hook``) also says what happens to a packet
that no condition caught: ``final_verdict`` is the verdict of the first rule without a condition (``accept``, ``drop``,
``reject`` or ``queue``), looked for through the chains that it jumps to, and ``''`` where there is none and ``policy``
decides. A rule with an expression that is unknown here counts as unconditional if it accepts, and as conditional if it
refuses: the doubt never makes a firewall look tighter. A chain of a dormant table filters nothing and has no hook.

Source: the nf_tables subsystem of netlink (linux/netfilter/nf_tables.h), asked in the network namespace of process 1.
"""

from typing import Dict, Iterator, List

from rempart_agent.readers.kernel import netlink, nft_rule, nft_ruleset
from rempart_agent.readers.kernel.nft_ruleset import text
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

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


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each chain; none where the kernel has no nf_tables, and so no ruleset.

    Raises:
        Denied: the run is not root, or may not enter the machine's network namespace.
    """
    target.need_live("rempart_nftables")
    return parse(nft_ruleset.ask(target))


def parse(answers: netlink.Answers) -> Iterator[Dict[str, Value]]:
    """Make the rows of the kernel's answers, as ``nft_ruleset.list_ruleset`` returns them. Raises ``Malformed``."""
    if not answers:
        return
    dormant = nft_ruleset.dormant_tables(answers)
    chains = list(nft_ruleset.objects(answers.get("chains"), nft_ruleset.NEWCHAIN))
    rules: Dict[nft_rule.Key, List[nft_rule.Rule]] = {
        (family, text(found, 1), text(found, 3)): [] for family, found in chains
    }
    for family, found in nft_ruleset.objects(answers.get("rules"), nft_ruleset.NEWRULE):
        key = (family, text(found, 1), text(found, 2))
        if key not in rules:
            raise Malformed("nftables: a rule of no chain")
        rules[key].append(nft_rule.parse(found.get(4, b"")))
    for family, found in chains:
        key = (family, text(found, 1), text(found, 3))
        row: Dict[str, Value] = {
            "family": nft_ruleset.FAMILIES.get(family, str(family)),
            "table_name": key[1],
            "chain": key[2],
            "rules": len(rules[key]),
            "logs": sum(rule.logs for rule in rules[key]),
        }
        if 4 in found and key[:2] not in dormant:
            base = nft_ruleset.base_of(family, found)
            row.update(hook=base.hook, type=base.type, priority=base.priority, policy=base.policy)
            row.update(final_verdict=nft_rule.final_verdict(rules, key))
        yield row
