"""Table rempart_nftables, from answers of a real kernel: ``recorded/nftables-*.json``, beside each its ruleset."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import host_network, nft_rule
from rempart_agent.source.contract import Denied, Malformed, NotObservable, Query, SourceError
from rempart_agent.tables.linux import rempart_nftables as nftables
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]

RECORDED = Path(__file__).parents[1] / "recorded"
AGENT = Path(__file__).parents[4] / "agent"


def _chains(machine: Machine, name: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    answers = json.loads((RECORDED / f"nftables-{name}.json").read_text())
    rows = nftables.rows(machine({}, {"nftables": answers}), Query())
    return {(str(row["family"]), str(row["table_name"]), str(row["chain"])): dict(row) for row in rows}


def _attribute(kind: int, *values: bytes | str | int) -> bytes:
    data = b""
    for value in values:
        if isinstance(value, int):
            data += value.to_bytes(4, "big", signed=value < 0)
        else:
            data += value.encode() + b"\0" if isinstance(value, str) else value
    head = (len(data) + 4).to_bytes(2, sys.byteorder) + kind.to_bytes(2, sys.byteorder)
    return head + data + bytes(-len(data) % 4)


def _expression(name: str, *data: bytes) -> bytes:
    return _attribute(1, _attribute(1, name), _attribute(2, *data))


def _verdict(code: int, chain: str = "") -> bytes:
    to = _attribute(2, chain) if chain else b""
    return _expression("immediate", _attribute(1, 0), _attribute(2, _attribute(2, _attribute(1, code), to)))


DROP, ACCEPT, RETURN = _verdict(0), _verdict(1), _verdict(-5)


def _final(*chains: tuple[str, list[bytes]]) -> str:
    """Return the final verdict of the first of some chains, each a list of rules."""
    rules = {(2, "t", name): [nft_rule.parse(rule) for rule in body] for name, body in chains}
    return nft_rule.final_verdict(rules, (2, "t", chains[0][0]))


def test_a_root_filesystem_has_no_ruleset_loaded(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        list(nftables.rows(RootTarget(str(tmp_path)), Query()))


def test_firewalld_accepts_by_policy_and_rejects_at_the_end(machine_of: Machine) -> None:
    chains = _chains(machine_of, "firewalld")
    assert chains["inet", "firewalld", "filter_INPUT"] == {
        "family": "inet",
        "table_name": "firewalld",
        "chain": "filter_INPUT",
        "hook": "input",
        "type": "filter",
        "priority": 10,
        "policy": "accept",
        "rules": 6,
        "final_verdict": "reject",
        "logs": 0,
    }
    assert chains["inet", "firewalld", "filter_FORWARD"]["final_verdict"] == "reject"
    assert chains["inet", "firewalld", "filter_OUTPUT"]["final_verdict"] == ""
    assert chains["inet", "firewalld", "mangle_PREROUTING"]["priority"] == -140
    zone = chains["inet", "firewalld", "filter_IN_public"]
    assert (zone["rules"], "hook" in zone, "final_verdict" in zone) == (3, False, False)


def test_ufw_drops_by_policy_for_both_families(machine_of: Machine) -> None:
    chains = _chains(machine_of, "ufw")
    for family in ("ip", "ip6"):
        row = chains[family, "filter", "INPUT"]
        assert (row["hook"], row["policy"], row["final_verdict"], row["rules"]) == ("input", "drop", "", 6)
        assert chains[family, "filter", "ufw-after-logging-input"]["logs"] == 1


def test_what_stands_before_a_verdict_without_asking_anything_is_no_condition(machine_of: Machine) -> None:
    chains = _chains(machine_of, "logdrop")
    assert (chains["ip", "filter", "INPUT"]["final_verdict"], chains["ip", "filter", "INPUT"]["logs"]) == ("drop", 1)
    assert chains["ip", "filter", "OUTPUT"]["final_verdict"] == "accept"  # a mark is set before
    assert chains["ip6", "filter", "INPUT"]["final_verdict"] == "accept"  # whatever follows it, and its policy


def test_every_family_and_hook_has_its_name(machine_of: Machine) -> None:
    chains = _chains(machine_of, "logdrop")
    hooks = {key: (row["hook"], row["type"], row["priority"]) for key, row in chains.items() if "hook" in row}
    assert hooks["arp", "guard", "in"] == ("input", "filter", 0)
    assert hooks["bridge", "br", "fw"] == ("forward", "filter", -200)
    assert hooks["netdev", "edge", "ing"] == ("ingress", "filter", -500)
    assert hooks["inet", "nat", "post"] == ("postrouting", "nat", 100)
    assert hooks["inet", "nat", "rte"] == ("output", "route", -150)
    assert hooks["inet", "nat", "early"] == ("ingress", "filter", 5)


def test_a_dormant_table_filters_nothing(machine_of: Machine) -> None:
    assert "hook" not in _chains(machine_of, "logdrop")["inet", "sleeping", "input"]


def test_an_accept_behind_a_jump_counts(machine_of: Machine) -> None:
    chains = _chains(machine_of, "jumps")
    assert chains["inet", "f", "base"]["final_verdict"] == "accept"
    assert chains["inet", "f", "forward"]["final_verdict"] == ""  # goto does not come back
    assert chains["inet", "f", "out"]["final_verdict"] == "drop"
    assert chains["inet", "f", "pre"]["final_verdict"] == ""  # return before the drop


def test_no_ruleset_is_no_row(machine_of: Machine) -> None:
    assert list(nftables.rows(machine_of({}, {"nftables": {}}), Query())) == []
    empty = {"tables": "", "chains": "", "rules": ""}
    assert list(nftables.rows(machine_of({}, {"nftables": empty}), Query())) == []


def test_a_refusal_is_not_an_empty_ruleset(machine_of: Machine) -> None:
    with pytest.raises(Denied):
        list(nftables.rows(machine_of({}, {"nftables": Denied("not root")}), Query()))


@pytest.mark.parametrize(
    ("rule", "verdict", "condition"),
    [
        (_expression("counter") + DROP, "drop", "no"),
        (_expression("log") + _expression("notrack") + _expression("last") + DROP, "drop", "no"),
        (_expression("cmp") + ACCEPT, "accept", "yes"),
        (_expression("limit") + ACCEPT, "accept", "yes"),
        (_expression("lookup") + DROP, "drop", "yes"),
        (_expression("meta", _attribute(1, 1)) + _expression("cmp") + DROP, "drop", "yes"),
        (_expression("meta", _attribute(3, 1)) + DROP, "drop", "no"),
        (_expression("objref", _attribute(1, 1)) + DROP, "drop", "no"),
        (_expression("objref", _attribute(1, 2)) + DROP, "drop", "yes"),
        (_expression("newfangled") + DROP, "drop", "unknown"),
        (_expression("reject"), "reject", "no"),
        (_expression("queue"), "queue", "no"),
        (_verdict(0x30003), "queue", "no"),
        (_expression("match", _attribute(1, "comment")) + DROP, "drop", "no"),
        (_expression("match", _attribute(1, "multiport")) + DROP, "drop", "yes"),
        (_expression("target", _attribute(1, "REJECT")), "reject", "no"),
        (_expression("target", _attribute(1, "LOG")), "", "no"),
        (_verdict(-1), "", "no"),
        (_expression("immediate", _attribute(1, 8), _attribute(2, _attribute(1, b"\0"))), "", "no"),
        (b"", "", "no"),
    ],
)
def test_what_a_rule_does(rule: bytes, verdict: str, condition: str) -> None:
    found = nft_rule.parse(rule)
    assert (found.verdict, found.condition) == (verdict, condition)


@pytest.mark.parametrize("name", ["log", "target"])
def test_a_rule_that_logs(name: str) -> None:
    assert nft_rule.parse(_expression(name, _attribute(1, "LOG"))).logs


UNKNOWN = _expression("newfangled")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([UNKNOWN + ACCEPT, DROP], "accept"),
        ([UNKNOWN + DROP, ACCEPT], "accept"),
        ([UNKNOWN + RETURN, DROP], ""),
        ([UNKNOWN + RETURN, ACCEPT], "accept"),
        ([UNKNOWN + _verdict(-3, "open"), DROP], "accept"),
        ([UNKNOWN + _verdict(-4, "shut"), DROP], "drop"),
        ([UNKNOWN + _verdict(-3, "back"), DROP], "drop"),
    ],
)
def test_a_doubt_never_makes_a_firewall_look_tighter(rules: list[bytes], expected: str) -> None:
    assert _final(("in", rules), ("open", [ACCEPT]), ("shut", [DROP]), ("back", [RETURN])) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([_verdict(-3, "shut"), ACCEPT], "drop"),
        ([_verdict(-3, "back"), ACCEPT], "accept"),
        ([_verdict(-4, "back"), ACCEPT], ""),
        ([_verdict(-3, "in"), DROP], ""),  # the kernel allows no such circle
        ([_verdict(-3, "gone"), DROP], "drop"),
        ([RETURN, DROP], ""),
        ([], ""),
    ],
)
def test_jumps_are_followed(rules: list[bytes], expected: str) -> None:
    assert _final(("in", rules), ("shut", [DROP]), ("back", [RETURN, DROP])) == expected


@pytest.mark.parametrize("cut", [1, 30, 55, 200, 400])
def test_a_cut_off_answer_is_an_error_not_a_shorter_ruleset(cut: int) -> None:
    answers = json.loads((RECORDED / "nftables-logdrop.json").read_text())
    answers["rules"] = base64.b64encode(base64.b64decode(answers["rules"])[:-cut]).decode()
    with pytest.raises(Malformed):
        list(nftables.parse(answers))


def test_rules_of_a_chain_that_is_not_listed_are_an_error() -> None:
    answers = json.loads((RECORDED / "nftables-logdrop.json").read_text())
    answers["chains"] = ""
    with pytest.raises(Malformed):
        list(nftables.parse(answers))


@given(st.binary(), st.binary(), st.binary())
def test_any_answer_gives_rows_or_a_reason(tables: bytes, chains: bytes, rules: bytes) -> None:
    answers = {"tables": tables, "chains": chains, "rules": rules}
    encoded = {name: base64.b64encode(data).decode() for name, data in answers.items()}
    found = outcome(lambda: nftables.parse(encoded))
    assert isinstance(found, SourceError) or all(row["family"] for row in found)


@given(st.data())
def test_a_garbled_answer_gives_rows_or_a_reason(data: st.DataObject) -> None:
    answers = json.loads((RECORDED / "nftables-jumps.json").read_text())
    name = data.draw(st.sampled_from(sorted(k for k, v in answers.items() if isinstance(v, str))))
    garbled = bytearray(base64.b64decode(answers[name]))
    for _ in range(data.draw(st.integers(1, 6))):
        garbled[data.draw(st.integers(0, len(garbled) - 1))] = data.draw(st.integers(0, 255))
    answers[name] = base64.b64encode(bytes(garbled)).decode()
    found = outcome(lambda: nftables.parse(answers))
    assert isinstance(found, SourceError) or all("rules" in row for row in found)


def _in_own_network(script: str, user: str = "") -> str:
    """Run Python in a new network namespace with the logdrop ruleset loaded; skip where that can't be had."""
    if os.geteuid() or not shutil.which("nft") or not shutil.which("unshare"):
        pytest.skip("needs root, nft and unshare")
    ruleset = RECORDED / "nftables-logdrop.nft"
    command = f'ip link set lo up; nft -f {ruleset} && exec {user} {sys.executable} -c "$0"'
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", command, script],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(AGENT), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        check=False,
    )
    if done.returncode and "unshare" in done.stderr:
        pytest.skip("no network namespace here")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_this_kernel_s_ruleset_reads_as_recorded(machine_of: Machine) -> None:
    script = (
        "from rempart_agent.readers.kernel import nft_ruleset as n\n"
        "from rempart_agent.tables.linux import rempart_nftables as t; import json\n"
        "print(json.dumps(list(t.parse(n.list_ruleset()))))\n"
    )
    assert json.loads(_in_own_network(script)) == list(_chains(machine_of, "logdrop").values())


