"""Lines that auditctl surely takes. Each was given to auditctl 4.0.2 with a library that loads nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.audit_line import is_plain


@pytest.mark.parametrize(
    "text",
    [
        "-w /etc/passwd -p wa -k identity",
        "-w /etc/passwd",
        "-a always,exit -F arch=b64 -S chmod,fchmod -F auid>=1000 -F auid!=unset -F key=perm_mod",
        "-a exit,always -F arch=b32 -S stime -k time",
        "-a always,exit -F arch=b64 -S openat -F exit=-EACCES -F auid>=1000 -F auid!=4294967295 -k access",
        "-a always,exit -F path=/usr/bin/su -F perm=x -F auid>=1000 -F auid!=-1 -k privileged",
        "-a always,exit -F arch=b64 -C euid!=uid -F auid!=unset -S execve -k user_emulation",
        "-a never,task",
        "-a always,exclude -F msgtype=CWD",
        "-a never,filesystem -F fstype=tracefs",
        "-A never,exit -F dir=/dev/shm -k shm",
    ],
)
def test_what_auditctl_takes(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-w /etc/passwd -p q", "Permission q isn't supported"),
        ("-w etc/passwd", "watch name must be a full path"),
        ("-a always,exit -F auid>=1000 -k x", "key option needs a watch or syscall given prior to it"),
        ("-a always,exit -S chmod -F arch=b64", "arch field must be before any syscall"),
        ("-a always,exit -S chmod -F success=yes", "value should be number"),
        ("-a always,exit -S chmod -F uid!=nobodyhere", "Unknown user"),
        ("-a always,exit -S chmod -F exit=-EWHAT", "unknown errno"),
        ("-a always,exit -S chmod,all", "it depends on the version"),
        ("-a always,foo -S chmod", "bad keyword"),
        ("-a always,task -S chmod", "syscall auditing being added to task list"),
        ("-a always,exit -F perm=rwxaa -S chmod", "too long"),
        ("-a always,exit -w /etc/passwd", "watch option can't be given with a syscall"),
        ("-a always,exit -S chmod -F foo=1", "unknown field"),
        ("-a always,exit -S", "option requires an argument"),
        ("-a always,exit -S chmod -F subj_type=x_t", "the kernel refuses it without SELinux"),
        ("-a always,exit -S stime -S all", "there is no stime with 64 bits"),
        ("-a always,exit -F perm=wa -F perm=x -S chmod", "both count"),
        ("", ""),
    ],
)
def test_what_it_may_refuse(text: str, why: str) -> None:
    assert not is_plain(text), why


@given(st.text())
def test_any_text(text: str) -> None:
    assert is_plain(text) in (True, False)
