"""Random rule sets: nftables, the legacy tables, and what iptables-nft makes of the same lines."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PORTS = (22, 23, 80, 443, 1024, 8080, 40000)
SOURCES = {
    "ip": ("203.0.113.5", "203.0.113.77", "198.51.100.9", "192.0.2.77", "10.1.2.3", "192.0.2.11"),
    "ip6": ("2001:db8:9::5", "2001:db8:9::77", "2001:db8:1::9", "2001:db8::77", "fd00:1::3", "2001:db8:1::10"),
}
NETWORKS = {
    "ip": ("203.0.113.0/24", "203.0.113.64/26", "198.51.100.0/24", "10.0.0.0/8", "192.0.2.0/25", "203.0.113.5"),
    "ip6": ("2001:db8:9::/64", "2001:db8:9::40/122", "2001:db8:1::/64", "fd00::/8", "2001:db8::/32", "2001:db8:9::5"),
}
OWN = {"ip": ("192.0.2.10", "192.0.2.11", "198.51.100.10"), "ip6": ("2001:db8::10", "2001:db8:1::10")}
INNER = {"ip": "172.17.0.9", "ip6": "fd00:17::9"}
CHAINS = ("one", "two", "three")


def _numbers(draw: Any) -> str:
    """Return a port, a range, or a set of both."""
    kind = draw(st.sampled_from((0, 1, 1, 2)))
    if kind == 0:
        return str(draw(st.sampled_from(PORTS)))
    low, high = sorted((draw(st.sampled_from(PORTS)), draw(st.sampled_from(PORTS))))
    if kind == 1 and low < high:
        return f"{low}-{high}"
    return (
        "{ "
        + ", ".join(str(p) for p in draw(st.lists(st.sampled_from(PORTS), min_size=1, max_size=3, unique=True)))
        + " }"
    )


def _addresses(draw: Any, family: str) -> str:
    kind = draw(st.integers(0, 4))
    networks = NETWORKS[family]
    if kind < 2:
        return str(draw(st.sampled_from(networks)))
    if kind == 2:
        return f"{SOURCES[family][0]}-{SOURCES[family][1]}"
    apart = (networks[0], networks[2], networks[3])
    return "{ " + ", ".join(draw(st.lists(st.sampled_from(apart), min_size=1, max_size=3, unique=True))) + " }"


def _not(draw: Any) -> str:
    return draw(st.sampled_from(("", "", "!= ")))


@st.composite
def matches(draw: Any, family: str) -> str:
    """Return one condition of nftables."""
    of = draw(st.sampled_from(("ip", "ip6"))) if family == "inet" else family
    no = _not(draw)
    kind = draw(st.one_of(st.integers(0, 59), st.integers(32, 38)))  # ports and addresses half of the time
    simple = {
        43: f"fib daddr type {no}local",
        44: f"fib daddr . iif type {no}local",
        45: "fib daddr type { local, broadcast, multicast }",
        46: f"fib saddr type {no}{'unicast' if family == 'ip' else 'local'}",
        47: "fib saddr . iif oif exists",
        48: "fib daddr . mark . iif type local",
        49: f"fib daddr type {no}{'unicast' if family == 'ip' else 'multicast'}",
        50: f"meta l4proto {no}{draw(st.sampled_from(('sctp', 'udplite', '{ sctp, udplite }')))}",
        51: f"sctp dport {no}{_numbers(draw)}",
        52: f"udplite dport {_numbers(draw)}",
        53: f"th dport {no}{_numbers(draw)}",
        54: "sctp chunk init exists",
        55: f"{of} saddr {no}@seen" if of == ("ip6" if family == "ip6" else "ip") else "ct state new",
        0: f"iifname {no}eth0",
        1: 'iifname "eth*"',
        2: "iif wan1",
        3: "iifname { eth0, docker0 }",
        4: f"meta l4proto {no}tcp",
        5: "meta l4proto { tcp, udp }",
        6: "meta nfproto ipv4",
        7: "iifgroup 7",
        8: "ct state new",
        9: "ct state established,related",
        10: f"ct state {no}new",
        11: "ct state { new, untracked }",
        12: "ct state invalid",
        13: "ct direction original",
        14: "ct status dnat",
        15: f"meta mark {draw(st.sampled_from(('0x1', '0x1-0x3', '< 0x2', '!= 0x1-0x3', '{ 0x1, 0x3 }')))}",
        16: "meta mark & 0x2 == 0x2",
        17: f"fib daddr type {no}local",
        18: f"fib saddr type {no}local",
        19: "fib daddr . iif type local",
        20: "limit rate 400/second burst 400 packets",
        21: "limit rate over 400/second burst 400 packets",
        22: f"meta pkttype {no}host",
        23: "tcp flags syn / fin,syn,rst,ack",
        24: "tcp flags & (syn|ack) == syn",
        25: f"ether saddr {no}02:00:00:00:00:a1",
        26: "udp sport 40000-50000",
        27: "th dport 22",
        28: "meta iiftype ether",
        29: "meta skuid 0",
        30: f"ct mark {draw(st.sampled_from(('0x5', '> 0x1', '0x2-0x7', '!= 0x5')))}",
        31: f"tcp sport {no}40000",
    }
    if kind in simple:
        return simple[kind]
    if kind < 34:
        return f"{draw(st.sampled_from(('tcp', 'udp')))} dport {no}{_numbers(draw)}"
    if kind < 36:
        field = draw(st.sampled_from(("tcp dport", "tcp dport", "udp dport", "th dport", "ip ttl", "ip6 hoplimit")))
        number = draw(st.sampled_from(PORTS[:5] if "dport" in field else (20, 64)))
        return f"{field} {draw(st.sampled_from(('<', '<=', '>', '>=')))} {number}"
    if kind < 38:
        return f"{of} saddr {no}{_addresses(draw, of)}"
    if kind == 38:
        return f"{of} daddr {no}{draw(st.sampled_from(OWN[of]))}"
    if kind == 39:
        port = draw(st.sampled_from(PORTS))
        return f"{of} saddr . tcp dport {{ {NETWORKS[of][0]} . {port}, {NETWORKS[of][3]} . 80-443 }}"
    if kind == 40:
        if of == "ip":
            return draw(
                st.sampled_from(("ip saddr & 255.255.0.0 == 203.0.0.0", "ip ttl 64", "ip ttl < 64", "ip protocol tcp"))
            )
        return draw(st.sampled_from(("ip6 nexthdr tcp", "ip6 hoplimit 64", "ip6 saddr & ffff:ffff:: == 2001:db8::")))
    if kind == 41:
        return draw(
            st.sampled_from(
                (
                    "tcp dport & 0xff == 22",
                    "tcp dport & 1 == 0",
                    "udp dport & 0xff00 != 0",
                    "ct mark & 0x4 == 0x4",
                    "meta length & 1 == 0",
                    "icmp type echo-request",
                    "icmpv6 type echo-request",
                    "ip frag-off & 0x1fff != 0",
                    "iifname . tcp dport { eth0 . 22, wan1 . 80 }",
                    "meta mark . tcp dport { 0x0 . 22, 0x1 . 80 }",
                    "quota over 100 mbytes",
                    "ct original proto-dst 8080",
                    "udp length > 5",
                    "th dport . th sport { 22 . 40000, 80 . 50000 }",
                )
            )
        )
    if kind == 56:
        return draw(st.sampled_from(("add", "update"))) + f" @seen {{ {'ip6' if family == 'ip6' else 'ip'} saddr }}"
    if kind == 57:
        limit = draw(st.sampled_from(("limit rate 400/second", "limit rate over 400/second", "timeout 1m", "counter")))
        return f"update @rates {{ {'ip6' if family == 'ip6' else 'ip'} saddr {limit} }}"
    if kind == 58:
        return f"meter m{draw(st.integers(0, 99))} {{ tcp dport limit rate over 400/second }}"
    return (
        draw(st.sampled_from(("@ports", "@nets", "@pairs")))
        .replace("@ports", "tcp dport @ports")
        .replace("@nets", f"{'ip' if family != 'ip6' else 'ip6'} saddr @nets")
        .replace("@pairs", f"{'ip' if family != 'ip6' else 'ip6'} saddr . th dport @pairs")
    )


@st.composite
def endings(draw: Any, family: str, later: tuple[str, ...], hook: str) -> str:
    """Return what a rule of nftables ends with."""
    jumps = [f"{word} {chain}" for chain in later for word in ("jump", "goto")]
    plain = [
        "accept",
        "accept",
        "drop",
        "drop",
        "return",
        "continue",
        "counter",
        "meta mark set 0x1",
        "ct mark set 0x5",
    ]
    plain += ["meta mark set meta mark or 0x2", "ct state vmap { new : accept, established : drop }", *jumps]
    if hook in ("input", "forward", "output", ""):
        plain.append("reject")
    if hook == "input" and draw(st.integers(0, 140)) == 0:
        plain = ["queue num 7", "socket wildcard 0 accept"]
    if draw(st.integers(0, 5)):
        return str(draw(st.sampled_from(plain)))
    target = f"jump {later[0]}" if later else "drop"
    of = "ip" if family != "ip6" else "ip6"
    maps = (
        f"tcp dport vmap {{ 22 : accept, 80-443 : drop, 8080 : {target} }}",
        f"udp dport vmap {{ 22 : accept, 1024-65535 : {target} }}",
        f"{of} saddr vmap {{ {NETWORKS[of][0]} : accept, {NETWORKS[of][3]} : {target} }}",
        f"{of} saddr . tcp dport vmap {{ {SOURCES[of][0]} . 22 : accept, {SOURCES[of][4]} . 80 : drop }}",
        "meta l4proto vmap { tcp : accept, udp : drop }",
        f'iifname vmap {{ "eth0" : {target}, "wan1" : accept }}',
        "tcp dport vmap @verdicts",
        "tcp dport vmap { 22 : accept, * : drop }",
        "meta mark set tcp dport map { 22 : 0x1, 80 : 0x2 }",
    )
    return str(draw(st.sampled_from(maps)))


@st.composite
def rules(draw: Any, family: str, later: tuple[str, ...], hook: str) -> str:
    """Return one rule of nftables; few are for all packets, for what follows them would go untried."""
    parts = [draw(matches(family)) for _ in range(draw(st.sampled_from((0, 1, 1, 1, 1, 1, 1, 2, 2))))]
    return " ".join([*parts, draw(endings(family, later, hook))])


@st.composite
def alike(draw: Any, family: str) -> list[str]:
    """Return many rules of one form or two, as programs write them that ban or admit one address at a time."""
    of = "ip" if family != "ip6" else "ip6"
    addresses = (
        *SOURCES[of],
        *NETWORKS[of][:3],
        *(f"10.1.2.{n}" if of == "ip" else f"fd00:1::{n:x}" for n in range(9)),
    )
    forms = draw(
        st.lists(
            st.sampled_from((
                "{of} saddr {a} {v}", "{of} saddr {a} counter {v}", "{of} saddr {a} tcp dport {p} {v}",
                "tcp dport {p} {of} saddr {a} {v}", "{of} saddr {a} tcp dport { {p}, 443 } {v}", "udp dport {p} {v}",
                "{of} saddr {a} tcp dport 22-{p} {v}", "iifname {i} {of} saddr {a} {v}",
                "ct state new {of} saddr {a} {v}",
                "{of} saddr . tcp dport { {s} . {p} } {v}", "{of} saddr { {a} } tcp sport != 50000 {v}",
            )), min_size=1, max_size=2, unique=True,
        )
    )  # fmt: skip
    verdicts = draw(st.lists(st.sampled_from(("accept", "drop", "return", "goto three")), min_size=1, max_size=2))
    shuffle = draw(st.randoms(use_true_random=False))
    made = []
    for _ in range(draw(st.integers(24, 40))):
        line = shuffle.choice(forms).replace("{of}", of)
        for word, choices in (("{a}", addresses), ("{s}", SOURCES[of]), ("{p}", PORTS[1:]), ("{i}", ("eth0", "wan1")),
                              ("{v}", verdicts)):  # fmt: skip
            line = line.replace(word, str(shuffle.choice(choices)))
        made.append(line)
    return made


def _translation(draw: Any, family: str) -> str:
    of = "ip" if family != "ip6" else "ip6"
    inner = INNER[of]
    within = f"[{inner}]" if of == "ip6" else inner
    port = draw(st.sampled_from(PORTS))
    to = f"dnat {'' if family != 'inet' else of + ' '}to"
    return str(
        draw(
            st.sampled_from(
                (
                    f"tcp dport {port} {to} {within}:80",
                    f"udp dport {port} {to} {inner}",
                    f"tcp dport {port} redirect to :22",
                    f"iifname eth0 tcp dport {port} {to} {OWN[of][1]}",
                    "tcp dport 8080 accept",
                    f"{of} saddr {NETWORKS[of][0]} {to} {inner}",
                )
            )
        )
    )


@st.composite
def nft(draw: Any) -> list[str]:
    """Return the commands of a table or two of nftables."""
    lines: list[str] = []
    for table in range(draw(st.integers(1, 2))):
        family = draw(st.sampled_from(("inet", "inet", "inet", "ip", "ip6")))
        name = f"{family} t{table}"
        of = "ip6" if family == "ip6" else "ip"
        kind = "ipv6_addr" if of == "ip6" else "ipv4_addr"
        elements = f"elements = {{ {NETWORKS[of][0]}, {NETWORKS[of][3]} }};"
        seen = draw(st.sampled_from(("", f"elements = {{ {SOURCES[of][0]} }};")))
        lines += [
            f"add table {name}",
            f"add set {name} ports {{ type inet_service; flags interval; elements = {{ 22, 443, 8000-9000 }}; }}",
            f"add set {name} nets {{ type {kind}; flags interval; {elements} }}",
            f"add set {name} pairs {{ type {kind} . inet_service; elements = {{ {SOURCES[of][0]} . 22 }}; }}",
            f"add set {name} seen {{ type {kind}; flags dynamic, timeout; timeout 1m; size 100; {seen} }}",
            f"add set {name} rates {{ type {kind}; flags dynamic, timeout; timeout 1h; size 100; }}",
            f"add map {name} verdicts {{ type inet_service : verdict; elements = {{ 22 : accept, 80 : drop }}; }}",
            *(f"add chain {name} {chain}" for chain in CHAINS),
        ]
        hooks = draw(
            st.lists(
                st.sampled_from(("input", "input", "input", "prerouting", "forward", "output")), min_size=1, max_size=3
            )
        )
        for number, hook in enumerate(hooks):
            priority = draw(st.sampled_from((0, 0, 10, -5, -150, -300 if hook in ("prerouting", "output") else -10)))
            policy = draw(st.sampled_from(("accept", "drop")))
            if hook in ("prerouting", "output") and priority == -300:
                policy = "accept"
            chain = f"base{number}"
            lines.append(
                f"add chain {name} {chain} {{ type filter hook {hook} priority {priority}; policy {policy}; }}"
            )
            if priority == -300 and draw(st.booleans()):
                lines.append(f"add rule {name} {chain} {draw(matches(family))} notrack")
            lines += [
                f"add rule {name} {chain} {draw(rules(family, CHAINS, hook))}" for _ in range(draw(st.integers(1, 4)))
            ]
        if draw(st.integers(0, 7)) == 0:
            chain = draw(st.sampled_from(("base0", "one")))
            many = [f"add rule {name} {chain} {line}" for line in draw(alike(family))]
            lines += many if chain == "base0" else [*many, f"add rule {name} base0 jump one"]
        for at, chain in enumerate(CHAINS):
            lines += [
                f"add rule {name} {chain} {draw(rules(family, CHAINS[at + 1 :], ''))}"
                for _ in range(draw(st.integers(0, 2)))
            ]
        if draw(st.integers(0, 3)) == 0:
            lines.append(f"add chain {name} nat {{ type nat hook prerouting priority -100; }}")
            lines += [f"add rule {name} nat {_translation(draw, family)}" for _ in range(draw(st.integers(1, 3)))]
        if draw(st.integers(0, 9)) == 0:
            face = draw(st.sampled_from(("eth0", "wan1")))
            lines += [
                "add table netdev n",
                f"add chain netdev n in {{ type filter hook ingress device {face} priority 0; }}",
                "add rule netdev n in "
                + draw(
                    st.sampled_from(
                        (
                            "ip saddr 203.0.113.0/24 drop",
                            "ip6 saddr 2001:db8:9::/64 drop",
                            "tcp dport 22 drop",
                            "udp dport 22-80 drop",
                        )
                    )
                ),
            ]
    return lines


@st.composite
def xt_matches(draw: Any, six: bool) -> str:
    """Return one condition of iptables."""
    of = "ip6" if six else "ip"
    network = draw(st.sampled_from(NETWORKS[of]))
    low, high = sorted((draw(st.sampled_from(PORTS)), draw(st.sampled_from(PORTS))))
    no = draw(st.sampled_from(("", "", "! ")))
    protocol = draw(st.sampled_from(("tcp", "tcp", "udp", "udp", "sctp")))
    state = draw(st.sampled_from(("NEW", "RELATED,ESTABLISHED", "INVALID", "DNAT", "UNTRACKED")))
    list_ = ",".join(str(p) for p in draw(st.lists(st.sampled_from(PORTS), min_size=1, max_size=3, unique=True)))
    return str(
        draw(
            st.sampled_from(
                (
                    f"{no}-s {network}",
                    f"{no}-d {draw(st.sampled_from(OWN[of]))}",
                    f"{no}-i {draw(st.sampled_from(('eth0', 'wan1', 'eth+')))}",
                    f"-p {protocol}",
                    f"-p {protocol} -m {protocol} {no}--dport {low}",
                    f"-p {protocol} -m {protocol} {no}--dport {low}:{high}",
                    f"-p {protocol} -m {protocol} {no}--sport 40000:50000",
                    "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
                    "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN",
                    f"-p {protocol} -m multiport {no}--dports {list_}",
                    f"-p {protocol} -m multiport {no}--ports {list_},8000:9000",
                    f"-p {protocol} -m multiport --sports 40000,50000",
                    f"-m conntrack {no}--ctstate {state}",
                    f"-m conntrack {no}--ctorigdst {draw(st.sampled_from(OWN[of]))}",
                    "-m conntrack --ctdir ORIGINAL",
                    f"-m conntrack {no}--ctstatus DNAT",
                    f"-m state {no}--state NEW",
                    f"-m addrtype {no}--dst-type LOCAL",
                    f"-m addrtype {no}--src-type LOCAL",
                    "-m limit --limit 400/sec --limit-burst 400",
                    f"-m mark {no}--mark 0x1",
                    f"-m connmark {no}--mark 0x5",
                    f"-m iprange {no}--src-range {SOURCES[of][0]}-{SOURCES[of][1]}",
                    f"-m mac {no}--mac-source 02:00:00:00:00:a1",
                    f"-m pkttype {no}--pkt-type unicast",
                    "-m comment --comment words",
                    "-p icmpv6 -m icmp6 --icmpv6-type 128" if six else "-p icmp -m icmp --icmp-type 8",
                )
            )
        )
    )


@st.composite
def xt_rules(draw: Any, chain: str, later: tuple[str, ...], six: bool) -> str:
    """Return one rule of iptables."""
    parts = [draw(xt_matches(six)) for _ in range(draw(st.sampled_from((0, 1, 1, 1, 1, 1, 2, 2))))]
    if sum("-p " in p for p in parts) > 1 or len(
        {p.replace("! ", "").split()[0] for p in parts if not p.startswith("-m")}
    ) < sum(not p.startswith("-m") for p in parts):
        parts = parts[:1]
    jumps = [f"{word} {name}" for name in later for word in ("-j", "-g")]
    targets = ["-j ACCEPT", "-j ACCEPT", "-j DROP", "-j DROP", "-j RETURN", "", *jumps]
    if chain in ("INPUT", "FORWARD"):
        targets.append("-j REJECT")
    return " ".join(["-A", chain, *parts, draw(st.sampled_from(targets))])


@st.composite
def xt(draw: Any, six: bool) -> dict[str, list[str]]:
    """Return the tables of iptables, as iptables-restore takes them."""
    made: dict[str, list[str]] = {}
    policies = {c: draw(st.sampled_from(("ACCEPT", "DROP"))) for c in ("INPUT", "FORWARD")}
    filters = [f":{c} {p} [0:0]" for c, p in policies.items()] + [":OUTPUT ACCEPT [0:0]"]
    filters += [f":{c} - [0:0]" for c in CHAINS]
    for chain in ("INPUT", "INPUT", "FORWARD"):
        filters += [draw(xt_rules(chain, CHAINS, six)) for _ in range(draw(st.integers(0, 3)))]
    if draw(st.integers(0, 5)) == 0:
        addresses = (*SOURCES["ip6" if six else "ip"], *NETWORKS["ip6" if six else "ip"][:3])
        form = draw(st.sampled_from(("-s {a}", "! -s {a}", "-s {a} -p tcp -m tcp --dport {p}",
                                     "-p udp -m udp --dport {p}", "-i eth0 -s {a}",
                                     "-s {a} -p tcp -m multiport --dports {p},443")))  # fmt: skip
        shuffle = draw(st.randoms(use_true_random=False))
        targets = draw(st.lists(st.sampled_from(("ACCEPT", "DROP", "RETURN", "REJECT")), min_size=1, max_size=2))
        filters += [
            "-A INPUT " + form.replace("{a}", shuffle.choice(addresses)).replace("{p}", str(shuffle.choice(PORTS[1:])))
            + " -j " + shuffle.choice(targets) for _ in range(30)
        ]  # fmt: skip
    for at, chain in enumerate(CHAINS):
        filters += [draw(xt_rules(chain, CHAINS[at + 1 :], six)) for _ in range(draw(st.integers(0, 2)))]
    made["filter"] = filters
    if draw(st.integers(0, 2)) == 0:
        made["mangle"] = [
            f"-A PREROUTING {draw(xt_matches(six))} -j MARK --set-xmark 0x1/0xffffffff",
            f"-A PREROUTING {draw(xt_matches(six))} -j CONNMARK --set-xmark 0x5/0xffffffff",
        ]
    if draw(st.integers(0, 2)) == 0:
        of = "ip6" if six else "ip"
        inner = f"[{INNER[of]}]" if six else INNER[of]
        port = draw(st.sampled_from(PORTS))
        made["nat"] = [
            str(
                draw(
                    st.sampled_from(
                        (
                            f"-A PREROUTING -p tcp -m tcp --dport {port} -j DNAT --to-destination {inner}:80",
                            f"-A PREROUTING -p tcp -m tcp --dport {port} -j REDIRECT --to-ports 22",
                            f"-A PREROUTING ! -i docker0 -p udp --dport {port} -j DNAT --to-destination {inner}:22",
                        )
                    )
                )
            )
        ]
    if draw(st.integers(0, 5)) == 0:
        made["raw"] = [f"-A PREROUTING {draw(xt_matches(six))} -j CT --notrack"]
    return made


@st.composite
def cases(draw: Any) -> dict[str, Any]:
    """Return one case: the rules, and which packets are tried."""
    kind = draw(st.sampled_from(("nft", "nft", "nft", "nft", "legacy", "translated", "both")))
    made: dict[str, Any] = {"seed": draw(st.integers(0, 9999))}
    if kind in ("nft", "both"):
        made["nft"] = draw(nft())
    if kind in ("legacy", "both"):
        name = draw(st.sampled_from(("legacy", "legacy6")))
        made[name] = draw(xt(name == "legacy6"))
    if kind == "translated":
        name = draw(st.sampled_from(("translated", "translated6")))
        made[name] = draw(xt(name == "translated6"))
    return made
