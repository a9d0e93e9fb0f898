"""A walk of file systems for what a fix changes: no link is followed, each folder is opened from the one above it.

It visits what the table ``rempart_walk`` visits on a running machine, so that a fix finds what its check found.
"""

import errno
import os
import stat
import time
from typing import Callable, Iterator, List, NamedTuple, Tuple

from .contract import Refusal
from .mounts import Plan
from .paths import decode

MAX_DEPTH = 256
STORES = (
    *("/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/lxc", "/var/lib/lxd"),
    *("/var/lib/incus", "/var/lib/machines", "/var/lib/portables", "/var/lib/kubelet"),
    "/var/snap/lxd/common/lxd",
)
"""Where the root file systems of containers lie: folders in these that others can't enter are passed by."""
_ROOTLESS = "/.local/share/containers"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM)
_LOOK = 512  # entries between two looks at the clock


class Bounds(NamedTuple):
    """What ends a walk: entries in all, and seconds."""

    entries: int
    seconds: float


Seen = Tuple[str, os.stat_result, Callable[[], int]]
"""A file or folder: its path on the endpoint, its status, and what opens it anew, without links."""


class Walk:
    """One walk.

    Args:
        plan: What is visited.
        root: The folder that stands for ``/``.
        bounds: What ends it.
        enters: Tells of a folder, by its path on the endpoint, whether it is gone into.
    """

    def __init__(self, plan: Plan, root: str, bounds: Bounds, enters: Callable[[str], bool] = lambda _: True) -> None:
        self._plan = plan
        self._enters = enters
        self._root = root.rstrip("/")
        self._bounds = bounds
        self._until = time.monotonic() + bounds.seconds
        self._entries = 0

    def run(self) -> Iterator[Seen]:
        """Yield regular files and folders as they are met.

        Raises:
            Refusal: A bound is met.
        """
        for path, mount in self._plan.tops:
            if not self._enters(self._shown(path)):
                continue
            try:
                top = os.open(path.encode("utf-8", "surrogateescape"), _FOLDER)
            except OSError as error:
                if error.errno in _GONE:
                    continue
                raise
            yield from self._visit(top, path, mount)

    def _visit(self, top: int, path: str, mount: str) -> Iterator[Seen]:
        stack: List[Tuple[int, str, int, List[str]]] = [(top, path, os.fstat(top).st_dev, [])]
        try:
            here = _mount_id(top)
            if mount and here and here != mount:
                return  # another has been mounted there since
            yield self._folder(top, path)
            stack[0] = (top, path, stack[0][2], [])
            yield from self._list(stack[0])
            while stack:
                folder, above, device, names = stack[-1]
                if not names:
                    os.close(stack.pop()[0])
                    continue
                name = names.pop()
                if len(stack) > MAX_DEPTH:
                    continue
                try:
                    inner = os.open(name.encode("utf-8", "surrogateescape"), _FOLDER, dir_fd=folder)
                except OSError as error:
                    if error.errno in _GONE:
                        continue
                    raise
                below = above.rstrip("/") + "/" + name
                status = os.fstat(inner)
                stack.append((inner, below, device, []))
                if status.st_dev != device and here != _mount_id(inner):
                    continue  # mounted since the walk began
                stack[-1] = (inner, below, status.st_dev, [])
                yield self._folder(inner, below)
                if not _is_closed(self._shown(below), status.st_mode):
                    yield from self._list(stack[-1])
        finally:
            for folder, _, _, _ in stack:
                os.close(folder)

    def _shown(self, path: str) -> str:
        return path[len(self._root) :] or "/"

    def _folder(self, handle: int, path: str) -> Seen:
        return self._shown(path), os.fstat(handle), lambda: os.dup(handle)

    def _list(self, at: Tuple[int, str, int, List[str]]) -> Iterator[Seen]:
        """Yield the files of a folder, and put the folders in it that are to be visited on its list, the first last."""
        folder, path, _, names = at
        prefix = path.rstrip("/") + "/"
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._count()
                    name = decode(entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        if prefix + name not in self._plan.edges and self._enters(self._shown(prefix + name)):
                            names.append(name)
                        continue
                    if not entry.is_file(follow_symlinks=False):
                        continue  # links, sockets, devices
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    yield self._shown(prefix + name), status, _opener(entry.name, folder)
        except OSError as error:
            if error.errno not in _GONE:
                raise
        names.sort(reverse=True)

    def _count(self) -> None:
        self._entries += 1
        if self._entries > self._bounds.entries:
            raise _stop(f"{self._bounds.entries} entries", f"{self._bounds.entries} entrées", "walk_entries")
        if not self._entries % _LOOK and time.monotonic() > self._until:
            seconds = f"{self._bounds.seconds:g} s"
            raise _stop(seconds, seconds, "walk_seconds")


def _opener(name: str, folder: int) -> Callable[[], int]:
    return lambda: os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)


def _stop(en: str, fr: str, name: str) -> Refusal:
    return Refusal(
        f"the walk of the file systems met its limit of {en}, and nothing was changed: raise {name}",
        f"le parcours des systèmes de fichiers a atteint sa limite de {fr}, et rien n’a changé\u00a0: augmentez {name}",
    )


def _is_closed(shown: str, mode: int) -> bool:
    """Tell whether a folder holds what containers are made of, and only root, or its owner, gets in."""
    if mode & stat.S_IXOTH or (not shown.startswith("/var/") and _ROOTLESS not in shown):
        return False
    inside = any(shown == one or shown.startswith(one + "/") for one in STORES)
    return inside or _ROOTLESS + "/" in shown + "/"


def _mount_id(handle: int) -> str:
    """Return which mount an open file lies on, as mountinfo numbers them; ``""`` where the kernel does not say."""
    try:
        with open(f"/proc/self/fdinfo/{handle}", encoding="ascii") as file:
            return next((line.split()[1] for line in file if line.startswith("mnt_id:")), "")
    except OSError:
        return ""
