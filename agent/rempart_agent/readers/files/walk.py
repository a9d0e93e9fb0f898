"""Walks file systems for files that give rights to whoever executes them: set-id bits and capabilities.

The walk runs in a child process of low priority. Each folder is opened from the one above it and no link is followed,
so that nobody can lead it elsewhere; files are never opened, but those found, for their digests.
"""

import errno
import os
import stat
import time
from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Tuple, TypedDict

from rempart_agent.readers.files.volume import Plan, Volume
from rempart_agent.said import SaidError, Why, enumerated

MAX_DEPTH = 256
MAX_ROWS = 20_000  # of a kind
MAX_DIGEST = 64 << 20
MAX_DIGESTS = 512 << 20
CAPABILITY = "security.capability"
# Where the root file systems of containers lie. In these, folders that others can't enter are passed by.
STORES = (
    *(
        "/var/lib/docker",
        "/var/lib/containerd",
        "/var/lib/containers",
        "/var/lib/lxc",
        "/var/lib/lxd",
        "/var/lib/incus",
    ),
    *("/var/lib/machines", "/var/lib/portables", "/var/lib/kubelet", "/var/snap/lxd/common/lxd"),
)
_ROOTLESS = "/.local/share/containers"
_SET_ID = stat.S_ISUID | stat.S_ISGID
_FOLDER = os.O_RDONLY
for _flag in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK"):
    _FOLDER |= getattr(os, _flag, 0)  # which Windows lacks, where nobody walks
_LOOK = 512  # entries between two looks at the clock


class Bounds(NamedTuple):
    """What ends a walk: entries in all, and seconds."""

    entries: int
    seconds: float


class Found(TypedDict):
    """A file that was found.

    Attributes:
        path: In hex, as the file system has it.
        kind: ``set_id`` or ``capability``.
        mode: Its permission bits.
        uid: Its owner.
        gid: Its group.
        nosuid: 1 where its file system takes the rights away.
        capability: The attribute ``security.capability``, in hex; ``""`` for none.
        digests: By the name of the algorithm, in hex; None where none was made.
    """

    path: str
    kind: str
    mode: int
    uid: int
    gid: int
    nosuid: int
    capability: str
    digests: Optional[Dict[str, str]]


class Seen(TypedDict):
    """A file system that was walked.

    Attributes:
        path: Where it is mounted.
        entries: How many were looked at.
        skipped: How many were not.
        skipped_why: Why, in words; ``""`` where none was.
        complete: 1 where all was looked at that counts.
    """

    path: str
    entries: int
    skipped: int
    skipped_why: str
    complete: int


class Stop(SaidError):
    """A bound is met."""


