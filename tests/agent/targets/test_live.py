"""The running machine: what its files and programs answer, and in whose words they fail."""

from __future__ import annotations

import errno
import os
import subprocess

import pytest

from rempart_agent.tables.contract import Denied, Loop, Missing, SourceError, Unfit
from rempart_agent.targets.live import LiveTarget, source_error


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
