"""RMT-09 beside what find and getfacl say of a tree, in which sshd_config names keys and files elsewhere."""

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

CHECK = next(check for check in own_checks() if check.id == "RMT-09")
SETFACL = shutil.which("setfacl")
KEYS = ("/etc/ssh/ssh_host_ed25519_key", "/srv/keys/host")
FILES = {
    **dict.fromkeys(KEYS, 0o600),
    **dict.fromkeys((f"{key}.pub" for key in KEYS), 0o644),
    **dict.fromkeys(("/etc/ssh/sshd_config.d/10-a.conf", "/etc/ssh/sshd_config.d/.hidden", "/srv/more.conf"), 0o600),
}
CONFIG = "Include /etc/ssh/sshd_config.d/*.conf\nInclude /srv/more.conf\n" + "".join(f"HostKey {k}\n" for k in KEYS)

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not SETFACL, reason="needs root and acl")


def judge(machine: Machine) -> Result:
    defaults = {name: parameter.default for name, parameter in CHECK.parameters.items()}
    with closing(TreeEngine(machine.offline())) as engine:
        chosen = Selected(CHECK, CHECK.severity, defaults)
        return examine(chosen, engine, Circumstances("linux", "image", privileged=True))


def lay(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "root")
    machine.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n")
    machine.file("/etc/group", "root:x:0:\nssh_keys:x:996:\nusers:x:100:\n")
    machine.file("/usr/sbin/sshd", b"\x7fELF\0OpenSSH_10.0p2 Debian-7\0", 0o755)
    machine.file("/etc/ssh/sshd_config", CONFIG, 0o600)
    for path, mode in FILES.items():
        machine.file(path, "# nothing\n", mode)
    (machine.root / "etc/ssh/sshd_config.d").chmod(0o700)
    return machine


def failing(result: Result) -> set[str]:
    return {str(row["item"]) for row in result.evidence.rows if row["ok"] == "0"}


def test_files_that_the_configuration_names_are_judged_as_find_tells(tmp_path: Path) -> None:
    machine = lay(tmp_path)
    assert judge(machine).state.value == "pass"
    drawn = random.Random(9)  # noqa: S311 - the same draws each time
    for _ in range(10):
        theirs = set()
        for path, most in FILES.items():
            mode = drawn.choice((most, most, 0o600, 0o640, 0o644, 0o4600, 0o660))
            owner, group = drawn.choice((0, 0, 0, 1000)), drawn.choice((0, 0, 996, 100))
            machine.file(path, "# nothing\n", mode, owner=(owner, group))
            groups, wide = "-not -gid 0", 0o7777 & ~most
            if path in KEYS:
                groups += " -not -gid 996"
                wide = wide & ~0o040 if group == 996 else wide
            wrong = f"( -perm /{wide:o} -o -not -uid 0 -o {groups} )".split()
            if subprocess.run(["find", machine.root / path[1:], *wrong], check=True, capture_output=True).stdout:
                theirs.add(path)
        assert failing(judge(machine)) == theirs


def test_an_access_list_opens_a_key_and_a_folder_its_files(tmp_path: Path) -> None:
    machine = lay(tmp_path)
    subprocess.run([str(SETFACL), "-m", "u:1000:r", machine.root / "srv/keys/host"], check=True)
    assert failing(judge(machine)) == {"/srv/keys/host"}
    machine = lay(tmp_path / "again")
    (machine.root / "etc/ssh/sshd_config.d").chmod(0o777)
    assert failing(judge(machine)) == {
        *("/etc/ssh/sshd_config.d", "/etc/ssh/sshd_config.d/10-a.conf", "/etc/ssh/sshd_config.d/.hidden")
    }


def test_a_configuration_that_sshd_refuses_hides_its_files(tmp_path: Path) -> None:
    machine = lay(tmp_path)
    machine.file("/etc/ssh/sshd_config", f"{CONFIG}NoSuchOption yes\n", 0o600)
    assert judge(machine).state.value == "error"
