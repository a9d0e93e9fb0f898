"""The timer that reverts a change which nobody confirms, also after a reboot.

Source: systemd.timer(5): ``OnActiveSec`` counts from the moment at which the timer is started, thus from the boot where
the boot starts it; ``OnBootSec`` would fire at once, for a boot that lies behind.
"""

import os
import sys

from .place import Refusal, run, write_file

UNITS = "/etc/systemd/system"


def _paths(change: str) -> "tuple[str, str]":
    name = os.path.join(UNITS, f"rempart-revert-{change}")
    return name + ".timer", name + ".service"


def is_armed(change: str) -> bool:
    """Tell whether a timer waits."""
    return os.path.exists(_paths(change)[0])


def arm(change: str, program: str, seconds: int) -> None:
    """Make the timer, and start it; of one that runs the time begins anew.

    Args:
        change: The change.
        program: Path of the program that reverts it.
        seconds: After which it does.

    Raises:
        Refusal: Nothing would revert the change.
    """
    if not os.path.isdir("/run/systemd/system"):
        raise Refusal("systemd does not run here: nothing would revert a change that locks us out")
    timer, service = _paths(change)
    command = f"{sys.executable} -I -S {program} {change}"
    write_file(service, (
        f"[Unit]\nDescription=Undo the Rempart change {change}, which nobody confirmed\n\n"
        f"[Service]\nType=oneshot\nExecStart={command}\nTimeoutStartSec=15min\n"
    ).encode(), 0o644)  # fmt: skip
    write_file(timer, (
        f"[Unit]\nDescription=Undo the Rempart change {change} unless it is confirmed\n\n"
        f"[Timer]\nOnActiveSec={seconds}s\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
    ).encode(), 0o644)  # fmt: skip
    run(["systemctl", "daemon-reload"])
    name = os.path.basename(timer)
    for step in ("enable", "restart"):
        status, said = run(["systemctl", step, "--", name])
        if status:
            disarm(change)
            raise Refusal(f"the timer can't be started: {said[-300:]}")


def disarm(change: str) -> None:
    """Take the timer away, if there is one."""
    timer, service = _paths(change)
    if not os.path.exists(timer):
        return
    run(["systemctl", "disable", "--now", "--", os.path.basename(timer)])
    for path in (timer, service):
        if os.path.exists(path):
            os.unlink(path)
    run(["systemctl", "daemon-reload"])
