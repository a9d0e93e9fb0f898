"""Conditions and assertions of a unit: systemd.unit(5), src/shared/condition.c."""

from typing import List, NamedTuple, Optional, Tuple

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.files import ABSENT, EMPTY, FILE, FOLDER, LINK, Files, Loop, resolve
from rempart_agent.models.unit.load import Unit

_PATHS = (
    *("PathExists", "PathExistsGlob", "PathIsDirectory", "PathIsSymbolicLink", "PathIsMountPoint", "PathIsReadWrite"),
    *("PathIsEncrypted", "DirectoryNotEmpty", "FileNotEmpty", "FileIsExecutable", "NeedsUpdate"),
)
_OTHERS = (
    *(
        "Architecture",
        "Firmware",
        "Virtualization",
        "Host",
        "KernelCommandLine",
        "KernelVersion",
        "Version",
        "Credential",
    ),
    *("Security", "Capability", "ACPower", "FirstBoot", "Memory", "CPUFeature", "CPUs", "Environment", "User", "Group"),
    *("ControlGroupController", "OSRelease", "MemoryPressure", "CPUPressure", "IOPressure"),
)
_LIVE = ("/proc", "/sys", "/dev", "/run")


class Condition(NamedTuple):
    """One condition.

    Attributes:
        text: As it is written: ``ConditionPathExists=!/etc/off``.
        alternative: Whether one of these is enough (``|``).
        met: 1, 0, or None where it can't be told.
    """

    text: str
    alternative: bool
    met: Optional[int]


def conditions(unit: Unit, files: Files, live: bool, prefix: str = "Condition") -> List[Condition]:
    """Return the conditions of a unit, or its assertions (``prefix="Assert"``).

    Args:
        unit: The unit.
        files: The files that conditions ask about.
        live: Whether the files of /proc, /sys, /dev and /run are those of the running system.
        prefix: Which of the two.
    """
    found: List[Condition] = []
    for setting in unit.values("Unit", *(prefix + key for key in (*_PATHS, *_OTHERS))):
        value, key = setting.value, setting.key[len(prefix) :]
        alternative = value.startswith("|")
        value = value[1:].lstrip() if alternative else value
        negated = value.startswith("!")
        value = value[1:].lstrip() if negated else value
        try:
            value = names.expand(value, unit.called)
            met = _test(key, value, files, live) if key in _PATHS else None
        except names.Unresolved:
            met = None
        except ValueError:  # systemd passes it over
            continue
        if key in _PATHS and key != "PathExistsGlob" and not value.startswith("/"):
            continue
        found.append(Condition(setting.key + "=" + setting.value, alternative, met if met is None else met ^ negated))
    return found


def all_met(found: List[Condition]) -> Optional[int]:
    """Tell whether conditions allow the start: each without ``|``, and one of those with it."""
    needed = [c.met for c in found if not c.alternative]
    choice = [c.met for c in found if c.alternative]
    if 0 in needed or (choice and not any(met is None or met for met in choice)):
        return 0
    return None if None in needed or (choice and 1 not in choice) else 1


def allowed(unit: Unit, files: Files, live: bool, usual: Tuple[str, ...] = ()) -> Optional[int]:
    """Tell whether conditions and assertions allow the start: 1, 0, or None where that can't be told.

    Args:
        unit: The unit.
        files: The files that conditions ask about.
        live: Whether the files of /proc, /sys, /dev and /run are those of the running system.
        usual: Conditions that the unit has as it comes, and that are passed over.
    """
    kinds = [conditions(unit, files, live, prefix) for prefix in ("Condition", "Assert")]
    met = [all_met([one for one in kind if one.text not in usual]) for kind in kinds]
    return 0 if 0 in met else None if None in met else 1


def _test(key: str, path: str, files: Files, live: bool) -> Optional[int]:
    if not live and any(path == place or path.startswith(place + "/") for place in _LIVE):
        return None
    if key == "PathIsSymbolicLink":
        folder, _, last = path.rstrip("/").rpartition("/")
        return int(files.kind(_real(files, folder or "/").rstrip("/") + "/" + last) == LINK)
    real = _real(files, path)
    kind = files.kind(real) if real else ABSENT
    if key == "PathExists":
        return int(kind != ABSENT)
    if key == "PathIsDirectory":
        return int(kind == FOLDER)
    if key == "FileNotEmpty":
        return int(kind == FILE)
    if key == "DirectoryNotEmpty":
        return int(kind == FOLDER and any(name[0] != "." for name, _ in files.names(real)))
    if kind == ABSENT and key in ("FileIsExecutable", "PathIsMountPoint", "PathIsReadWrite", "PathIsEncrypted"):
        return 0
    return 0 if key == "FileIsExecutable" and kind not in (FILE, EMPTY) else None


def _real(files: Files, path: str) -> str:
    try:
        return resolve(files, path)
    except Loop:
        return ""
