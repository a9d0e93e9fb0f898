"""What the files of a firewall would load, held against what the kernel has after it was loaded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from models.firewall import grammar, trial
from models.firewall.oracle import Oracle
from rempart_agent.models.firewall import reach
from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.text import nft, saved

pytestmark = pytest.mark.models
_MANY = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def _compare(oracle: Oracle, read: Ruleset, case: dict[str, Any], families: tuple[str, ...] = ("ip", "ip6")) -> int:
    """Return of how many packets the files tell the end; what they tell is what the kernel's rules tell."""
    loaded = oracle.ruleset()
    known = 0
    for packet in trial.packets(case["seed"]):
        if packet.direction != "in" or packet.protocol not in (6, 17) or packet.family not in families:
            continue
        key = (packet.direction, packet.family, trial.NAMES[packet.protocol])
        told, real = (
            {
                None if end.box.why else end.verdict or None
                for end in reach.ends(rules, oracle.host, *key)
                if trial.inside(oracle, packet, end)
            }
            for rules in (read, loaded)
        )
        if None not in told and None not in real:
            known += 1
            assert real <= told, (packet, told, real, case)
    return known


def test_a_file_of_nft_says_what_the_kernel_has_when_it_is_loaded(oracle: Oracle) -> None:
    counts = []

    @seed(7)
    @_MANY
    @given(grammar.nft(), grammar.st.integers(0, 9999))
    def attempt(lines: list[str], number: int) -> None:
        lines = [line for line in lines if " nat " not in line and "netdev" not in line]
        taken = oracle.load({"nft": lines})
        files = nft.Files(lambda _: [])
        try:
            files.load("\n".join(taken))
        except nft.Unread:
            return
        counts.append(_compare(oracle, files.ruleset(), {"seed": number, "nft": taken}))

    attempt()
    assert sum(counts) > 200


@pytest.mark.parametrize("six", [False, True])
def test_a_file_of_iptables_says_what_the_kernel_has_when_it_is_loaded(oracle: Oracle, six: bool) -> None:
    counts = []

    @seed(7)
    @_MANY
    @given(grammar.xt(six), grammar.st.integers(0, 9999))
    def attempt(tables: dict[str, list[str]], number: int) -> None:
        made = {"filter": tables["filter"]}
        oracle.load({"legacy6" if six else "legacy": made})
        text = "\n".join(["*filter", *made["filter"], "COMMIT"])
        read = saved.parse("ip6" if six else "ip", text).ruleset
        counts.append(_compare(oracle, read, {"seed": number, **made}, ("ip6" if six else "ip",)))

    attempt()
    assert sum(counts) > 200
