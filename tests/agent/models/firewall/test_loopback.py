"""What the model says of the loopback where a kernel is hard to bring there."""

from __future__ import annotations

from typing import Any

from rempart_agent.models.firewall import loopback, packet
from rempart_agent.models.firewall.ruleset import Base, Chain, Expression, Ruleset, Verdict
from rempart_agent.models.firewall.text import nft, saved
from rempart_agent.readers.kernel import firewall_host

ETH0 = packet.Interface("eth0", 2, addresses={"ip": (0xC000020A,), "ip6": (0x20010DB8 << 96 | 10,)})
HOST = packet.Host((ETH0,))
DROP = Expression("immediate", {1: b"\0\0\0\0", 2: Verdict("drop")})
FIB_SADDR_IIF_OIF = Expression("fib", {1: b"\0\0\0\1", 2: b"\0\0\0\1", 3: b"\0\0\0\x09"})
IS_MISSING = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\0\0\0\0"})


def _verdicts(rules: Ruleset, host: packet.Host = HOST) -> dict[tuple[str, str], set[Any]]:
    found: dict[tuple[str, str], set[Any]] = {}
    for row in loopback.rows(rules, host):
        found.setdefault((row.question, row.family), set()).add(row.verdict)
    return found


def _nft(text: str) -> Ruleset:
    files = nft.Files(lambda _: [])
    files.load(text)
    return files.ruleset()


def _chain(hook: str, *rules: tuple[Expression, ...], priority: int = 0) -> Ruleset:
    return Ruleset({("inet", "f", "c"): Chain(rules, Base(hook, priority))}, {})


def test_a_reverse_path_filter_lets_the_loopback_in_and_its_addresses_elsewhere_not() -> None:
    """``fib saddr . iif oif missing drop``: nft_fib_is_loopback at the first hook, RTN_LOCAL elsewhere."""
    told = _verdicts(_chain("prerouting", (FIB_SADDR_IIF_OIF, IS_MISSING, DROP)))
    assert told["by lo", "ip"] == told["by lo", "ip6"] == {"accepted"}
    assert told["elsewhere", "ip"] == told["elsewhere", "ip6"] == {"refused"}


def test_a_reverse_path_filter_at_a_later_hook_is_no_promise_for_the_loopback() -> None:
    assert _verdicts(_chain("input", (FIB_SADDR_IIF_OIF, IS_MISSING, DROP)))["by lo", "ip"] != {"accepted"}


def test_what_is_not_known_is_no_answer() -> None:
    told = _verdicts(_chain("input", (Expression("newfangled", {}), DROP)))
    assert {v for found in told.values() for v in found} == {None}


def test_a_queue_decides_by_a_program() -> None:
    assert _verdicts(_chain("input", (Expression("queue", {}),)))["by lo", "ip"] == {None}


def test_a_chain_at_the_loopbacks_own_way_out_counts() -> None:
    chains = {("netdev", "f", "c"): Chain(((DROP,),), Base("egress", 0, devices=("lo",)))}
    told = _verdicts(Ruleset(chains, {}))
    assert told["by lo", "ip"] == {"refused"}
    assert told["elsewhere", "ip"] == {"accepted"}


def test_a_program_that_decides_first_leaves_no_answer() -> None:
    why = "an XDP program decides first"
    told = _verdicts(_chain("input", (DROP,)), packet.Host((ETH0._replace(why=why),)))
    assert told["elsewhere", "ip"] == {None}
    told = _verdicts(Ruleset({}, {}), HOST._replace(lo=HOST.lo._replace(why=why)))
    assert told["by lo", "ip6"] == {None}


def test_a_family_that_is_switched_off_says_so() -> None:
    host = packet.Host((ETH0._replace(off=("ip6",)),), HOST.lo._replace(off=("ip6",)))
    told = _verdicts(Ruleset({}, {}), host)
    assert told["by lo", "ip6"] == told["elsewhere", "ip6"] == {"off"}
    assert told["by lo", "ip"] == {"accepted"}


def test_a_machine_without_another_interface_has_an_answer_all_the_same() -> None:
    rules = _nft("table inet f { chain c { type filter hook input priority 0; policy drop; iif lo accept; } }")
    told = _verdicts(rules, packet.Host(()))
    assert told["elsewhere", "ip"] == {"refused"}
    assert told["by lo", "ip"] == {"accepted"}


