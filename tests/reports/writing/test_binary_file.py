from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_core.error import ReportError
from rempart_reports.writing.binary_file import write_binary


def _put(content: bytes):  # type: ignore[no-untyped-def]
    return lambda path: Path(path).write_bytes(content)


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    place = tmp_path / "r.pdf"
    write_binary(str(place), _put(b"old"))
    place.chmod(0o640)
    write_binary(str(place), _put(b"new"))
    assert (place.read_bytes(), place.stat().st_mode & 0o777) == (b"new", 0o640)


def test_what_fails_half_way_leaves_the_old_file_and_nothing_beside(tmp_path: Path) -> None:
    place = tmp_path / "r.pdf"
    place.write_bytes(b"old")

    def fail(path: str) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    with pytest.raises(ReportError, match="no space left"):
        write_binary(str(place), fail)
    assert [one.name for one in tmp_path.iterdir()] == ["r.pdf"]
    assert place.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="nowhere"):
        write_binary(str(tmp_path / "nowhere" / "r.pdf"), _put(b""))


def test_standard_output_gets_the_bytes() -> None:
    code = (
        "from pathlib import Path; from rempart_reports.writing.binary_file import write_binary; "
        "write_binary('-', lambda path: Path(path).write_bytes(bytes(range(256))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == bytes(range(256))
