"""Sparse files: made by GNU tar itself in each of its forms, read back byte for byte."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from rempart_testing.container_images import Bytes, members, one_image

from rempart_agent.images.containers.container import open_container
from rempart_agent.images.containers.sparse import read_extended_map
from rempart_agent.source.contract import Limit, SourceError

FORMS = ["--format=gnu", *(f"--format=posix --sparse-version={one}" for one in ("0.0", "0.1", "1.0"))]


def make_holes(path: Path, pieces: int) -> bytes:
    """Write a file with data between holes, one at its end, and return what it holds."""
    with path.open("wb") as file:
        for number in range(pieces):
            file.seek(number * 16_384 + 8_192)
            file.write(bytes([number % 255 + 1]) * 4_096)
        file.truncate(pieces * 16_384 + 100_000)
    return path.read_bytes()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pieces", [0, 1, 4, 5, 60])
def test_holes_are_zeros_and_the_rest_is_what_was_written(tmp_path: Path, form: str, pieces: int) -> None:
    expected = make_holes(tmp_path / "holes", pieces)
    (tmp_path / "after").write_bytes(b"next")
    command = ["tar", *form.split(), "--sparse", "-cf", "made.tar", "holes", "after"]
    subprocess.run(command, cwd=tmp_path, check=True)
    image = open_container(str(one_image(tmp_path / "image.tar", (tmp_path / "made.tar").read_bytes())))
    node = image.lookup(image.root, "holes")
    assert image.status(node).st_size == len(expected)
    assert image.read(node, 0, len(expected) + 1) == expected
    for offset in (0, 1, 8_191, 8_192, 10_000, 70_000, len(expected) - 1, len(expected)):
        assert image.read(node, offset, 70_001) == expected[offset : offset + 70_001]
    assert image.read(image.lookup(image.root, "after"), 0, 9) == b"next"
    assert (image.status(node).st_blocks * 512 < len(expected)) or os.stat(tmp_path / "holes").st_blocks * 512 >= len(
        expected
    )
    image.close()


@pytest.mark.parametrize(
    "fields",
    [
        {"map": b"0,5,3,2", "size": b"10"},  # one piece over another
        {"map": b"8,7", "size": b"10"},  # beyond the end
        {"map": b"0,6", "size": b"10"},  # less than is stored
        {"map": b"0,7,9", "size": b"10"},
        {"map": b"0,-7", "size": b"10"},
        {"map": b"0,7"},
        {"map": b"0,7", "size": b"10", "major": b"2"},
        {"map": b"0,7", "size": b"9" * 40},
    ],
)
def test_a_map_that_contradicts_itself_is_refused(fields: dict[str, bytes]) -> None:
    with pytest.raises(SourceError):
        read_extended_map(Bytes(bytes(1024)), fields, 0, 7)


@pytest.mark.parametrize("lines", [b"99999999\n", b"1\n0\n", b"x\n", b"1" * 2_000, b"1\n0\n\xff\n", b""])
def test_a_map_before_the_data_that_has_no_end_is_refused(lines: bytes) -> None:
    layer = Bytes(lines.ljust(4_096, b"\0"))
    with pytest.raises(SourceError):
        read_extended_map(layer, {"major": b"1", "minor": b"0", "realsize": b"10"}, 0, 1_024)


def test_more_pieces_than_anybody_makes_are_refused() -> None:
    listed = b",".join(b"%d,1" % (2 * number) for number in range(100_001))
    with pytest.raises(Limit):
        read_extended_map(Bytes(b""), {"map": listed, "size": b"1000000"}, 0, 100_001)


def test_a_damaged_map_in_the_header_is_refused(tmp_path: Path) -> None:
    make_holes(tmp_path / "holes", 30)
    subprocess.run(["tar", "--format=gnu", "--sparse", "-cf", "made.tar", "holes"], cwd=tmp_path, check=True)
    data = bytearray((tmp_path / "made.tar").read_bytes())
    data[512 + 12 : 512 + 24] = b"77777777777\0"  # in the first block after the header
    with pytest.raises(SourceError, match="map"):
        members(bytes(data))
