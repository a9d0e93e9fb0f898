"""A reboot: recorded here before the play does it, since nobody is left to note it afterwards."""

import os
import re
from typing import Any, Dict, List, Mapping, Sequence

from .. import systemd
from ..contract import Act
from ..place import Place
from ..resolve.audit_rules import FOLDER
from ..sight import Sight
from .command import Command, list_files

_NEWER = (
    "/boot/vmlinuz-*",
    *(
        f"{folder}/{name}"
        for folder in ("/usr/lib/systemd", "/usr/lib64", "/usr/lib/*-linux-gnu", "/usr/bin", "/run")
        for name in ("systemd", "libc.so.6", "dbus-daemon", "dbus-broker", "reboot-required", "reboot-needed")
    ),
)
"""What takes a reboot to come into use, or says that one is wanted."""


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    """Where it has booted since, it is not due: else every run would reboot it again.

    With ``locked`` it is due for audit rules: where the kernel has not locked them, or they were written since.
    """
    with open(sight.place.at("/proc/stat"), encoding="ascii") as stat:
        began = next(int(line.split()[1]) for line in stat if line.startswith("btime "))
    if spec.get("locked"):
        return ["reboot"] if _waits_for_rules(sight, began) else []
    with open(sight.place.at("/proc/uptime"), encoding="ascii") as file:
        up = float(file.read().split()[0])
    newer = _find_newer(sight, _NEWER, began)
    late = up > int(spec["days"]) * 86400
    sight.note("reboot", [newer, late, os.path.exists(sight.place.at("/proc/1"))])
    return ["reboot"] if newer or late else []


def _find_newer(sight: Sight, patterns: Sequence[str], began: int) -> List[str]:
    return sorted(path for path, one in list_files(sight.place, patterns).items() if one.st_ctime > began)


def _waits_for_rules(sight: Sight, began: int) -> bool:
    """Tell whether a start would load other audit rules than the kernel has, or lock them."""
    planned = [name for name in sight.names(FOLDER) if sight.planned("content", f"{FOLDER}/{name}", sight) is not sight]
    status, said = sight.run(["auditctl", "-s"], 30)
    newer = _find_newer(sight, (f"{FOLDER}/*.rules",), began)
    sight.note("reboot", newer)
    return bool(planned or newer or status or not re.search(r"(?m)^enabled 2$", said))


def _see(target: str, place: Place) -> Dict[str, Any]:
    return {"boot": systemd.boot(place)}


def _run(act: Act, place: Place) -> str:
    return ""


REBOOT = Command(_due, _see, _run, ("a reboot cannot be rolled back", "un redémarrage ne s’annule pas"), later=True)
