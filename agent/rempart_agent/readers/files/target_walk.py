"""The walk of ``walk``, of a target whose folders are none of this machine's: an image.

It looks at the same, in the same order and within the same bounds, in this process: who reads an image is one already
that can be killed.
"""

import stat
from typing import Dict, List, Optional, Tuple

from rempart_agent.readers.files.volume import Plan, Volume
from rempart_agent.readers.files.walk import MAX_DEPTH, Bounds, Found, Seen, Walk
from rempart_agent.readers.files.walk_digest import MAX_DIGEST, MAX_DIGESTS, new_digests
from rempart_agent.readers.files.walk_entry import ACL, CAPABILITY, DEFAULT_ACL, Judge
from rempart_agent.said import Why
from rempart_agent.source.contract import Denied, Loop, Missing, SourceError
from rempart_agent.source.target import Target


class TargetWalk(Walk):
    """One walk of a target."""

    def __init__(self, plan: Plan, target: Target, bounds: Bounds, judge: Judge) -> None:
        """Walk nothing yet; see ``Walk``.

        Args:
            plan: What is visited.
            target: The target, whose own root is ``/``.
            bounds: What ends it.
            judge: Tells what is worth noting.
        """
        Walk.__init__(self, plan, "", bounds, 0, judge)
        self._target = target

    def _visit(self, volume: Volume) -> None:
        todo: List[Tuple[str, int]] = [(volume.path, 0)]
        while todo:
            path, depth = todo.pop()
            if depth > MAX_DEPTH:
                self._skip(Why("deeper than {max_depth} folders", max_depth=MAX_DEPTH))
                continue
            try:
                self._examine_target(path)
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
            else:
                self._examine_target(prefix + name)
        return sorted(folders, reverse=True)

    def _examine_target(self, path: str) -> None:
        try:
            status = self._target.lstat(path)
            attributes = {name: self._target.xattr(path, name) or b"" for name in _attributes_of(status.st_mode)}
        except SourceError as error:
            self._refuse_source(error)
            return
        place = self._judge.place(path)
        for one in self._judge.judge(place, status.st_mode, status.st_uid, status.st_gid, attributes) or ():
            self._note(
                one,
                path,
                status,
                attributes.get(CAPABILITY, b""),
                lambda: self._digests_of(path, status.st_size),
            )

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


def _attributes_of(mode: int) -> Tuple[str, ...]:
    """Return the attributes that an entry may have."""
    if stat.S_ISLNK(mode):
        return ()
    if stat.S_ISDIR(mode):
        return (ACL, DEFAULT_ACL)
    return (CAPABILITY, ACL) if stat.S_ISREG(mode) else (ACL,)


def walk(plan: Plan, target: Target, bounds: Bounds, judge: Judge) -> Tuple[List[Found], List[Seen]]:
    """Walk, and return what was found and seen; see ``walk_child.in_child``.

    Args:
        plan: What is visited.
        target: What is looked at.
        bounds: What ends it.
        judge: Tells what is worth noting.

    Raises:
        SourceError: the target can't be read at all.
    """
    target.listdir("/")
    one = TargetWalk(plan, target, bounds, judge)
    one.run()
    return one.found, one.seen
