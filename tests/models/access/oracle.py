"""The kernel: a tree is made, and a process of each account asks access(2) and tries to rename."""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ACL = "system.posix_acl_access"
CAPABILITY = "security.capability"


@contextmanager
def start() -> Iterator[Path]:
    """Make a folder that every account may enter, on a file system with access lists."""
    base = Path(tempfile.mkdtemp(prefix="rempart-access-"))
    base.chmod(0o755)
    try:
        shutil.copy("/bin/cat", base / "program")
        (base / "program").chmod(0o755)
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def made(base: Path, case: dict[str, Any]) -> Iterator[tuple[Path, list[str]]]:
    """Make the tree of a case; gives its root and the paths of its nodes, as seen from that root."""
    root = base / "root"
    root.mkdir()
    (root / "etc").mkdir()
    paths = [""]
    kinds = ["directory"]
    try:
        for number, node in enumerate(case["nodes"]):
            within = node["in"] if node["in"] < len(paths) and kinds[node["in"]] == "directory" else 0
            path = f"{paths[within]}/{'abcdefgh'[number]}"
            paths.append(path)
            kinds.append(node["kind"])
            where = root / path[1:]
            if node["kind"] == "directory":
                where.mkdir()
            elif node["kind"] == "file":
                where.write_bytes(b"")
            else:
                to = node["to"]
                if to.startswith("node "):
                    at = int(to[5:])
                    to = (
                        str(root) + paths[at % len(paths)]
                        if at % 2
                        else os.path.relpath("/" + paths[at % len(paths)], "/" + paths[within])
                    )
                elif to.startswith("/"):
                    to = str(root) + to
                where.symlink_to(to)
        for node, path in zip(case["nodes"], paths[1:], strict=True):
            where = root / path[1:]
            os.chown(where, node["uid"], node["gid"], follow_symlinks=False)
            if node["kind"] == "link":
                continue
            where.chmod(node["mode"])
            if "acl" in node:
                entries = b"".join(
                    struct.pack("<HHI", tag, rights, name & 0xFFFFFFFF) for tag, rights, name in node["acl"]
                )
                os.setxattr(where, ACL, struct.pack("<I", 2) + entries)
        root.chmod(case["top"])
        yield root, paths
    finally:
        shutil.rmtree(root)


def as_account(account: dict[str, Any], ask: Any) -> Any:
    """Return what ``ask()`` gives in a child with the account's user and groups."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(read)
            gid = account["groups"][0] if account["groups"] else 71999
            os.setgroups(account["groups"])
            os.setresgid(gid, gid, gid)
            os.setresuid(account["uid"], account["uid"], account["uid"])
            os.write(write, json.dumps(ask()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(data)


def ask_all(root: Path, paths: list[str], real: list[str | None]) -> list[list[int]]:
    """Return, by path: read, write and enter of it, the same of its real path; runs as the account."""
    found = []
    for path, end in zip(paths, real, strict=True):
        row = [int(os.access(str(root) + path, way)) for way in (os.R_OK, os.W_OK, os.X_OK)]
        row += [int(os.access(end, way)) for way in (os.R_OK, os.W_OK, os.X_OK)] if end else [0, 0, 0]
        found.append(row)
    return found


def renames(root: Path, path: str) -> int:
    """Tell whether the account can rename an entry; puts it back as it was."""
    where = str(root) + path
    try:
        os.rename(where, where + ".x")
    except OSError:
        return 0
    os.rename(where + ".x", where)
    return 1


def gained(program: Path) -> int | None:
    """Return the capabilities that an execution of a program gains; None where the kernel refuses to execute it."""
    import subprocess

    try:
        status = subprocess.run([program, "/proc/self/status"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapPrm:")), 16)
