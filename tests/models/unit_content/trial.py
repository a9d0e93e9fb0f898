"""unit_content: what is loaded of random services and timers, against systemd's own loader."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rempart_testing.models import Answer, Trial

from models.unit.oracle import Disk
from models.unit_content.grammar import ASKED, CASES
from models.unit_content.oracle import Loader, start
from rempart_agent.models.unit import command, condition, install, timer
from rempart_agent.models.unit.load import LOADED, Unit, Units

_ZONES = Path("/usr/share/zoneinfo")


def judge(loader: Loader, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask both about one case."""
    disk = loader.plant(case["tree"])
    units = Units(install.Folders(disk), lambda name: bool(name) and (_ZONES / name).is_file())
    told = loader.load()
    for name in ASKED:
        said = told[name]
        found = units.load(name)
        yield Answer(f"{name} load", found.load, said["Unit Load State"][0], found.why)
        if said["Unit Load State"] != [found.load]:
            continue
        yield Answer(f"{name} file", found.path, said.get("Fragment Path", [""])[0])
        if found.load in ("loaded", "masked"):
            yield Answer(f"{name} drop-ins", list(found.dropins), said.get("DropIn Path", []))
        if found.load == LOADED:
            yield from _content(name, found, disk, said)


def _content(name: str, found: Unit, disk: Disk, said: dict[str, list[str]]) -> Iterator[Answer]:
    for key in ("ExecStart", "ExecStop", "ExecStartPre") if name.endswith(".service") else ():
        ours = [list(one.arguments) for one in command.commands(found.settings, key, found.name)]
        yield Answer(f"{name} {key}", ours, [_words(line) for line in said.get(key, [])])
    if name.endswith(".service"):
        yield Answer(f"{name} User", command.expanded(found.value("Service", "User"), found), said.get("User", [""])[0])
    if name.endswith(".timer"):
        yield Answer(f"{name} Unit", timer.triggered(found), said.get("Unit", [""])[-1])
    told = sum(len(v) for k, v in said.items() if k.startswith("Condition"))
    yield Answer(f"{name} conditions", len(condition.conditions(found, disk, live=False)), told)


def _words(line: str) -> list[str]:
    return shlex.split(line.replace("\\x20", " "))


def constructs(case: dict[str, Any]) -> Iterator[str]:
    """Name what a case uses."""
    for path, kind, content in case["tree"]:
        folder, _, file = path.rpartition("/")
        if folder.endswith(".d"):
            owner = folder.rpartition("/")[2]
            yield (
                "drop-in of a type" if "." not in owner[:-2] else "drop-in of a prefix" if "-." in owner else "drop-in"
            )
        else:
            yield f"{kind} {file.rpartition('.')[2]}"
        yield from (k.strip() for k in ("ExecStart=\n", "Type=", "Condition", "OnCalendar", "Unit=") if k in content)
        if kind == "file" and not content:
            yield "empty"


TRIAL = Trial(
    "unit_content",
    CASES,
    start,
    judge,
    constructs,
    programs=("systemctl", "unshare", "nsenter", "setpriv", "chroot"),
    full=1_000,
    balance=False,
)
