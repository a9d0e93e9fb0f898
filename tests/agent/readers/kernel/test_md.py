"""Asking the kernel for the arrays of its software RAID."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import md
from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, SourceError

MachineOf = Callable[..., RecordedTarget]
Ioctl = Callable[[int, int, bytes], bytes]


def _device(tmp_path: Path) -> str:
    path = tmp_path / "md0"
    path.touch()
    return str(path)


def _answer(monkeypatch: pytest.MonkeyPatch, ioctl: Ioctl) -> None:
    monkeypatch.setattr(fcntl, "ioctl", ioctl)


def test_an_array_is_asked_for_its_fields(
    tmp_path: Path, machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    # mdu_array_info_t of md_u.h
    told = struct.pack("=3iI6iI7i", 1, 2, 0, 1700000000, 5, 1, 3, 4, 0, 0, 1700000001, 1, 3, 3, 0, 0, 2, 524288)
    _answer(monkeypatch, lambda _fd, request, data: told if (request, len(data)) == (0x80480911, 72) else b"")
    fields = md.ask_array(_device(tmp_path))
    found = md.array(machine_of({}, {"md array md0": fields}), "md0")
    assert found is not None
    assert (found["level"], found["raid_disks"], found["utime"], found["chunk_size"]) == (5, 4, 1700000001, 524288)


def test_disks_are_asked_for_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ioctl(_fd: int, request: int, data: bytes) -> bytes:
        assert request == 0x80140912
        number = struct.unpack("=5i", data)[0]
        return struct.pack("=5i", number, 8 if number in (0, 40) else 0, number, -1, 8)

    _answer(monkeypatch, ioctl)
    assert md.ask_disks(_device(tmp_path)) == [[0, 8, 0, -1, 8], [40, 8, 40, -1, 8]]


def test_an_array_that_is_not_put_together_has_no_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ioctl(*_: object) -> bytes:
        raise OSError(errno.ENODEV, "No such device")

    _answer(monkeypatch, ioctl)
    assert md.ask_array(_device(tmp_path)) is None
    assert md.ask_disks(_device(tmp_path)) == []


def test_what_the_kernel_refuses_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _device(tmp_path)
    with pytest.raises(SourceError, match="Inappropriate ioctl"):
        md.ask_array(path)
    monkeypatch.setattr(os, "open", _refuse)
    with pytest.raises(Denied):
        md.ask_array(path)


def _refuse(*_: object) -> int:
    raise PermissionError(13, "denied")


def test_no_md_is_no_array_and_no_proc_is_an_error(machine_of: MachineOf) -> None:
    assert md.stat(machine_of({"/proc/stat": ""}), "md_devices") is None
    target = machine_of({"/proc/mdstat": ""})
    with pytest.raises(Malformed):
        md.stat(target, "md_devices")
    Path(target.root, "proc/mdstat").unlink()
    Path(target.root, "proc/stat").unlink()
    with pytest.raises(Missing):
        md.stat(target, "md_devices")
    target.live = False
    with pytest.raises(NotObservable):
        md.stat(target, "md_devices")


HEADER = Path("/usr/include/linux/raid/md_u.h")


@pytest.mark.skipif(not HEADER.exists(), reason="the kernel's headers are not installed")
def test_the_structures_are_those_of_the_kernel() -> None:
    text = HEADER.read_text(encoding="utf-8")
    for name, size in (("array", 72), ("disk", 20)):
        found = re.search(rf"typedef struct mdu_{name}_info_s \{{(.*?)\}}", text, re.DOTALL)
        assert found is not None
        assert 4 * len(re.findall(r"^\s*(?:unsigned )?int\s", found.group(1), re.MULTILINE)) == size
