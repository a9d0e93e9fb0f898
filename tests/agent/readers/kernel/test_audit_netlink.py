"""What the kernel says of audit by netlink: rules and status, and any answer is one or malformed."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.kernel import audit_netlink, netlink
from rempart_agent.source.contract import Denied, Malformed, SourceError

# What Linux 6.18 (x86-64) listed after auditctl 4.0.2 had loaded _FILE, compressed.
_LISTED = base64.b64encode(
    zlib.decompress(
        base64.b64decode(
            "eNrtmcFOwkAQhociiqBCPHhQE+vFG9Z48GCM6aNYtxus1m6zW+DKo/kMPIV341lnYZsSoDwAM38yoe2BJtPtt//89fcAfpseNGCh"
            "8pfFYrGeVviAp+BhNbH+SAvgA3vwjjUjujZ6WCdYx3Rfj3CpyOkSKzB6HGgplI6TbGjEyBTqU+pBHBXRoIYdHrMDEscOqrLM6NDe"
            "Wslyo3z+c3akiSluhRnj+SN7DfYaNeo7v9FhXpBkxnnJCxGlqS9kVkht8kjIuFFMFMBDDTv23bGTVx22p1flxfamO/o707suVPw4"
            "dEWJI88AXz23Dr6bi73kgC47XrDuKHHkbH1OyZEeKjMAN1s8R6Xpxv/1drxvlhtDwp7DcuMHWbHPnoOk57DPPRJCGuSEv4ETwFnG"
            "fDaxnKD83Qj3ivCas4yQcgPuOevcmnXOCK8Nm3W1mA9k+XAKK1nn5E2lsp4ZS3lFm2rPrKdQWDlRdtjZo0ubHeFSThGSZMbI6OA1"
            "yQIzilWuJlKvzyEtx4wG+ww4or3HwgVxk0F9BrFa5UOZXTEfFt+QKEtEumA+0FZ/nldVfPgHRMBNuA=="
        )
    )
).decode()


_PERSONS = (
    "-a always,exit -F arch=b64 -S 2,89,179,191,192,193,194,195,196,257,267,437 -F dir=/srv/recordings -F perm=r"
    " -F auid>=1000 -F auid!=-1 -F key=persons"
)


def test_what_the_kernel_lists() -> None:
    rules = list(audit_netlink.parse_list(_LISTED))
    assert [rule.text for rule in rules] == [
        "-a never,task",
        "-w /srv/recordings/ -p rwa -k customer-data",
        "-w /srv/list.csv -p wa",
        "-w /srv/call center/ -p rwxa -k spaced -k two",
        _PERSONS,
        "-a always,exit -F arch=b64 -S 87,257 -F exit=-13 -F key=access",
        "-a never,exit -F arch=b32 -S all -F uid=33",
        "-w /srv/list.csv -p rwxa -k whole",
        "-a always,exit -F arch=b64 -S 59 -F compare!=11 -F exe=/usr/bin/sudo -F key=power",
        "-a always,exclude -F msgtype=1307",
        "-a never,filesystem -F fstype=1953653091",
    ]
    assert rules[1] == audit_netlink.Rule(
        "exit", "always", "/srv/recordings", 1, "rwa", "customer-data", "all", "", "", rules[1].text
    )
    assert (rules[2].tree, rules[4].conditions, rules[4].arch) == (0, "auid>=1000 auid!=-1", "b64")
    assert (rules[5].watch, rules[5].perms, rules[5].syscalls, rules[5].conditions) == ("", "", "87,257", "exit=-13")


@pytest.mark.parametrize("error", [Denied("netlink: no"), netlink.Refused("netlink: refused")])
def test_a_refusal_says_who_is_answered(monkeypatch: pytest.MonkeyPatch, error: SourceError) -> None:
    def refuse(*_: object) -> str:
        raise error

    monkeypatch.setattr(netlink.Talk, "dump", refuse)
    monkeypatch.setattr(netlink.Talk, "get", refuse)
    for ask in (audit_netlink.list_rules, audit_netlink.get_status):
        with pytest.raises(Denied, match="not in a container"):
            ask()


@given(st.binary(max_size=2000))
def test_any_answer_gives_rules_or_is_malformed(data: bytes) -> None:
    answer = base64.b64encode(data).decode()
    for read in (lambda: list(audit_netlink.parse_list(answer)), lambda: audit_netlink.parse_status(answer)):
        try:
            read()
        except Malformed:
            continue


@given(st.integers(0, 1039), st.integers(0, 255), st.integers(0, 10))
def test_a_damaged_rule_is_malformed_at_worst(at: int, byte: int, which: int) -> None:
    bodies = [m.body for m in netlink.messages(base64.b64decode(_LISTED)) if m.type == 1013]
    body = bytearray(bodies[which])
    body[at] = byte
    try:
        rule = audit_netlink.parse_data(bytes(body))
    except Malformed:
        return
    assert rule.text.startswith(("-a ", "-w "))
