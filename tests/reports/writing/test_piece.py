"""A piece of a report, a text or bytes that are there, comes out the same."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pytest

from rempart_reports.writing.piece import Piece, measure_piece, read_text, write_piece


class There(NamedTuple):
    """Bytes that another process has written."""

    data: bytes

    @property
    def size(self) -> int:
        """See Stored.size."""
        return len(self.data)

    def read(self) -> bytes:
        """See Stored.read."""
        return self.data

    def copy(self, out: BinaryIO) -> None:
        """See Stored.copy."""
        os.write(out.fileno(), self.data)


TEXTS = ("one\r\n", "élan — “so”\n", "")


@pytest.mark.parametrize("there", [False, True])
def test_texts_and_bytes_stand_in_a_file_in_the_order_in_which_they_came(there: bool, tmp_path: Path) -> None:
    pieces: list[Piece] = [There(text.encode()) if there else text for text in TEXTS]
    pieces.insert(1, "between\n")  # waits in the encoder when the bytes come
    with (tmp_path / "report").open("w", encoding="utf-8", newline="\n") as out:
        for piece in pieces:
            write_piece(piece, out)
    told = (TEXTS[0] + "between\n" + "".join(TEXTS[1:])).encode()
    assert (tmp_path / "report").read_bytes() == told
    assert sum(map(measure_piece, pieces)) == len(told)


def test_a_stream_that_keeps_text_gets_text() -> None:
    out = io.StringIO(newline="")
    write_piece(There("élan\r\n".encode()), out)
    write_piece("more", out)
    assert out.getvalue() == "élan\r\nmore"
    assert read_text(There("élan".encode())) == read_text("élan")
