"""A Debian tree to act upon: an overlay over the lab's, in mounts of this process alone, gone with it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from rempart_fix.place import Place
from rempart_testing.nspawn import expect_offer, expect_tree

_CLONE_NEWNS = 0x20000


@cache
def leave_mounts() -> None:
    """Have mounts of our own: none is seen outside, and all end with this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class _Apart(Place):
    """A place whose programs run in a network of their own."""

    enter: tuple[str, ...] = ()

    def run(self, words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        top, self.root = self.root, "/"
        try:
            return super().run([*self.enter, "chroot", top, *words], timeout, stdin)
        finally:
            self.root = top


class Tree:
    """A system that is changed.

    Attributes:
        root: Where it lies.
        place: For the acts.
    """

    def __init__(self, root: Path, folder: Path, enter: tuple[str, ...] = ()) -> None:
        self.root = root
        self._enter = enter
        self.place = _Apart("c-1", str(root), str(folder / "base"))
        self.place.enter = enter
        self.place.make()

    def run(self, script: str, *, check: bool = True) -> str:
        """Run a shell script in it."""
        done = subprocess.run(
            [*self._enter, "chroot", str(self.root), "sh", "-ec", script],
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


def _enter_net(process: int) -> tuple[str, ...]:
    """Return the words that enter the network of a process, once it has its own."""
    own = os.readlink("/proc/self/ns/net")
    until = time.monotonic() + 30
    while os.readlink(f"/proc/{process}/ns/net") == own:
        assert time.monotonic() < until
        time.sleep(0.01)
    return ("nsenter", f"--net=/proc/{process}/ns/net")


@contextmanager
def make_tree(
    folder: Path, *, offer: bool = False, size: str = "256m", like: Tree | None = None, net: bool = False
) -> Iterator[Tree]:
    """Make a tree, and take it away.

    Args:
        folder: For what it needs.
        offer: Whether apt finds in it what the lab offers.
        size: How much may be written.
        like: One that was prepared, which stays as it is.
        net: Whether it has a network of its own, with rules of its own.
    """
    base = expect_tree()
    lower = str(like.root) if like else f"{expect_offer(base)}:{base}" if offer else str(base)
    leave_mounts()
    top = folder / "tree"
    top.mkdir()
    root = top / "root"
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) if net else None
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
        _take_numbers(root)
        yield Tree(root, folder, _enter_net(holder.pid) if holder else ())
    finally:
        if holder:
            holder.kill()
            holder.wait()
        for place in (root / "proc", root, top):
            subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
        top.rmdir()


def _take_numbers(root: Path) -> None:
    """Have the numbers of this machine's processes taken in a tree: it shares /proc, and what is new must be unused."""
    used = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):  # it ended
            lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
            used |= {
                int(word) for line in lines if line.startswith(("Uid:", "Gid:", "Groups:")) for word in line.split()[1:]
            }
    for name, line in (("passwd", "busy-{0}:x:{0}:{0}::/nonexistent:/usr/sbin/nologin"), ("group", "busy-{0}:x:{0}:")):
        path = root / "etc" / name
        text = path.read_text(encoding="utf-8")
        there = {int(one.split(":")[2]) for one in text.splitlines()}
        path.write_text(text + "".join(line.format(one) + "\n" for one in sorted(used - there) if 100 < one < 1000))


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
