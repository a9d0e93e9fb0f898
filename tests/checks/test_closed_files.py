"""FIL-05, FIL-06, EXP-01, PRV-04, PRV-06 and PRV-07 beside what stat and getfacl say of the same tree."""

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
from rempart_core.model.check import Check
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECKS = {check.id: check for check in own_checks()}
PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n_chrony:x:993:993::/:/bin/false\n"
GROUP = "root:x:0:\nshadow:x:42:\nusers:x:100:\nchrony:x:993:\nssh_keys:x:998:\nalice:x:1000:\n"
SETFACL = shutil.which("setfacl")

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not SETFACL, reason="needs root and acl")


def judge(check: Check, machine: Machine) -> Result:
    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    with closing(TreeEngine(machine.offline())) as engine:
        chosen = Selected(check, check.severity, defaults)
        return examine(chosen, engine, Circumstances("linux", "image", privileged=True))


def closed_by_the_tools(path: Path, by_group: dict[int, int]) -> bool:
    """Say by ``stat`` and ``getfacl`` whether a file is within what the list allows."""
    said = subprocess.run(["stat", "-c", "%a %u %g", path], check=True, capture_output=True, text=True).stdout.split()
    mode, uid, gid = int(said[0], 8), int(said[1]), int(said[2])
    if gid not in by_group:
        return False
    most = by_group[gid]
    listed = subprocess.run(["getfacl", "-cnpe", path], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():  # user:1000:rw-  #effective:r--
        kind, who, rights = line.split("#")[0].strip().split(":") if ":" in line else ("", "", "")
        if not who or kind not in ("user", "group"):
            continue
        rights = line.partition("#effective:")[2].strip() or rights
        given = sum(bit for bit, letter in zip((4, 2, 1), "rwx", strict=True) if letter in rights)
        if kind == "group" and int(who) in by_group:
            continue
        if given & ~(most & 7):
            return False
    return not mode & ~most and uid == 0


@pytest.mark.parametrize("family", ["debian", "rhel"])
def test_every_file_is_judged_as_stat_and_getfacl_tell(tmp_path: Path, family: str) -> None:
    machine = Machine(tmp_path / "root")
    machine.file("/etc/passwd", PASSWD)
    machine.file("/etc/group", GROUP)
    machine.file("/etc/os-release", f"NAME=Some\nID={family}\n")
    named = {"root": 0, "shadow": 42, "chrony": 993, "ssh_keys": 998}
    files: dict[str, dict[int, int]] = {}  # path to the widest mode by group
    for parameter in ("files", f"{family}_files"):
        default = CHECKS["FIL-05"].parameters[parameter].default
        assert isinstance(default, list)
        for path, mode, _owner, groups in default:
            if path in ("/etc/chrony/chrony.keys", "/etc/passwd", "/etc/group"):
                continue
            real = path.replace("EFI/%", "EFI/redhat").replace("%", "6.12.41+deb13-amd64")
            parted = [group.partition(":") for group in groups.split()]
            files[real] = {named[name]: int(own or mode, 8) for name, _, own in parted}
    drawn = random.Random(5)  # noqa: S311 - the same draws each time
    trials = 4
    verdicts = set()
    for _ in range(trials):
        for path, most in files.items():
            shutil.rmtree(machine.root / path[1:], ignore_errors=True)
            usual = drawn.choice(list(most))
            mode = (
                most[usual]
                if drawn.random() < 0.6
                else drawn.choice((0o600, 0o644, 0o640, 0o666, 0o755, 0o700, 0o4600, 0o444))
            )
            owner = 0 if drawn.random() < 0.8 else 1000
            group = usual if drawn.random() < 0.8 else drawn.choice((0, 42, 100, 993))
            if path.rsplit("/", 1)[1] in ("ipsec.d", "iptables", "nftables", "selinux", "sudoers.d", "sysctl.d"):
                machine.folder(path, mode & 0o777, owner=(owner, group))
            else:
                machine.file(path, "x\n", mode, owner=(owner, group))
            if drawn.random() < 0.3:
                entry = drawn.choice(("u:1000:r", "u:1000:rw", "g:100:r", "g:993:r", "u:1000:-"))
                subprocess.run(
                    [str(SETFACL), *drawn.choice(((), ("-n",))), "-m", entry, machine.root / path[1:]], check=True
                )
        result = judge(CHECKS["FIL-05"], machine)
        ours = {row["item"] for row in result.evidence.rows if row["ok"] == "0"}
        theirs = {path for path, most in files.items() if not closed_by_the_tools(machine.root / path[1:], most)}
        assert ours == theirs
        verdicts.add(result.state.value)
    assert "fail" in verdicts


def test_cron_is_judged_as_stat_and_getfacl_tell(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    machine.file("/etc/passwd", PASSWD)
    machine.file("/etc/group", GROUP)
    machine.file("/usr/bin/crontab")
    default = CHECKS["FIL-06"].parameters["files"].default
    assert isinstance(default, list)
    drawn = random.Random(6)  # noqa: S311 - the same draws each time
    for _ in range(3):
        most = {path: int(mode, 8) for path, mode in default} | {"/etc/cron.allow": 0o640}
        for path, wanted in most.items():
            machine.file(path, "", wanted if drawn.random() < 0.6 else 0o644, owner=(drawn.choice((0, 0, 0, 1000)), 0))
            if drawn.random() < 0.3:
                entry = drawn.choice(("u:1000:r", "g:100:rw", "u:1000:-"))
                subprocess.run([str(SETFACL), "-m", entry, machine.root / path[1:]], check=True)
        result = judge(CHECKS["FIL-06"], machine)
        theirs = {path for path in most if not closed_by_the_tools(machine.root / path[1:], {0: most[path]})}
        assert {row["item"] for row in result.evidence.rows if row["ok"] == "0"} == theirs
        machine.file("/etc/cron.deny", "", 0o600)
        assert judge(CHECKS["FIL-06"], machine).evidence.failing == len(theirs) + 1
        machine.remove("/etc/cron.deny")
        for path in most:
            machine.remove(path)


def test_homes_are_judged_as_stat_tells(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    homes = ["/home/own", "/home/other", "/home/group", "/home/gone", "/home/file", "/home/link", "/shared"]
    homes += ["/home/read", "/home/down"]
    accounts = "".join(f"p{n}:x:{1001 + n}:{1001 + n}::{home}:/bin/sh\n" for n, home in enumerate(homes))
    machine.file("/etc/passwd", f"root:x:0:0::/root:/bin/sh\n{accounts}daemon:x:1500:1500::/no:/usr/sbin/nologin\n")
    machine.file("/etc/group", GROUP)
    for n, owner, mode in (
        *((0, (1001, 1001), 0o750), (1, (0, 1002), 0o750), (2, (1003, 0), 0o750), (6, (1007, 1007), 0o750)),
        *((7, (1008, 1008), 0o754), (8, (1009, 1009), 0o2750)),
    ):
        machine.folder(homes[n], mode, owner=owner)
    machine.file("/home/file", owner=(1005, 1005))
    machine.folder("/srv/p5", 0o700, owner=(1006, 1006))
    machine.link("/home/link", "../srv/p5")
    theirs = set()
    for n, home in enumerate(homes):
        said = subprocess.run(
            ["stat", "-L", "-c", "%F %u %g %a", machine.root / home[1:]], check=False, capture_output=True, text=True
        ).stdout.strip()
        whose, _, mode_said = said.rpartition(" ")
        wide = whose and int(mode_said, 8) & ~0o750
        if whose != f"directory {1001 + n} {1001 + n}" or wide or home.count("/") < 2:
            theirs.add(f"p{n}")
    assert theirs == {"p1", "p2", "p3", "p4", "p6", "p7", "p8"}
    result = judge(CHECKS["PRV-06"], machine)
    assert {row["item"] for row in result.evidence.rows if row["ok"] == "0"} == theirs


def test_dot_files_are_judged_as_find_tells(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    machine.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n")
    machine.folder("/root", 0o700)
    machine.folder("/home/alice", 0o700, owner=(1000, 1000))
    mine = (1000, 1000)
    for name, mode, owner in (
        *(
            (".bashrc", 0o640, mine),
            (".profile", 0o644, mine),
            (".zshrc", 0o740, (0, 1000)),
            (".cshrc", 0o600, (1000, 0)),
        ),
        *((".bash_history", 0o640, mine), (".netrc", 0o600, mine), (".vimrc", 0o666, mine)),
    ):
        machine.file(f"/home/alice/{name}", "x\n", mode, owner=owner)
    machine.file("/root/.bashrc", "x\n", 0o640)
    machine.file("/root/.profile", "x\n", 0o641)
    machine.link("/home/alice/.forward", "/nowhere")
    found = "find home/alice -maxdepth 1 {} ( ! -user 1000 -o ! -group 1000 -o -perm {} )"
    started = r"( -name .bashrc -o -name .profile -o -name .zshrc -o -name .cshrc )"
    lines = []
    for command in (
        found.format(started, "/7037"),
        found.format("-name .bash_history", "/7177"),
        "find home/alice -maxdepth 1 ( -name .netrc -o -name .rhosts -o -name .shosts -o -name .forward )",
        "find root -maxdepth 1 -type f -perm /7037",
    ):
        said = subprocess.run(command.split(), cwd=machine.root, check=True, capture_output=True, text=True)
        lines += said.stdout.split()
    result = judge(CHECKS["PRV-07"], machine)
    assert len(lines) == 7
    assert {row["item"] for row in result.evidence.rows if row["ok"] == "0"} == {f"/{line}" for line in lines}


def _verdicts(result: Result) -> dict[str, str | None]:
    assert result.evidence is not None
    return {str(row["item"]): row["ok"] for row in result.evidence.rows if row["ok"] != "1"}


def test_links_among_customer_data_and_homes_are_judged_by_what_they_lead_to(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    homes = {"real": "", "up": "real2", "away": "/data/away", "gone": "nothing", "at": "at2", "exim": "exim4"}
    accounts = "".join(f"{name}:x:{1001 + n}:{1001 + n}::/home/{name}:/bin/sh\n" for n, name in enumerate(homes))
    machine.file("/etc/passwd", f"root:x:0:0::/root:/bin/sh\n{accounts}")
    machine.file("/etc/group", GROUP)
    machine.folder("/home/real", 0o700, owner=(1001, 1001))
    machine.folder("/home/real2", 0o700, owner=(1002, 1002))
    machine.folder("/data/away", 0o755, owner=(1003, 1003))
    machine.folder("/home/exim4", 0o700, owner=(1006, 1006))
    machine.link("/home/at2", "at")  # two links that lead to one another
    for name, to in homes.items():
        if to:
            machine.link(f"/home/{name}", to)
    machine.folder("/srv/recordings", 0o750)
    machine.file("/srv/else/open.wav", "x", 0o644)
    machine.file("/srv/else/closed.wav", "x", 0o600)
    for name, to in (("a", "../else/open.wav"), ("b", "../else/closed.wav"), ("c", "nothing"), ("d", "d")):
        machine.link(f"/srv/recordings/{name}", to)
    machine.link("/srv/customers", "/srv/recordings")
    assert _verdicts(judge(CHECKS["PRV-04"], machine)) == {"away": "0"}
    found = _verdicts(
        judge(CHECKS["EXP-01"], machine)
    )  # the open recording, by each of its two names, which are hashed
    assert list(found.values()) == ["0", "0"]


def test_a_link_to_nothing_is_closed_where_root_alone_can_make_what_it_leads_to(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    machine.file("/etc/os-release", "ID=debian\n")
    machine.file("/etc/passwd", PASSWD)
    machine.file("/etc/group", GROUP)
    machine.folder("/tmp", 0o1777)
    machine.folder("/srv", 0o755)
    machine.link("/etc/motd", "/srv/nothing")
    assert "/etc/motd" not in _verdicts(judge(CHECKS["FIL-05"], machine))
    machine.link("/etc/motd", "/tmp/nothing")
    assert _verdicts(judge(CHECKS["FIL-05"], machine))["/etc/motd"] == "0"
