"""The real sudo, in a root of its own: this machine's programs, and accounts, rules and files that it never sees."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from rempart_testing.worker import Worker

PASSWD = """root:x:0:0::/:/bin/sh
toor:x:0:0::/:/bin/sh
alice:x:1000:1000::/:/bin/sh
bob:x:1001:1001::/:/bin/sh
carol:x:1002:1002::/:/bin/sh
dave:x:1003:50::/:/bin/sh
Eve:x:1005:1005::/:/bin/sh
"""
GROUP = """root:x:0:
ops:x:50:alice,carol
twin:x:50:
web:x:51:bob
docker:x:52:alice
alice:x:1000:
bob:x:1001:
carol:x:1002:
Eve:x:1005:
"""
_ETC = {
    "passwd": PASSWD,
    "group": GROUP,
    "shadow": "",
    "hosts": "127.0.0.1 localhost\n127.0.1.1 box.example.org box\n",
    "hostname": "box\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files\nsudoers: files\n",
    "x": "x",
    **{
        f"pam.d/{name}": "auth required pam_deny.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
        for name in ("sudo", "sudo-i", "other")
    },
}
# Neither the journal of this machine nor a mail may hear of it.
# Each account asks for itself: for root, -U takes "oneself" in a rule for root.
FIRST = "Defaults !syslog, !mailerpath, !use_pty, !lecture, listpw=never\n"


class Oracle(NamedTuple):
    """A root, and a process in it that answers one case a line."""

    root: Path
    worker: Worker


@contextmanager
def start() -> Iterator[Oracle]:
    """Make the root, and take it away.

    What is asked is a case; the answer is what sudo says: ``errors``, ``defaults`` by account, and ``allowed`` and
    ``asks`` by question.
    """
    from rempart_testing.worker import started  # which the process in the root can't see

    root = Path(tempfile.mkdtemp(prefix="rempart-sudo-"))
    root.chmod(0o755)
    lay(root)
    apart = ["unshare", "--mount", "--uts", "--propagation", "private"]
    try:
        with started([*apart, sys.executable, __file__, str(root)]) as worker:
            yield Oracle(root, worker)
    finally:
        shutil.rmtree(root)


@contextmanager
def checked() -> Iterator[Oracle]:
    """Make the root, and see that sudo works there: without a control that says yes, refusals prove nothing."""
    with start() as oracle:
        case = {
            "files": {"/etc/sudoers": "alice ALL=(ALL) NOPASSWD: ALL\n"},
            "asks": [["alice", "root", "/opt/t/alpha", ""]],
        }
        said = oracle.worker.ask(case)
        assert (said["allowed"], said["asks"]) == ([1], [0]), said
        yield oracle


def lay(root: Path) -> None:
    """Write the root's own files."""
    for folder in (
        "usr",
        "proc",
        "dev",
        "run/sudo",
        "tmp",
        "var/lib/sudo",
        "etc/pam.d",
        "etc/sudoers.d",
        "opt/t",
        "opt/u",
    ):
        (root / folder).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/" + name).is_symlink():
            (root / name).symlink_to("usr/" + name)
    for name, text in _ETC.items():
        (root / "etc" / name).write_text(text)
    for name in ("alpha", "beta", "gamma", "sp ace", "co,mma"):
        (root / "opt/t" / name).write_text(f"#!/bin/sh\n# {name}\nexit 0\n")
        (root / "opt/t" / name).chmod(0o755)
    for name in (".hidden", "sub/alpha"):
        (root / "opt/t" / name).parent.mkdir(exist_ok=True)
        (root / "opt/t" / name).write_text(f"#!/bin/sh\n# {name}\nexit 0\n")
        (root / "opt/t" / name).chmod(0o755)
    os.link(root / "opt/t/alpha", root / "opt/u/alpha")
    os.link(root / "opt/t/alpha", root / "opt/t/twin")
    (root / "opt/u/other").symlink_to("../t/alpha")
    (root / "lnk").symlink_to("opt/t")


def serve(root: Path, given: IO[str], answers: IO[str]) -> None:
    """Enter the root and answer."""
    subprocess.run(["hostname", "box"], check=True)
    subprocess.run(["mount", "--rbind", "-o", "ro", "/usr", str(root / "usr")], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(root / "dev")], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9), ("random", 8)):
        os.mknod(root / "dev" / name, 0o020666, os.makedev(1, minor))
    os.chroot(root)
    os.chdir("/")
    for line in given:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    for old in os.listdir("/etc/sudoers.d"):
        os.unlink("/etc/sudoers.d/" + old)
    for path, text in case["files"].items():
        with open(path, "w", encoding="utf-8") as file:
            file.write((FIRST if path == "/etc/sudoers" else "") + text)
        os.chmod(path, 0o440)
    found: dict[str, Any] = {"allowed": [], "asks": [], "defaults": {}, "errors": ""}
    first = case["asks"][0][0]
    listing = _sudo("-n", "-l", account=first)
    checks = [_sudo("-n", "-l", *_as(ask), *_what(ask), account=ask[0]) for ask in case["asks"]]
    out, found["errors"] = listing.communicate()
    found["defaults"][first] = re.sub(r"\n\s+", " ", out.partition("\n\n")[0])
    for process in checks:
        out, errors = process.communicate()
        found["allowed"].append(int(process.returncode == 0 and bool(out.strip())))
        found["errors"] += errors
    for ask, allowed in zip(case["asks"], found["allowed"], strict=True):
        asked = None
        if allowed and ask[2] != "sudoedit":
            process = _sudo("-n", *_as(ask), *_what(ask), account=ask[0])
            refused = "a password is required" in process.communicate()[1]
            asked = 1 if refused else 0 if process.returncode == 0 else None
        found["asks"].append(asked)
    return found


def _as(ask: list[str]) -> list[str]:
    return ["-g", ask[1][1:]] if ask[1].startswith(":") else ["-u", ask[1]] if ask[1] else []


def _what(ask: list[str]) -> list[str]:
    return [ask[2], *ask[3].split()]


def _sudo(*words: str, account: str = "") -> subprocess.Popen[str]:
    def become() -> None:
        fields = next(line for line in PASSWD.split("\n") if line.startswith(account + ":")).split(":")
        os.initgroups(account, int(fields[3]))
        os.setresgid(*[int(fields[3])] * 3)
        os.setresuid(*[int(fields[2])] * 3)

    return subprocess.Popen(
        ["/usr/bin/sudo", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=become if account else None,  # noqa: PLW1509 - one thread
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.stdin, sys.stdout)
