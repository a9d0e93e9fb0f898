"""LOG-07 beside what find and getfacl say of the same tree of log files."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks

from rempart_agent.audit.examine import Circumstances, examine
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECK = next(check for check in own_checks() if check.id == "LOG-07")
PASSWD = (
    "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nsyslog:x:104:4::/:/bin/false\n"
    "sssd:x:130:130::/:/bin/false\nDebian-exim:x:102:102::/:/bin/false\n"
)
GROUP = (
    "root:x:0:\nadm:x:4:\nutmp:x:43:\nusers:x:100:\nsystemd-journal:x:999:\nalice:x:1000:\nsssd:x:130:\ngdm:x:121:\n"
)
SETFACL = shutil.which("setfacl")
# What find(1) names as wrong: where to look, what is judged there, and what is too much.
ADM, UTMP, JOURNAL, SYSLOG = 4, 43, 999, 104
OWNED = "-not -uid 0 -not -uid 104"
GROUPED = "-not -gid 0 -not -gid 4"
FINDS = (
    ("-maxdepth 0", "-perm /7022 -o -not -uid 0 -o -not -gid 0"),
    (
        "-maxdepth 1 -type f ( -name lastlog -o -name wtmp -o -name btmp.1 )",
        "-perm /7113 -o -not -uid 0 -o -not -gid 0 -not -gid 43",
    ),
    ("-maxdepth 1 -type f -name cloud-init.log", f"-perm /7133 -o {OWNED} -o {GROUPED}"),
    ("-path */apt/*.log -type f", f"-perm /7133 -o -not -uid 0 -o {GROUPED}"),
    ("-name *.journal -type f", "-perm /7137 -o -not -uid 0 -o -not -gid 0 -not -gid 999"),
    ("-path */sssd/* -type f", "-perm /7117 -o -not -uid 0 -not -uid 130 -o -not -gid 0 -not -gid 130"),
    ("-name syslog -type f", f"-perm /7137 -o -not -uid 0 -o {GROUPED}"),
    ("-name mainlog -type f", f"-perm /7137 -o -not -uid 0 -not -uid 102 -o {GROUPED}"),
    (
        "-type f ( -name auth.log -o -name kern.log -o -name messages -o -path */deep/* )",
        f"-perm /7137 -o {OWNED} -o {GROUPED}",
    ),
)
FILES = (
    *("lastlog", "wtmp", "btmp.1", "cloud-init.log", "apt/history.log", "journal/0123/system.journal", "sssd/sssd.log"),
    *("syslog", "exim4/mainlog", "auth.log", "kern.log", "messages", "deep/er/lastlog", "deep/.hidden"),
)

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not SETFACL, reason="needs root and acl")


def judge(machine: Machine) -> Result:
    defaults = {name: parameter.default for name, parameter in CHECK.parameters.items()}
    with closing(TreeEngine(machine.offline())) as engine:
        chosen = Selected(CHECK, CHECK.severity, defaults)
        return examine(chosen, engine, Circumstances("linux", "image", privileged=True))


def named_by_find(root: Path) -> set[str]:
    """Return the paths that find(1) names as too open."""
    found = set()
    for where, wrong in FINDS:
        command = ["find", "var/log", *where.split(), "(", *wrong.split(), ")"]
        said = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
        found |= {f"/{line}" for line in said.stdout.splitlines()}
    return found


def lay(tmp_path: Path, release: str = "ID=debian\n") -> Machine:
    machine = Machine(tmp_path / "root")
    machine.file("/etc/passwd", PASSWD)
    machine.file("/etc/group", GROUP)
    machine.file("/etc/os-release", release)
    machine.folder("/var/log")
    return machine


def failing(result: Result) -> set[str]:
    return {str(row["item"]) for row in result.evidence.rows if row["ok"] == "0"}


def test_every_log_file_is_judged_as_find_tells(tmp_path: Path) -> None:
    machine = lay(tmp_path)
    drawn = random.Random(7)  # noqa: S311 - the same draws each time
    states = set()
    for _ in range(12):
        for name in FILES:
            mode = drawn.choice((0o640, 0o640, 0o600, 0o644, 0o660, 0o664, 0o666, 0o2640, 0o755))
            owner, group = drawn.choice((0, 0, 0, SYSLOG, 1000, 130, 102)), drawn.choice((0, ADM, UTMP, JOURNAL, 130))
            machine.file(f"/var/log/{name}", "x\n", mode, owner=(owner, group))
        (machine.root / "var/log").chmod(drawn.choice((0o755, 0o755, 0o775, 0o777, 0o700)))
        result = judge(machine)
        wide = bool((machine.root / "var/log").stat().st_mode & 0o002)
        ours, theirs = failing(result), named_by_find(machine.root)
        assert (ours == {f"/var/log/{name}" for name in FILES} | {"/var/log"}) if wide else (ours == theirs)
        states.add(result.state.value)
    assert "fail" in states
    for name in FILES:
        machine.file(f"/var/log/{name}", "x\n", 0o640)
    (machine.root / "var/log").chmod(0o755)
    assert judge(machine).state.value == "pass"
    assert not named_by_find(machine.root)


def test_an_access_list_opens_a_log_that_its_mode_closes(tmp_path: Path) -> None:
    machine = lay(tmp_path)
    machine.file("/var/log/syslog", "x\n", 0o640, owner=(0, ADM))
    machine.file("/var/log/journal/0123/user-1000.journal", "x\n", 0o640, owner=(0, JOURNAL))
    journal = machine.root / "var/log/journal/0123/user-1000.journal"
    subprocess.run([str(SETFACL), "-n", "-m", "g:adm:r,u:1000:r", journal], check=True)  # as journald itself gives them
    assert judge(machine).state.value == "pass"
    subprocess.run([str(SETFACL), "-m", "u:1000:r", machine.root / "var/log/syslog"], check=True)
    assert failing(judge(machine)) == {"/var/log/syslog"}
    subprocess.run([str(SETFACL), "-m", "u:1001:r", journal], check=True)
    assert failing(judge(machine)) == {"/var/log/syslog", "/var/log/journal/0123/user-1000.journal"}


def test_where_the_group_adm_has_no_part_in_logs_it_may_not_read_them(tmp_path: Path) -> None:
    machine = lay(tmp_path, "ID=rhel\nID_LIKE=fedora\n")
    machine.file("/var/log/messages", "x\n", 0o640, owner=(0, ADM))
    machine.file("/var/log/secure", "x\n", 0o600)
    assert failing(judge(machine)) == {"/var/log/messages"}
