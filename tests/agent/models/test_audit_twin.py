"""Whether the kernel has the rules of the files: what auditctl 4.0.2 makes of lines is one of them, nothing else."""

from __future__ import annotations

import base64
import zlib

import pytest
from rempart_testing.machine import RECORDED

from rempart_agent.models.audit_rules import Rule
from rempart_agent.models.audit_twin import twins
from rempart_agent.readers.kernel.audit_netlink import Rule as Read
from rempart_agent.readers.kernel.audit_netlink import parse_list
from rempart_agent.readers.kernel.audit_rules import parse, read_line, split


def _plain(rule: Read) -> tuple[Rule, str]:
    tree = (
        int(rule.watch in ("/etc/sudoers.d", "/etc/pam.d", "/etc/apparmor.d"))
        if rule.watch and rule.tree is None
        else rule.tree
    )
    plain = Rule(
        *(rule.list, rule.action, rule.watch, tree, rule.perms, rule.syscalls, rule.arch, rule.conditions, rule.text)
    )
    return plain, rule.key


def _lines(text: str) -> list[tuple[Rule, str]]:
    return [_plain(read_line(words)[1]) for _, words in parse(text)]


def _kernel() -> list[tuple[Rule, str]]:
    """Return what auditctl 4.0.2 made of ``audit.rules`` beside it (``tree_audit``)."""
    made = zlib.decompress(base64.b64decode((RECORDED / "audit-rules-kernel.b64").read_bytes()))
    return [_plain(rule) for rule in parse_list(base64.b64encode(made).decode())]


def test_all_that_auditctl_made_is_there_and_back() -> None:
    lines, kernel = _lines((RECORDED / "audit.rules").read_text()), _kernel()
    known = [rule for rule in lines if rule[0].watch not in ("/var/run/faillock", "/etc/network", "/etc/selinux")]
    assert set(twins(known, kernel, "x86_64")) == {1}
    assert twins(kernel, lines, "x86_64").count(1) >= len(known)


@pytest.mark.parametrize(
    ("line", "kernel", "expected"),
    [
        ("-w /etc/passwd -p wa -k a", "-w /etc/passwd -p wa -k a", 1),
        ("-w /etc/passwd -p wa -k a", "-w /etc/passwd -p w -k a", 0),
        ("-w /etc/passwd -p wa -k a", "-w /etc/passwd -p wa -k b", 0),
        ("-w /etc/passwd -p wa", "-a never,exit -F path=/etc/passwd -F perm=wa", 0),
        ("-a always,exit -F arch=b64 -S chmod -F auid!=unset", "-a always,exit -F arch=b64 -S 90 -F auid!=-1", 1),
        ("-a always,exit -F arch=b64 -S chmod -F auid>=1000", "-a always,exit -F arch=b64 -S 90 -F auid>=1001", 0),
        ("-a always,exit -F arch=b64 -S chmod", "-a always,exit -F arch=b32 -S 90", 0),
        ("-a always,exit -F arch=b64 -S chmod", "-a always,exit -F arch=b64 -S 90,91", 0),
        ("-a always,exit -S open -F exit=-EACCES", "-a always,exit -S 2 -F exit=-13", 1),
        ("-a always,exit -S execve -C uid!=euid", "-a always,exit -S 59 -F compare!=11", 1),
        ("-a always,exclude -F msgtype=CWD", "-a always,exclude -F msgtype=1307", 1),
        ("-a always,exit -S chmod -F uid=chrony", "-a always,exit -S 90 -F uid=992", None),
        (
            "-a always,exit -F arch=b64 -F path=/bin/su -F perm=x",
            "-a always,exit -F arch=b64 -S 59 -F path=/bin/su -F perm=x",
            1,
        ),
        (
            "-a always,exit -F arch=b64 -F path=/bin/su -F perm=x",
            "-a always,exit -F arch=b64 -S 2 -F path=/bin/su -F perm=x",
            0,
        ),
    ],
)
def test_a_rule_and_the_kernels(line: str, kernel: str, expected: int | None) -> None:
    assert twins(_lines(line), _lines(kernel), "x86_64") == [expected]


def test_on_a_machine_that_is_not_known_nothing_is_sure() -> None:
    assert twins(_lines("-a always,exit -S chmod"), _lines("-w /etc/passwd"), "") == [None]
    assert split("-w /x") == ["-w", "/x"]
