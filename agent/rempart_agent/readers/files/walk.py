"""Walks file systems for what is worth noting: rights of programs, owners, what others may write, access lists.

``walk_child`` runs it. Each folder is opened from the one above it and no link is followed, so that nobody can lead it
elsewhere; files are never opened, but those that give rights, for their digests.
"""

import errno
import os
import stat
import time
from typing import Callable, Dict, FrozenSet, List, NamedTuple, Optional, Tuple, TypedDict, Union

from rempart_agent.readers.files.volume import Plan, Volume
from rempart_agent.readers.files.walk_digest import MAX_DIGEST, MAX_DIGESTS, digests
from rempart_agent.readers.files.walk_entry import ATTRIBUTES, CAPABILITY, PROGRAMS, Judge, Noted, Place, type_name
from rempart_agent.said import SaidError, Why, enumerated

MAX_DEPTH = 256
MAX_ROWS = 20_000  # of a kind
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
_FOLDER = os.O_RDONLY
for _flag in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK"):
    _FOLDER |= getattr(os, _flag, 0)  # which Windows lacks, where nobody walks
_LOOK = 512  # entries between two looks at the clock
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class Bounds(NamedTuple):
    """What ends a walk: entries in all, and seconds."""

    entries: int
    seconds: float


class Found(TypedDict):
    """An entry that was found, and one thing about it.

    Attributes:
        path: In hex, as the file system has it.
        kind: See ``walk_entry.Judge``.
        type: What it is: ``regular``, ``directory``.
        mode: Its permission bits.
        uid: Its owner.
        gid: Its group.
        nosuid: 1 where its file system takes the rights away.
        capability: The attribute ``security.capability``, in hex; ``""`` for none.
        digests: By the name of the algorithm, in hex; None where none was made.
        user_known: Whether its owner is an account's; None where that can't be told, or of other kinds.
        group_known: Whether its group is one, likewise.
        acl: Its access list, as short text; ``""`` for none.
        loose: Why somebody else than root could change it; ``""`` where nobody.
        home_owner: Whose home it lies in, where that is somebody else's than its owner's.
    """

    path: str
    kind: str
    type: str
    mode: int
    uid: int
    gid: int
    nosuid: int
    capability: str
    digests: Optional[Dict[str, str]]
    user_known: Optional[bool]
    group_known: Optional[bool]
    acl: str
    loose: str
    home_owner: str


class Seen(TypedDict):
    """A file system that was walked.

    Attributes:
        path: Where it is mounted.
        entries: How many were looked at.
        skipped: How many were not.
        skipped_why: Why, in words; ``""`` where none was.
        complete: 1 where all was looked at that counts, and all of it is told.
        walked: 1 where all was looked at that counts.
        untold: The kinds of which not all was told, in the order of the alphabet.
    """

    path: str
    entries: int
    skipped: int
    skipped_why: str
    complete: int
    walked: int
    untold: List[str]


class Stop(SaidError):
    """A bound is met."""


