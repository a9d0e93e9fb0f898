"""What systemd has and knows of a unit: its links, its state, who needs it."""

import glob
import json
import os
import re
from typing import Any, Dict, Iterable, List, Set

from .place import Place

LINKS = "/etc/systemd/system"
_SHOWN = (
    "Id,Names,LoadState,ActiveState,UnitFileState,InvocationID,Result,NeedDaemonReload,RequiredBy,BoundBy,ConsistsOf"
    ",WantedBy,InactiveExitTimestampMonotonic,ActiveEnterTimestampMonotonic"
)
ON = ("active", "reloading", "activating")
"""The states of a unit that runs."""
_OF_PACKAGES = "/usr/lib/systemd/system"
_NAME = re.compile(r"[A-Za-z0-9@_.:\\-]+\.(service|socket|timer|path|target|mount|automount|swap)\Z")


def complete(name: str) -> str:
    """Return the full name of a unit; ``""`` where it can't be one."""
    full = name if re.search(r"\.[a-z]+\Z", name) else name + ".service"
    return full if _NAME.match(full) and not full.startswith("-") else ""


def is_there(place: Place, unit: str) -> bool:
    """Tell whether there is a unit of this name, masked or not."""
    if is_running(place):
        return show(place, unit).get("LoadState") in ("loaded", "masked")
    return os.path.lexists(place.at(f"{LINKS}/{unit}")) or any(
        os.path.lexists(place.at(f"{folder}/{unit}")) for folder in ("/usr/local/lib/systemd/system", _OF_PACKAGES)
    )


def is_running(place: Place) -> bool:
    """Tell whether systemd runs the tree: in another root, or in a container without it, it does not."""
    return place.root == "/" and os.path.isdir("/run/systemd/system")


