"""Table rempart_firewall_loopback: real rule sets, recorded from a kernel that had loaded them, and files of services.

Of ufw (0.36.2) and firewalld (2.3) what they load, and the files of their Debian packages, cut to what decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import Files, RecordedTarget

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_firewall_boot as boot
from rempart_agent.tables.linux import rempart_firewall_loopback as table
from rempart_agent.targets.root import RootTarget

RECORDED = Path(__file__).parents[1] / "recorded"
Machine = Callable[..., RecordedTarget]
Root = Callable[[Files], RootTarget]
Verdicts = dict[tuple[str, str], set[Any]]


def _read(name: str) -> Any:
    return json.loads((RECORDED / name).read_text())


def _live(machine_of: Machine, **answers: Any) -> list[dict[str, Any]]:
    given = {"nftables": {}, "iptables": [], "ip6tables": [], "firewall_host": _read("firewall-host.json"), **answers}
    return [dict(row) for row in table.rows(machine_of({}, given), Query())]


def _told(rows: list[dict[str, Any]], mechanism: str = "kernel", *, pings: bool = True) -> Verdicts:
    found: Verdicts = {}
    for row in rows:
        if row["mechanism"] == mechanism and (pings or row["protocol"] != "icmp"):
            found.setdefault((row["question"], row["family"]), set()).add(row["verdict"])
    return found


def test_without_rules_all_comes_in_by_either_way(machine_of: Machine) -> None:
    rows = _live(machine_of)
    assert {v for found in _told(rows).values() for v in found} == {"accepted"}
    assert {r["interface"] for r in rows if r["question"] == "by lo"} == {"lo"}
    assert "lo" not in {r["interface"] for r in rows if r["question"] == "elsewhere"}
    assert {r["rule"] for r in rows} == {"no rule refuses it"}


@pytest.mark.parametrize("name", ["nftables-ufw.json", "nftables-firewalld.json"])
def test_the_firewalls_of_distributions_accept_the_loopback_and_let_pings_from_its_addresses_in(
    machine_of: Machine, name: str
) -> None:
    """With evidence: the chain and the number of the rule that decides."""
    rows = _live(machine_of, nftables=_read(name))
    told = _told(rows)
    assert told["by lo", "ip"] == told["by lo", "ip6"] == {"accepted"}
    assert "accepted" in told["elsewhere", "ip"]
    assert all(" rule " in r["rule"] for r in rows if r["question"] == "by lo")


def test_a_loopback_that_is_down_is_not_known(machine_of: Machine) -> None:
    """The recorded links without the flag IFF_UP on the first, which is lo."""
    from rempart_agent.readers.kernel import firewall_host

    answers = _read("firewall-host.json")
    host = firewall_host.parse(answers)
    assert (host.lo.name, host.lo.number, host.lo.kind, host.lo.why) == ("lo", 1, 772, "")
    answers["links"] = ""
    rows = _live(machine_of, firewall_host=answers)
    assert _told(rows)["by lo", "ip"] == {None}
    assert {r["why"] for r in rows if r["question"] == "by lo"} == {"the loopback is down"}


def test_a_source_that_may_not_be_read_is_no_answer(machine_of: Machine) -> None:
    with pytest.raises(Denied):
        _live(machine_of, nftables=Denied("not root"))


SPOOF = """table inet filter {
	chain input {
		type filter hook input priority 0; policy %s;
		iif "lo" accept
		%s
		tcp dport 22 accept
	}
}
"""


@pytest.mark.parametrize(
    ("policy", "rule", "expected"),
    [
        ("drop", "ip saddr 127.0.0.0/8 drop\n ip6 saddr ::1 drop", {"ip": "refused", "ip6": "refused"}),
        ("accept", "ip saddr 127.0.0.0/8 drop\n ip6 saddr ::1 drop", {"ip": "refused", "ip6": "refused"}),
        ("drop", "ip saddr 127.0.0.0/8 drop", {"ip": "refused", "ip6": "accepted"}),  # by the port that is open
        ("drop", "ip saddr 127.0.0.0/16 drop", {"ip": "accepted", "ip6": "accepted"}),
        ("drop", 'iifname "eth0" ip saddr 127.0.0.0/8 drop', {"ip": "accepted", "ip6": "accepted"}),  # others come
        ("drop", "tcp dport 9 accept\n ip saddr 127.0.0.0/8 drop", {"ip": "accepted", "ip6": "accepted"}),
    ],
)
def test_the_file_of_nftables_says_what_becomes_of_the_loopbacks_addresses(
    root_of: Root, policy: str, rule: str, expected: dict[str, str]
) -> None:
    rows = [dict(r) for r in table.rows(root_of({"/etc/nftables.conf": SPOOF % (policy, rule)}), Query())]
    told = _told(rows, "nftables")
    assert told["by lo", "ip"] == told["by lo", "ip6"] == {"accepted"}
    for family, verdict in expected.items():
        found = told["elsewhere", family]
        assert verdict in found
        assert verdict == "accepted" or found == {"refused"}


@pytest.mark.parametrize(
    "chain",
    [
        "chain in { type filter hook input priority 5; policy accept; udp dport 53 drop; }",
        "chain out { type filter hook output priority 0; policy drop; tcp dport 80 accept; }",
        "chain pre { type filter hook prerouting priority -300; ip daddr 127.0.0.0/8 drop; ip6 daddr ::1 drop; }",
    ],
)
def test_an_accept_in_one_chain_is_none_in_another(root_of: Root, chain: str) -> None:
    text = SPOOF % ("drop", "ip saddr 127.0.0.0/8 drop") + "table inet more {\n" + chain + "\n}\n"
    rows = [dict(r) for r in table.rows(root_of({"/etc/nftables.conf": text}), Query())]
    told = _told(rows, "nftables")
    assert "refused" in told["by lo", "ip"]
    assert "refused" in told["by lo", "ip6"]


@pytest.mark.parametrize(
    ("rule", "question"),
    [("ct helper set x drop", "by lo"), ("ip saddr @unknown drop", "by lo"), ("osf name foo drop", "elsewhere")],
)
def test_what_is_not_understood_is_no_pass(root_of: Root, rule: str, question: str) -> None:
    text = SPOOF.replace('iif "lo" accept\n\t\t%s', rule + '\n\t\tiif "lo" accept\n\t\t%s') % ("accept", "")
    told = _told([dict(r) for r in table.rows(root_of({"/etc/nftables.conf": text}), Query())], "nftables")
    good = "accepted" if question == "by lo" else "refused"
    assert told[question, "ip"] != {good}


UFW: Files = {
    "/etc/ufw/ufw.conf": "ENABLED=yes\n",
    "/etc/default/ufw": 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\n',
    "/etc/ufw/before.rules": "*filter\n:ufw-before-input - [0:0]\n:ufw-before-output - [0:0]\n"
    "-A ufw-before-input -i lo -j ACCEPT\n-A ufw-before-output -o lo -j ACCEPT\n"
    "-A ufw-before-input -p icmp --icmp-type echo-request -j ACCEPT\n"
    "-A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT\nCOMMIT\n",
    "/etc/ufw/before6.rules": "*filter\n-A ufw6-before-input -i lo -j ACCEPT\n-A ufw6-before-output -o lo -j ACCEPT\n"
    "-A ufw6-before-input -p icmpv6 --icmpv6-type echo-request -j ACCEPT\nCOMMIT\n",
    "/etc/ufw/user.rules": "*filter\n:ufw-user-input - [0:0]\n"
    "-A ufw-user-input -s 127.0.0.0/8 -j DROP\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\nCOMMIT\n",
    "/etc/ufw/user6.rules": "*filter\n:ufw6-user-input - [0:0]\n-A ufw6-user-input -s ::1 -j DROP\nCOMMIT\n",
}


def test_ufws_deny_from_the_loopback_comes_after_what_its_before_rules_let_in(root_of: Root) -> None:
    rows = [dict(r) for r in table.rows(root_of(UFW), Query())]
    told = _told(rows, "ufw")
    assert told["by lo", "ip"] == told["by lo", "ip6"] == {"accepted"}
    let = {(r["family"], r["protocol"]) for r in rows if r["mechanism"] == "ufw" and r["question"] == "elsewhere"
           and r["verdict"] != "refused"}  # fmt: skip
    assert let == {("ip", "icmp"), ("ip", "udp"), ("ip6", "icmp")}


def test_a_drop_at_the_top_of_ufws_before_rules_refuses_all(root_of: Root) -> None:
    def with_drop(path: str, line: str) -> str:
        text = str(UFW[path])
        at = text.index("-o lo -j ACCEPT\n") + len("-o lo -j ACCEPT\n")
        return text[:at] + line + "\n" + text[at:]

    files = {
        **UFW,
        "/etc/ufw/before.rules": with_drop("/etc/ufw/before.rules", "-A ufw-before-input -s 127.0.0.0/8 -j DROP"),
        "/etc/ufw/before6.rules": with_drop("/etc/ufw/before6.rules", "-A ufw6-before-input -s ::1 -j DROP"),
    }
    told = _told([dict(r) for r in table.rows(root_of(files), Query())], "ufw")
    assert told["elsewhere", "ip"] == told["elsewhere", "ip6"] == {"refused"}


@pytest.mark.parametrize("hook", ["input", "output"])
def test_ufw_without_its_rule_for_the_loopback_refuses_what_its_policy_says(root_of: Root, hook: str) -> None:
    """ufw itself has no rule for it: its file before.rules has."""
    files = {
        **UFW,
        "/etc/default/ufw": 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="DROP"\n',
        "/etc/ufw/before.rules": str(UFW["/etc/ufw/before.rules"]).replace(f"-A ufw-before-{hook} -", "# -"),
    }
    told = _told([dict(r) for r in table.rows(root_of(files), Query())], "ufw")
    assert "refused" in told["by lo", "ip"]
    assert told["by lo", "ip6"] == {"accepted"}


def test_ufw_that_leaves_ipv6_out_drops_all_of_it_but_the_loopbacks(root_of: Root) -> None:
    files = {**UFW, "/etc/default/ufw": 'IPV6=no\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\n'}
    told = _told([dict(r) for r in table.rows(root_of(files), Query())], "ufw")
    assert (told["by lo", "ip6"], told["elsewhere", "ip6"]) == ({"accepted"}, {"refused"})


PUBLIC = '<?xml version="1.0" encoding="utf-8"?>\n<zone>\n  <service name="ssh"/>\n  <forward/>\n</zone>\n'
DROP = '<zone target="DROP">\n  <short>Drop</short>\n  <source address="127.0.0.0/8"/>\n  <forward/>\n</zone>\n'
FIREWALLD: Files = {
    "/etc/firewalld/firewalld.conf": "DefaultZone=public\nIPv6_rpfilter=strict\n",
    "/usr/lib/firewalld/zones/public.xml": PUBLIC,
    "/usr/lib/firewalld/policies/allow-host-ipv6.xml": '<policy target="CONTINUE" priority="-15000"></policy>\n',
}


def _firewalld(root_of: Root, files: Files, *, pings: bool = True) -> Verdicts:
    return _told([dict(r) for r in table.rows(root_of({**FIREWALLD, **files}), Query())], "firewalld", pings=pings)


def test_firewalld_accepts_the_loopback_and_answers_pings_from_its_addresses(root_of: Root) -> None:
    told = _firewalld(root_of, {})
    assert told["by lo", "ip"] == told["by lo", "ip6"] == {"accepted"}
    assert told["elsewhere", "ip"] == {"accepted", None}
    assert told["elsewhere", "ip6"] == {"refused", "accepted"}  # by the reverse path filter; but neighbours are let in


def test_a_zone_of_firewalld_that_drops_and_is_bound_to_the_addresses_refuses(root_of: Root) -> None:
    assert _firewalld(root_of, {"/etc/firewalld/zones/drop.xml": DROP})["elsewhere", "ip"] == {"refused"}
    for other in (
        DROP.replace("127.0.0.0/8", "127.0.0.1"),
        DROP.replace("<forward/>", '<service name="ssh"/>'),
        DROP.replace("<forward/>", '<rule priority="-5"><accept/></rule>'),
        DROP.replace('target="DROP"', ""),
    ):
        assert "refused" not in _firewalld(root_of, {"/etc/firewalld/zones/drop.xml": other})["elsewhere", "ip"]


@pytest.mark.parametrize(
    "files",
    [
        {"/etc/firewalld/direct.xml": '<direct><rule ipv="ipv4">-i lo -j DROP</rule></direct>\n'},
        {"/usr/lib/firewalld/zones/public.xml": PUBLIC.replace("<forward/>", "<rule><drop/></rule>")},
        {"/etc/firewalld/policies/own.xml": '<policy target="CONTINUE"></policy>\n'},
    ],
)
def test_what_firewalld_is_told_beyond_zones_is_not_known(root_of: Root, files: Files) -> None:
    assert _firewalld(root_of, files)["elsewhere", "ip"] == {None}


def test_the_trusted_zone_with_the_loopback_opens_no_interface(root_of: Root) -> None:
    """A zone that has lo is asked of nothing: firewalld accepts what comes by it first."""
    trusted = '<zone target="ACCEPT">\n  <interface name="lo"/>\n</zone>\n'
    rows = boot.rows(root_of({**FIREWALLD, "/etc/firewalld/zones/trusted.xml": trusted}), Query())
    assert {r["interface"] for r in rows if r["mechanism"] == "firewalld"} == {"(another interface)"}


def test_a_table_of_our_own_fix_counts_where_its_unit_is_there(root_of: Root) -> None:
    text = (SPOOF % ("accept", "ip saddr 127.0.0.0/8 drop\n ip6 saddr ::1 drop")).replace(
        "filter {", "rempart_fwl_07 {", 1
    )
    files: Files = {"/etc/nftables.d/rempart-fwl-07.nft": text}
    assert not _told([dict(r) for r in table.rows(root_of(files), Query())], "rempart-firewall-fwl-07")
    files["/etc/systemd/system/rempart-firewall-fwl-07.service"] = "[Service]\n"
    told = _told([dict(r) for r in table.rows(root_of(files), Query())], "rempart-firewall-fwl-07")
    assert told["elsewhere", "ip"] == told["elsewhere", "ip6"] == {"refused"}
