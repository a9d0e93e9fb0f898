"""A chain of NAT refuses only where the kernel follows connections."""

from __future__ import annotations

import pytest

from rempart_agent.models.firewall import loopback, packet
from rempart_agent.models.firewall.connections import follows_connections
from rempart_agent.models.firewall.ruleset import Base, Chain, Expression, Rule, Ruleset, Verdict

DROP = Expression("immediate", {1: b"\0\0\0\0", 2: Verdict("drop")})
CT = Expression("ct", {1: b"\0\0\0\1", 2: b"\0\0\0\0"})
HOST = packet.Host((packet.Interface("eth0", 2, addresses={"ip": (0xC000020A,), "ip6": (0x20010DB8 << 96 | 10,)}),))


def _rules(chain: Chain, *others: tuple[str, Rule]) -> Ruleset:
    chains = {("ip", "t", "c"): chain}
    chains |= {(family, "o", f"c{number}"): Chain((rule,)) for number, (family, rule) in enumerate(others)}
    return Ruleset(chains, {})


def _elsewhere(rules: Ruleset) -> set[str | None]:
    return {row.verdict for row in loopback.rows(rules, HOST, ("ip",)) if row.question == loopback.ELSEWHERE}


@pytest.mark.parametrize(
    "chain",
    [Chain(((DROP,),), Base("input", 100, "nat")), Chain((), Base("input", 100, "nat", "drop"))],
    ids=["a rule", "its policy"],
)
def test_a_chain_of_nat_refuses_where_a_rule_asks_of_connections_and_is_not_known_to_else(chain: Chain) -> None:
    """Linux 6.18: ``type nat hook input`` with ``drop`` sees no packet until a rule of the family asks ``ct``."""
    assert _elsewhere(_rules(chain)) == {None}
    assert _elsewhere(_rules(chain, ("ip6", (CT,)))) == {None}
    assert _elsewhere(_rules(chain, ("ip", (CT,)))) == {"refused"}
    assert _elsewhere(_rules(chain, ("inet", (CT,)))) == {"refused"}


def test_a_filter_refuses_without_it() -> None:
    assert _elsewhere(_rules(Chain(((DROP,),), Base("input", 0)))) == {"refused"}


@pytest.mark.parametrize(
    ("expression", "follows"),
    [
        (Expression("masq", {}), True),
        (Expression("match", {1: b"conntrack\0"}), True),
        (Expression("match", {1: b"tcp\0"}), False),
        (Expression("target", {1: b"DNAT\0"}), True),
        (Expression("target", {1: b"LOG\0"}), False),
        (Expression("notrack", {}), False),
    ],
    ids=lambda one: one.name if isinstance(one, Expression) else "",
)
def test_what_has_the_kernel_follow_connections(expression: Expression, follows: bool) -> None:
    assert follows_connections(_rules(Chain(), ("ip", (expression,))), "ip") is follows
