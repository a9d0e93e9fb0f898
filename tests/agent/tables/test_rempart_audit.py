"""Tables rempart_audit_rules and rempart_audit_status: rule files, and what the kernel answers."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import audit_netlink, audit_rules, netlink
from rempart_agent.source.contract import Denied, Malformed, NotObservable, Query, SourceError
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
_PERSONS = (
    "-a always,exit -F arch=b64 -S 2,89,179,191,192,193,194,195,196,257,267,437 -F dir=/srv/recordings -F perm=r"
    " -F auid>=1000 -F auid!=-1 -F key=persons"
)
_STATUS = "PAAAAOgDAAABAAAAAAAAAAAAAAABAAAAAQAAAOEQAAAAAAAAACAAAAMAAAAAAAAAfwAAAJg6AAAAAAAA"


def _rows(target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in rempart_audit_rules.rows(target, Query())]


def _rules(text: str) -> list[audit_netlink.Rule]:
    return [rule for _, rule in audit_rules.apply(audit_rules.parse(text))]


def _sorted(rules: list[audit_netlink.Rule]) -> list[tuple[str, ...]]:
    told = ("list", "action", "watch", "perms", "key", "arch")
    return sorted(tuple(getattr(rule, name) for name in told) for rule in rules)


def test_a_file_and_the_kernel_that_loaded_it_say_the_same() -> None:
    assert _sorted(_rules(_FILE)) == _sorted(list(audit_netlink.parse_list(_LISTED)))


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
            "arch": "",
            "conditions": "",
            "rule": "-w /srv/customers -p rwa -k customers",
            "loaded": 1,
            "watches": 1,
            "why": "",
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
            "arch": "",
            "conditions": "",
            "rule": "-w /etc/passwd -p wa -k identity",
            "loaded": 1,
            "watches": 0,
            "why": "there is no /etc/passwd",
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
            "arch": "",
            "conditions": "",
            "rule": "-e 2",
            "loaded": 1,
            "watches": None,
            "why": "",
        },
    ]
    assert {row["source"] for row in rows[3:]} == {"kernel"}
    assert len(rows) == 3 + 11


def test_a_root_filesystem_has_its_files_alone(root_of: RootOf) -> None:
    assert [row["source"] for row in _rows(root_of({"/etc/audit/audit.rules": "-w /etc/passwd\n"}))] == ["audit.rules"]


def test_no_files_are_no_rules(root_of: RootOf) -> None:
    assert not _rows(root_of({"/etc/": ""}))


def test_a_kernel_without_audit_has_no_rules_and_records_nothing(machine_of: Machine) -> None:
    absent = netlink.Unsupported("netlink: Protocol not supported")
    target = machine_of({"/etc/audit/audit.rules": "-w /x\n"}, {"audit_rules": absent, "audit_status": absent})
    assert [row["source"] for row in _rows(target)] == ["audit.rules"]
    assert rempart_audit_status.rows(target, Query()) == [{"enabled": 0, "pid": 0}]


def test_a_kernel_that_does_not_answer_is_no_kernel_without_rules(machine_of: Machine) -> None:
    target = machine_of({"/etc/": ""}, {"audit_rules": Denied("audit: no"), "audit_status": Denied("audit: no")})
    with pytest.raises(Denied):
        _rows(target)
    with pytest.raises(Denied):
        rempart_audit_status.rows(target, Query())


@pytest.mark.parametrize("error", [Denied("netlink: no"), netlink.Refused("netlink: refused")])
def test_a_refusal_says_who_is_answered(monkeypatch: pytest.MonkeyPatch, error: SourceError) -> None:
    def refuse(*_: object) -> str:
        raise error

    monkeypatch.setattr(netlink.Talk, "dump", refuse)
    monkeypatch.setattr(netlink.Talk, "get", refuse)
    for ask in (audit_netlink.list_rules, audit_netlink.get_status):
        with pytest.raises(Denied, match="not in a container"):
            ask()


@pytest.mark.parametrize("path", ["/etc/audit/rules.d", "/etc/audit/rules.d/a.rules", "/etc/audit/audit.rules"])
def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/audit/rules.d/a.rules": "-w /x\n", "/etc/audit/audit.rules": "-w /x\n"})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


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


def test_status_names_who_takes_the_records(machine_of: Machine) -> None:
    target = machine_of({"/proc/4321/comm": "auditd\n"}, {"audit_status": _STATUS})
    assert rempart_audit_status.rows(target, Query()) == [
        {
            "enabled": 1,
            "failure": 1,
            "pid": 4321,
            "process": "auditd",
            "rate_limit": 0,
            "backlog_limit": 8192,
            "lost": 3,
            "backlog": 0,
        }
    ]
    gone = machine_of({"/proc/self/": ""}, {"audit_status": _STATUS})
    os.unlink(gone.root + "/proc/4321/comm")
    assert "process" not in rempart_audit_status.rows(gone, Query())[0]


def test_status_needs_a_running_system(root_of: RootOf) -> None:
    with pytest.raises(NotObservable):
        rempart_audit_status.rows(root_of({"/etc/": ""}), Query())


@pytest.mark.skipif(os.geteuid() != 0, reason="the kernel answers root alone")
def test_this_kernel_answers() -> None:
    try:
        (status,) = rempart_audit_status.rows(LiveTarget(), Query())
        rules = [row for row in rempart_audit_rules.rows(LiveTarget(), Query()) if row["source"] == "kernel"]
    except Denied as error:
        pytest.skip(str(error))
    assert status["enabled"] in (0, 1, 2)
    assert all(row["list"] and row["rule"] for row in rules)


@given(st.text())
def test_any_file_gives_rules(text: str) -> None:
    for rule in _rules(text):
        assert not rule.watch or rule.list == "exit" or rule.text.startswith(("-a", "-A"))


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


def _judged(root_of: RootOf, text: str, **files: str) -> list[tuple[object, object]]:
    tree = {"/etc/audit/rules.d/a.rules": text, "/etc/passwd": "", "/srv/customers/": "", **files}
    return [(row["loaded"], row["watches"]) for row in _rows(root_of(tree)) if row["list"]]


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
        ("-a always,exit -F arch=b64 -S execve -F subj_type=nothing_t\n", [(1, None)]),
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
        ("-w /srv/customers -p rwa\n-D\n", [(1, 1)]),  # augenrules puts -D first
        ("-w /srv/customers -p rwa\n-W /srv/customers -p rwa\n", []),
    ],
)
def test_rules_that_are_loaded_and_can_record(
    root_of: RootOf, text: str, expected: list[tuple[object, object]]
) -> None:
    assert _judged(root_of, text) == expected