class Walk:
    """One walk.

    Attributes:
        found: The files.
        seen: The file systems.
    """

    def __init__(self, plan: Plan, base: str, bounds: Bounds, parent: int, judge: Judge) -> None:
        """Walk nothing yet.

        Args:
            plan: What is visited.
            base: The folder that stands for ``/``.
            bounds: What ends it.
            parent: The process that waits for it, without which it ends.
            judge: Tells what is worth noting.
        """
        self.found: List[Found] = []
        self.seen: List[Seen] = []
        self._plan = plan
        self._base = base.rstrip("/")
        self._bounds = bounds
        self._until = time.monotonic() + bounds.seconds
        self._parent = parent
        self._judge = judge
        self._entries = 0
        self._digested = 0
        self._rows: Dict[str, int] = {}
        self._untold = set(judge.untold)
        self._mount = ""
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
                    "complete": 0,
                    "walked": int(self._whole),
                    "untold": [],
                }
            )
        for seen in self.seen:
            seen["untold"] = sorted(self._untold)
            seen["complete"] = int(seen["walked"] and not self._untold)
        self.found.sort(key=lambda one: one["path"])  # folders give their entries in an order of their own

    def _shown(self, path: str) -> str:
        return path[len(self._base) :] or "/"

    def _visit(self, volume: Volume) -> None:
        try:
            top = os.open(volume.path, _FOLDER)
        except OSError as error:
            if error.errno not in _GONE:
                self._refuse(error)
            elif not _is_file(volume.path):  # one that is mounted alone is looked at in its folder
                self._skip(Why("file system that has gone since"))
            return
        stack: List[Tuple[int, str, int, List[str]]] = []
        try:
            stack.append((top, volume.path, 0, []))
            self._mount = _mount_id(top)
            if volume.id and self._mount and self._mount != volume.id:
                self._skip(Why("file system that has gone since"))
                return
            stack[0] = self._enter(top, volume.path)
            while stack:
                descriptor, path, device, names = stack[-1]
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
                stack.append((inner, below, device, []))
                status = os.fstat(inner)
                if status.st_dev != device and self._mount != _mount_id(inner):
                    self._skip(Why("mounted since the walk began"))
                elif not self._is_closed(self._shown(below), status.st_mode):
                    stack[-1] = self._enter(inner, below)
                else:
                    self._examine_folder(inner, below)
        finally:
            for descriptor, _, _, _ in stack:
                os.close(descriptor)

    def _enter(self, descriptor: int, path: str) -> Tuple[int, str, int, List[str]]:
        """Look at a folder and its entries; gives what is open, its device, and the folders in it."""
        device = self._examine_folder(descriptor, path)
        return descriptor, path, device, self._list(descriptor, path)

    def _examine_folder(self, descriptor: int, path: str) -> int:
        status = os.fstat(descriptor)
        try:
            attributes = _attributes(descriptor)
        except OSError as error:
            self._refuse(error)
            attributes = None
        shown = self._shown(path)
        noted = self._judge.judge(self._judge.place(shown), status.st_mode, status.st_uid, status.st_gid, attributes)
        for one in noted or ():
            self._note(one, path, status, b"", lambda: None)
        return status.st_dev

    def _refuse(self, error: OSError) -> None:
        if error.errno == errno.ENOENT:
            return  # gone since
        if error.errno in _GONE:
            self._skip(Why("that became something else meanwhile"))
            return
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
        place = self._judge.place(self._shown(path))
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    self.count_entry()
                    if entry.is_dir(follow_symlinks=False):
                        if prefix + entry.name not in edges:
                            folders.append(entry.name)
                    else:
                        self._examine(entry, descriptor, prefix, place)
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

    def _examine(self, entry: "os.DirEntry[str]", descriptor: int, prefix: str, place: Place) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
            attributes = None if entry.is_symlink() else _attributes(entry.name)
        except OSError as error:
            self._refuse(error)
            return
        noted = self._judge.judge(place, status.st_mode, status.st_uid, status.st_gid, attributes)
        if noted:
            capability = (attributes or {}).get(CAPABILITY, b"")
            for one in noted:
                self._note(
                    one, prefix + entry.name, status, capability, lambda: self._digests(entry.name, descriptor, status)
                )

    def _note(
        self,
        noted: Noted,
        path: str,
        status: os.stat_result,
        capability: bytes,
        digests_of: Callable[[], Optional[Dict[str, str]]],
    ) -> None:
        kind = noted.kind
        self._rows[kind] = self._rows.get(kind, 0) + 1
        if self._rows[kind] > MAX_ROWS:
            self._skip(Why("files beyond {max_rows} of a kind", max_rows=MAX_ROWS), whole=True)
            self._untold.add(kind)
            return
        self.found.append(
            {
                "path": self._shown(path).encode("utf-8", "surrogateescape").hex(),
                "kind": kind,
                "type": type_name(status.st_mode),
                "mode": stat.S_IMODE(status.st_mode),
                "uid": status.st_uid,
                "gid": status.st_gid,
                "nosuid": int(self._nosuid),
                "capability": capability.hex() if kind == "capability" else "",
                "digests": digests_of() if kind in PROGRAMS else None,
                "user_known": noted.user_known,
                "group_known": noted.group_known,
                "acl": noted.acl,
                "loose": noted.loose,
                "home_owner": noted.home_owner,
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


def _attributes(entry: Union[int, str]) -> Optional[Dict[str, bytes]]:
    """Return the extended attributes of an entry of the current folder, or of an open one, that matter."""
    try:
        names = os.listxattr(entry) if isinstance(entry, int) else os.listxattr(entry, follow_symlinks=False)
        found = ATTRIBUTES.intersection(names) if names else None
        if not found:
            return None
        if isinstance(entry, int):
            return {name: os.getxattr(entry, name) for name in found}
        return {name: os.getxattr(entry, name, follow_symlinks=False) for name in found}
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
    return None


def _is_file(path: str) -> bool:
    try:
        return not stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False


def _mount_id(descriptor: int) -> str:
    """Return which mount an open file lies on, as mountinfo numbers them; ``""`` where the kernel does not say."""
    try:
        with open("/proc/self/fdinfo/{}".format(descriptor), encoding="ascii") as file:
            return next((line.split()[1] for line in file if line.startswith("mnt_id:")), "")
    except OSError:
        return ""
