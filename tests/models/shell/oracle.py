"""Real login shells in a root of their own, whose start-up files are the case's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rempart_testing.worker import Worker

ACCOUNTS = {"alice": (1000, "/home/alice"), "root": (0, "/root")}
MASK = 0o026  # what the session begins with; no case sets it
_SCRIPT = """
echo
echo "<umask>$(umask)"
echo "<tmout>${TMOUT-}"
(TMOUT=1) 2>/dev/null && echo "<fixed>0" || echo "<fixed>1"
exit
"""


@contextmanager
def start() -> Iterator[Worker]:
    """Make the root, see that each shell reads its files there, and take it away.

    What is asked is a case; the answer is ``umask``, ``tmout`` and ``fixed`` at the prompt, nothing where none came.
    """
    from rempart_testing.worker import started  # which the process in the root can't see

    root = Path(tempfile.mkdtemp(prefix="rempart-shell-"))
    root.chmod(0o755)
    for folder in ("usr", "proc", "dev", "tmp", "run"):
        (root / folder).mkdir()
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/" + name).is_symlink():
            (root / name).symlink_to("usr/" + name)
    try:
        with started(["unshare", "--mount", "--propagation", "private", sys.executable, __file__, str(root)]) as oracle:
            _see(oracle)
            yield oracle
    finally:
        shutil.rmtree(root)


def _see(oracle: Worker) -> None:
    """See that each shell reads its files in the root."""
    for shell, path in (("bash", "/etc/profile"), ("dash", "/etc/profile"), ("zsh", "/etc/zsh/zprofile")):
        said = oracle.ask({"files": {path: "readonly TMOUT=77\numask 011\n"}, "shell": shell, "account": "alice"})
        assert (said["tmout"], said["fixed"], int(said["umask"], 8)) == ("77", "1", 0o11), (shell, said)


def serve(root: Path, given: IO[str], answers: IO[str]) -> None:
    """Enter the root and answer."""
    subprocess.run(["mount", "--rbind", "-o", "ro", "/usr", str(root / "usr")], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(root / "dev")], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
        os.mknod(root / "dev" / name, 0o020666, os.makedev(1, minor))
    os.chmod(root / "dev/null", 0o666)
    os.chroot(root)
    os.chdir("/")
    for line in given:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def lay(case: dict[str, Any], root: str = "") -> None:
    """Write a case's files, and nothing else."""
    for folder in ("etc", "home", "root"):
        shutil.rmtree(f"{root}/{folder}", ignore_errors=True)
    passwd = "".join(f"{name}:x:{uid}:{uid}::{home}:/bin/{case['shell']}\n" for name, (uid, home) in ACCOUNTS.items())
    files = {"/etc/passwd": passwd, "/etc/group": "root:x:0:\nalice:x:1000:\n", "/etc/flag": "",
    "/home/alice/.keep": "",
             "/root/.keep": "", "/etc/zsh/keep": "", "/etc/profile.d/keep": "", **case["files"]}  # fmt: skip
    for path, text in files.items():
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        with open(root + path, "w", encoding="utf-8") as file:
            file.write(text)


def _answer(case: dict[str, Any]) -> dict[str, str]:
    lay(case)
    uid, home = ACCOUNTS[case["account"]]
    shell = "/bin/" + case["shell"]
    environment = {"HOME": home, "USER": case["account"], "LOGNAME": case["account"], "SHELL": shell, "TERM": "vt100"}
    process = subprocess.run(
        ["-" + case["shell"],
        "-i"], executable=shell, input=_SCRIPT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**environment,
        "PATH": "/usr/bin:/bin"}, user=uid, group=uid, extra_groups=[], umask=MASK, check=False, timeout=20,
    )  # fmt: skip
    lines = [line.rpartition("<")[2].partition(">") for line in process.stdout.split("\n") if "<" in line]
    return {name: value for name, sign, value in lines if sign and name in ("umask", "tmout", "fixed")}


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.stdin, sys.stdout)
