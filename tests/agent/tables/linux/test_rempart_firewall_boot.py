"""Table rempart_firewall_boot: what the files of firewall services would let in.

The files of ufw are those of its package (0.36.2), cut to what decides; zones and services are written as firewalld
2.3 writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import Files

from rempart_agent.models.firewall import ranges
from rempart_agent.models.firewall.text import firewalld, nft, saved
from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_firewall_boot as table
from rempart_agent.targets.root import RootTarget

Root = Callable[[Files], RootTarget]
CLOSED = """#!/usr/sbin/nft -f
flush ruleset
define admins = { 10.0.0.0/8, 192.0.2.5 }
table inet filter {
	set banned {
		type ipv4_addr
		flags interval
		elements = { 198.51.100.0/24, 203.0.113.5 }
	}
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop comment "odd # ones"
		iif "lo" accept
		ip saddr @banned drop
		meta l4proto { icmp, ipv6-icmp } accept
		tcp dport { ssh, 443 } ct state new limit rate 10/second burst 20 packets accept
		ip saddr $admins tcp dport 8000-8010 log prefix "admin " counter accept
		udp sport 67 udp dport 68 accept
		jump others
	}
	chain others {
		tcp flags & (fin|syn) == (fin|syn) drop
	}
}
"""


def _let(target: RootTarget, mechanism: str, family: str = "ip") -> Any:
    """Return protocol and ports of what is let in; None where something is not known."""
    rows = [r for r in table.rows(target, Query()) if r["mechanism"] == mechanism and r["family"] == family]
    assert {r["protocol"] for r in rows} == {"tcp", "udp"}
    if any(r["verdict"] is None for r in rows):
        return None
    return {
        (protocol, low, high)
        for protocol in ("tcp", "udp")
        for low, high in ranges.make(
            (r["port_from"], r["port_to"]) for r in rows if r["verdict"] == "accepted" and r["protocol"] == protocol
        )
    }


EVERYTHING = {("tcp", 1, 65535), ("udp", 1, 65535)}
NOTHING: set[Any] = set()


def test_a_usual_file_of_nftables_is_understood(root_of: Root) -> None:
    target = root_of({"/etc/nftables.conf": CLOSED.replace("\t\ttcp flags & (fin|syn) == (fin|syn) drop\n", "")})
    assert _let(target, "nftables") == {
        *(("tcp", 22, 22), ("tcp", 443, 443), ("tcp", 8000, 8010), ("udp", 68, 68)),
    }
    assert _let(target, "nftables", "ip6") == {("tcp", 22, 22), ("tcp", 443, 443), ("udp", 68, 68)}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("policy drop;", NOTHING),
        ("policy accept;", EVERYTHING),
        ("", EVERYTHING),
        ("policy drop; accept", EVERYTHING),
        ("policy drop; ct state new accept", EVERYTHING),
        ("policy drop; ct state { new, established } accept", EVERYTHING),
        ("policy drop; meta l4proto { tcp, udp } accept", EVERYTHING),
        ("policy drop; ip protocol tcp accept", {("tcp", 1, 65535)}),
        ("policy drop; iifname != lo accept", EVERYTHING),
        ("policy drop; goto open", EVERYTHING),
        ("policy accept; counter reject with icmpx admin-prohibited", NOTHING),
        ('policy accept; ct state established accept; log prefix "x" drop', NOTHING),
        ("policy drop; tcp dport 1-65535 accept", {("tcp", 1, 65535)}),
        ("policy drop; udp sport 53 accept", {("udp", 1, 65535)}),
        ("policy drop; tcp dport vmap { 22 : accept, 80-90 : drop }", {("tcp", 22, 22)}),
        ("policy drop; ct state vmap { established : accept, related : accept, invalid : drop }", NOTHING),
        ("policy drop; ct state vmap { established:accept, new : accept }", EVERYTHING),
        ("policy drop; meta l4proto vmap { tcp : goto open, udp : drop }", {("tcp", 1, 65535)}),
        ("policy drop; tcp dport vmap @services", None),
        ("policy drop; meta mark 7 accept", None),
        ("policy accept; queue num 3", None),
        ("policy drop; quick brown fox accept", None),
        ("policy accept; drop\n tcp dport 22 odd accept", NOTHING),
    ],
)
def test_what_a_chain_lets_in(root_of: Root, rules: str, expected: Any) -> None:
    text = (
        f"table ip f {{\n chain open {{ accept\n }}\n chain i {{ type filter hook input priority 0; {rules}\n }}\n}}\n"
    )
    assert _let(root_of({"/etc/nftables.conf": text}), "nftables") == expected


def test_includes_are_followed_and_what_nothing_includes_is_not(root_of: Root) -> None:
    table_of = "table inet {0} {{ chain i {{ type filter hook input priority 0; policy {1}; }} }}\n"
    files: dict[str, str | bytes] = {
        "/etc/nftables.conf": 'flush ruleset\ninclude "/etc/nftables.d/rempart-*.nft"\n',
        "/etc/nftables.d/rempart-a.nft": table_of.format("a", "accept"),
        "/etc/nftables.d/rempart-b.nft": "table inet b\ndelete table inet b\n" + table_of.format("b", "drop"),
        "/etc/nftables.d/example.nft": "nonsense",
    }
    assert _let(root_of(files), "nftables") == NOTHING
    files["/etc/nftables.conf"] = "flush ruleset\n"
    assert _let(root_of(files), "nftables") == EVERYTHING
    files["/etc/nftables.conf"] = 'include "/etc/gone.nft"\n'
    assert _let(root_of(files), "nftables") is None


def test_what_a_later_command_takes_away_is_gone(root_of: Root) -> None:
    drops = "table inet f { chain i { type filter hook input priority 0; policy drop; } }\n"
    for last in ("flush ruleset\n", "delete table inet f\n", "add rule inet f i accept\n"):
        assert _let(root_of({"/etc/nftables.conf": drops + last}), "nftables") == EVERYTHING
    assert _let(root_of({"/etc/nftables.conf": drops + "flush table inet f\n"}), "nftables") == NOTHING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n", {("tcp", 22, 22)}),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n", EVERYTHING),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n", EVERYTHING),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT ! -s 192.0.2.0/24 -j ACCEPT\nCOMMIT\n", EVERYTHING),
        ("*filter\n:INPUT ACCEPT [0:0]\n:L - [0:0]\n-A INPUT -j L\n-A L -j LOG\n-A L -j DROP\nCOMMIT\n", NOTHING),
        ("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT\nCOMMIT\n", NOTHING),
        ("*mangle\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n", NOTHING),
        ("*nat\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n", EVERYTHING),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -m set --match-set ok src -j ACCEPT\nCOMMIT\n", None),
        ("*filter\n:INPUT DROP [0:0]\n[5:300] -A INPUT -p udp -m multiport --dports 53,5000:5010 -j ACCEPT\nCOMMIT\n",
         {("udp", 53, 53), ("udp", 5000, 5010)}),
    ],
)  # fmt: skip
def test_saved_rules_of_iptables(root_of: Root, text: str, expected: Any) -> None:
    found = _let(root_of({"/etc/iptables/rules.v4": text}), "netfilter-persistent")
    assert found == expected
    assert _let(root_of({"/etc/sysconfig/iptables": text}), "iptables") == found


UFW: dict[str, str | bytes] = {
    "/etc/ufw/ufw.conf": "# on\nENABLED=yes\nLOGLEVEL=low\n",
    "/etc/default/ufw": 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\n',
    "/etc/ufw/before.rules": """*filter
