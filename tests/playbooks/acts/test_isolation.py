"""An isolation is a change: it comes and goes by its record, and no table but its own is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from rempart_testing.acts_tree import Tree, make_tree

from rempart_fix import change

pytestmark = pytest.mark.early
TEMPLATE = Path(__file__).resolve().parents[3] / "playbooks/roles/incident/templates/quarantine.nft.j2"
WAYS = {"ip": "192.0.2.1", "ip6": "2001:db8::1"}
THEIRS = """
nft 'table inet quarantine { chain input { type filter hook input priority 5; tcp dport 80 drop; }; }'
nft 'table ip docker { chain forward { type filter hook forward priority 0; policy accept; }; }'
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("isolation")) as made:
        yield made


@pytest.fixture
def tree(tmp_path: Path, prepared: Tree) -> Iterator[Tree]:
    with make_tree(tmp_path, like=prepared, net=True) as made:
        made.run(THEIRS)
        yield made


def render(family: str, address: str) -> dict[str, Any]:
    """Return what the role declares for a controller that comes from an address."""
    text = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, autoescape=False).from_string(  # noqa: S701
        TEMPLATE.read_text(encoding="utf-8")
    )
    way = {"family": family, "address": address, "port": 22}
    return {
        "check": "INC-01",
        "nft": [{"table": "rempart_quarantine", "text": text.render(incident_way=way)}],
        "effects": [{"daemon_reload": True}],
    }


def isolate(tree: Tree, family: str, address: str = "") -> dict[str, Any]:
    answer = change.fix(tree.place, [render(family, address or WAYS[family])])
    (found,) = answer["fixes"]
    assert not found["failed"], found
    assert isinstance(found, dict)
    change.keep(tree.place)
    return found


def stand(tree: Tree) -> tuple[str, str]:
    files = "find /etc/nftables.d /etc/systemd/system -print -exec sha256sum {} + 2>/dev/null | sort || :"
    return tree.run("nft list ruleset"), tree.run(files, check=False)


def list_moved(answer: dict[str, Any]) -> list[str]:
    return [row["target"] for row in answer["rows"] if row["word"] != "back"]


@pytest.mark.parametrize("family", ["ip", "ip6"])
def test_it_is_taken_away_to_the_byte_and_tables_of_others_stay(tree: Tree, family: str) -> None:
    before = stand(tree)
    assert isolate(tree, family)["changed"]
    rules = tree.run("nft list ruleset")
    assert rules.count("policy drop") == 3
    assert all(theirs in rules for theirs in before[0].split("\n\n"))
    assert not isolate(tree, family)["changed"], "again: nothing changes"
    assert list_moved(change.take_back(tree.place)) == []
    assert stand(tree) == before


def test_what_flushes_all_rules_does_not_lift_it_for_long(tree: Tree) -> None:
    """nftables.service flushes when it starts, reloads and stops; the drop-in brings the table back each time."""
    isolate(tree, "ip")
    drop_in = tree.read("/etc/systemd/system/nftables.service.d/rempart-quarantine.conf")
    before = tree.run("nft list table inet rempart_quarantine")
    for when in ("ExecStartPost", "ExecReload", "ExecStopPost"):
        (command,) = [line.partition("=-")[2] for line in drop_in.splitlines() if line.startswith(when)]
        tree.run(f"nft flush ruleset; {command}")
        assert tree.run("nft list ruleset").strip() == before.strip(), when
    unit = tree.read("/etc/systemd/system/rempart-firewall-quarantine.service")
    (command,) = [line.partition("=")[2] for line in unit.splitlines() if line.startswith("ExecStart=")]
    tree.run(f"nft flush ruleset; {command}")
    assert tree.run("nft list ruleset").strip() == before.strip()
    assert list_moved(change.take_back(tree.place)) == [], "what was loaded anew is still ours"


def test_a_table_that_somebody_changed_is_named_before_anything_is_undone_and_goes_by_force(tree: Tree) -> None:
    before = stand(tree)
    isolate(tree, "ip")
    isolated = stand(tree)
    tree.run("nft add rule inet rempart_quarantine input accept")
    assert list_moved(change.take_back(tree.place, dry=True)) == ["inet rempart_quarantine"]
    assert stand(tree)[1] == isolated[1]
    change.take_back(tree.place, force=True)
    assert stand(tree) == before


def test_a_controller_that_comes_from_elsewhere_now_takes_the_place_of_the_former(tree: Tree) -> None:
    before = stand(tree)
    isolate(tree, "ip")
    assert isolate(tree, "ip", "192.0.2.77")["changed"]
    assert "192.0.2.1 " not in tree.run("nft list table inet rempart_quarantine")
    assert list_moved(change.take_back(tree.place)) == []
    assert stand(tree) == before
