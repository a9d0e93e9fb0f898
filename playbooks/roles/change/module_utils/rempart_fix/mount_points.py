"""Which mounts a spec is about, and what a unit of systemd says of one."""

import os
import re
import shlex
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence, Set

from .place import Place
from .resolve import fstab
from .resolve.fstab import Mount
from .sight import Sight

SHM = "/dev/shm"  # noqa: S108  # a mount, no file of ours
UNITS = "/etc/systemd/system"


def read(place: Place) -> List[Mount]:
    """Return what is mounted; of several at one point the last is what is seen there."""
    with open("/proc/self/mountinfo", errors="surrogateescape") as file:
        found = fstab.read_live(file.read())
    if place.root == "/":
        return found
    top = os.path.realpath(place.root)
    return [one._replace(point=one.point[len(top) :]) for one in found if one.point.startswith(top + "/")]


def find_points(spec: Mapping[str, Any], sight: Sight, mounts: Sequence[Mount]) -> List[str]:
    """Return the mount points that a spec is about, links followed, in their order."""
    place = sight.place
    points = {real_path(place, one.point, mounts) for one in mounts}
    if spec.get("sort"):
        return sorted({real_path(place, one.point, mounts) for one in mounts if spec["sort"] in fstab.find_sorts(one)})
    path = fstab.simplify(spec["path"])
    real = real_path(place, path, mounts)
    point = real if real != "/" and read_unit(real, sight) is not None else _over(real, points)
    found = {point} if point != "/" and (point == real or real != path) else set()
    if spec.get("homes"):
        found |= {_over(real_path(place, home, mounts), points) for home in _find_homes(sight)} - {"/"}
    return sorted(found)


def _over(path: str, points: Set[str]) -> str:
    return max((one for one in {*points, "/"} if (path + "/").startswith(one.rstrip("/") + "/")), key=len)


def real_path(place: Place, path: str, mounts: Sequence[Mount]) -> str:
    """Return a path without links; on a remote file system none is looked for: its server may be gone."""
    remote = [one.point for one in mounts if one.live and "remote" in fstab.find_sorts(one)]
    if any((path + "/").startswith(one + "/") for one in remote):
        return path
    real = os.path.realpath(place.at(path))
    return real if place.root == "/" else fstab.simplify(os.path.relpath(real, os.path.realpath(place.root)))


def _find_homes(sight: Sight) -> List[str]:
    """Return the homes of people: accounts from 1000 on."""
    found = []
    for line in (sight.read("/etc/passwd") or b"").decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if len(fields) > 5 and fields[2].isdigit() and int(fields[2]) >= 1000 and fields[2] not in ("65534", "65535"):
            found.append(fields[5].rstrip("/"))
    return [home for home in found if home.startswith("/")]


def name_unit(point: str) -> str:
    """Return the name of the mount unit of a path, as ``systemd-escape --path --suffix=mount`` does."""
    stem = re.sub(
        "[^A-Za-z0-9:_./]",
        lambda found: "".join(f"\\x{byte:02x}" for byte in found[0].encode("utf-8", "surrogateescape")),
        point.strip("/"),
    )
    stem = "\\x2e" + stem[1:] if stem.startswith(".") else stem
    return (stem.replace("/", "-") or "-") + ".mount"


class Unit(NamedTuple):
    """What systemd knows of a mount unit.

    Attributes:
        loaded: Whether it is there, and not masked.
        fragment: Its file, where that is neither what fstab nor what the kernel made; else ``""``.
        started: Whether something pulls it in.
        masked: Whether ``/etc`` masks it.
        options: What its files set, or would if it were there; None where there is no file, and no drop-in says any.
    """

    loaded: bool = False
    fragment: str = ""
    started: bool = False
    masked: bool = False
    options: Optional[str] = None


def read_unit(point: str, sight: Sight, *, written: bool = False) -> Optional[str]:
    """Return the options that a unit's files set; None where there is no unit but what fstab or the kernel made.

    Args:
        point: Where it mounts.
        sight: Of the endpoint.
        written: Whether fstab names the point, or will: that wins over units of packages.
    """
    unit = see_unit(point, sight, written=written)
    return unit.options if unit.loaded else None


def see_unit(point: str, sight: Sight, *, written: bool = False) -> Unit:
    """Return what systemd knows of the unit of a mount point; see :func:`read_unit`."""
    if point == SHM:
        return Unit()
    name = name_unit(point)
    words = "LoadState,FragmentPath,DropInPaths,WantedBy,RequiredBy"
    _, said = sight.run(["systemctl", "show", "-p", words, "--", name], 30)
    shown = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    fragment = shown.get("FragmentPath", "")
    if fragment.startswith("/run/systemd/") or (written and not fragment.startswith("/etc/")):
        fragment = ""
    mask = sight.place.at(f"{UNITS}/{name}")
    masked = os.path.islink(mask) and os.readlink(mask) == "/dev/null"
    loaded = shown.get("LoadState") == "loaded"
    fragment = fragment if loaded else ""
    paths = [fragment] if fragment else []
    paths += _read_words(shown.get("DropInPaths", ""))
    planned = [f"{UNITS}/{name}.d/{one}" for one in sight.names(f"{UNITS}/{name}.d") if one.endswith(".conf")]
    found: Optional[str] = "" if fragment else None
    for path in [*paths, *(one for one in planned if one not in paths)]:
        said_there = _find_options((sight.read(path) or b"").decode("utf-8", "surrogateescape"))
        found = said_there if said_there is not None else found
    started = bool(shown.get("WantedBy") or shown.get("RequiredBy"))
    return Unit(loaded, fragment, started, masked, found)


def _read_words(said: str) -> List[str]:
    """Return the words of a list as systemctl prints it; what has a backslash (the unit of ``/srv/a-b``) is quoted."""
    try:
        return shlex.split(said)
    except ValueError:
        return said.split()


def _find_options(text: str) -> Optional[str]:
    section, found = "", None
    for line in text.splitlines():
        word = line.strip()
        if word.startswith("["):
            section = word
        elif section == "[Mount]" and re.match(r"Options\s*=", word):
            found = word.partition("=")[2].strip()
    return found
