"""The files that images lie in."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from rempart_testing.disks import read_in_steps, sample

from rempart_agent.images.raw import RawFile, open_raw
from rempart_agent.source.contract import Denied, Missing, SourceError, Unfit


def test_a_file_is_read_as_it_lies(tmp_path: Path) -> None:
    data = sample(500_000)
    (tmp_path / "disk.raw").write_bytes(data)
    file = open_raw(str(tmp_path / "disk.raw"))
    assert (file.name, file.path) == ("disk.raw", str(tmp_path / "disk.raw"))
    read_in_steps(file, data)
    assert not file.changed()
    file.close()
    file.close()
    with pytest.raises(SourceError):
        file.read_at(0, 1)


def test_a_change_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(bytes(1000))
    file = open_raw(str(path))
    os.utime(path, ns=(1, 1))
    assert file.changed()
    os.truncate(path, 10)
    with pytest.raises(Unfit, match="shorter"):
        file.read_at(0, 1000)
    file.close()


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "loop", "missing", "nul"])
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    path = str(tmp_path / "disk.raw")
    match kind:
        case "folder":
            os.mkdir(path)
        case "fifo":
            os.mkfifo(path)
        case "device":
            path = "/dev/zero"
        case "loop":
            os.symlink("disk.raw", path)
        case "nul":
            path += "\0"
    with pytest.raises(Missing if kind in {"missing", "nul"} else Unfit):
        open_raw(path)


def test_a_descriptor_that_is_handed_over_is_looked_at_too() -> None:
    reading, writing = os.pipe()
    with pytest.raises(Unfit, match="not a regular file"):
        RawFile(reading, "disk.raw")
    os.close(reading)
    os.close(writing)


def test_a_file_that_may_not_be_read_says_so() -> None:
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder, "disk.raw")
        disk.write_bytes(b"")
        disk.chmod(0)
        Path(folder).chmod(0o755)
        try:
            if user == 0:  # who may read everything
                os.seteuid(65534)
            with pytest.raises(Denied):
                open_raw(str(disk))
        finally:
            os.seteuid(user)
