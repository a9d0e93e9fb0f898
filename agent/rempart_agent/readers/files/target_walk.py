"""The walk of ``walk``, of a target whose folders are none of this machine's: an image.

It looks at the same, in the same order and within the same bounds, in this process: who reads an image is one already
that can be killed.
"""

import stat
from typing import Dict, List, Optional, Tuple

from rempart_agent.readers.files.volume import Plan, Volume
from rempart_agent.readers.files.walk import (
    CAPABILITY,
    MAX_DEPTH,
    MAX_DIGEST,
    MAX_DIGESTS,
    Bounds,
    Found,
    Seen,
    Walk,
    new_digests,
)
from rempart_agent.said import Why
from rempart_agent.source.contract import Denied, Loop, Missing, SourceError
from rempart_agent.source.target import Target


class TargetWalk(Walk):
    """One walk of a target."""

    def __init__(self, plan: Plan, target: Target, bounds: Bounds) -> None:
        """Walk nothing yet; see ``Walk``.

        Args:
            plan: What is visited.
            target: The target, whose own root is ``/``.
            bounds: What ends it.
        """
        Walk.__init__(self, plan, "", bounds, 0)
        self._target = target

    def _visit(self, volume: Volume) -> None:
        todo: List[Tuple[str, int]] = [(volume.path, 0)]
        while todo:
            path, depth = todo.pop()
            if depth > MAX_DEPTH:
                self._skip(Why("deeper than {max_depth} folders", max_depth=MAX_DEPTH))
                continue
            try:
                if depth and self._is_closed(path, self._target.lstat(path).st_mode):
                    continue
                below = self._list_target(path)
            except SourceError as error:
                self._refuse_source(error)
                continue
            todo += [(path.rstrip("/") + "/" + name, depth + 1) for name in below]

    def _refuse_source(self, error: SourceError) -> None:
        if isinstance(error, (Missing, Loop)):
            return
        self._skip(Why("that may not be read") if isinstance(error, Denied) else Why("with read errors"))

    def _list_target(self, path: str) -> List[str]:
        """Look at the entries of a folder; gives the folders in it that are to be visited, the first one last."""
        folders: List[str] = []
        prefix = path.rstrip("/") + "/"
        for name, kind in self._target.entries(path):
            self.count_entry()
            if kind == "directory":
                if prefix + name not in self._plan.edges:
                    folders.append(name)
            elif kind != "link":
                self._examine_target(prefix + name)
        return sorted(folders, reverse=True)

    def _examine_target(self, path: str) -> None:
        try:
            status = self._target.lstat(path)
            if not stat.S_ISREG(status.st_mode):
                return
            capability = self._target.xattr(path, CAPABILITY) or b""
        except SourceError as error:
            self._refuse_source(error)
            return
        for kind, value in (("set_id", b""), ("capability", capability)):
            if value if kind == "capability" else status.st_mode & (stat.S_ISUID | stat.S_ISGID):
                self._note_found(kind, path, status, value, lambda: self._digests_of(path, status.st_size))

    def _digests_of(self, path: str, size: int) -> Optional[Dict[str, str]]:
        if size > MAX_DIGEST or self._digested + size > MAX_DIGESTS:
            return None
        self._digested += size
        made = new_digests()
        try:
            for part in self._target.chunks(path, MAX_DIGEST):
                for one in made.values():
                    one.update(part)
        except SourceError:
            return None
        return {name: one.hexdigest() for name, one in made.items()}


def walk(plan: Plan, target: Target, bounds: Bounds) -> Tuple[List[Found], List[Seen]]:
    """Walk, and return what was found and seen; see ``walk.in_child``.

    Args:
        plan: What is visited.
        target: What is looked at.
        bounds: What ends it.

    Raises:
        SourceError: the target can't be read at all.
    """
    target.listdir("/")
    one = TargetWalk(plan, target, bounds)
    one.run()
    return one.found, one.seen