:ufw-before-input - [0:0]
:ufw-not-local - [0:0]
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -p icmp --icmp-type echo-request -j ACCEPT
-A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j ufw-logging-deny
-A ufw-not-local -j DROP
-A ufw-before-input -p udp -d 224.0.0.251 --dport 5353 -j ACCEPT
COMMIT
""",
    "/etc/ufw/after.rules": "*filter\n:ufw-after-input - [0:0]\n"
    "-A ufw-after-input -p udp --dport 137 -j ufw-skip-to-policy-input\n"
    "-A ufw-after-input -m addrtype --dst-type BROADCAST -j ufw-skip-to-policy-input\nCOMMIT\n",
    "/etc/ufw/user.rules": "*filter\n:ufw-user-input - [0:0]\n### RULES ###\n"
    "-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n-A ufw-user-input -p tcp -m multiport --dports 80,443 -j ACCEPT\n"
    '-A ufw-user-limit -m limit --limit 3/minute -j LOG --log-prefix "[UFW LIMIT BLOCK] "\n'
    "-A ufw-user-limit -j REJECT\nCOMMIT\n",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {("tcp", 22, 22), ("tcp", 80, 80), ("tcp", 443, 443), ("udp", 68, 68)}),
        ({"/etc/ufw/ufw.conf": "ENABLED=no\n"}, EVERYTHING),
        ({"/etc/default/ufw": "DEFAULT_INPUT_POLICY=ACCEPT\n"}, EVERYTHING),
        ({"/etc/default/ufw": "DEFAULT_INPUT_POLICY=REJECT\n"},
         {("tcp", 22, 22), ("tcp", 80, 80), ("tcp", 443, 443), ("udp", 68, 68)}),
        ({"/etc/default/ufw": ""}, None),
        ({"/etc/ufw/user.rules": "*filter\n-A ufw-user-input -j ACCEPT\nCOMMIT\n"}, EVERYTHING),
    ],
)  # fmt: skip
def test_ufw_loads_its_files_around_its_policy(root_of: Root, changed: dict[str, str], expected: Any) -> None:
    assert _let(root_of({**UFW, **changed}), "ufw") == expected


def test_ufw_without_ipv6_refuses_it(root_of: Root) -> None:
    files = {**UFW, "/etc/default/ufw": "IPV6=no\nDEFAULT_INPUT_POLICY=DROP\n"}
    assert _let(root_of(files), "ufw", "ip6") == NOTHING


ZONES: dict[str, str | bytes] = {
    "/etc/firewalld/firewalld.conf": "DefaultZone=public\n",
    "/usr/lib/firewalld/zones/public.xml": '<?xml version="1.0"?>\n<zone>\n  <service name="ssh"/>\n</zone>\n',
    "/usr/lib/firewalld/zones/trusted.xml": '<zone target="ACCEPT">\n  <forward/>\n</zone>\n',
    "/usr/lib/firewalld/services/ssh.xml": '<service><short>SSH</short><port protocol="tcp" port="22"/></service>\n',
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {("tcp", 22, 22)}),
        ({"/etc/firewalld/firewalld.conf": "DefaultZone=trusted\n"}, EVERYTHING),
        ({"/etc/firewalld/zones/public.xml": '<zone target="ACCEPT">\n</zone>\n'}, EVERYTHING),
        ({"/etc/firewalld/zones/public.xml": '<zone><port port="1025-65535" protocol="udp"/></zone>'},
         {("udp", 1025, 65535)}),
        ({"/etc/firewalld/zones/public.xml": '<zone><!-- <zone target="ACCEPT"> --><service name="ssh"/></zone>'},
         {("tcp", 22, 22)}),
        ({"/etc/firewalld/zones/trusted.xml": '<zone target="ACCEPT"><interface name="eth0"/></zone>'},
         EVERYTHING),
        ({"/etc/firewalld/zones/trusted.xml": '<zone target="ACCEPT"><source address="0.0.0.0/0"/></zone>'},
         EVERYTHING),
        ({"/etc/firewalld/zones/public.xml": '<zone><rule><source address="10.0.0.0/8"/><accept/></rule></zone>'},
         None),
        ({"/etc/firewalld/zones/public.xml": '<zone><rule><service name="ssh"/><accept/></rule></zone>'},
         {("tcp", 22, 22)}),
        ({"/etc/firewalld/zones/public.xml": '<zone><service name="gone"/></zone>'}, None),
        ({"/etc/firewalld/firewalld.conf": "DefaultZone=gone\n"}, None),
    ],
)  # fmt: skip
def test_zones_of_firewalld(root_of: Root, changed: dict[str, str], expected: Any) -> None:
    assert _let(root_of({**ZONES, **changed}), "firewalld") == expected


def test_a_file_that_may_not_be_read_is_an_error(root_of: Root, deny: Callable[[RootTarget, str], None]) -> None:
    for path in ("/etc/nftables.conf", "/etc/iptables/rules.v4", "/etc/ufw/ufw.conf"):
        target = root_of({path: "x", **UFW})
        deny(target, path)
        with pytest.raises(Denied):
            list(table.rows(target, Query()))


@given(st.text(alphabet='abtxy{};\n "#\\$@!=<>/*-:,.0129', max_size=200))
def test_any_file_is_understood_or_not(text: str) -> None:
    files = nft.Files(lambda _: [])
    try:
        files.load("table ip f { chain i { type filter hook input priority 0; " + text)
        files.load(text)
    except nft.Unread:
        pass
    saved.parse("ip", "*filter\n-A INPUT " + text, text)
    firewalld.parse(text, lambda _: text)


@pytest.mark.parametrize("piece", ["{", "}", '"', "<zone ", "<!--", "a='", "table ip f {\n", "#", "\\\n", "-A INPUT '"])
def test_a_long_file_takes_no_time(piece: str) -> None:
    """128 KiB of the worst: what is not linear would take minutes."""
    text = piece * (131_072 // len(piece))
    firewalld.parse(text, lambda _: "")
    saved.parse("ip", text)
    try:
        nft.Files(lambda _: []).load(text)
    except nft.Unread:
        pass
