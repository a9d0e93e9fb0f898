"""What a terminal and a pipe see while hosts are changed: nothing is silent for more than half a minute."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from rempart_controller.remediation.ansible.progress_line import SILENT, Console
from rempart_controller.remediation.execution.interrupt import InterruptHandler
from rempart_core.text import Text

# Presses Ctrl-C from within a write, as a signal between any two steps would come, and twice.
_PRESSED = """
import os, signal, sys
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.execution.interrupt import InterruptHandler
console = Console(False)
with InterruptHandler(console, "en", undoes=True) as patience:
    patience.begin()
    write = os.write
    def slow(handle, data):  # a terminal that is slow: signals come while a line is written
        os.kill(os.getpid(), signal.SIGINT)
        return write(handle, data)
    os.write = slow
    for _ in range(50):
        os.kill(os.getpid(), signal.SIGINT)
        console.say("a line")
        os.kill(os.getpid(), signal.SIGTERM)
    assert patience.pressed and patience.gone
print("whole")
"""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_a_host_says_that_it_does_is_said_with_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    console = Console(False, "fr", clock=clock)
    console.begin("web", "Do what was handed in")
    for clock.now in (3.0, 13.0, 23.0):  # asked three times, and it goes on
        console.tell("web", Text("installing auditd", "installation d’auditd"))
    clock.now = SILENT + 3
    console.beat()
    assert "web\u00a0: installation d’auditd (25 s)" in capsys.readouterr().err


def test_in_a_pipe_it_is_said_which_host_does_what_when_nothing_else_was_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    console = Console(False, clock=clock)
    console.stage = "wave 1 of 2"
    console.begin("web", "LOG-01 | Install auditd")
    console.begin("db", "LOG-01 | Install auditd")
    clock.now = SILENT - 1
    console.beat()
    assert capsys.readouterr().err == ""
    console.show("db", "LOG-01 | Install auditd", done=True)
    clock.now = SILENT + 1
    console.beat()
    said = capsys.readouterr().err
    assert said == "rempart: still working (26 s): wave 1 of 2; web: LOG-01 | Install auditd (26 s)\n"
    console.beat()
    assert capsys.readouterr().err == ""
    clock.now += SILENT
    console.rest()
    console.count(3, 9)
    console.beat()
    assert "wave 1 of 2 · audit 3/9" in capsys.readouterr().err
    assert SILENT < 30


def test_quiet_is_quiet_and_french_is_french(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (True, False):
        clock = Clock()
        console = Console(quiet, "fr", clock)
        console.begin("web", "x")
        clock.now = 100
        console.beat()
        assert ("toujours en cours" in capsys.readouterr().err) is not quiet


def test_signals_while_something_is_written_break_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", _PRESSED], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "whole\n"
    assert "Traceback" not in done.stderr
    assert done.stderr.count("the second Ctrl-C rolls back") == 1


def test_before_anything_is_changed_the_first_signal_ends_it_and_the_second_is_not_heard() -> None:
    script = (
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job's is ignored
        "from rempart_controller.remediation.ansible.progress_line import Console\n"
        "from rempart_controller.remediation.execution.interrupt import InterruptHandler\n"
        "try:\n"
        "    with InterruptHandler(Console(False), 'en', undoes=True):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print('ended')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


def test_a_terminal_that_goes_away_counts_as_ctrl_c_and_what_is_ignored_stays_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with InterruptHandler(Console(quiet=True), "en", undoes=True):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        with InterruptHandler(Console(quiet=True), "en", undoes=True) as patience:
            patience.begin()
            os.kill(os.getpid(), signal.SIGHUP)
            assert patience.pressed
            patience.finish()
            os.kill(os.getpid(), signal.SIGHUP)
            assert not patience.gone
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("waits", "first", "second"),
    [
        (False, "finishing the hosts in progress", "rolls back those in progress"),
        (True, "waiting for silent hosts", "ends the wait: hosts that do not answer are left"),
    ],
)
def test_ctrl_c_says_what_it_comes_to_where_only_lost_hosts_are_waited_for(
    capsys: pytest.CaptureFixture[str], waits: bool, first: str, second: str
) -> None:
    with InterruptHandler(Console(quiet=False), "en", undoes=True) as patience:
        patience.begin()
        patience.wait(waits=waits)
        os.kill(os.getpid(), signal.SIGINT)
        assert first in capsys.readouterr().err
        os.kill(os.getpid(), signal.SIGINT)
        assert second in capsys.readouterr().err
        assert patience.gone


def test_a_closed_standard_error_is_no_reason_to_stop() -> None:
    script = (
        "import os\nfrom rempart_controller.remediation.ansible.progress_line import Console\n"
        "console = Console(False)\nos.close(2)\nconsole.say('x')\nprint('whole')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "whole\n"
