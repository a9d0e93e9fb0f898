"""Whether rules trace an event: held against going through them one event after the other."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.audit_event import read
from rempart_agent.models.audit_rules import Rule
from rempart_agent.models.audit_trace import trace
from rempart_agent.readers.kernel.audit_rules import read_line, split

_FOLDERS = ("/etc/sudoers.d", "/etc", "/tmp", "/dev/shm")
_UNSET = 0xFFFFFFFF
_PERM = "-a always,exit -F arch=b64 -S chmod,fchmod -F auid>=1000 -F auid!=unset -k perm"
_CHMOD = "call=chmod arch=b64 people=1000"
_OPEN = "call=openat arch=b64 exit=-13 people=1000"
_REFUSED = "-a always,exit -F arch=b64 -S open,openat -F exit=-EACCES -F auid>=1000 -F auid!=unset"
_PASSWD = "perm=wa file=/etc/passwd"
_WATCH = "-w /etc/passwd -p wa -k identity"
_HALVES = tuple(f"-a always,exit -F arch={arch} -F path=/etc/passwd -F perm=wa" for arch in ("b64", "b32"))


def _rule(text: str) -> Rule:
    deed, rule = read_line(split(text))
    assert deed == "add"
    tree = int(rule.watch in _FOLDERS) if rule.tree is None else rule.tree
    return Rule(
        rule.list,
        rule.action,
        rule.watch,
        tree,
        rule.perms,
        rule.syscalls,
        rule.arch,
        rule.conditions,
        rule.text,
    )


def _trace(event: str, *rules: str, machine: str = "x86_64") -> int | None:
    found = read(event)
    assert found
    return trace(found, [(_rule(text), True) for text in rules], machine).traced


@pytest.mark.parametrize(
    ("event", "rules", "expected"),
    [
        (_CHMOD, [_PERM], 1),
        (_CHMOD, [], 0),
        (_CHMOD, ["-a never,exit -F arch=b64 -S chmod -F auid=1001", _PERM], 0),
        (_CHMOD, [_PERM, "-a never,exit -F arch=b64 -S chmod -F auid=1001"], 1),
        (_CHMOD, ["-a never,exit -F auid=unset", _PERM], 1),  # nobody who logged in
        (_CHMOD, ["-a never,exit -F arch=b32 -S all", _PERM], 1),
        (_CHMOD, ["-a never,exit -F dir=/tmp", _PERM], 0),
        (_CHMOD, ["-a never,exit -F subj_type=cron_t", _PERM], None),
        (_CHMOD, [_PERM.replace("1000", "1001")], 0),
        (_CHMOD, [_PERM.replace("1000", "500")], 1),
        (_CHMOD, [_PERM.replace("b64", "b32")], 0),
        (_CHMOD, [_PERM + " -F uid!=0"], 0),
        (_CHMOD, [_PERM + " -F subj_type=user_t"], None),
        (_CHMOD, [_PERM + " -F dir=/home"], 0),
        (_CHMOD, [_PERM.replace("chmod,fchmod", "fchmod")], 0),
        (_CHMOD, [_PERM.replace("chmod,fchmod", "chmodx")], None),
        (_CHMOD, [_PERM.replace("auid>=1000", "auid>=alice")], None),
        (_CHMOD.replace("b64", "b32"), [_PERM.replace(" -F arch=b64", "")], 0),  # 90 is mmap to programs of 32 bits
        (_CHMOD, ["-a always,exit -S chmod -F auid>=1000"], 1),
        (_CHMOD, ["-a always,exit -S chmod -F auid<2000", "-a always,exit -S chmod -F auid>=2000"], 1),
        (_CHMOD, ["-a always,exit -S chmod -F auid<2000", "-a always,exit -S chmod -F auid>2000"], 0),
        (_CHMOD, ["-a never,task", _PERM], 0),
        (_CHMOD, ["-a never,task -F uid=33", _PERM], 0),
        (_CHMOD, [_PERM, "-a always,exclude -F msgtype=SYSCALL"], 0),
        (_CHMOD, [_PERM, "-a always,exclude -F msgtype=CWD"], 1),
        (_CHMOD, [_PERM, "-a always,exclude -F msgtype=PATH"], 1),
        (_CHMOD, [_PERM, "-a always,exclude -F msgtype=NO_SUCH"], None),
        (_CHMOD, [_PERM, "-a always,exclude -F auid=1001"], 0),
        (_OPEN, [_REFUSED], 1),
        (_OPEN, [_REFUSED.replace("-EACCES", "EACCES")], 0),  # never the result of a call
        (_OPEN, [_REFUSED.replace("exit=-EACCES", "success=0")], 1),
        (_OPEN, [_REFUSED.replace("exit=-EACCES", "success=1")], 0),
        (_OPEN, [_REFUSED.replace("exit=-EACCES", "exit=-EPERM")], 0),
        (_OPEN, ["-a always,exit -F arch=b64 -S openat -F a2&0100 -F auid>=1000", _REFUSED], 1),
        (_OPEN, ["-a always,exit -F arch=b64 -S openat -F a2&0100 -F auid>=1000"], 0),
        (_PASSWD, [_WATCH], 1),
        (_PASSWD, ["-w /etc -p wa"], 1),
        (_PASSWD, ["-w /etc/passwd -p w"], 0),
        (_PASSWD, ["-w /etc/passwd"], 1),
        (_PASSWD, ["-w /etc/shadow -p wa"], 0),
        (_PASSWD, _HALVES, 1),
        (_PASSWD, _HALVES[:1], 0),
        (_PASSWD, ["-w /etc/passwd -p w", *(half.replace("=wa", "=a") for half in _HALVES)], 1),
        (_PASSWD, [half + " -F auid>=1000" for half in _HALVES], 0),  # a program that nobody logged in for
        (_PASSWD, ["-a always,exit -S openat -F path=/etc/passwd"], 0),
        (_PASSWD, ["-a never,exit -F path=/etc/passwd -F perm=r", _WATCH], 1),
        (_PASSWD, ["-a never,exit -F dir=/tmp", _WATCH], None),  # a file that is renamed from there
        (_PASSWD, ["-a never,exit -F dir=/dev/shm", _WATCH], 1),
        (_PASSWD, ["-a never,filesystem -F fstype=tracefs", _WATCH], 1),
        (_PASSWD, ["-a never,filesystem -F fstype=0xEF53", _WATCH], None),
        (_PASSWD, [_WATCH, "-a always,exclude -F msgtype=PATH"], 0),
        ("perm=wa below=/etc/sudoers.d", ["-w /etc/sudoers.d -p wa"], 1),
        ("perm=wa below=/etc/sudoers.d", ["-a always,exit -F path=/etc/sudoers.d -F perm=wa"], 0),
        ("perm=wa below=/etc/sudoers.d", ["-w /etc/sudoers.d/a -p wa"], 0),
        ("perm=x people=1000 file=/usr/bin/su", ["-a always,exit -F path=/usr/bin/su -F perm=x -F auid>=1000"], 1),
        ("perm=x people=1000 file=/usr/bin/su", ["-a always,exit -S execve -F auid>=1000"], 0),
        (
            "call=execve arch=b64 where=uid!=euid,euid=0",
            ["-a always,exit -F arch=b64 -S execve -C euid!=uid -F euid=0"],
            1,
        ),
        ("call=execve arch=b64 where=uid!=euid,euid=0", ["-a always,exit -F arch=b64 -S execve -C gid!=egid"], 0),
        ("call=execve arch=b64 where=what=1", ["-a always,exit -S execve"], None),
    ],
)
def test_what_is_traced(event: str, rules: list[str], expected: int | None) -> None:
    assert _trace(event, *rules) == expected


def test_the_architecture_decides() -> None:
    assert _trace("call=chmod arch=b64", "-a always,exit -S all", machine="aarch64") is None  # no such call
    assert _trace("call=fchmodat arch=b64", "-a always,exit -S fchmodat", machine="aarch64") == 1
    assert _trace(_CHMOD, _PERM, machine="") is None
    assert _trace(_PASSWD, _WATCH, machine="") == 1  # a watch knows no system calls
    assert _trace(_PASSWD, *_HALVES, machine="") is None
    assert _trace(_PASSWD, machine="") == 0
    assert _trace(_PASSWD, _HALVES[1], machine="i386") == 1


def test_a_rule_that_may_not_be_loaded_traces_nothing_for_sure() -> None:
    event = read(_CHMOD)
    assert event
    assert trace(event, [(_rule(_PERM), False)], "x86_64").traced is None
    assert trace(event, [(_rule(_PERM), True), (_rule("-a never,exit -S all"), False)], "x86_64").traced == 1
    assert trace(event, [(_rule("-a never,exit -S all"), False), (_rule(_PERM), True)], "x86_64").traced is None


_TESTS = (">=", "<=", "=", "!=", "<", ">")
_RULES = st.builds(
    lambda action, arch, calls, conditions: (action, arch, calls, tuple(conditions)),
    st.sampled_from(["always", "never"]),
    st.sampled_from(["", "b64", "b32"]),
    st.sampled_from([("chmod",), ("fchmod",), ("chmod", "fchmod"), ("all",)]),
    st.lists(
        st.tuples(st.sampled_from(["auid", "uid"]), st.sampled_from(_TESTS), st.sampled_from([0, 1000, 1001, 2000])),
        max_size=3,
    ),
)
_POINTS = (0, 1, 999, 1000, 1001, 1002, 1999, 2000, 2001, _UNSET - 1)


def _holds(value: int, sign: str, limit: int) -> bool:
    return {
        ">=": value >= limit,
        "<=": value <= limit,
        "=": value == limit,
        "!=": value != limit,
        "<": value < limit,
        ">": value > limit,
    }[sign]


@given(st.lists(_RULES, max_size=5), st.sampled_from(["b64", "b32"]))
def test_it_is_what_the_kernel_does_event_by_event(
    rules: list[tuple[str, str, tuple[str, ...], tuple[tuple[str, str, int], ...]]], arch: str
) -> None:
    texts = [
        " ".join(
            [
                f"-a {action},exit",
                *([f"-F arch={of}"] if of else []),
                f"-S {','.join(calls)}",
                *(f"-F {a}{b}{c}" for a, b, c in conditions),
            ]
        )
        for action, of, calls, conditions in rules
    ]

    def records(auid: int, uid: int) -> bool:
        for action, of, calls, conditions in rules:
            own = of in ("", "b64")  # a rule without architecture has the numbers of the machine's own calls
            meant = calls == ("all",) or ("chmod" in calls and (arch == "b64" if own else arch == "b32"))
            fits = all(_holds({"auid": auid, "uid": uid}[a], b, c) for a, b, c in conditions)
            if (not of or of == arch) and meant and fits:
                return action == "always"
        return False

    people = [auid for auid in _POINTS if auid >= 1000]
    every = all(records(auid, uid) for auid, uid in itertools.product(people, _POINTS))
    assert _trace(f"call=chmod arch={arch} people=1000", *texts) == int(every)
