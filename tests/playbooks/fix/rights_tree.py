"""Files of others in a root, and the fixes by rule that go through it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from playbooks.fix.root import Root

WRITABLE = {"check": "FIL-02", "rights": {"rule": "world_writable"}}
PROGRAMS = {"check": "FIL-04", "rights": {"rule": "system_programs"}}
HOMES = {"check": "PRV-06", "rights": {"rule": "homes", "mode": "0750"}}
DOTS = {"check": "PRV-07", "rights": {"rule": "dot_files", "files": [[".bashrc", "0740"], [".bash_history", "0600"]]}}
ODD = "/srv/odd\udcff\n"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def lay(root: Root, path: str, mode: int, owner: int = 0, group: int | None = None) -> Path:
    file = root.write(path, "theirs\n", mode)
    os.chown(file, owner, owner if group is None else group)
    file.chmod(mode)
    return file


def folder(root: Root, path: str, mode: int, owner: int = 0) -> Path:
    made = root.path(path)
    made.mkdir(parents=True, exist_ok=True)
    os.chown(made, owner, owner)
    made.chmod(mode)
    return made


def stands(path: Path) -> tuple[int, int, int]:
    found = path.lstat()
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid
