"""A root filesystem: a mounted image, a chroot, an unpacked container.

Nothing on it runs and nothing on it is trusted: no link leads out of it (see ``resolution``).
"""

import os
import stat
from typing import Callable, List, Sequence

from rempart_agent.source.contract import Missing, NotObservable, Unfit
from rempart_agent.source.target import T
from rempart_agent.targets.live import FileTarget, checked, source_error
from rempart_agent.targets.resolution import Resolver

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
                raise Unfit("{root}: not a directory", root=root)
            os.listdir(self.root)
        except OSError as error:
            raise source_error(error, root) from error
        self._inside = "" if self.root == "/" else self.root
        self._resolver = Resolver(self._mode, self._link)

    def host(self, path: str, follow: bool = True) -> str:
        """See FileTarget.host."""
        return self._inside + self._resolver.resolve(checked(path), follow)

    def realpath(self, path: str) -> str:
        """See Target.realpath."""
        found = self._resolver.resolve(checked(path), follow=True)
        try:
            os.lstat(self._inside + found)
        except OSError as error:
            raise source_error(error, path) from error
        return found

    def _mode(self, path: str, asked: str) -> int:
        try:
            return os.lstat(self._inside + path).st_mode
        except OSError as error:
            raise source_error(error, asked) from error

    def _link(self, path: str, asked: str) -> str:
        try:
            return os.readlink(self._inside + path)
        except OSError as error:
            raise source_error(error, asked) from error

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
                raise Missing("{path}: not a directory", path=path)
            return sorted(os.listdir(where))
        except OSError as error:
            raise source_error(error, path) from error
