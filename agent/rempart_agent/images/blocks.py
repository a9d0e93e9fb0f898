"""A disk in blocks of one size, each of them at a place of its own in a file, or nowhere: then it is zeros."""

from collections.abc import Iterator

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed

_MOST_TABLE = 32 << 20  # bytes: as much as QEMU allows the first table of a qcow2 file


class Blocks(Layer):
    """What VDI, VHD, VHDX and VMDK have in common. A subclass says where a block lies.

    Args:
        file: The file's bytes. They are closed with this layer.
        size: Bytes of the disk.
        block: Bytes of a block.
    """

    def __init__(self, file: Layer, size: int, block: int) -> None:
        self.name, self.below = file.name, (file,)
        self._file, self.size, self._block = file, size, block

    def place(self, index: int) -> int:
        """Return where a block begins in the file; 0 where it is nowhere."""
        raise NotImplementedError

    def check_whole(self) -> None:
        """Raise unless the file holds every block, as far as the disk reaches: a cut file is known at once."""
        for index in range(-(-self.size // self._block)):
            place = self.place(index)
            if place:
                self._file.expect(place, min(self._block, self.size - index * self._block))

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        self.expect(offset, size)
        parts = [
            self._file.read_at(host, length) if host else bytes(length) for host, length in self._runs(offset, size)
        ]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _runs(self, offset: int, size: int) -> Iterator[tuple[int, int]]:
        """Yield where bytes lie and how many follow each other there; 0 for zeros."""
        start = length = 0
        while size:
            index, inside = divmod(offset, self._block)
            step = min(size, self._block - inside)
            place = self.place(index)
            host = place + inside if place else 0
            if length and (host == start + length if start and host else start == host):
                length += step
            else:
                if length:
                    yield start, length
                start, length = host, step
            offset += step
            size -= step
        if length:
            yield start, length

    def close(self) -> None:
        """See Layer.close."""
        self._file.close()


def check_table(name: str, entries: int, width: int) -> int:
    """Return how many bytes a table takes that says where blocks lie.

    Args:
        name: The image, for the error.
        entries: How many blocks it speaks of.
        width: Bytes of an entry.

    Raises:
        Malformed: it is out of all measure.
    """
    if entries * width > _MOST_TABLE:
        raise Malformed(
            "{name}: a table of {entries} blocks, which no disk of this format has", name=name, entries=entries
        )
    return entries * width
