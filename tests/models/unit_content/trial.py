"""unit_content: what is loaded of random services and timers, against systemd's own loader."""

from __future__ import annotations

import re
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
        real = said["Unit Load State"][0]
        # Of a masked unit with several other names systemd 257 may say error: neither starts.
        same = found.load == "masked" and len(found.aliases) > 1 and real == "error"
        word = real if same else found.load
        yield Answer(f"{name} load", word, real, found.why)
        if said["Unit Load State"] != [found.load]:
            continue
        yield Answer(f"{name} file", found.path, said.get("Fragment Path", [""])[0])
        if found.load in ("loaded", "masked"):
            yield Answer(f"{name} drop-ins", list(found.dropins), said.get("DropIn Path", []))
        if found.load == LOADED:
            yield from _content(name, found, units, disk, said)


def _own(name: str, units: Units) -> str | None:
    """Return a unit's own name, which systemd says once it is loaded."""
    return units.load(name).name if name else None


def _content(name: str, found: Unit, units: Units, disk: Disk, said: dict[str, list[str]]) -> Iterator[Answer]:
    for key in ("ExecStart", "ExecStop", "ExecStartPre") if name.endswith(".service") else ():
        ours = [[_shown(word) for word in one.arguments] for one in command.commands(found.settings, key, found.called)]
        known = not (found.aliases and any("%" in word for line in ours for word in line))
        yield Answer(f"{name} {key}", ours if known else None, [_words(line) for line in said.get(key, [])])
    if name.endswith(".service"):
        user = command.expanded(found.value("Service", "User"), found)
        yield Answer(f"{name} User", None if found.aliases and "%" in user else user, said.get("User", [""])[0])
    if name.endswith(".timer"):
        yield Answer(f"{name} Unit", _own(timer.triggered(found), units), said.get("Unit", [""])[-1])
    told = sum(len(v) for k, v in said.items() if k.startswith("Condition"))
    yield Answer(f"{name} conditions", len(condition.conditions(found, disk, live=False)), told)


def _shown(word: str) -> str:
    """Return an argument as systemctl shows it."""
    return re.sub("[\x01-\x1f\x7f]", lambda found: f"\\{ord(found.group()):03o}", word)


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
