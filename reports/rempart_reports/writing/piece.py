"""A piece of a report: a text, or bytes that another process has written already and that need only be joined."""

from typing import BinaryIO, Protocol, TextIO


class Stored(Protocol):
    """A piece that is there, in UTF-8, as it stands in the report."""

    @property
    def size(self) -> int:
        """Return how many bytes it has."""

    def read(self) -> bytes:
        """Return them.

        Raises:
            OSError: They can't be read.
        """

    def copy(self, out: BinaryIO) -> None:
        """Write them into a file.

        Args:
            out: The file; nothing waits in it.

        Raises:
            OSError: They can't be read or written.
        """


Piece = str | Stored


def read_text(piece: Piece) -> str:
    """Return the text of a piece."""
    return piece if isinstance(piece, str) else piece.read().decode()


def measure_piece(piece: Piece) -> int:
    """Return how many bytes a piece has in a file."""
    if isinstance(piece, str):
        return len(piece) if piece.isascii() else len(piece.encode())
    return piece.size


def write_piece(piece: Piece, out: TextIO) -> None:
    """Write a piece; bytes that are there pass by the encoder.

    Args:
        piece: The piece.
        out: A stream of UTF-8 whose lines end as they are written, or one that keeps text.
    """
    if isinstance(piece, str):
        out.write(piece)
        return
    binary = getattr(out, "buffer", None)
    if binary is None:
        out.write(read_text(piece))
        return
    out.flush()
    piece.copy(binary)
