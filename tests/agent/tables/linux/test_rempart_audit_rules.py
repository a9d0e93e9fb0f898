"""Tables rempart_audit_rules and rempart_audit_status: rule files, and what the kernel answers."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import netlink
from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_audit_rules, rempart_audit_status
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


Machine = Callable[..., RecordedTarget]


Deny = Callable[[RootTarget, str], None]


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


def _rows(target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in rempart_audit_rules.rows(target, Query())]


def _judged(root_of: RootOf, text: str, **files: str) -> list[tuple[object, object]]:
    tree = {"/etc/audit/rules.d/a.rules": text, "/etc/passwd": "", "/srv/customers/": "", **files}
    return [(row["loaded"], row["watches"]) for row in _rows(root_of(tree)) if row["list"]]


def test_rows_come_from_the_folder_the_file_and_the_kernel(machine_of: Machine) -> None:
    target = machine_of(
        {
            "/etc/audit/rules.d/50-customers.rules": "-w /srv/customers -p rwa -k customers\n",
            "/etc/audit/audit.rules": "-D\n-w /etc/passwd -p wa -k identity\n-e 2\n",
            "/srv/customers/": "",
        },
        {"audit_rules": _LISTED},
    )
    rows = _rows(target)
    assert rows[:3] == [
        {
            "source": "rules.d",
            "path": "/etc/audit/rules.d/50-customers.rules",
            "line": 1,
            "list": "exit",
            "action": "always",
            "watch": "/srv/customers",
            "tree": 1,
            "perms": "rwa",
            "key": "customers",
            "syscalls": "all",
            "calls": "all",
            "arch": "",
            "conditions": "",
            "rule": "-w /srv/customers -p rwa -k customers",
            "loaded": 1,
            "watches": 1,
            "why": "",
            "place": 0,
            "in_force": None,
            "twin": None,
        },
        {
            "source": "audit.rules",
            "path": "/etc/audit/audit.rules",
            "line": 2,
            "list": "exit",
            "action": "always",
            "watch": "/etc/passwd",
            "tree": 0,
            "perms": "wa",
            "key": "identity",
            "syscalls": "all",
            "calls": "all",
            "arch": "",
            "conditions": "",
            "rule": "-w /etc/passwd -p wa -k identity",
            "loaded": 1,
            "watches": 0,
            "why": "there is no /etc/passwd",
            "place": 0,
            "in_force": None,
            "twin": None,
        },
        {
            "source": "audit.rules",
            "path": "/etc/audit/audit.rules",
            "line": 3,
            "list": "",
            "action": "",
            "watch": "",
            "tree": None,
            "perms": "",
            "key": "",
            "syscalls": "",
            "calls": "",
            "arch": "",
            "conditions": "",
            "rule": "-e 2",
            "loaded": 1,
            "watches": None,
            "why": "",
            "place": 1,
            "in_force": None,
            "twin": None,
        },
    ]
    assert {row["source"] for row in rows[3:]} == {"kernel"}
    assert len(rows) == 3 + 11


def test_a_root_filesystem_has_its_files_alone(root_of: RootOf) -> None:
    assert [row["source"] for row in _rows(root_of({"/etc/audit/audit.rules": "-w /etc/passwd\n"}))] == ["audit.rules"]


def test_no_files_are_no_rules(root_of: RootOf) -> None:
    assert not _rows(root_of({"/etc/": ""}))


def test_a_kernel_without_audit_has_no_rules(machine_of: Machine) -> None:
    absent = netlink.Unsupported("netlink: Protocol not supported")
    target = machine_of({"/etc/audit/audit.rules": "-w /x\n"}, {"audit_rules": absent, "audit_status": absent})
    assert [row["source"] for row in _rows(target)] == ["audit.rules"]


def test_a_kernel_that_does_not_answer_is_no_kernel_without_rules(machine_of: Machine) -> None:
    target = machine_of({"/etc/": ""}, {"audit_rules": Denied("audit: no"), "audit_status": Denied("audit: no")})
    with pytest.raises(Denied):
        _rows(target)


@pytest.mark.parametrize("path", ["/etc/audit/rules.d", "/etc/audit/rules.d/a.rules", "/etc/audit/audit.rules"])
def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/audit/rules.d/a.rules": "-w /x\n", "/etc/audit/audit.rules": "-w /x\n"})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


@pytest.mark.skipif(os.geteuid() != 0, reason="the kernel answers root alone")
def test_this_kernel_answers() -> None:
    try:
        (status,) = rempart_audit_status.rows(LiveTarget(), Query())
        rules = [row for row in rempart_audit_rules.rows(LiveTarget(), Query()) if row["source"] == "kernel"]
    except Denied as error:
        pytest.skip(str(error))
    assert status["enabled"] in (0, 1, 2)
    assert all(row["list"] and row["rule"] for row in rules)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-w /etc/passwd -p wa\n", [(1, 1)]),
        ("-w /etc/nothing -p wa\n", [(1, 0)]),  # the folder is there, the file is not
        ("-w /nowhere/file -p wa\n-w /etc/passwd -p wa\n", [(0, 0), (0, 0)]),  # the kernel refuses it: the load ends
        ("-i\n-w /nowhere/file -p wa\n-w /etc/passwd -p wa\n", [(0, 0), (1, 1)]),
        ("-a always,exit -F dir=/nowhere -F perm=wa\n-w /etc/passwd\n", [(0, 0), (0, 0)]),
        ("-w etc/passwd\n-w /etc/passwd\n", [(0, 0)]),
        ("-w etc/passwd\n-A always,exit -F path=/etc/passwd -F perm=wa\n", [(0, 0)]),
        ("-Q\n-w /etc/passwd\n", [(0, 0)]),
        ("-a always,exit -S nothing_at_all\n-w /etc/passwd\n", [(None, None), (None, None)]),
        ("-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=unset\n", [(1, 1)]),
        ("-a always,exit -F arch=b64 -S execve -C uid!=euid -F euid=0\n", [(1, 1)]),
        ("-a always,exit -F arch=b64 -S openat -F exit=-EACCES -F auid>=1000 -F auid!=4294967295\n", [(1, 1)]),
        ("-a always,exit -F arch=b32 -S execve\n", [(1, 0)]),
        ("-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid<500\n", [(1, 0)]),
        ("-a always,exit -F arch=b64 -S execve -F uid=0 -F uid!=0\n", [(1, 0)]),
        ("-a always,exit -F arch=b64 -S execve -F uid>4294967294 -F uid!=unset\n", [(1, 0)]),
        ("-a always,exit -F arch=b64 -S execve -F exe=/usr/bin/not-there\n", [(1, 0)]),
        ("-a always,exit -F arch=b64 -S execve -F success=1 -F exit=-EPERM\n", [(1, 0)]),
        ("-a always,exit -F arch=b64 -S execve -F subj_type=nothing_t\n", [(None, None)]),
        ("-a always,exit -F arch=b64 -S execve -F uid=4242\n", [(1, None)]),
        ("-a never,exit -S all\n-w /etc/passwd -p wa\n", [(1, 0), (1, 0)]),
        ("-a never,exit -F dir=/etc\n-w /etc/passwd -p wa\n", [(1, 0), (1, 0)]),
        ("-w /etc/passwd -p wa\n-a never,exit -F dir=/etc\n", [(1, 1), (1, 0)]),
        ("-w /etc/passwd -p wa\n-A never,exit -F dir=/etc\n", [(1, 0), (1, 0)]),  # -A goes to the front
        ("-a never,exit -F path=/etc/passwd -F perm=r\n-w /etc/passwd -p wa\n", [(1, 0), (1, 1)]),
        ("-a never,exit -F arch=b64 -S execve -F uid=0\n-a always,exit -F arch=b64 -S execve\n", [(1, 0), (1, 1)]),
        ("-w /etc/passwd -p wa\n-a never,task\n", [(1, 0), (1, 0)]),
        ("-w /etc/passwd -p wa\n-a always,exclude -F msgtype=SYSCALL\n", [(1, 0), (1, 0)]),
        ("-w /etc/passwd -p wa\n-a always,exclude -F msgtype=CWD\n", [(1, 1), (1, 0)]),
        ("-w /etc/passwd -p wa\n-e 0\n", [(1, None)]),
        ("-e 0\n-w /etc/passwd -p wa\n-e 2\n", [(1, 1)]),
        ("-w /srv/customers -p rwa\n-e 2\n", [(1, 1)]),
        ("-w /srv/customers -p rwa\n-D\n", [(1, 1)]),  # augenrules puts -D first
        ("-w /srv/customers -p rwa\n-W /srv/customers -p rwa\n", []),
    ],
)
def test_rules_that_are_loaded_and_can_record(
    root_of: RootOf, text: str, expected: list[tuple[object, object]]
) -> None:
    assert _judged(root_of, text) == expected


def test_files_and_kernel_are_compared(machine_of: Machine) -> None:
    files = {
        "/usr/lib/systemd/systemd": "",
        "/usr/lib/systemd/system/default.target": "[Unit]\nWants=audit-rules.service\n",
        "/usr/lib/systemd/system/audit-rules.service": "[Service]\nExecStart=/usr/sbin/augenrules --load\n",
        "/usr/sbin/augenrules": "#!/bin/sh\n",
        "/etc/audit/rules.d/a.rules": "-w /srv/customers -p rwa -k customers\n-w /etc/passwd -p wa\n-e 2\n",
        "/etc/audit/audit.rules": "-e 2\n-w /etc/passwd -p wa\n",
        "/etc/passwd": "",
        "/srv/customers/": "",
    }
    target = machine_of(files, {"audit_rules": _LISTED})
    rows = list(rempart_audit_rules.rows(target, Query(frozenset(("twin", "in_force")))))
    found = [(r["source"], r["place"], r["in_force"], r["twin"]) for r in rows if r["source"] != "kernel"]
    assert found[:3] == [("rules.d", 0, 1, found[0][3]), ("rules.d", 1, 1, 0), ("rules.d", 2, 1, None)]
    assert [row["loaded"] for row in rows if row["source"] == "audit.rules"] == [1, 0]  # locked before it
    assert {row["in_force"] for row in rows if row["source"] == "audit.rules"} == {0}
