"""The trial of the model of audit rules: augenrules says in which order lines are loaded, libaudit which it refuses.

Nothing is loaded: augenrules runs without ``--load`` in a mount namespace of its own, libaudit only looks names up.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from rempart_testing.models import Answer, Trial

from rempart_agent.models import audit_rules
from rempart_agent.readers.kernel import audit_rules as audit_file
from rempart_agent.tables.linux import rempart_audit_rules

_LINES = (
    "-D",
    " -D ",
    "-D -k x",
    "-b 8192",
    "-b 100",
    "-f 1",
    "\t-f 2",
    "-e 2",
    "-e 1",
    "-i",
    "-c",
    "# comment",
    "   # comment",
    "",
    "-w /etc/passwd -p wa -k identity\r",
    "-w /etc/shadow -p wa",
    "-a never,exit -F arch=b64 -S adjtimex",
    "-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=unset -F key=x",
    "-eternal",
    "--backlog_wait_time 60000",
    "-r 0",
)
_NAMES = (
    "10-a.rules",
    "9-b.rules",
    "audit.rules",
    "50-x.rules",
    "Z.rules",
    "a.rules.bak",
    "100.rules",
    "a10.rules",
    "a9.rules",
)
_FIELDS = (
    "auid",
    "uid",
    "euid",
    "gid",
    "exit",
    "success",
    "pid",
    "a0",
    "perm",
    "exe",
    "loginuid",
    "uids",
    "inode",
    "sessionid",
)
_VALUES = ("0", "1000", "unset", "-1", "-EACCES", "root", "nobody-here", "", "4294967295")
_CALLS = ("execve", "openat", "open", "chmod", "all", "59", "nothing_at_all", "ptrace", "delete_module", "renameat2")


class Oracle(NamedTuple):
    """A folder for rules, and libaudit."""

    folder: Path
    library: Any


@contextlib.contextmanager
def start() -> Iterator[Oracle]:
    """Make the folder."""
    library = ctypes.CDLL("libaudit.so.1")
    library.audit_name_to_field.argtypes = [ctypes.c_char_p]
    library.audit_name_to_syscall.argtypes = [ctypes.c_char_p, ctypes.c_int]
    with tempfile.TemporaryDirectory(prefix="rempart-audit-") as name:
        yield Oracle(Path(name), library)


def cases() -> st.SearchStrategy[dict[str, Any]]:
    """Return the cases: files of rules.d, fields and system calls."""
    text = st.lists(st.sampled_from(_LINES), max_size=8).map(lambda lines: "\n".join(lines) + "\n")
    return st.fixed_dictionaries(
        {
            "files": st.dictionaries(st.sampled_from(_NAMES), text, min_size=1, max_size=5),
            "field": st.sampled_from(_FIELDS),
            "call": st.sampled_from(_CALLS),
        }
    )


def judge(oracle: Oracle, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask for the order of lines, a field and a system call."""
    rules = oracle.folder / "rules.d"
    shutil.rmtree(oracle.folder, ignore_errors=True)
    rules.mkdir(parents=True)
    for name, text in case["files"].items():
        (rules / name).write_text(text, encoding="utf-8")
    script = f"mount --bind {oracle.folder} /etc/audit && augenrules >/dev/null 2>&1; cat /etc/audit/audit.rules"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=True)
    real = [
        " ".join(line.split()) for line in done.stdout.split("\n")[1:] if line.strip(" #") and line.split()[0][0] != "#"
    ]
    names = sorted((n for n in case["files"] if n.endswith(".rules")), key=rempart_audit_rules.version_order)
    texts = [case["files"][name] for name in names]
    told = [
        " ".join(texts[n].split("\n")[at].split())
        for n, at in audit_rules.assemble(texts, blanks=not os.path.realpath("/usr/bin/awk").endswith("/mawk"))
    ]
    yield Answer("order", told, real)
    field = case["field"]
    known = oracle.library.audit_name_to_field(field.encode()) >= 0
    yield Answer(f"field {field}", int(field in audit_rules.FIELDS), int(known))
    call = case["call"]
    if not call.isdigit() and call != "all":
        machine = oracle.library.audit_detect_machine()
        there = oracle.library.audit_name_to_syscall(call.encode(), machine) >= 0
        yield Answer(f"call {call}", 1 if call in audit_rules.syscalls() else 0, int(there))
    for line in case["files"].values():
        for _, words in audit_file.parse(line):
            audit_file.read_line(words)


def constructs(case: dict[str, Any]) -> list[str]:
    """Return what a case uses."""
    text = "\n".join(case["files"].values())
    return [word for word in ("-D", "-b", "-f", "-e", "#", "-i", "-a", "-w", "\r") if word in text]


TRIAL = Trial(
    name="audit",
    cases=cases(),
    start=start,
    judge=judge,
    constructs=constructs,
    programs=("augenrules", "unshare", "auditctl"),
    full=1_000,
    balance=False,
)
