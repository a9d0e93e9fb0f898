"""A machine that images hold, as a target: nothing of it runs, and nothing of it is a folder of this machine."""

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence

from rempart_agent.images.contents import contents
from rempart_agent.images.tree import Place, Tree
from rempart_agent.source.contract import Loop, Missing, NotObservable, SourceError, Unfit
from rempart_agent.source.target import Stored, T
from rempart_agent.targets.live import FileTarget, checked
from rempart_agent.targets.resolution import Resolver

_CHUNK = 1 << 20
_RUNNING = "needs a running system"
_SPECIAL = str.maketrans({" ": r"\040", "\t": r"\011", "\n": r"\012", "\\": r"\134"})
_KINDS = {"layers": "overlay", "ntfs": "ntfs3"}


class ImageTarget(FileTarget):
    """The tree of an image."""

    live = False
    root = ""

    def __init__(self, name: str, tree: Tree, about: Mapping[str, str] | None = None) -> None:
        """Look at a tree.

        Args:
            name: How reports call the image.
            tree: What it holds.
            about: What ``about`` says.
        """
        self.name = name
        self._about = dict(about or {})
        self._tree = tree
        self._resolver = Resolver(self._mode, self._link)
        self._last: tuple[str, bool, Place] | None = None

    def about(self) -> dict[str, str]:
        """See Target.about."""
        return self._about

    def _mode(self, path: str, asked: str) -> int:
        try:
            return self._tree.status(path).st_mode
        except Missing:
            raise Missing("{asked}: does not exist", asked=asked[:300]) from None

    def _link(self, path: str, asked: str) -> str:
        place = self._tree.find(path)
        return place.filesystem.readlink(place.node)

    def inside(self, path: str) -> str:
        """Return a path of the target as the tree has it, from ``/`` on, links unresolved; may raise ``Missing``."""
        return checked(path)

    def below(self, path: str, name: str) -> str:
        """Return the path of a name in a folder of the target.

        Args:
            path: The folder's.
            name: In it.
        """
        return path.rstrip("/") + "/" + name

    def _place(self, path: str, follow: bool = True) -> Place:
        if self._last is not None and self._last[:2] == (path, follow):
            return self._last[2]  # a walk asks for the status of a file, then for its attributes
        inside = self.inside(path)
        try:
            found = self._tree.find(self._resolver.resolve(inside, follow))
        except Missing:
            raise Missing("{path}: does not exist", path=path[:300]) from None
        self._last = path, follow, found
        return found

    def _file(self, path: str) -> tuple[Place, int]:
        place = self._place(path)
        status = self._tree.status_of(place)
        if not stat.S_ISREG(status.st_mode):
            raise Unfit("{path}: not a regular file", path=path)
        return place, status.st_size

    def mountinfo(self) -> str:
        """See Target.mountinfo."""
        lines = []
        for number, mount in enumerate(self._tree.mounts):
            kind = _KINDS.get(mount.kind, mount.kind)
            options = ",".join(one for one in mount.options if one in {"nosuid", "ro", "noexec", "nodev"}) or "rw"
            above = max(
                (other for other in range(number) if _within(mount.path, self._tree.mounts[other].path)), default=-1
            )
            where = mount.path.translate(_SPECIAL)
            lines.append(f"{number + 1} {above + 1} 0:{number + 1} / {where} {options} - {kind} none rw")
        return "\n".join(lines) + "\n"

    def read_head(self, path: str, size: int) -> bytes:
        """See Target.read_head."""
        place, whole = self._file(path)
        return place.filesystem.read(place.node, 0, min(size, whole))

    def read_at(self, path: str, offset: int, size: int) -> bytes:
        """See Target.read_at."""
        place, _ = self._file(path)
        return place.filesystem.read(place.node, offset, size)

    def contents(self) -> Iterator[Stored]:
        """See Target.contents: of one file system after the other."""
        return contents((mount.path, mount.filesystem) for mount in self._tree.mounts)

    def chunks(self, path: str, limit: int) -> Iterator[bytes]:
        """See Target.chunks."""
        place, whole = self._file(path)
        if whole > limit:
            raise Unfit("{path}: too large to be read", path=path)
        for at in range(0, whole, _CHUNK):
            yield place.filesystem.read(place.node, at, min(_CHUNK, whole - at))

    def stat(self, path: str) -> os.stat_result:
        """See Target.stat."""
        return self._tree.status_of(self._place(path))

    def lstat(self, path: str) -> os.stat_result:
        """See Target.lstat."""
        return self._tree.status_of(self._place(path, follow=False))

    def readlink(self, path: str) -> str:
        """See Target.readlink."""
        place = self._place(path, follow=False)
        if not stat.S_ISLNK(self._tree.status_of(place).st_mode):
            raise Unfit("{path}: {why}", path=path, why=SourceError(os.strerror(22)))
        return place.filesystem.readlink(place.node)

    def realpath(self, path: str) -> str:
        """See Target.realpath."""
        return self._real(path)

    def _real(self, path: str) -> str:
        found = self._resolver.resolve(self.inside(path), follow=True)
        try:
            self._tree.find(found)
        except Missing:
            raise Missing("{path}: does not exist", path=path[:300]) from None
        return found

    def xattr(self, path: str, name: str) -> bytes | None:
        """See Target.xattr."""
        place = self._place(path, follow=False)
        return place.filesystem.xattr(place.node, name)

    def xattrs(self, path: str) -> list[str]:
        """See Target.xattrs: file systems are asked for an attribute by its name."""
        del path
        raise NotObservable("an image is asked for extended attributes by name alone")

    def _folder(self, path: str) -> str:
        found = self._real(path)
        if not stat.S_ISDIR(self._tree.status(found).st_mode):
            raise Missing("{path}: not a directory", path=path[:300])
        return found

    def listdir(self, path: str) -> list[str]:
        """See Target.listdir."""
        return sorted(entry.name for entry in self._tree.entries(self._folder(path)))

    def _listed(self, path: str, wanted: Callable[[str], bool] | None) -> Iterator[tuple[str, str, Place | None]]:
        """Yield names, what each is, and its place; None for what is mounted there from elsewhere."""
        folder = self._folder(path)
        for entry in self._tree.entries(folder):
            if wanted is not None and not wanted(entry.name):
                continue
            try:
                place = self._tree.entry(folder, entry)
            except Unfit:
                if not self._tree.is_mount(folder.rstrip("/") + "/" + entry.name):
                    raise
                yield entry.name, "directory", None
                continue
            mode = self._tree.status_of(place).st_mode
            yield entry.name, "link" if stat.S_ISLNK(mode) else "directory" if stat.S_ISDIR(mode) else "other", place

    def entries(self, path: str, wanted: Callable[[str], bool] | None = None) -> list[tuple[str, str]]:
        """See Target.entries."""
        return sorted((name, kind) for name, kind, _ in self._listed(path, wanted))

    def statuses(self, path: str, ending: str = "") -> list[tuple[str, str, os.stat_result | None]]:
        """See Target.statuses."""
        found: list[tuple[str, str, os.stat_result | None]] = []
        for name, kind, place in self._listed(path, lambda name: not ending or name.endswith(ending)):
            status: os.stat_result | None = None
            below = self.below(path, name)
            if place is None:
                raise Unfit("{below}: is mounted from elsewhere, which the image does not hold", below=below)
            if kind == "link":
                try:
                    status = self.stat(below)
                except (Missing, Loop):
                    status = None
            else:
                status = self._tree.status_of(place)
            found.append((name, kind, status))
        return found

    def run(self, command: Sequence[str], timeout: float = 10.0) -> bytes:
        """See Target.run: nothing of an image is ever run."""
        raise NotObservable(_RUNNING)

    def ask(self, source: str, question: Callable[[], T]) -> T:
        """See Target.ask: there is no running system to ask."""
        raise NotObservable(_RUNNING)

    def close(self) -> None:
        """See Target.close."""
        self._tree.close()


