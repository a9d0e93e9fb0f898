"""Two signals, 10 ms apart, at each step of an apply: no traceback, and the host is as before, kept, or listed."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest
from rempart_testing.fixing_here import CHECKS, FixingHere

pytestmark = [pytest.mark.early, pytest.mark.usefixtures("heard")]

BEFORE = {"main": b"# the owner's\r\n"}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> FixingHere:
    """Make a plan once for all that begin with it."""
    here = FixingHere(tmp_path_factory.mktemp("planned"))
    assert here.plan(*CHECKS).returncode == 1
    here.keep()
    return here


@pytest.fixture(scope="module")
def planned_slow(tmp_path_factory: pytest.TempPathFactory) -> FixingHere:
    """Make a plan once whose second fix is done first, says that it started, and takes a second."""
    here = FixingHere(tmp_path_factory.mktemp("slow"))
    here.poison("ZZZ-02", "sh", "-c", f"touch {here.folder}/started; sleep 1")
    assert here.plan(*CHECKS).returncode == 1
    here.keep()
    return here


PRESSED, ENDED = (signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize(
    ("step", "numbers"),
    [
        ("at once", PRESSED),
        ("at once", ENDED),
        ("while a fix runs", PRESSED),
        ("while a fix runs", ENDED),
        ("when all have run", PRESSED),  # who hears them is the same as while a fix runs
    ],
)
def test_two_signals_leave_nothing_half_done_and_no_traceback(
    planned_slow: FixingHere, step: str, numbers: tuple[signal.Signals, signal.Signals]
) -> None:
    here = planned_slow.restore()
    process = here.begin("apply", "plan.json", "--yes", *here.own)
    if step == "at once":
        assert process.stderr is not None
        time.sleep(2)  # wherever it is then: nothing was changed, or it is noted
    else:
        here.await_file("started" if step == "while a fix runs" else "etc/zzz-03", process)
    process.send_signal(numbers[0])
    time.sleep(0.01)
    process.send_signal(numbers[1])
    expect_nothing_half_done(here, process)


def expect_nothing_half_done(here: FixingHere, process: subprocess.Popen[str]) -> None:
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err, err
    assert "Error" not in err, err
    stands = here.stand()
    if stands != BEFORE:
        assert "here  kept" in out, out + err
        assert process.returncode in {0, 1}
        assert set(stands) == {"main", "zzz-01", "zzz-02", "zzz-03"}
    assert not (here.folder / "saved/lock").exists()


def press(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    time.sleep(0.01)
    process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("step", ["as it is asked", "as the fixes begin", "as it is kept"])
def test_two_signals_as_a_step_begins(planned: FixingHere, step: str) -> None:
    here = planned.restore()
    process = here.begin("apply", "plan.json", "--yes", *here.own)
    if step == "as it is asked":
        here.await_child("rempart-collector", process)
    else:
        here.await_child("apply.yml" if step == "as the fixes begin" else "finish.yml", process)
    press(process)
    expect_nothing_half_done(here, process)


def test_two_more_signals_while_the_first_two_have_it_undone(planned_slow: FixingHere) -> None:
    here = planned_slow.restore()
    process = here.begin("apply", "plan.json", "--yes", *here.own)
    here.await_file("started", process)
    press(process)
    here.await_child("rollback.yml", process)
    press(process)
    expect_nothing_half_done(here, process)
    assert here.stand() == BEFORE
