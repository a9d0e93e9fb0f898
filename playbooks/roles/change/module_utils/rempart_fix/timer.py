"""The timers that roll back a change: one that nobody confirms, and one that was kept for a time; also after a reboot.

Source: systemd.timer(5): ``OnActiveSec`` counts from the moment at which the timer is started, thus from the boot where
the boot starts it. In emergency mode no timers run.
"""

import os
import secrets
import sys
from typing import Tuple

from .contract import Refusal
from .place import Place, write_file

UNITS = "/etc/systemd/system"
RUNS = "/run/systemd/system"
GUARD, LIFT = "undo", "lift"
"""The words that units' names tell the two by."""


def _paths(change: str, word: str) -> Tuple[str, str]:
    name = os.path.join(UNITS, f"rempart-{word}-{change}")
    return name + ".timer", name + ".service"


def is_armed(change: str) -> bool:
    """Tell whether there is a timer."""
    return any(os.path.exists(_paths(change, word)[0]) for word in (GUARD, LIFT))


def runs(place: Place) -> bool:
    """Tell whether a guard counts: that its file is there is not enough, a crash may have come before its start."""
    timer, _ = _paths(place.change, GUARD)
    words = ["systemctl", "is-active", "--quiet", "--", os.path.basename(timer)]
    return os.path.exists(timer) and place.run(words)[0] == 0


def expect_systemd() -> None:
    """Refuse where no timer would run.

    Raises:
        Refusal: systemd does not run here.
    """
    if not os.path.isdir(RUNS):
        raise Refusal(
            "systemd does not run here: nothing would roll back a change that locks us out",
            "systemd ne tourne pas ici\u00a0: rien n’annulerait un changement qui nous enferme dehors",
        )


def arm(place: Place, seconds: int) -> None:
    """Make the timer that undoes an unconfirmed change, and start it; of one that runs the time begins anew.

    Raises:
        Refusal: Nothing would take the change back.
    """
    what = f"Undo the Rempart change {place.change}"
    _start(
        place,
        GUARD,
        f"timer {place.change}",
        (f"{what}, which nobody confirmed", f"{what} unless it is confirmed"),
        seconds,
    )


def arm_lift(place: Place, seconds: int) -> None:
    """Make the timer that undoes a kept change after the time for which it was wanted, and start it.

    Raises:
        Refusal: Nothing would take the change back.
    """
    what = f"Undo the Rempart change {place.change}"
    token = secrets.token_hex(8)
    _start(
        place, LIFT, f"lift {place.change} {token}", (f"{what}, whose time is over", f"{what} after its time"), seconds
    )


def is_due(change: str, token: str) -> bool:
    """Tell whether the timer with this token may undo a change: not where the time has begun anew since."""
    try:
        with open(_paths(change, LIFT)[1]) as file:
            return f" {token}\n" in file.read()
    except OSError:
        return False


def _start(place: Place, word: str, command: str, says: Tuple[str, str], seconds: int) -> None:
    expect_systemd()
    timer, service = _paths(place.change, word)
    program = os.path.join(place.folder, "program.pyz")
    write_file(service, (
        f"[Unit]\nDescription={says[0]}\n\n"
        f"[Service]\nType=oneshot\nExecStart={sys.executable} -I -S {program} {command}\n"
        "TimeoutStartSec=infinity\n"
    ).encode(), 0o644)  # fmt: skip
    write_file(timer, (
        f"[Unit]\nDescription={says[1]}\n\n"
        f"[Timer]\nOnActiveSec={seconds}s\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
    ).encode(), 0o644)  # fmt: skip
    place.run(["systemctl", "daemon-reload"])
    name = os.path.basename(timer)
    for step in ("enable", "restart"):
        status, said = place.run(["systemctl", step, "--", name])
        if status:
            disarm(place, word)
            raise Refusal(
                f"the timer cannot be started: {said[-300:]}", f"le minuteur ne démarre pas\u00a0: {said[-300:]}"
            )


def disarm(place: Place, *words: str) -> None:
    """Take timers away, if there are any: that of an unconfirmed change, unless others are named."""
    for word in words or (GUARD,):
        timer, service = _paths(place.change, word)
        if not os.path.exists(timer):
            continue
        place.run(["systemctl", "disable", "--now", "--", os.path.basename(timer)])
        for path in (timer, service):
            if os.path.exists(path):
                os.unlink(path)
        place.run(["systemctl", "daemon-reload"])
        # One that failed would be listed for good, without its file.
        place.run(["systemctl", "reset-failed", "--", os.path.basename(service)])
