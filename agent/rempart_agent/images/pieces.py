"""A layer that is put together of pieces of others: a partition, a linear volume, a disk in several files."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed


class Piece(NamedTuple):
    """Bytes that follow each other on one layer.

    Attributes:
        size: How many.
        below: The layer; None where they are zeros that are stored nowhere.
        offset: Where they begin on it.
    """

    size: int
    below: Layer | None
    offset: int = 0


class Pieces(Layer):
    """Pieces, one after the other.

    Args:
        name: How a report calls it.
        pieces: In order; an empty one is passed over.

    Raises:
        Unfit: a piece lies beyond the end of its layer.
        Malformed: a piece has fewer than no bytes.
    """

    def __init__(self, name: str, pieces: Sequence[Piece]) -> None:
        self.name = name
        self.size = 0
        self._starts: list[int] = []
        self._pieces = [piece for piece in pieces if piece.size]
        for piece in self._pieces:
            if piece.size < 0:
                raise Malformed("{name}: a piece of {size} bytes", name=name, size=piece.size)
            if piece.below is not None:
                piece.below.expect(piece.offset, piece.size)
            self._starts.append(self.size)
            self.size += piece.size
        self.below = tuple(dict.fromkeys(piece.below for piece in self._pieces if piece.below is not None))

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        self.expect(offset, size)
        parts = []
        index = bisect_right(self._starts, offset) - 1
        while size:
            piece = self._pieces[index]
            inside = offset - self._starts[index]
            length = min(size, piece.size - inside)
            parts.append(bytes(length) if piece.below is None else piece.below.read_at(piece.offset + inside, length))
            offset += length
            size -= length
            index += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """See Layer.close."""
        for layer in self.below:
            layer.close()