def show(place: Place, unit: str) -> Dict[str, str]:
    """Return what systemd knows of a unit; ``{}`` where it does not run."""
    if not is_running(place):
        return {}
    _, said = place.run(["systemctl", "show", "-p", _SHOWN, "--", unit], 30)
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def boot(place: Place) -> str:
    """Return which boot this is."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""


def find_family(place: Place, unit: str) -> List[str]:
    """Return the names whose links ``enable`` and ``disable`` of a unit may touch: its own, aliases, those of Also=."""
    found: Set[str] = set()
    rest = [unit]
    while rest:
        name = rest.pop()
        if name in found or len(found) > 50:
            continue
        found.add(name)
        for text in _read_files(place, name):
            for value in re.findall(r"(?m)^\s*(?:Also|Alias)\s*=(.*)$", text):
                rest += [word.replace("%i", "").replace("%I", "") for word in value.split()]
    return sorted(found)


def _read_files(place: Place, unit: str) -> Iterable[str]:
    template = re.sub(r"@[^.]+\.", "@.", unit)
    for folder in (
        "/etc/systemd/system",
        "/run/systemd/system",
        "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",
    ):
        for name in {unit, template}:
            for path in [f"{folder}/{name}", *sorted(glob.glob(place.at(f"{folder}/{name}.d/*.conf")))]:
                try:
                    with open(
                        path if path.endswith(".conf") else place.at(path), encoding="utf-8", errors="replace"
                    ) as file:
                        yield file.read()
                except OSError:
                    continue


def read_links(place: Place, family: Iterable[str]) -> Dict[str, str]:
    """Return the links of some units, with what they say: those below ``/etc/systemd/system``, and those of SysV."""
    names = set(family)
    old = {name[: -len(".service")] for name in names if name.endswith(".service")}
    found: Dict[str, str] = {}
    top = place.at(LINKS)
    for pattern in ("*", "*/*"):
        for path in glob.glob(os.path.join(top, pattern)):
            if os.path.islink(path):
                to = os.readlink(path)
                if (os.path.basename(path) in names or os.path.basename(to) in names) and to != "/dev/null":
                    found[LINKS + path[len(top) :]] = to
    for path in glob.glob(place.at("/etc/rc?.d/*")):
        if os.path.islink(path) and re.sub(r"^[SK]\d\d", "", os.path.basename(path)) in old:
            found[f"/etc/{os.path.basename(os.path.dirname(path))}/{os.path.basename(path)}"] = os.readlink(path)
    return found


def find_needing(place: Place, shown: Dict[str, str]) -> List[str]:
    """Return the running units that would be stopped along with one."""
    names = [name for word in ("RequiredBy", "BoundBy") for name in shown.get(word, "").split()]
    names = [name for name in dict.fromkeys(names) if not name.endswith((".target", ".slice"))]
    return [name for name in names if is_on(place, name)]


def is_on(place: Place, unit: str) -> bool:
    """Tell whether a unit runs; in a dry run, whether it would by now."""
    pretended = place.pretended.get("unit " + unit)
    return bool(pretended["on"]) if pretended else show(place, unit).get("ActiveState") in ON


def pretend(place: Place, unit: str, *, on: bool) -> None:
    """Have a unit run or not by a dry run so far."""
    place.pretended["unit " + unit] = {"on": on}


def find_following(place: Place, unit: str) -> Dict[str, str]:
    """Return the running units that systemd stops along with one, and their runs (InvocationID)."""
    found: Dict[str, str] = {}
    todo = [unit]
    while todo:
        shown = show(place, todo.pop())
        names = [name for word in ("RequiredBy", "BoundBy", "ConsistsOf") for name in shown.get(word, "").split()]
        for name in dict.fromkeys(names):
            other = {} if name in found or name.endswith((".target", ".slice")) else show(place, name)
            if other.get("ActiveState") in ON:
                found[name] = other.get("InvocationID", "")
                todo.append(name)
    return found


def find_wanting(place: Place, shown: Dict[str, str], but: Iterable[str] = ()) -> Dict[str, int]:
    """Return the targets that have come up and want a unit, each with the moment; ``but``: without these."""
    names = [name for word in ("WantedBy", "RequiredBy") for name in shown.get(word, "").split()]
    wanting = {name: show(place, name) for name in names if name.endswith(".target") and name not in but}
    return {
        name: int(target.get("ActiveEnterTimestampMonotonic") or 0)
        for name, target in wanting.items()
        if target.get("ActiveState") == "active"
    }


def is_of_start(place: Place, shown: Dict[str, str]) -> bool:
    """Tell whether the start of the system began the run of a unit: a target comes up after what it wants."""
    began = int(shown.get("InactiveExitTimestampMonotonic") or 0)
    return shown.get("ActiveState") in ON and any(began <= up for up in find_wanting(place, shown).values())


def read_target(link: str) -> str:
    """Return the target that a link makes want a unit; ``""`` for other links."""
    target, _, word = os.path.basename(os.path.dirname(link)).rpartition(".")
    return target if word in ("wants", "requires", "upholds") else ""


def note_restart(place: Place, unit: str, old: str, new: str) -> None:
    """Note that an effect of ours has started a unit anew: it is the same act that stands."""
    if old and new and os.path.isdir(place.folder):
        with open(os.path.join(place.folder, "restarts"), "a") as file:
            file.write(json.dumps([unit, old, new]) + "\n")


def follow(place: Place, unit: str, invocation: str) -> str:
    """Return which run of a unit a run has become by restarts of ours."""
    for name, old, new in _read_restarts(place):
        if name == unit and old == invocation:
            invocation = new
    return invocation


def is_of_restart(place: Place, unit: str, invocation: str) -> bool:
    """Tell whether a restart of ours began a run."""
    return any(name == unit and new == invocation for name, _, new in _read_restarts(place))


def _read_restarts(place: Place) -> List[Any]:
    try:
        with open(os.path.join(place.folder, "restarts")) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except OSError:
        return []
