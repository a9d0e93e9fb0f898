"""Starts services anew whose program was replaced on the disk since they began.

Source: proc(5): ``exe`` of a process whose file is gone ends in ``(deleted)``. What holds sessions, the bus or the
machine together is left alone (``but``): it takes a reboot.
"""

import os
import re
from typing import Any, Dict, List, Mapping

from .. import systemd
from ..contract import Act
from ..place import Place
from ..sight import Sight
from .command import Command, ask

_OURS = "rempart-"  # what does this, perhaps
_NO_PROGRAM = ("/memfd:", "/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108  # what was run from there was meant to go


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    left = [_OURS, *(str(one) for one in spec.get("but") or [])]
    found = find_stale(sight.place.at("/proc"))
    sight.note("stale services", sorted(found))
    return [unit for unit in sorted(found) if not unit.startswith(tuple(left))]


def find_stale(proc: str) -> Dict[str, List[int]]:
    """Return the services of the system whose program was replaced, each with its processes."""
    found: Dict[str, List[int]] = {}
    for name in os.listdir(proc):
        if not name.isdigit():
            continue
        try:
            program = os.readlink(f"{proc}/{name}/exe")
            with open(f"{proc}/{name}/cgroup", encoding="ascii", errors="replace") as file:
                group = file.read()
        except OSError:
            continue  # it ended meanwhile, or is one of the kernel
        unit = re.search(r"/system\.slice/(?:[^/\n]+\.slice/)*([^/\n]+\.service)", group)
        if program.endswith(" (deleted)") and not program.startswith(_NO_PROGRAM) and unit:
            found.setdefault(unit[1], []).append(int(name))
    return found


def _see(target: str, place: Place) -> Dict[str, Any]:
    shown = systemd.show(place, target)
    return {"invocation": shown.get("InvocationID", ""), "state": shown.get("ActiveState", "")}


def _run(act: Act, place: Place) -> str:
    unit, old = act["target"], act["before"].get("invocation", "")
    wrong = ask(place, ["systemctl", "restart", "--", unit], 300)
    now = _see(unit, place)
    systemd.note_restart(place, unit, old, now["invocation"])
    if not wrong and now["state"] == "failed":
        return f"{unit}: failed after it"
    return wrong


RESTART = Command(
    _due,
    _see,
    _run,
    (
        "a service that was started anew can't be given back its old program",
        "un service redémarré ne retrouve pas son ancien programme",
    ),
)
