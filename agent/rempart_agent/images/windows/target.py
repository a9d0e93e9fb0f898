r"""A system of Windows on images, as a target: paths with a drive, in whatever case, and the registry.

The volume of the system has the drive that the registry says (``SystemRoot``). Which drive another volume would get is
not told, so that paths on other drives can't be observed where there are other volumes, and do not exist elsewhere.
"""

from collections.abc import Mapping

from rempart_agent.images.filesystem import FileSystem
from rempart_agent.images.target import ImageTarget
from rempart_agent.images.tree import Tree
from rempart_agent.images.windows.hive import MAX_SIZE
from rempart_agent.images.windows.registry import Registry
from rempart_agent.source.contract import Missing, NotObservable, SourceError, Unfit
from rempart_agent.source.registry import Key

SIGN = ("Windows", "System32", "config", "SYSTEM")
"""Where a system of Windows has the hive that it starts from."""


def is_windows(filesystem: FileSystem | None) -> bool:
    """Tell whether a file system holds a system of Windows."""
    if filesystem is None or filesystem.kind != "ntfs":
        return False
    node = filesystem.root
    try:
        for name in SIGN:
            node = filesystem.lookup(node, name)
    except SourceError:
        return False
    return True


class WindowsTarget(ImageTarget):
    """The tree of an image that holds Windows."""

    platform = "windows"

    def __init__(self, name: str, tree: Tree, about: Mapping[str, str] | None = None, others: bool = False) -> None:
        """Look at a tree, and read the hives of its system.

        Args:
            name: How reports call the image.
            tree: What it holds.
            about: What ``about`` says.
            others: Whether the images hold other volumes for files, which would have drives too.

        Raises:
            SourceError: the hives can't be read, or the system was put to sleep.
        """
        super().__init__(name, tree, about)
        self._others = others
        self._drive = ""
        self._refuse_sleeping()
        self._registry = Registry(self._file_of_system)
        self._drive = self._registry.drive

    def registry(self, path: str) -> Key | None:
        """See Target.registry."""
        return self._registry.key(path)

    def profiles(self) -> dict[str, str]:
        r"""Return who has a profile: SID to its folder (``C:\Users\alice``)."""
        return {sid: self._drive + folder for sid, folder in self._registry.profiles().items()}

    def expand(self, text: str) -> str:
        """Return a text with the values of the system's own variables in it (``%SystemRoot%``)."""
        return self._registry.expand(text)

    def inside(self, path: str) -> str:
        """See ImageTarget.inside."""
        if "\0" in path:
            raise Missing("{path}: not a path", path=repr(path[:300]))
        plain = path.replace("/", "\\")
        for prefix in ("\\\\?\\", "\\??\\"):
            plain = plain.removeprefix(prefix)
        if plain.startswith("\\\\"):
            raise NotObservable("{path}: it is on another machine", path=path[:300])
        drive, rest = plain[:2].upper(), plain[2:]
        if not (drive[:1].isalpha() and drive[1:] == ":" and rest[:1] in {"\\", ""}):
            raise Missing("{path}: not a path with a drive", path=repr(path[:300]))
        if self._drive and drive != self._drive:
            if self._others:
                raise NotObservable("{path}: which volume is {drive} is not told", path=path[:300], drive=drive)
            raise Missing("{path}: does not exist", path=path[:300])
        return "/" + "/".join(one for one in rest.split("\\") if one)

    def below(self, path: str, name: str) -> str:
        """See ImageTarget.below."""
        return path.rstrip("\\/") + "\\" + name

    def _link(self, path: str, asked: str) -> str:
        to = super()._link(path, asked)
        if to.startswith(("\\??\\Volume{", "\\\\?\\Volume{")):
            raise Unfit("{asked}: it leads to another volume", asked=asked[:300])
        plain = to.replace("/", "\\").removeprefix("\\??\\").removeprefix("\\\\?\\")
        if plain[1:2] == ":":
            return self.inside(plain)
        return plain.replace("\\", "/")

    def realpath(self, path: str) -> str:
        """See Target.realpath."""
        return self._drive + super().realpath(path).replace("/", "\\")

    def _refuse_sleeping(self) -> None:
        """Refuse a system that was put to sleep, as ntfs-3g does: what it holds in memory is not on its disk."""
        try:
            head = self.read_head("C:\\hiberfil.sys", 4)
        except Missing:
            return
        if head.upper() == b"HIBR":
            raise Unfit("Windows was put to sleep (hiberfil.sys), not shut down: shut it down with shutdown /s /f")

    def _file_of_system(self, path: str) -> bytes:
        return self.read("C:" + path, MAX_SIZE)
