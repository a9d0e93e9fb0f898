"""Whether the kernel follows connections: where it does not, no chain of type ``nat`` is asked.

The chain itself does not turn it on; rules that ask of connections or translate do.

Source: ``nf_nat_inet_fn`` in net/netfilter/nf_nat_core.c ("Can't track?"); ``nf_ct_netns_get`` in nft_ct.c, nft_nat.c,
nft_redir.c, nft_masq.c and xt_conntrack.c.
"""

from rempart_agent.models.firewall.frame import octets
from rempart_agent.models.firewall.ruleset import Expression, Ruleset

_EXPRESSIONS = ("ct", "nat", "redir", "masq")
_OF_XTABLES = {
    "match": (b"conntrack", b"state", b"connmark", b"connbytes"),
    "target": (b"DNAT", b"SNAT", b"MASQUERADE", b"REDIRECT", b"NETMAP", b"CONNMARK"),
}


def follows_connections(ruleset: Ruleset, family: str) -> bool:
    """Tell whether a rule has the kernel follow connections; where none has, something else may have.

    Args:
        ruleset: What is loaded.
        family: ``ip`` or ``ip6``.
    """
    chains = (chain for key, chain in ruleset.chains.items() if key[0] in (family, "inet"))
    return any(_follows(expression) for chain in chains for rule in chain.rules for expression in rule)


def _follows(expression: Expression) -> bool:
    names = _OF_XTABLES.get(expression.name)
    if names is None:
        return expression.name in _EXPRESSIONS
    return octets(expression.data, 1).split(b"\0")[0] in names
