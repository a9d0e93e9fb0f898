"""What file systems share that list a folder whole: the names of the last folders are kept."""

import stat

from rempart_agent.images.filesystem import Entry, FileSystem, Node
from rempart_agent.source.contract import Malformed, Missing

_KEPT = 4096  # folders


class ListedFileSystem(FileSystem):
    """A file system whose folders are read whole."""

    folds = False
    """Whether names that differ in their case alone are the same."""

    def __init__(self, name: str) -> None:
        """Know no folder yet; ``name`` is what reports call it."""
        self.name = name
        self._names: dict[Node, dict[str, Node]] = {}
        self._folded: dict[Node, dict[str, Node]] = {}

    def list_names(self, folder: Node) -> list[Entry]:
        """Return the names in a folder as the disk has them; ``.`` and ``..`` may be among them."""
        raise NotImplementedError

    def _listed(self, folder: Node) -> dict[str, Node]:
        known = self._names.get(folder)
        if known is not None:
            return known
        if not stat.S_ISDIR(self.status(folder).st_mode):
            raise Missing("{name}: {folder} is no folder", name=self.name, folder=folder)
        found: dict[str, Node] = {}
        for name, node in self.list_names(folder):
            if name in {".", ".."}:
                continue
            if not name or "/" in name or "\0" in name or name in found:
                raise Malformed(
                    "{name}: the folder {folder} has a name that can't be: {name_2}",
                    name=self.name,
                    folder=folder,
                    name_2=repr(name[:100]),
                )
            found[name] = node
        if len(self._names) >= _KEPT:
            self._names.clear()
            self._folded.clear()
        self._names[folder] = found
        return found

    def entries(self, folder: Node) -> list[Entry]:
        """See FileSystem.entries."""
        return [Entry(name, node) for name, node in self._listed(folder).items()]

    def lookup(self, folder: Node, name: str) -> Node:
        """See FileSystem.lookup."""
        names = self._listed(folder)
        node = names.get(name)
        if node is None and self.folds:
            if folder not in self._folded:
                self._folded[folder] = {one.casefold(): where for one, where in names.items()}
            node = self._folded[folder].get(name.casefold())
        if node is None:
            raise Missing("{name}: {name_2} does not exist", name=self.name, name_2=repr(name[:100]))
        return node
