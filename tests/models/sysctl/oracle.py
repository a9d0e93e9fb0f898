"""The installed systemd-sysctl, in a network namespace of its own for each case.

A helper process in a mount namespace sees empty folders of sysctl.d and a ``/proc/sys`` that can't be written but for
``net``. For each case a child makes a network namespace with an interface, runs systemd-sysctl, then sysctl(8) on ufw's
file where the case has one, lets a second interface appear as udev does, and reads all values. The settings of this
machine can't be touched: those of ``net`` are the namespace's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rempart_testing.worker import Worker, started

SYSCTL = "/usr/lib/systemd/systemd-sysctl"
UFW = "/etc/sysctl.d/ufw-of-the-case"

HELPER = r"""
import ctypes, json, os, shutil, subprocess, sys
program, ufw = sys.argv[1:3]
folders = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"]
libc = ctypes.CDLL(None, use_errno=True)

def run(*command):
    done = subprocess.run(command, capture_output=True)
    return done.returncode

def values():
    found = {}
    for top in ("ipv4", "ipv6"):
        for folder, _, names in os.walk("/proc/sys/net/" + top):
            if "/neigh" in folder:
                continue
            for name in names:
                path = os.path.join(folder, name)
                try:
                    with open(path) as file:
                        found[path[len("/proc/sys/"):]] = " ".join(file.read().split())
                except OSError:
                    pass
    return found

def one(case):
    if libc.unshare(0x40000000):
        raise OSError("unshare")
    run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "peer0")
    before = values()
    for folder in folders:
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
    for path, text in case["files"].items():
        if text is None:
            os.symlink("/dev/null", path)
        else:
            with open(path, "w") as file:
                file.write(text)
    run(program)
    if case["ufw"] is not None:
        with open(ufw, "w") as file:
            file.write(case["ufw"])
        run("sysctl", "-e", "-q", "-p", ufw)
    run("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "peer1")
    run(program, *["--prefix=/net/%s/%s/eth1" % (f, p) for f in ("ipv4", "ipv6") for p in ("conf", "neigh")])
    return [before, values()]

for line in sys.stdin:
    case = json.loads(line)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as out:
            json.dump(one(case), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    print(text.replace("\n", " "))
    sys.stdout.flush()
"""

MOUNTS = """
set -e
mount -t tmpfs none /run
mkdir /run/upper /run/work /run/sysctl.d
mount -t overlay -o lowerdir=/usr/local/lib,upperdir=/run/upper,workdir=/run/work none /usr/local/lib
mkdir -p /usr/local/lib/sysctl.d
mount -t tmpfs none /etc/sysctl.d
mount -t tmpfs none /usr/lib/sysctl.d
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,rw /proc/sys/net
exec "$@"
"""


class Oracle:
    """Asks systemd-sysctl and the kernel."""

    def __init__(self, helper: Worker) -> None:
        """Speak with the helper."""
        self._helper = helper

    def ask(self, case: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """Return all values of a namespace before and after a case."""
        before, now = self._helper.ask(case)
        return before, now


@contextmanager
def start() -> Iterator[Oracle]:
    """Run the helper while the block lasts."""
    command = ["unshare", "-m", "-n", "--propagation", "private", "sh", "-c", MOUNTS, "sh"]
    command += [sys.executable, "-c", HELPER, SYSCTL, UFW]
    with started(command) as helper:
        yield Oracle(helper)
