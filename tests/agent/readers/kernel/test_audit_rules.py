"""Rules of audit as auditctl and augenrules read them from files."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.kernel import audit_netlink, audit_rules
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_audit_rules
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


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


_FILE = r"""# what is traced here
-w /srv/recordings/ -p rwa -k customer-data
-w /srv/list.csv -p wa
-w /srv/call\ center -k spaced -k two
-a always,exit -F arch=b64 -F dir=/srv/recordings -F perm=r -F auid>=1000 -F auid!=unset -F key=persons
-a always,exit -F arch=b64 -S openat,unlink -F exit=-EACCES -F key=access
-a never,exit -F arch=b32 -S all -F uid=33
-a exit,always -F path=/srv/list.csv -F key=whole
-a always,exclude -F msgtype=CWD
-a never,filesystem -F fstype=tracefs
-a always,exit -F arch=b64 -S execve -C uid!=euid -F exe=/usr/bin/sudo -F key=power
-a never,task
"""


def _rows(target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in rempart_audit_rules.rows(target, Query())]


def _rules(text: str) -> list[audit_netlink.Rule]:
    return [rule for _, rule in audit_rules.apply(audit_rules.parse(text))]


def _sorted(rules: list[audit_netlink.Rule]) -> list[tuple[str, ...]]:
    told = ("list", "action", "watch", "perms", "key", "arch")
    return sorted(tuple(getattr(rule, name) for name in told) for rule in rules)


def test_a_file_and_the_kernel_that_loaded_it_say_the_same() -> None:
    assert _sorted(_rules(_FILE)) == _sorted(list(audit_netlink.parse_list(_LISTED)))


def test_the_folder_is_read_as_augenrules_does(root_of: RootOf) -> None:
    folder = "/etc/audit/rules.d/"
    target = root_of(
        {
            folder + "9-late.rules": "-D\n-w /nine\n",
            folder + "10-later.rules": "-w /ten\r\n",
            folder + "2-first.rules": "  # -w /comment\n\n-w /two # no comment\n -w /two\n",
            folder + "old.rules.bak": "-w /bak\n",
            folder + ".hidden.rules": "-w /hidden\n",
            folder + "sub.rules/x.rules": "-w /sub\n",
        }
    )
    os.symlink("/nowhere", target.root + folder + "dangling.rules")
    assert [row["watch"] for row in _rows(target)] == ["", "/two", "/nine", "/ten"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("-w /a -k one\n-w /b -k two\n-D -k one\n", ["-w /b -k two"]),
        ("-w /a\n-b 8192\n-D\n-w /b\n", ["-b 8192", "-w /b"]),
        ("-w /a -p wa -k x\n-W /a/ -p wa -k x\n", []),
        ("-w /a -p wa -k x\n-W /a -p r -k x\n", ["-w /a -p wa -k x"]),
        ("-a always,exit -S open\n-d always,exit -S open\n", []),
    ],
)
def test_rules_that_a_later_line_takes_back_are_gone(text: str, left: list[str]) -> None:
    assert [rule.text for rule in _rules(text)] == left


@pytest.mark.parametrize(
    "line",
    [
        *("-w relative", "-w", "-w /a extra", "-a always", "-a always,nowhere -S open", "-a exit,exit", "w /a", "-"),
        *("-w /a -a always,exit", "-a always,exit -F path", '-w "/a"', "-w\t/a", "-a always,exit -F"),
        "-a always,exit -F path=/a/ -F perm=wa",  # the kernel does: audit_to_watch of kernel/audit_watch.c
    ],
)
def test_a_line_that_auditctl_refuses_watches_nothing(line: str) -> None:
    assert [(rule.list, rule.watch) for rule in _rules(line)] == [("", "")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("-w /a\\\\b/", {"watch": "/a\\b", "perms": "rwxa"}),
        ("-w / -p r", {"watch": "/", "perms": "r"}),
        ("-p awr -w /a -kx", {"perms": "rwa", "key": "x"}),
        ("-a always,exit -F dir=/a -S openat -S unlink", {"syscalls": "openat,unlink", "perms": "", "tree": 1}),
        ("-A fs,never -F fstype=0x74726163", {"list": "filesystem", "action": "never", "syscalls": ""}),
        ("-a always,exit -F arch!=b64 -F path!=/a", {"arch": "", "watch": "", "conditions": "arch!=b64 path!=/a"}),
        ("--backlog_wait_time 60000", {"list": ""}),
    ],
)
def test_rules_are_read_whatever_their_form(line: str, told: dict[str, object]) -> None:
    (rule,) = _rules(line)
    assert {name: getattr(rule, name) for name in told} == told


@given(st.text())
def test_any_file_gives_rules(text: str) -> None:
    for rule in _rules(text):
        assert not rule.watch or rule.list == "exit" or rule.text.startswith(("-a", "-A"))
