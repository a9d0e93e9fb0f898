"""Ctrl-C during ``rempart apply``, as a real signal to a real process: nothing is left half done."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from rempart_testing.fixing_here import CHECKS, FixingHere

pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> FixingHere:
    """Plan, once, for a host on which the second fix takes until ``go`` is there, and the third leaves ``third``."""
    here = FixingHere(tmp_path_factory.mktemp("planned"))
    top = here.folder
    here.poison("ZZZ-02", "sh", "-c", f"touch {top}/started; until test -e {top}/go; do sleep 0.05; done")
    here.poison("ZZZ-03", "touch", f"{top}/third")
    assert here.plan(*CHECKS).returncode == 1
    here.keep()
    return here


@pytest.fixture
def here(planned: FixingHere) -> Iterator[FixingHere]:
    yield planned.restore()
    (planned.folder / "go").touch()  # of a test that failed nothing waits for ever


def begin(here: FixingHere) -> subprocess.Popen[str]:
    """Start to apply the plan, and return when a task runs on the host."""
    process = here.begin("apply", "plan.json", "--yes", *here.own)
    until = time.monotonic() + 240
    while not (here.folder / "started").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    return process


def press(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal, and return what is said then."""
    assert process.stderr is not None
    process.send_signal(number)
    while "still working" in (line := process.stderr.readline()):
        pass  # signs of life of a busy machine
    return line


def test_the_first_one_finishes_the_host_in_hand(here: FixingHere) -> None:
    process = begin(here)
    said = press(process, signal.SIGINT)
    assert "finishing the hosts in progress" in said
    assert "a second Ctrl-C rolls back those in progress" in said
    (here.folder / "go").touch()
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, out + err
    assert "here  kept" in out
    assert set(here.stand()) == {"main", "zzz-01", "zzz-02", "zzz-03"}


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_the_second_one_undoes_the_host_in_hand(here: FixingHere, second: signal.Signals) -> None:
    before = {"main": b"# the owner's\r\n"}
    process = begin(here)
    assert here.stand() != before
    press(process, signal.SIGINT)
    assert "the second Ctrl-C rolls back those in progress" in press(process, second)
    (here.folder / "go").touch()
    out, err = process.communicate(timeout=240)
    assert process.returncode == 1, out + err
    assert "interrupted in wave 1 of 1; what was in progress was rolled back" in err
    assert "here  rolled back " in out
    assert "interrupted: it was rolled back at once" in out
    assert f" {len(CHECKS)} rolled back. " in out
    assert here.stand() == before
    assert not (here.folder / "third").exists()  # no task began after it
    lock = here.folder / "saved/lock"
    assert not lock.exists()
    assert "rolled back" in here.run("rollback").stdout
