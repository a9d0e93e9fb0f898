"""Bytes at a place of a file, whoever else reads and writes there."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from rempart_controller.fleet.spool_file import add_to, copy_at, read_at, write_at

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no fleet is audited from Windows")


def test_what_is_written_at_a_place_is_read_there_and_nobody_is_moved(tmp_path: Path) -> None:
    file = os.open(tmp_path / "spool", os.O_RDWR | os.O_CREAT)
    try:
        write_at(file, 3, b"three")
        write_at(file, 0, b"one")
        assert read_at(file, 3, 5) == b"three"
        assert read_at(file, 0, 3) == b"one"
        assert read_at(file, 6, 99) == b"ee", "it ends"
        assert read_at(file, 99, 1) == b""
        assert os.lseek(file, 0, os.SEEK_CUR) == 0
    finally:
        os.close(file)


def test_what_processes_add_at_the_same_time_is_whole(tmp_path: Path) -> None:
    file = os.open(tmp_path / "spool", os.O_RDWR | os.O_CREAT)
    told, say = os.pipe()
    try:
        for name in b"ab":
            if not os.fork():
                try:
                    for number in range(200):
                        data = bytes([name]) * (1 + 97 * number)
                        os.write(say, b"%d %d %d\n" % (name, add_to(file, data), len(data)))
                finally:
                    os._exit(0)
        os.close(say)
        with os.fdopen(told) as lines:
            found = [tuple(map(int, line.split())) for line in lines]
        os.wait(), os.wait()
        assert len(found) == 400
        assert all(read_at(file, place, size) == bytes([name]) * size for name, place, size in found)
        assert os.fstat(file).st_size == sum(size for _, _, size in found), "nothing is lost, nothing lies between"
    finally:
        os.close(file)


@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_what_is_copied_stands_behind_what_was_written(mode: str, tmp_path: Path) -> None:
    file = os.open(tmp_path / "spool", os.O_RDWR | os.O_CREAT)
    try:
        data = bytes(range(256)) * 1000
        write_at(file, 5, data)
        with (tmp_path / "out").open(mode) as out:  # what is only added to takes no bytes from the kernel itself
            out.write(b"head")
            out.flush()
            copy_at(file, 5, len(data), out)
            out.write(b"tail")
        assert (tmp_path / "out").read_bytes() == b"head" + data + b"tail"
        kept = io.BytesIO()
        copy_at(file, 5, len(data), kept)
        assert kept.getvalue() == data, "what is no file gets them too"
    finally:
        os.close(file)
