"""On Windows and macOS everything imports: what only Linux has is looked for where it is used.

These systems are not here. What they lack is taken out of the standard library before our modules are imported anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

# Modules and names that a system lacks, as the standard library's documentation says of each.
LACKING: dict[str, dict[str, list[str]]] = {
    "win32": {
        "modules": ["fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"],
        "os": [
            *(
                "O_CLOEXEC",
                "O_DIRECTORY",
                "O_NOCTTY",
                "O_NOFOLLOW",
                "O_NONBLOCK",
                "WNOHANG",
                "chown",
                "fchmod",
                "fchown",
            ),
            *("fork", "getegid", "geteuid", "getgid", "getpgid", "getuid", "killpg", "lchown", "major", "makedev"),
            *("minor", "mkfifo", "mknod", "pread", "setresuid", "setsid", "setuid", "statvfs", "sysconf", "uname"),
        ],
        "socket": ["AF_NETLINK", "AF_UNIX", "SCM_RIGHTS", "SOCK_CLOEXEC", "SOCK_NONBLOCK", "SO_PEERCRED"],
        "signal": ["SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGSTOP", "SIGUSR1"],
        "refused": [
            "rempart_agent.engines.osquery.extension",
            "rempart_agent.channels.file_owner",
            "rempart_agent.channels.unix_socket",
        ],
    },
    "darwin": {
        "modules": [],
        "os": ["memfd_create", "pidfd_open", "sched_getaffinity", "setresuid"],
        "socket": ["AF_NETLINK", "SOCK_CLOEXEC", "SOCK_NONBLOCK", "SO_PEERCRED"],
        "signal": [],
        "refused": [],
    },
}
PROGRAM = """
import importlib, json, os, pkgutil, signal, socket, sys
platform, lacking = sys.argv[1], json.loads(sys.argv[2])

def ours():
    names = []
    for package in ("rempart_core", "rempart_agent", "rempart_reports", "rempart_store", "rempart_controller"):
        names.append(package)
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
            if ".migrations." not in module.name:  # Alembic runs these by itself, with a context of its own
                names.append(module.name)
    return names

names = ours()
for name in names:
    importlib.import_module(name)  # what our modules import of others is there from now on
for name in [n for n in sys.modules if n.partition(".")[0].startswith("rempart_")]:
    del sys.modules[name]
for name in lacking["modules"]:
    sys.modules[name] = None
for module in (os, socket, signal):
    for name in lacking[module.__name__]:
        if hasattr(module, name):
            delattr(module, name)
sys.platform = platform
broken = {}
for name in names:
    try:
        importlib.import_module(name)
    except Exception as error:
        broken[name] = f"{type(error).__name__}: {error}"
print(json.dumps(broken))
sys.stdout.flush()
os._exit(0)  # what the interpreter does at its end may need what was taken away
"""


def import_on(platform: str) -> dict[str, str]:
    command = [sys.executable, "-c", PROGRAM, platform, json.dumps(LACKING[platform])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    broken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return broken


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_everything_imports(platform: str) -> None:
    broken = import_on(platform)
    refused = {name: broken.pop(name, "") for name in LACKING[platform]["refused"]}
    assert broken == {}
    assert all(error.startswith("AssertionError") for error in refused.values()), refused
