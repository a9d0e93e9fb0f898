"""ufw and firewalld are spoken to in their own words, and nothing that others have added goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.acts_tree import Tree, make_tree

from rempart_fix.acts import firewalld, nft, ufw
from rempart_fix.contract import Act, Refusal, Undone
from rempart_fix.effects import run_effect
from rempart_fix.sight import Sight

pytestmark = pytest.mark.early


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("firewalls"), offer=True) as made:
        made.run("apt-get -q -y --no-install-recommends install ufw firewalld iproute2; mkdir -p /run/dbus")
        yield made


@pytest.fixture
def tree(tmp_path: Path, prepared: Tree) -> Iterator[Tree]:
    with make_tree(tmp_path, like=prepared, net=True) as made:
        made.run("ip link set lo up")
        yield made


def _do(kind: Any, tree: Tree, **spec: object) -> list[Act]:
    return [kind.do(act, tree.place) for act in kind.resolve(spec, Sight(tree.place))]


def _undo(kind: Any, tree: Tree, acts: list[Act]) -> list[Undone]:
    return [kind.undo(act, tree.place, force=False, dry=False) for act in reversed(acts)]


RULES = ("allow 22/tcp", "allow out 53/udp", "limit 2222/tcp", "allow out to 10.0.0.5 port 443 proto tcp", "allow 80")


def test_rules_of_ufw_come_and_go_in_its_own_words(tree: Tree) -> None:
    tree.run("ufw allow 9999/tcp")
    before = tree.run("ufw show added; cat /etc/ufw/user.rules /etc/ufw/user6.rules")
    acts = [act for rule in RULES for act in _do(ufw, tree, rule=rule)]
    assert len(acts) == len(RULES)
    assert [ufw.resolve({"rule": rule}, Sight(tree.place)) for rule in RULES] == [[]] * len(RULES)
    assert {ufw.look(act, tree.place) for act in acts} == {"after"}
    tree.run("ufw allow 7777/udp")
    assert {one.word for one in _undo(ufw, tree, acts)} == {"back"}
    assert "allow 7777/udp" in tree.run("ufw show added")
    tree.run("ufw --force delete allow 7777/udp")
    assert tree.run("ufw show added; cat /etc/ufw/user.rules /etc/ufw/user6.rules") == before


def test_ufw_is_turned_off_again_and_leaves_tables_and_policies_of_others(tree: Tree) -> None:
    tree.run("nft add table ip docker; iptables -P FORWARD DROP; iptables -N DOCKER; iptables -A FORWARD -j DOCKER")
    before = tree.run("nft list table ip docker; iptables -S")
    acts = _do(ufw, tree, rule="allow 22/tcp") + _do(ufw, tree, enabled=True)
    assert "ufw-user-input" in tree.run("iptables -S")
    assert ufw.resolve({"enabled": True}, Sight(tree.place)) == []
    tree.run("ufw allow 7777/tcp")
    left = _undo(ufw, tree, acts)
    assert [one.word for one in left] == ["stays", "back"]
    assert "7777" in left[0].why[0]
    tree.run("ufw --force delete allow 7777/tcp")
    assert {one.word for one in _undo(ufw, tree, acts)} == {"back"}
    assert "inactive" in tree.run("ufw status")
    rest = [line for line in tree.run("nft list table ip docker; iptables -S").splitlines() if "ufw" not in line]
    assert "\n".join(rest) + "\n" == before


@pytest.mark.parametrize(
    "rule", ["reset", "disable", "delete allow 22", "--force reset", "allow", "insert 1 allow 22", "allow 22; x"]
)
def test_what_is_no_rule_of_ufw_is_refused(tree: Tree, rule: str) -> None:
    with pytest.raises(Refusal):
        ufw.resolve({"rule": rule}, Sight(tree.place))


def test_ports_of_firewalld_come_and_go_and_those_of_others_stay(tree: Tree) -> None:
    tree.run("firewall-offline-cmd --add-port=9999/tcp")
    before = tree.run("firewall-offline-cmd --list-all-zones")
    acts = _do(firewalld, tree, port="2222/tcp") + _do(firewalld, tree, service="http")
    acts += _do(firewalld, tree, zone="public", target="DROP")
    assert len(acts) == 3
    assert firewalld.resolve({"port": "2222/tcp"}, Sight(tree.place)) == []
    tree.run("firewall-offline-cmd --add-port=7777/udp")
    assert {firewalld.look(act, tree.place) for act in acts} == {"after"}
    assert {one.word for one in _undo(firewalld, tree, acts)} == {"back"}
    assert "7777/udp" in tree.run("firewall-offline-cmd --list-ports")
    tree.run("firewall-offline-cmd --remove-port=7777/udp")
    assert tree.run("firewall-offline-cmd --list-all-zones") == before


def test_a_firewalld_that_runs_gets_it_live_and_keeps_what_others_have_live_alone(tree: Tree) -> None:
    tree.run("""dbus-daemon --system --fork; firewalld --nopid
        n=0; until firewall-cmd -q --state; do n=$((n + 1)); [ $n -lt 300 ]; sleep 0.1; done""")
    try:
        tree.run("firewall-cmd --add-port=7777/tcp")
        acts = _do(firewalld, tree, port="2222/tcp") + _do(firewalld, tree, port="7777/tcp")
        assert "2222/tcp" in tree.run("firewall-cmd --list-ports")
        with pytest.raises(Refusal, match="runtime-to-permanent"):  # said in the plan, before anything is done
            firewalld.resolve({"zone": "public", "target": "DROP"}, Sight(tree.place))
        assert {one.word for one in _undo(firewalld, tree, acts)} == {"back"}
        assert tree.run("firewall-cmd --list-ports").split() == ["7777/tcp"]
        tree.run("firewall-cmd --remove-port=7777/tcp")
        (act,) = firewalld.resolve({"zone": "public", "target": "DROP"}, Sight(tree.place))
        tree.run("firewall-cmd --add-port=7777/tcp")
        with pytest.raises(Refusal, match="runtime-to-permanent"):  # they were faster
            firewalld.do(act, tree.place)
        tree.run("firewall-cmd --remove-port=7777/tcp")
        acts = [firewalld.do(act, tree.place)]
        assert "target: DROP" in tree.run("firewall-cmd --list-all")
        assert {one.word for one in _undo(firewalld, tree, acts)} == {"back"}
        assert "target: default" in tree.run("firewall-cmd --list-all")
    finally:
        for name in ("firewalld", "dbus-daemon"):
            _end(tree, name)


def _end(tree: Tree, name: str) -> None:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "root").readlink() == tree.root and name in (path / "cmdline").read_text():
                tree.run(f"kill {path.name}")
        except OSError:
            continue


@pytest.mark.parametrize(
    "spec", [{"port": "22"}, {"service": "-x"}, {"target": "drop"}, {"zone": "a b", "port": "1/tcp"}]
)
def test_what_is_no_rule_of_firewalld_is_refused(tree: Tree, spec: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        firewalld.resolve(spec, Sight(tree.place))


def test_rules_of_ufw_that_were_lost_are_loaded_again(tree: Tree) -> None:
    tree.run("ufw allow 22/tcp; ufw --force enable; nft flush ruleset")
    (act,) = _do(ufw, tree, enabled=True)
    assert act["target"] == "loaded"
    assert "-P INPUT DROP" in tree.run("iptables -S INPUT")
    assert ufw.look(act, tree.place) == "after"
    assert ufw.resolve({"enabled": True}, Sight(tree.place)) == []
    assert {one.word for one in _undo(ufw, tree, [act])} == {"back"}


def test_ufw_is_not_loaded_where_a_reload_would_refuse_all_that_comes_in(tree: Tree) -> None:
    tree.run("ufw allow 22/tcp; ufw --force enable; iptables -F INPUT; iptables -P INPUT ACCEPT")
    with pytest.raises(Refusal, match="would refuse all"):
        ufw.resolve({"enabled": True}, Sight(tree.place))
    assert run_effect({"load": "ufw"}, tree.place).word == "failed"
    assert "-P INPUT ACCEPT" in tree.run("iptables -S INPUT")
    tree.run("cp /etc/ufw/ufw.conf /kept; sed -i s/ENABLED=yes/ENABLED=no/ /etc/ufw/ufw.conf")
    assert run_effect({"load": "ufw"}, tree.place).word == "done"  # nothing is loaded where it is off
    tree.run("cp /kept /etc/ufw/ufw.conf; iptables -A INPUT -j ufw-before-input")
    assert run_effect({"load": "ufw"}, tree.place).word == "done"


def test_a_zone_that_trusts_everybody_is_no_default_any_more(tree: Tree) -> None:
    tree.run("sed -i 's/^DefaultZone=.*/DefaultZone=trusted/' /etc/firewalld/firewalld.conf")
    sight = Sight(tree.place)
    specs: list[dict[str, object]] = [
        {"default": "public", "instead_of": ["trusted"]},
        {"target": "default", "instead_of": ["ACCEPT"]},
        {"port": "2222/tcp"},
    ]
    acts = [firewalld.do(act, tree.place) for spec in specs for act in firewalld.resolve(spec, sight)]
    assert [act["target"] for act in acts] == ["default public", "public port 2222/tcp"]
    assert {firewalld.look(act, tree.place) for act in acts} == {"after"}
    assert [firewalld.resolve(spec, Sight(tree.place)) for spec in specs] == [[]] * 3
    assert {one.word for one in _undo(firewalld, tree, acts)} == {"back"}
    assert "DefaultZone=trusted" in tree.read("/etc/firewalld/firewalld.conf")


@pytest.mark.parametrize(("target", "acts"), [("ACCEPT", 1), ("DROP", 0), ("%%REJECT%%", 0)])
def test_a_target_that_refuses_already_stays(tree: Tree, target: str, acts: int) -> None:
    tree.run(f"firewall-offline-cmd --zone=public --set-target={target}")
    spec = {"zone": "public", "target": "default", "instead_of": ["ACCEPT"]}
    assert len(firewalld.resolve(spec, Sight(tree.place))) == acts


@pytest.mark.parametrize("theirs", ["", "firewall-offline-cmd --zone=public --add-port=9999/tcp"])
def test_a_copy_of_a_zone_goes_where_nobody_else_wrote_to_it(tree: Tree, theirs: str) -> None:
    acts = [*_do(firewalld, tree, port="2222/tcp"), *_do(firewalld, tree, port="3333/udp")]
    assert tree.path("/etc/firewalld/zones/public.xml").exists()
    tree.run(theirs or "true")
    assert {one.word for one in _undo(firewalld, tree, acts)} == {"back"}
    assert tree.path("/etc/firewalld/zones/public.xml").exists() is bool(theirs)
    assert tree.path("/etc/firewalld/zones/public.xml.old").exists() is bool(theirs)


def test_a_dry_run_tells_of_a_table_that_was_loaded_anew_over_rules_of_others_that_it_is_left(tree: Tree) -> None:
    spec = {"table": "rempart_fwl_01", "text": "chain input { type filter hook input priority 10; policy accept; }"}

    def load() -> Act:
        (act,) = [act for act in nft.resolve(spec, Sight(tree.place)) if act["kind"] == "nft"]
        return nft.do(act, tree.place)

    first = load()
    tree.run("nft add rule inet rempart_fwl_01 input tcp dport 7777 accept")
    acts = [load(), first]
    dry = [nft.undo(act, tree.place, force=False, dry=True) for act in acts]
    tree.place.pretended.clear()
    assert [nft.undo(act, tree.place, force=False, dry=False) for act in acts] == dry
    assert [one.word for one in dry] == ["back", "moved"]
    assert "7777" in tree.run("nft list table inet rempart_fwl_01")
