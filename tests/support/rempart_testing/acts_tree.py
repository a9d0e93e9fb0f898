"""A Debian tree to act upon: an overlay over the lab's, in mounts of this process alone, gone with it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from rempart_fix.place import Place
from rempart_testing.nspawn import expect_offer, expect_tree

_CLONE_NEWNS = 0x20000


@cache
def _leave_mounts() -> None:
    """Have mounts of our own: none is seen outside, and all end with this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class Tree:
    """A system that is changed.

    Attributes:
        root: Where it lies.
        place: For the acts.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.place = Place("c-1", str(root), str(folder / "base"))
        self.place.make()

    def run(self, script: str, *, check: bool = True) -> str:
        """Run a shell script in it."""
        done = subprocess.run(
            ["chroot", str(self.root), "sh", "-ec", script],
            capture_output=True, text=True, check=False, timeout=120,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def path(self, name: str) -> Path:
        """Return where a path of it lies."""
        return self.root / name.lstrip("/")

    def read(self, name: str) -> str:
        """Return what a file of it holds."""
        return self.path(name).read_text()


@contextmanager
def make_tree(folder: Path, *, offer: bool = False, size: str = "256m", like: Tree | None = None) -> Iterator[Tree]:
    """Make a tree, and take it away.

    Args:
        folder: For what it needs.
        offer: Whether apt finds in it what the lab offers.
        size: How much may be written.
        like: One that was prepared, which stays as it is.
    """
    base = expect_tree()
    lower = str(like.root) if like else f"{expect_offer(base)}:{base}" if offer else str(base)
    _leave_mounts()
    top = folder / "tree"
    top.mkdir()
    root = top / "root"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(top)], check=True)
    try:
        for name in ("up", "work", "root"):
            (top / name).mkdir()
        options = f"lowerdir={lower},upperdir={top}/up,workdir={top}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", str(root)], check=True)
        subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
        # services don't run in a tree: what starts them is told so, as in any chroot
        (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
        (root / "usr/sbin/policy-rc.d").chmod(0o755)
        yield Tree(root, folder)
    finally:
        for place in (root / "proc", root, top):
            subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
        top.rmdir()


def build_package(
    folder: Path, name: str, version: str = "1.0", *, files: Mapping[str, str] | None = None, **fields: str
) -> None:
    """Build a small package into a folder.

    Args:
        folder: Where it goes.
        name: Its name.
        version: Its version.
        files: Further files of it, by path; those of DEBIAN among them.
        fields: Further fields of its control file.
    """
    top = folder / f".{name}"
    (top / "DEBIAN").mkdir(parents=True)
    words = {"Package": name, "Version": version, "Architecture": "all", "Maintainer": "Rempart", **fields}
    lines = [f"{key.replace('_', '-')}: {value}\n" for key, value in words.items()]
    (top / "DEBIAN/control").write_text("".join(lines) + f"Description: {name}, of a test\n")
    for path, text in (files or {}).items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
        (top / path).chmod(0o755 if text.startswith("#!") else 0o644)
    made = ["dpkg-deb", "--root-owner-group", "--build", str(top), str(folder / f"{name}_{version}.deb")]
    subprocess.run(made, check=True, capture_output=True)
    shutil.rmtree(top)


def index_packages(tree: Tree, folder: str = "/srv/own") -> None:
    """Make a folder of packages the one source of apt."""
    place = tree.path(folder)
    index = subprocess.run(
        ["dpkg-scanpackages", "--multiversion", "."], cwd=place, check=True, capture_output=True, text=True
    )
    (place / "Packages").write_text(index.stdout)
    for old in tree.path("/etc/apt/sources.list.d").iterdir():
        old.unlink()
    tree.path("/etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{folder} ./\n")
    tree.run("apt-get -q update")


def state_of(tree: Tree, *names: str) -> dict[str, str]:
    """Return how each package stands for dpkg, in two letters; ``""`` where it does not know it."""
    said = tree.run("dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n' || :")
    found = dict(line.split()[:2] for line in said.splitlines() if len(line.split()) >= 2)
    return {name: found.get(name, "") for name in names}


def needs_root() -> str:
    """Return why nothing can be done here; ``""`` where it can."""
    return "" if os.geteuid() == 0 else "needs root"
