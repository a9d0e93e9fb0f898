"""All that an image stores, file by file, for a search of the whole of it: what no tree shows any more is among it."""

from collections.abc import Iterable, Iterator

from rempart_agent.images.filesystem import FileSystem, Node
from rempart_agent.source.contract import SourceError
from rempart_agent.source.target import Stored


def contents(mounts: Iterable[tuple[str, FileSystem | None]]) -> Iterator[Stored]:
    """Yield each stored file of some file systems once, in the order in which they lie there.

    A file whose status can't be read is among them: to read it raises why. What a mount hides is there, too.

    Args:
        mounts: Where each is mounted, and it; None for one that the image does not hold.

    Raises:
        SourceError: A file system can't be understood; what follows is not known then.
    """
    held: list[tuple[FileSystem, list[tuple[str, FileSystem]]]] = []
    for path, filesystem in mounts:
        if filesystem is None:
            continue
        known = next((places for whole, places in held if whole is filesystem.whole), None)
        if known is None:
            held.append((filesystem.whole, [(path, filesystem)]))
        else:
            known.append((path, filesystem))
    for whole, places in held:
        for file in whole.stored_at(places):
            try:
                size = whole.status(file.node).st_size
            except SourceError as error:
                yield Stored(file.path, 1, _Refused(error), file.origin, file.deleted)
                continue
            yield Stored(file.path, size, _Reader(whole, file.node), file.origin, file.deleted)


class _Reader:
    """Reads one file."""

    def __init__(self, filesystem: FileSystem, node: Node) -> None:
        self._filesystem = filesystem
        self._node = node

    def __call__(self, offset: int, size: int) -> bytes:
        return self._filesystem.read(self._node, offset, size)


class _Refused:
    """Says why a file can't be read."""

    def __init__(self, why: SourceError) -> None:
        self._why = why

    def __call__(self, offset: int, size: int) -> bytes:
        raise self._why
