"""A disk image of whatever format, as the disk that a machine would see."""

from collections.abc import Iterator

from rempart_agent.images.layer import Layer
from rempart_agent.images.qcow2 import Qcow2
from rempart_agent.images.qcow2_header import MAGIC as QCOW2
from rempart_agent.images.raw import RawFile, open_raw


def open_disk(path: str) -> Layer:
    """Open a disk image; its format is told by its contents, and what has no format is a raw disk.

    Every file that it consists of is opened here, and none later.

    Raises:
        Missing, Denied: as the kernel says.
        Unfit: no regular file, cut, or of a format that is not read.
        Malformed: it contradicts its format.
    """
    file = open_raw(path)
    try:
        return _understood(file)
    except BaseException:
        file.close()
        raise


def _understood(file: RawFile) -> Layer:
    head = file.read_at(0, min(file.size, 4096))
    if head.startswith(QCOW2):
        return Qcow2(file)
    return file


def files_of(layer: Layer) -> Iterator[RawFile]:
    """Yield the files that a layer is read from, each once."""
    todo, seen = [layer], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, RawFile):
            yield one
        todo.extend(reversed(one.below))
