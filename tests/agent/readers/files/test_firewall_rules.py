"""What the files of firewall services load; what becomes of packets by them, the tests of the tables say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rempart_testing.target import Files

from rempart_agent.readers.files import firewall_rules
from rempart_agent.source.contract import Denied
from rempart_agent.targets.root import RootTarget

Root = Callable[[Files], RootTarget]
TABLE = "table inet rempart_fwl_07 {\n\tchain input {\n\t\ttype filter hook input priority -5; policy accept;\n\t}\n}\n"


def test_each_service_has_a_set_of_rules_for_each_family_that_it_has_files_for(root_of: Root) -> None:
    found = [(one.mechanism, one.family) for one in firewall_rules.services(root_of({}))]
    assert found == [
        ("nftables", "ip"),
        ("nftables", "ip6"),
        ("netfilter-persistent", "ip"),
        ("netfilter-persistent", "ip6"),
        ("iptables", "ip"),
        ("ip6tables", "ip6"),
        ("ufw", "ip"),
        ("ufw", "ip6"),
    ]


def test_a_file_that_is_not_understood_has_a_reason_and_no_rules(root_of: Root) -> None:
    target = root_of({"/etc/nftables.conf": 'include "/etc/gone.nft"\n'})
    first = next(iter(firewall_rules.services(target)))
    assert (first.rules, first.why) == (
        firewall_rules.NOTHING,
        "nft: /etc/gone.nft: does not exist is not understood",
    )


def test_ufw_with_a_policy_that_nobody_knows_has_a_reason(root_of: Root) -> None:
    files: Files = {"/etc/ufw/ufw.conf": "ENABLED=yes\n", "/etc/default/ufw": "DEFAULT_INPUT_POLICY=maybe\n"}
    found = [one for one in firewall_rules.services(root_of(files)) if one.mechanism == "ufw" and one.family == "ip"]
    assert [one.why for one in found] == ["DEFAULT_INPUT_POLICY of /etc/default/ufw is not known"]


def test_tables_of_our_own_fixes_are_read_by_their_units(root_of: Root) -> None:
    files: Files = {
        "/etc/nftables.d/rempart-fwl-07.nft": TABLE,
        "/etc/nftables.d/rempart-gone.nft": TABLE,
        "/etc/nftables.d/theirs.nft": TABLE,
        "/etc/systemd/system/rempart-firewall-fwl-07.service": "[Service]\n",
    }
    found = list(firewall_rules.own(root_of(files)))
    assert [(one.mechanism, one.family) for one in found] == [
        ("rempart-firewall-fwl-07", "ip"),
        ("rempart-firewall-fwl-07", "ip6"),
    ]
    assert list(found[0].rules.chains) == [("inet", "rempart_fwl_07", "input")]


def test_of_two_lines_the_last_counts_and_of_two_zones_the_first_folder(root_of: Root) -> None:
    files: Files = {
        "/etc/firewalld/firewalld.conf": "DefaultZone=home\nDefaultZone=work\n",
        "/etc/firewalld/zones/work.xml": '<zone target="DROP"/>\n',
        "/usr/lib/firewalld/zones/work.xml": '<zone target="ACCEPT"/>\n',
    }
    default, zones = firewall_rules.zones(root_of(files))
    assert default == "work"
    assert not zones["work"].all_in


def test_names_of_interfaces_that_rules_ask_for_are_found_but_the_loopbacks(root_of: Root) -> None:
    rule = 'iifname { "eth0", "lo" } accept\n\t\toifname "wlan0" drop\n'
    text = TABLE.replace("policy accept;", "policy accept;\n\t\t" + rule)
    loaded = next(iter(firewall_rules.services(root_of({"/etc/nftables.conf": text}))))
    assert set(firewall_rules.named(loaded.rules)) >= {"wlan0"}
    assert "lo" not in firewall_rules.named(loaded.rules)


def test_a_file_that_may_not_be_read_is_no_empty_one(root_of: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    target = root_of({"/etc/nftables.conf": TABLE})

    def deny(path: str, _: int = 0) -> str:
        raise Denied("{path}: may not be read", path=path)

    monkeypatch.setattr(target, "text", deny)
    with pytest.raises(Denied):
        list(firewall_rules.services(target))
