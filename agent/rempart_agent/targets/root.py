"""A root filesystem: a mounted image, a chroot, an unpacked container.

Nothing on it runs and nothing on it is trusted. Every path is walked component by component, and a link, absolute or
not, starts again inside the root, as ``chroot(2)`` would have it (path_resolution(7)).
"""

import errno
import os
import stat
from typing import Callable, Dict, List, Sequence

from rempart_agent.source.contract import Loop, Missing, NotObservable, Unfit
from rempart_agent.source.target import T
from rempart_agent.targets.live import FileTarget, checked, source_error

_MAX_LINKS = 40  # as Linux: more links than this in one path are a loop (ELOOP)
_RUNNING = "needs a running system"


class RootTarget(FileTarget):
    """A directory of this machine that holds the root of another."""

    live = False

    def __init__(self, root: str) -> None:
        """Look at the root filesystem in ``root``.

        Args:
            root: A directory of this machine.

        Raises:
            Missing: there is no such directory.
            Denied: this process may not look into it.
        """
        self.name = root
        try:
            self.root = os.path.realpath(root)
            if not stat.S_ISDIR(os.stat(self.root).st_mode):
                raise Unfit("{}: not a directory".format(root))
            os.listdir(self.root)
        except OSError as error:
            raise source_error(error, root) from error
        self._inside = "" if self.root == "/" else self.root
        self._directories: Dict[str, str] = {}  # directory of the target as asked -> the same without links

    def host(self, path: str, follow: bool = True) -> str:
        """See FileTarget.host."""
        return self._inside + self._resolve(checked(path), follow)

    def realpath(self, path: str) -> str:
        """See Target.realpath."""
        found = self._resolve(checked(path), follow=True)
        try:
            os.lstat(self._inside + found)
        except OSError as error:
            raise source_error(error, path) from error
        return found

    def _resolve(self, path: str, follow: bool) -> str:
        if path.endswith("/"):
            path += "."  # only a directory has something behind the slash
        parent, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            return self._walk(path, follow)
        known = self._directories.get(parent)
        if known is None:
            known = self._walk(parent, follow=True) if parent else "/"
            if len(self._directories) > 10_000:
                self._directories.clear()
            self._directories[parent] = known
        return self._walk(known.rstrip("/") + "/" + name, follow, known)

    def _walk(self, path: str, follow: bool, walked: str = "/") -> str:
        """Return ``path`` with its links resolved; ``walked`` is a prefix of it that holds none."""
        done = [part for part in walked.split("/") if part]
        todo = [part for part in path[len(walked) :].split("/") if part][::-1]
        links = 0
        while todo:
            part = todo.pop()
            if part == ".":
                continue
            if part == "..":
                del done[-1:]
                continue
            done.append(part)
            if not todo and not follow:
                break
            here = self._inside + "/" + "/".join(done)
            try:
                mode = os.lstat(here).st_mode
            except OSError as error:
                if error.errno == errno.ENOENT and not todo:
                    break
                raise source_error(error, path) from error
            if stat.S_ISLNK(mode):
                links += 1
                if links > _MAX_LINKS:
                    raise Loop("{}: a loop of links".format(path))
                to = os.readlink(here)
                del done[-1:]
                if to.startswith("/"):
                    done = []
                todo += [p for p in to.split("/") if p][::-1]
            elif todo and not stat.S_ISDIR(mode):
                raise Missing("{}: does not exist".format(path))
        return "/" + "/".join(done)

    def run(self, command: Sequence[str], timeout: float = 10.0) -> bytes:
        """See Target.run: nothing of a root filesystem is ever run."""
        raise NotObservable(_RUNNING)

    def ask(self, source: str, question: Callable[[], T]) -> T:
        """See Target.ask: there is no running system to ask."""
        raise NotObservable(_RUNNING)

    def listdir(self, path: str) -> List[str]:
        """See Target.listdir."""
        where = self.host(path)
        try:
            if not stat.S_ISDIR(os.lstat(where).st_mode):
                raise Missing("{}: not a directory".format(path))
            return sorted(os.listdir(where))
        except OSError as error:
            raise source_error(error, path) from error