class Walk:
    """One walk.

    Attributes:
        found: The files.
        seen: The file systems.
    """

    def __init__(self, plan: Plan, base: str, bounds: Bounds, parent: int) -> None:
        """Walk nothing yet.

        Args:
            plan: What is visited.
            base: The folder that stands for ``/``.
            bounds: What ends it.
            parent: The process that waits for it, without which it ends.
        """
        self.found: List[Found] = []
        self.seen: List[Seen] = []
        self._plan = plan
        self._base = base.rstrip("/")
        self._bounds = bounds
        self._until = time.monotonic() + bounds.seconds
        self._parent = parent
        self._entries = 0
        self._digested = 0
        self._rows: Dict[str, int] = {}
        self._skipped: Dict[str, int] = {}
        self._whole = True
        self._nosuid = False

    def run(self) -> None:
        """Visit all file systems."""
        stopped = ""
        for volume in self._plan.visited:
            before = self._entries
            self._skipped, self._whole, self._nosuid = {}, not stopped, volume.nosuid
            if not stopped:
                try:
                    self._visit(volume)
                except Stop as stop:
                    stopped = stop.why
                    self._whole = False
            why: List[str] = [
                Why("{count} {what}", count=count, what=what) for what, count in sorted(self._skipped.items())
            ]
            self.seen.append(
                {
                    "path": self._shown(volume.path),
                    "entries": self._entries - before,
                    "skipped": sum(self._skipped.values()),
                    "skipped_why": enumerated(([stopped] if stopped else []) + why),
                    "complete": int(self._whole),
                }
            )
        self.found.sort(key=lambda one: one["path"])  # folders give their entries in an order of their own

    def _shown(self, path: str) -> str:
        return path[len(self._base) :] or "/"

    def _visit(self, volume: Volume) -> None:
        try:
            top = os.open(volume.path, _FOLDER)
        except OSError as error:
            self._refuse(error)
            return
        stack: List[Tuple[int, str, List[str]]] = []
        try:
            stack.append((top, volume.path, self._list(top, volume.path)))
            while stack:
                descriptor, path, names = stack[-1]
                if not names:
                    os.close(stack.pop()[0])
                    continue
                name = names.pop()
                below = path.rstrip("/") + "/" + name
                if len(stack) > MAX_DEPTH:
                    self._skip(Why("deeper than {max_depth} folders", max_depth=MAX_DEPTH))
                    continue
                try:
                    inner = os.open(name, _FOLDER, dir_fd=descriptor)
                except OSError as error:
                    self._refuse(error)
                    continue
                if self._is_closed(self._shown(below), os.fstat(inner).st_mode):
                    os.close(inner)
                    continue
                stack.append((inner, below, []))
                stack[-1] = (inner, below, self._list(inner, below))
        finally:
            for descriptor, _, _ in stack:
                os.close(descriptor)

    def _refuse(self, error: OSError) -> None:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ESTALE):
            return  # gone, or put in place of a folder since
        self._skip(
            Why("that may not be read") if error.errno in (errno.EACCES, errno.EPERM) else Why("with read errors")
        )

    def _skip(self, why: str, whole: bool = False) -> None:
        self._skipped[why] = self._skipped.get(why, 0) + 1
        self._whole = self._whole and whole

    def _is_closed(self, shown: str, mode: int) -> bool:
        """Tell whether a folder holds what containers are made of, and only root, or its owner, gets in."""
        if not shown.startswith("/var/") and _ROOTLESS not in shown:
            return False
        store = next((s for s in STORES if shown == s or shown.startswith(s + "/")), "")
        if not store and _ROOTLESS + "/" not in shown + "/":
            return False
        closed = not mode & stat.S_IXOTH
        if closed:
            self._skip(Why("of containers, closed to others: {store}", store=store or "~" + _ROOTLESS), whole=True)
        return closed

    def _list(self, descriptor: int, path: str) -> List[str]:
        """Look at the entries of a folder; gives the folders in it that are to be visited, the first one last."""
        folders: List[str] = []
        os.fchdir(descriptor)
        edges: FrozenSet[str] = self._plan.edges
        prefix = path.rstrip("/") + "/"
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    self.count_entry()
                    if entry.is_dir(follow_symlinks=False):
                        if prefix + entry.name not in edges:
                            folders.append(entry.name)
                    elif entry.is_file(follow_symlinks=False):
                        self._examine(entry, descriptor, prefix)
        except OSError as error:
            self._refuse(error)
        return sorted(folders, reverse=True)

    def count_entry(self) -> None:
        """Count an entry that is looked at; raises ``Stop`` where a bound is met."""
        self._entries += 1
        if not self._entries % _LOOK:
            self._look()
        if self._entries > self._bounds.entries:
            raise Stop("more than {count} entries", count=self._bounds.entries)

    def _look(self) -> None:
        if time.monotonic() > self._until:
            raise Stop("more than {seconds} seconds", seconds="{:g}".format(self._bounds.seconds))
        if self._parent and os.getppid() != self._parent:
            raise Stop("nobody waits")

    def _examine(self, entry: "os.DirEntry[str]", descriptor: int, prefix: str) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
            capability = self._capability(entry.name)
        except OSError as error:
            self._refuse(error)
            return
        if status.st_mode & _SET_ID:
            self._note("set_id", entry.name, descriptor, prefix, status, b"")
        if capability:
            self._note("capability", entry.name, descriptor, prefix, status, capability)

    def _capability(self, name: str) -> bytes:
        try:
            if CAPABILITY in os.listxattr(name, follow_symlinks=False):
                return os.getxattr(name, CAPABILITY, follow_symlinks=False)
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise
        return b""

    def _note(
        self, kind: str, name: str, descriptor: int, prefix: str, status: os.stat_result, capability: bytes
    ) -> None:
        path = prefix + name
        self._note_found(kind, path, status, capability, lambda: self._digests(name, descriptor, status))

    def _note_found(
        self,
        kind: str,
        path: str,
        status: os.stat_result,
        capability: bytes,
        digests_of: Callable[[], Optional[Dict[str, str]]],
    ) -> None:
        self._rows[kind] = self._rows.get(kind, 0) + 1
        if self._rows[kind] > MAX_ROWS:
            self._skip(Why("files beyond {max_rows} of a kind", max_rows=MAX_ROWS))
            return
        self.found.append(
            {
                "path": self._shown(path).encode("utf-8", "surrogateescape").hex(),
                "kind": kind,
                "mode": stat.S_IMODE(status.st_mode),
                "uid": status.st_uid,
                "gid": status.st_gid,
                "nosuid": int(self._nosuid),
                "capability": capability.hex(),
                "digests": digests_of(),
            }
        )

    def _digests(self, name: str, folder: int, status: os.stat_result) -> Optional[Dict[str, str]]:
        if status.st_size > MAX_DIGEST or self._digested + status.st_size > MAX_DIGESTS:
            return None
        self._digested += status.st_size
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            return None
        try:
            same = os.fstat(descriptor)
            if (same.st_dev, same.st_ino) != (status.st_dev, status.st_ino):
                return None
            return digests(descriptor)
        except OSError:
            return None
        finally:
            os.close(descriptor)