def test_one_interface_that_is_left_out_shows() -> None:
    rules = _nft(
        "table inet f { chain c { type filter hook input priority 0; iifname eth0 ip saddr 127.0.0.0/8 drop; } }"
    )
    rows = loopback.rows(rules, packet.Host((ETH0, ETH0._replace(name="wlan0", number=3))), ("ip",))
    assert {(r.interface, r.verdict) for r in rows if r.question == "elsewhere"} == {
        ("eth0", "refused"),
        ("wlan0", "accepted"),
    }


def test_what_nat_sends_to_another_machine_is_not_by_the_loopback() -> None:
    """As Docker does with a published port of the machine's own address."""
    dnat = Expression("nat", {1: b"\0\0\0\1", 2: b"\0\0\0\2", 3: b"\0\0\0\2", 4: b"\0\0\0\2"})
    address = Expression("immediate", {1: b"\0\0\0\2", 2: b"\xac\x11\0\2"})
    daddr = Expression("payload", {1: b"\0\0\0\1", 2: b"\0\0\0\1", 3: b"\0\0\0\x10", 4: b"\0\0\0\4"})
    own = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\xc0\0\2\x0a"})
    chains = {("ip", "n", "c"): Chain(((daddr, own, address, dnat),), Base("output", -100, "nat"))}
    assert _verdicts(Ruleset(chains, {}))["by lo", "ip"] == {"accepted"}
    chains = {("ip", "n", "c"): Chain(((address, dnat),), Base("output", -100, "nat"))}
    assert _verdicts(Ruleset(chains, {}))["by lo", "ip"] == {None}


def test_nat_of_what_comes_in_is_not_asked_again_by_the_loopback() -> None:
    chains = {("ip", "n", "c"): Chain(((Expression("redir", {}),),), Base("prerouting", -100, "nat"))}
    assert _verdicts(Ruleset(chains, {}))["by lo", "ip"] == {"accepted"}


def test_nat_of_the_input_hook_is_not_asked_by_the_loopback() -> None:
    """NAT has settled source and destination when the packet left (``nf_nat_initialized``)."""
    chains = {("ip", "n", "c"): Chain(((DROP,),), Base("input", 100, "nat"))}
    assert _verdicts(Ruleset(chains, {}))["by lo", "ip"] == {"accepted"}


def test_a_mark_that_output_sets_is_there_when_the_packet_comes_in() -> None:
    value = Expression("immediate", {1: b"\0\0\0\1", 2: b"\1\0\0\0"})
    put = Expression("meta", {2: b"\0\0\0\3", 3: b"\0\0\0\1"})
    ask = Expression("meta", {1: b"\0\0\0\1", 2: b"\0\0\0\3"})
    same = Expression("cmp", {1: b"\0\0\0\1", 2: b"\0\0\0\0", 3: b"\1\0\0\0"})
    chains = {
        ("inet", "f", "out"): Chain(((value, put),), Base("output", 0)),
        ("inet", "f", "in"): Chain(((ask, same, DROP),), Base("input", 0)),
    }
    assert _verdicts(Ruleset(chains, {}))["by lo", "ip"] == {"refused"}


def test_rules_of_iptables_are_read_too() -> None:
    text = "*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A OUTPUT -o lo -j ACCEPT\n"
    told = _verdicts(
        saved.parse("ip", text + "-A INPUT -s 127.0.0.0/8 -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT").ruleset
    )
    assert (told["by lo", "ip"], told["elsewhere", "ip"]) == ({"accepted"}, {"refused"})
    told = _verdicts(saved.parse("ip", text.replace("-A OUTPUT", "# ")).ruleset)
    assert told["by lo", "ip"] == {"refused"}
    told = _verdicts(saved.parse("ip", text + "*mangle\n:POSTROUTING ACCEPT\n-A POSTROUTING -o lo -j DROP").ruleset)
    assert told["by lo", "ip"] == {"refused"}


def test_no_link_at_all_is_a_loopback_that_is_down() -> None:
    assert firewall_host.parse({"links": "", "addresses": ""}).lo.why == "the loopback is down"