def test_an_audit_in_another_network_does_not_take_its_own_for_the_machine_s() -> None:
    script = (
        "from rempart_agent.readers.kernel import host_network as h\n"
        "from rempart_agent.source.contract import Denied\n"
        "from rempart_agent.readers.kernel import nft_ruleset as n\n"
        "from rempart_agent.tables.linux import rempart_nftables as t\n"
        "try:\n"
        "    print(h.is_own(), len(list(t.parse(h.ask(n.list_ruleset)))))\n"
        "except Denied:\n"
        "    print(False, 'denied')\n"
    )
    assert _in_own_network(script).startswith("False ")
    assert not _in_own_network(script).startswith("False 11")


def test_a_network_namespace_can_be_entered_for_one_question() -> None:
    if os.geteuid():
        pytest.skip("needs root")
    script = (
        "import os\n"
        "from rempart_agent.readers.kernel import host_network as h\n"
        "from rempart_agent.readers.kernel import nft_ruleset as n\n"
        "from rempart_agent.tables.linux import rempart_nftables as t\n"
        "inside = os.open('/proc/self/ns/net', os.O_RDONLY)\n"
        "import ctypes\n"
        f"outer = os.open('/proc/{os.getpid()}/ns/net', os.O_RDONLY)\n"
        "ctypes.CDLL(None).setns(outer, 0x40000000)\n"
        "count = lambda a: len(list(t.parse(a)))\n"
        "there, here = count(h._ask_inside(inside, n.list_ruleset)), count(n.list_ruleset())\n"
        "print(there, here != there)\n"
    )
    assert _in_own_network(script) == "11 True\n"


def test_an_error_inside_the_namespace_comes_out_of_it() -> None:
    def fail() -> None:
        raise Malformed("inside")

    if os.geteuid():
        pytest.skip("needs root")
    descriptor = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        with pytest.raises(Malformed, match="inside"):
            host_network._ask_inside(descriptor, fail)
    finally:
        os.close(descriptor)
