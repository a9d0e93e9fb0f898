"""The timer that takes back a change which nobody confirms, also after a reboot.

Source: systemd.timer(5): ``OnActiveSec`` counts from the moment at which the timer is started, thus from the boot where
the boot starts it. In emergency mode no timers run.
"""

import os
import sys
from typing import Tuple

from .contract import Refusal
from .place import Place, write_file

UNITS = "/etc/systemd/system"
RUNS = "/run/systemd/system"


def _paths(change: str) -> Tuple[str, str]:
    name = os.path.join(UNITS, f"rempart-undo-{change}")
    return name + ".timer", name + ".service"


def is_armed(change: str) -> bool:
    """Tell whether there is a timer."""
    return os.path.exists(_paths(change)[0])


def runs(place: Place) -> bool:
    """Tell whether a timer counts: that its file is there is not enough, a crash may have come before its start."""
    name = os.path.basename(_paths(place.change)[0])
    return is_armed(place.change) and place.run(["systemctl", "is-active", "--quiet", "--", name])[0] == 0


def expect_systemd() -> None:
    """Refuse where no timer would run.

    Raises:
        Refusal: systemd does not run here.
    """
    if not os.path.isdir(RUNS):
        raise Refusal(
            "systemd does not run here: nothing would undo a change that locks us out",
            "systemd ne tourne pas ici : rien n’annulerait un changement qui nous enferme dehors",
        )


def arm(place: Place, seconds: int) -> None:
    """Make the timer, and start it; of one that runs the time begins anew.

    Raises:
        Refusal: Nothing would take the change back.
    """
    expect_systemd()
    timer, service = _paths(place.change)
    program = os.path.join(place.folder, "program.pyz")
    write_file(service, (
        f"[Unit]\nDescription=Undo the Rempart change {place.change}, which nobody confirmed\n\n"
        f"[Service]\nType=oneshot\nExecStart={sys.executable} -I -S {program} timer {place.change}\n"
        "TimeoutStartSec=infinity\n"
    ).encode(), 0o644)  # fmt: skip
    write_file(timer, (
        f"[Unit]\nDescription=Undo the Rempart change {place.change} unless it is confirmed\n\n"
        f"[Timer]\nOnActiveSec={seconds}s\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
    ).encode(), 0o644)  # fmt: skip
    place.run(["systemctl", "daemon-reload"])
    name = os.path.basename(timer)
    for step in ("enable", "restart"):
        status, said = place.run(["systemctl", step, "--", name])
        if status:
            disarm(place)
            raise Refusal(f"the timer can't be started: {said[-300:]}", f"le minuteur ne démarre pas : {said[-300:]}")


def disarm(place: Place) -> None:
    """Take the timer away, if there is one."""
    timer, service = _paths(place.change)
    if not os.path.exists(timer):
        return
    place.run(["systemctl", "disable", "--now", "--", os.path.basename(timer)])
    for path in (timer, service):
        if os.path.exists(path):
            os.unlink(path)
    place.run(["systemctl", "daemon-reload"])
