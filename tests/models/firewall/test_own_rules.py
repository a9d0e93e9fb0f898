"""What our own fixes write is understood, loaded or as a file, and refuses what the checks ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest

from models.firewall.oracle import Oracle
from rempart_agent.models.firewall import reach
from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.text import nft
from rempart_fix.acts.nft import render

TEMPLATES = Path(__file__).resolve().parents[3] / "playbooks/roles/firewall/templates"
TABLES = {"input.nft.j2": "rempart_fwl_01", "forward.nft.j2": "rempart_fwl_02", "output.nft.j2": "rempart_fwl_05"}
VALUES: dict[str, Any] = {
    "firewall_tcp": [22, 443],
    "firewall_udp": [68, 123, 500, 546, 4500, 5353, 5355],
    "firewall_way_in": [22],
    "firewall_inner": ["docker", "br-", "virbr"],
    "firewall_egress": [{"port": 53, "protocol": "udp"}, {"port": 443}, {"port": 6514, "address": "10.0.0.5"}],
}

pytestmark = pytest.mark.models


def _rendered(name: str) -> str:
    environment = jinja2.Environment(trim_blocks=True, autoescape=False)  # noqa: S701 - rules, no page
    return render("inet", TABLES[name], environment.from_string((TEMPLATES / name).read_text()).render(VALUES))


def _let(rules: Ruleset, oracle: Oracle, direction: str, *besides: str) -> float:
    """Return the most ports that are let through by one interface; every answer has to be known."""
    found: dict[tuple[str, str, str], float] = {}
    for row in reach.rows_of(rules, oracle.host, direction, ("tcp", "udp", "sctp")):
        assert row.verdict is not None, row
        if row.verdict != "refused" and row.interface not in besides:
            key = (row.family, row.protocol, row.interface)
            found[key] = found.get(key, 0) + row.source_share * (row.port_to - row.port_from + 1)
    return max(found.values(), default=0)


@pytest.mark.parametrize(
    ("template", "direction", "most"),
    [("input.nft.j2", "in", 8), ("forward.nft.j2", "through", 0), ("output.nft.j2", "out", 30)],
)
def test_our_own_rules_are_understood(oracle: Oracle, template: str, direction: str, most: int) -> None:
    text = _rendered(template)
    oracle.load({})
    status, said = oracle.machine.do(lambda: oracle.nft.run(text))
    assert not status, said
    assert 0 <= _let(oracle.ruleset(), oracle, direction, "docker0") <= most


def test_the_file_of_our_own_rules_refuses_at_the_next_start(oracle: Oracle) -> None:
    files = nft.Files(lambda _: [("/etc/nftables.d/rempart-fwl-01.nft", _rendered("input.nft.j2"))])
    files.load('#!/usr/sbin/nft -f\nflush ruleset\ninclude "/etc/nftables.d/rempart-*.nft"\n')
    assert 0 < _let(files.ruleset(), oracle, "in") <= 8
