"""How a path is walked inside a root that is none of this machine's: component by component, links and all.

A link, absolute or not, starts again inside the root, as ``chroot(2)`` would have it (path_resolution(7)).
"""

import stat
from typing import Callable, Dict

from rempart_agent.source.contract import Loop, Missing

_MAX_LINKS = 40  # as Linux: more links than this in one path are a loop (ELOOP)
_KEPT = 10_000


class Resolver:
    """Resolves paths of one root."""

    def __init__(self, mode: Callable[[str, str], int], readlink: Callable[[str, str], str]) -> None:
        """Resolve nothing yet.

        Args:
            mode: Returns the mode of what stands at a path without links, itself; the second value is the path that
                was asked, for errors. It raises ``SourceError``: ``Missing`` where nothing is there.
            readlink: Returns where the link at a path points; it is given the same.
        """
        self._mode = mode
        self._readlink = readlink
        self._directories: Dict[str, str] = {}  # directory as asked -> the same without links

    def resolve(self, path: str, follow: bool) -> str:
        """Return a path without links; its last component need not exist.

        Args:
            path: An absolute path.
            follow: Whether a link as the last component is followed.

        Raises:
            SourceError: a component before the last one does not exist, or can't be looked at.
        """
        if path.endswith("/"):
            path += "."  # only a directory has something behind the slash
        parent, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            return self._walk(path, follow)
        known = self._directories.get(parent)
        if known is None:
            known = self._walk(parent, follow=True) if parent else "/"
            if len(self._directories) > _KEPT:
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
            here = "/" + "/".join(done)
            try:
                mode = self._mode(here, path)
            except Missing:
                if not todo:
                    break
                raise
            if stat.S_ISLNK(mode):
                links += 1
                if links > _MAX_LINKS:
                    raise Loop("{path}: a loop of links", path=path)
                to = self._readlink(here, path)
                del done[-1:]
                if to.startswith("/"):
                    done = []
                todo += [p for p in to.split("/") if p][::-1]
            elif todo and not stat.S_ISDIR(mode):
                raise Missing("{path}: does not exist", path=path)
        return "/" + "/".join(done)