def new_digests() -> Dict[str, Any]:
    """Return hashes of nothing yet, by the name of the algorithm."""
    import hashlib

    made: Dict[str, Any] = {"sha256": hashlib.sha256(), "sha512": hashlib.sha512()}
    try:
        made["md5"] = hashlib.new("md5")  # noqa: S324 - it is the one that dpkg keeps
    except ValueError:
        pass  # a system that forbids it (FIPS)
    return made


def digests(descriptor: int) -> Dict[str, str]:
    """Return the digests of an open file, by the name of the algorithm."""
    made = new_digests()
    left = MAX_DIGEST
    while left > 0:
        part = os.read(descriptor, min(left, 1 << 20))
        if not part:
            break
        left -= len(part)
        for one in made.values():
            one.update(part)
    return {name: one.hexdigest() for name, one in made.items()}


def in_child(plan: Plan, base: str, bounds: Bounds, patience: float = 15.0) -> Tuple[List[Found], List[Seen]]:
    """Walk in a child process and return what ``Walk`` found and saw.

    Args:
        plan: What is visited.
        base: The folder that stands for ``/``.
        bounds: What ends it.
        patience: Seconds that the child may take beyond its bound: a file system may hold it.

    Raises:
        SourceError: the child did not end, or not well.
    """
    import json
    import select
    import signal

    from rempart_agent.source.contract import SourceError

    parent = os.getpid()
    answers, answer = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(answers)
            os.nice(10)
            walk = Walk(plan, base, bounds, parent)
            walk.run()
            said = [getattr(one.get("skipped_why"), "said", None) for one in walk.seen]
            data = json.dumps([walk.found, walk.seen, said]).encode()
            while data:
                data = data[os.write(answer, data) :]
            status = 0
        finally:
            os._exit(status)
    os.close(answer)
    parts = []
    until = time.monotonic() + bounds.seconds + patience
    try:
        while True:
            if not select.select([answers], [], [], max(0.0, until - time.monotonic()))[0]:
                os.kill(pid, signal.SIGKILL)
                raise SourceError("the walk did not end {patience} s after its time", patience=f"{patience:g}")
            part = os.read(answers, 1 << 20)
            if not part:
                break
            parts.append(part)
    finally:
        os.close(answers)
        os.waitpid(pid, 0 if parts else os.WNOHANG)
    try:
        found, seen, said = json.loads(b"".join(parts).decode())
    except ValueError as error:
        raise SourceError("the walk broke off") from error
    for one, why in zip(seen, said):
        if why:
            one["skipped_why"] = Why.again(why)
    return found, seen
