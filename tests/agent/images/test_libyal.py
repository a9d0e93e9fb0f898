"""How a layer looks to the libraries, and what becomes of its errors."""

from __future__ import annotations

import os

import pytest

from rempart_agent.images.layer import Layer
from rempart_agent.images.libyal import LayerFile, LibyalFileSystem
from rempart_agent.source.contract import Malformed, Unfit


class _Broken(Layer):
    name, size = "broken", 100

    def read_at(self, offset: int, size: int) -> bytes:
        if size and offset + size > 50:
            raise Unfit("broken: a bad sector")
        return bytes(size)


def test_it_is_read_like_a_file() -> None:
    file = LayerFile(_Broken())
    assert file.read(10) == bytes(10)
    assert (file.tell(), file.seek(-60, os.SEEK_END), file.get_size()) == (10, 40, 100)
    with pytest.raises(OSError, match="bad sector"):
        file.read(20)
    file.seek(0, os.SEEK_END)
    assert file.read(5) == b""


def test_the_reason_of_the_layer_wins_over_the_librarys() -> None:
    filesystem = LibyalFileSystem(_Broken())
    filesystem.file.seek(45)
    with pytest.raises(Unfit, match="bad sector"), filesystem.errors("it"):
        filesystem.file.read(20)
    with pytest.raises(Malformed, match="can't be read"), filesystem.errors("it"):
        raise OSError("what the library says")
