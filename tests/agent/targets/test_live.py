"""The running machine: what its files and programs answer, and in whose words they fail."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from rempart_agent.source.contract import Denied, Loop, Missing, NotObservable, SourceError, Unfit
from rempart_agent.targets.live import LiveTarget, read_descriptor, source_error
from rempart_agent.targets.root import RootTarget


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOENT, Missing),
        (errno.ENOTDIR, Missing),
        (errno.ESRCH, Missing),
        (errno.EACCES, Denied),
        (errno.EPERM, Denied),
        (errno.ELOOP, Loop),
        (errno.EIO, Unfit),
        (errno.ENAMETOOLONG, Unfit),
    ],
)
def test_errors_of_the_system_are_ours(number: int, kind: type[SourceError]) -> None:
    assert type(source_error(OSError(number, "x"), "/p")) is kind


def test_a_process_that_ends_while_it_is_looked_at_is_missing() -> None:
    process = subprocess.Popen(["/bin/sleep", "60"])
    descriptor = os.open(f"/proc/{process.pid}/status", os.O_RDONLY)
    process.kill()
    process.wait()
    with pytest.raises(OSError, match="No such process") as raised:
        os.read(descriptor, 10)
    os.close(descriptor)
    assert isinstance(source_error(raised.value, "/proc"), Missing)


def test_a_program_answers_or_says_why_not() -> None:
    target = LiveTarget()
    assert target.run(["/bin/echo", "a b"]) == b"a b\n"
    with pytest.raises(Missing):
        target.run(["/nowhere/program"])
    with pytest.raises(SourceError, match="exit status 3: sorry"):
        target.run(["/bin/sh", "-c", "echo sorry >&2; exit 3"])
    with pytest.raises(SourceError, match="no answer in"):
        target.run(["/bin/sleep", "60"], timeout=0.1)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([b"abc"], b"abc"),
        ([b"a", b"bc"], b"abc"),
        ([b"a", b"bcd", b"e", b""], b"abcde"),  # it grew meanwhile: a part as long as the file was is not its end
        ([b"ab", b""], b"ab"),
    ],
)
def test_a_file_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[bytes], whole: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    left = list(parts)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        monkeypatch.setattr(os, "read", lambda _descriptor, _size: left.pop(0))
        assert read_descriptor(descriptor, str(path), 100) == whole
        assert not left
    finally:
        os.close(descriptor)


def test_what_the_kernel_makes_up_is_read_to_its_end() -> None:
    """It says that such files are empty."""
    assert LiveTarget().text("/proc/self/status").endswith("\n")


def test_bytes_are_read_from_anywhere_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 8192)  # 2 MiB
    target = LiveTarget()
    assert target.read_at(str(file), 255, 3) == b"\xff\0\1"
    assert target.read_at(str(file), (2 << 20) - 1, 9) == b"\xff"
    assert len(target.read_at(str(file), 5, 3 << 20)) == (2 << 20) - 5
    assert target.read_at(str(file), 3 << 20, 1) == b""
    with pytest.raises(Missing):
        target.read_at(str(tmp_path / "none"), 0, 1)
    with pytest.raises(Unfit):
        target.read_at(str(tmp_path), 0, 1)


def test_a_machine_and_a_root_filesystem_are_walked(tmp_path: Path) -> None:
    for target in (LiveTarget(), RootTarget(str(tmp_path))):
        with pytest.raises(NotObservable):
            target.contents()


@pytest.mark.parametrize("count", [0, 1, 40, 300])
def test_a_table_of_sockets_is_read_to_its_end(count: int) -> None:
    """None is left out at the edge of a page: a page of the table ends where the next line does not fit in."""
    with ExitStack() as open_ones:
        opened = [open_ones.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        ours = {str(os.fstat(one.fileno()).st_ino) for one in opened}
        lines = LiveTarget().lines(f"/proc/{os.getpid()}/net/tcp")
    assert ours <= {line.split()[9] for line in lines[1:] if line}


def test_a_table_of_sockets_is_not_walked_again_for_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = iter([b"a" * 3_900, b"b" * 150])  # a third read would fail
    monkeypatch.setattr(os, "read", lambda _descriptor, _size: next(parts))
    descriptor = os.open("/proc/self/net/tcp", os.O_RDONLY)
    assert len(read_descriptor(descriptor, "/proc/1/net/tcp", 1 << 20)) == 4_050
    os.close(descriptor)