class UnreadTarget(FileTarget):
    """An image that could not be read whole: whatever is asked of it is an error with the reason."""

    live = False
    root = ""

    def __init__(self, name: str, why: SourceError, about: dict[str, str]) -> None:
        """Answer everything with an error.

        Args:
            name: How reports call the image.
            why: What is wrong with it.
            about: What ``about`` says.
        """
        self.name = name
        self._why = why
        self._about = about

    def about(self) -> dict[str, str]:
        """See Target.about."""
        return {**self._about, "unread": str(self._why), "said": json.dumps(self._why.said)}

    def _refuse(self) -> SourceError:
        return Unfit("the image was not read whole: {why}", why=self._why)

    def host(self, path: str, follow: bool = True) -> str:
        """See FileTarget.host."""
        raise self._refuse()

    def realpath(self, path: str) -> str:
        """See Target.realpath."""
        raise self._refuse()

    def mountinfo(self) -> str:
        """See Target.mountinfo."""
        raise self._refuse()

    def contents(self) -> Iterator[Stored]:
        """See Target.contents."""
        raise self._refuse()

    def run(self, command: Sequence[str], timeout: float = 10.0) -> bytes:
        """See Target.run."""
        raise self._refuse()

    def ask(self, source: str, question: Callable[[], T]) -> T:
        """See Target.ask."""
        raise self._refuse()

    def need_live(self, what: str = "this") -> None:
        """See Target.need_live: what can't be read is not known to be observable or not."""
        raise self._refuse()


def _within(path: str, base: str) -> bool:
    return path == base or path.startswith(base.rstrip("/") + "/")
