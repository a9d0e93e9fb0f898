"""A reboot: recorded here before the play does it, since nobody is left to note it afterwards."""

import os
from typing import Any, Dict, List, Mapping

from .. import systemd
from ..contract import Act
from ..place import Place
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
    """Where it has booted since, it is not due: else every run would reboot it again."""
    with open(sight.place.at("/proc/uptime"), encoding="ascii") as file:
        up = float(file.read().split()[0])
    with open(sight.place.at("/proc/stat"), encoding="ascii") as stat:
        began = next(int(line.split()[1]) for line in stat if line.startswith("btime "))
    newer = sorted(path for path, one in list_files(sight.place, _NEWER).items() if one.st_ctime > began)
    late = up > int(spec["days"]) * 86400
    sight.note("reboot", [newer, late, os.path.exists(sight.place.at("/proc/1"))])
    return ["reboot"] if newer or late else []


def _see(target: str, place: Place) -> Dict[str, Any]:
    return {"boot": systemd.boot(place)}


def _run(act: Act, place: Place) -> str:
    return ""


REBOOT = Command(_due, _see, _run, ("a reboot cannot be rolled back", "un redémarrage ne s’annule pas"), later=True)
