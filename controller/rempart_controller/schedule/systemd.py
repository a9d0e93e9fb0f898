"""What systemd is asked and told: whether units are good, and that there are new ones."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping

from rempart_core.error import ScheduleError, UsageError
from rempart_core.messages.message import Message, as_is, listed
from rempart_core.text import clean

_PATIENCE = 60


def verify(files: Mapping[str, str], at: str, *, system: bool) -> list[Message]:
    """Return what ``systemd-analyze`` says against the units; nothing where it is not there.

    Args:
        files: Texts of the units, by name.
        at: The time, as ``OnCalendar=`` takes it.
        system: Whether they are the system's, or a user's.

    Returns:
        Notes for the user: what does not hinder the units.

    Raises:
        UsageError: The time is none.
        ScheduleError: A unit is wrong.
    """
    program = shutil.which("systemd-analyze")
    if program is None:
        return []
    asked = _run([program, "calendar", at])
    if asked.returncode:
        raise UsageError(Message("schedule.at_systemd", at=at, error=clean(asked.stderr.strip())))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        paths = [os.path.join(folder, name) for name in files]
        scope = [] if system else ["--user"]
        said = _run([program, "verify", "--man=no", "--recursive-errors=no", *scope, *paths])
        lines = [clean(line.replace(folder + "/", "")) for line in said.stderr.splitlines()]
    ours = [line for line in lines if any(line.startswith(name) for name in files)]
    if said.returncode and ours:
        raise ScheduleError(Message("schedule.unit_refused", lines=_listed(ours)))
    if said.returncode:  # no systemd that could be asked runs here
        return [Message("schedule.unit_unverified", lines=_listed(lines))]
    return [as_is(line) for line in ours]


def _listed(lines: list[str]) -> Message:
    return listed([as_is(line) for line in lines]) if lines else Message("text.nothing")


def is_running(*, system: bool) -> bool:
    """Tell whether a systemd runs that could start a timer."""
    return os.path.isdir("/run/systemd/system" if system else f"/run/user/{os.getuid()}/systemd")


def tell(*words: str, system: bool) -> None:
    """Run ``systemctl``.

    Raises:
        ScheduleError: It failed.
    """
    command = ["systemctl", *([] if system else ["--user"]), *words]
    try:
        done = _run(command)
    except FileNotFoundError as error:
        raise ScheduleError(Message("schedule.no_systemctl")) from error
    if done.returncode:
        raise ScheduleError(Message("schedule.systemctl_failed", command=" ".join(command), error=done.stderr.strip()))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ScheduleError(Message("schedule.systemctl_late", command=" ".join(command), seconds=_PATIENCE)) from error
