"""The installed sshd, asked by ``sshd -T`` in a mount namespace of its own: its own /etc/ssh and /run.

A helper process in that namespace lays a case's files below an empty /etc/ssh and runs sshd. Nothing of this machine's
sshd is touched.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rempart_testing.worker import Worker, started

SSHD = "/usr/sbin/sshd"
KEY = "/etc/ssh/ssh_host_ed25519_key"
MEMBER, TEAM, MEMBER_ID = "carol", "team", 64123
"""An account that the namespace alone has: of the group daemon, and a member of another."""

HELPER = r"""
import json, os, shutil, subprocess, sys
os.makedirs("/run/sshd")
subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", sys.argv[1]], check=True)
os.chdir("/")
kept = set(os.listdir("/etc/ssh"))
for line in sys.stdin:
    case = json.loads(line)
    for name in set(os.listdir("/etc/ssh")) - kept:
        path = "/etc/ssh/" + name
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for path, text in case["files"].items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    done = subprocess.run(case["command"], capture_output=True, cwd="/", check=False)
    print(json.dumps([done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")]))
    sys.stdout.flush()
"""


class Oracle:
    """Asks sshd."""

    def __init__(self, helper: Worker) -> None:
        """Speak with the helper."""
        self._helper = helper

    def ask(self, files: dict[str, str], arguments: list[str]) -> tuple[int, list[str], str]:
        """Return exit status, the lines of ``sshd -T`` in order, and what it complains of."""
        command = [SSHD, "-T", *arguments]
        status, out, errors = self._helper.ask({"files": files, "command": command})
        return status, [line for line in out.splitlines() if line], errors


@contextmanager
def start() -> Iterator[Oracle]:
    """Run the helper while the block lasts."""
    mounts = "mount -t tmpfs none /run && mount -t tmpfs none /etc/ssh && "
    for name, line in (("passwd", f"{MEMBER}:x:{MEMBER_ID}:1::/:/bin/sh"), ("group", f"{TEAM}:x:{MEMBER_ID}:{MEMBER}")):
        mounts += f"cp /etc/{name} /run/{name} && echo {line} >>/run/{name} && mount --bind /run/{name} /etc/{name} && "
    mounts += "exec "
    command = ["unshare", "-m", "--propagation", "private", "sh", "-c", mounts + '"$@"', "sh"]
    command += [sys.executable, "-c", HELPER, KEY]
    with started(command) as helper:
        yield Oracle(helper)


def release() -> tuple[str, tuple[int, int]]:
    """Return the release of the installed sshd and its version."""
    text: Any = subprocess.run([SSHD, "-V"], capture_output=True, text=True, check=False).stderr
    name = text.split(" ")[0].split(",")[0]
    first, _, second = name.partition("_")[2].partition("p")[0].partition(".")
    return name, (int(first), int(second))
