"""What tells a host from its twin, and what of it the undo has named."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

_LEFT_OUT = re.compile(
    r"/(var/(lib/(rempart|dpkg|apt|systemd)|log|cache|backups|\.updated|tmp/systemd-private.*)|run|srv/own"
    r"|tmp/(systemd-private.*|\..*-unix)|etc/(hostname|hosts|machine-id|ssh/ssh_host_.*"
    r"|ssh/sshd_config.d/host_key.conf|\.updated|\.pwd\.lock|ld\.so\.cache|(passwd|shadow|group|gshadow|subuid|subgid)-"
    r"))(/|\Z)"
)
_TABLES = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow")  # compared field by field
_OF_PACKAGES = re.compile(
    r"/usr/share/(doc/)?(\w+)(/|\Z)|/etc/(\w+)\.conf(?:\.dpkg-\w+)?\Z|/usr/lib/systemd/system/(ours)\.service\Z"
)


class Row(NamedTuple):
    """What an undo said of an act: see ``rempart_fix.undo.Row``."""

    change: str
    n: int
    kind: str
    target: str
    word: str
    why: str
    by_hand: str


def is_compared(path: str) -> bool:
    """Tell whether a path is to be the same on both."""
    return not _LEFT_OUT.match(path)


def differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what is not the same."""
    found = {}
    for name in {*one, *other}:
        pair = (one.get(name), other.get(name))
        if name in _TABLES:
            pair = tuple(dict(state or {}, content="") for state in pair)  # type: ignore[assignment]
        if pair[0] != pair[1] and not ("." in name and _lacks_line(name, one, other)):
            found[name] = pair
    return found


def _lacks_line(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether it is a field of a line that one of them lacks as a whole, and that is told already."""
    line = name.partition("].")[0] + "]"
    return "[" in name and (line in one) != (line in other)


def covers(row: Row, name: str) -> bool:
    """Tell whether what was said of an act speaks of a thing."""
    if row.kind == "account":
        return name == row.target or name.startswith((row.target + ".", row.target + " "))
    if row.kind == "package":
        return package_of(name) in re.findall(r"[\w-]+", f"{row.target} {row.why} {row.by_hand}")
    if row.kind == "unit":
        return _unit_of(name) == row.target.rpartition(".")[0]
    if row.kind == "sysctl":
        goes_along = row.target.endswith("ip_forward") and re.search("forwarding|accept_redirects", name) is not None
        return name == "net " + row.target or goes_along
    if row.kind == "nft":
        return name == "nft " + row.target
    if row.kind == "folder" and name.startswith(row.target + "/"):
        return True  # somebody else has put something into it
    return name in (row.target, row.target + ".real")  # where others move a file that they make a link of


def package_of(name: str) -> str:
    """Return the package that a thing belongs to; ``""`` for none."""
    if name.startswith(("package ", "mark ")):
        return name.split()[1]
    if name.startswith(("unit ", "file of ")):
        return name.rsplit(maxsplit=1)[-1].rpartition(".")[0]
    found = _OF_PACKAGES.match(name)
    return next((word for word in (found[2], found[4], found[5]) if word), "") if found else ""


def _unit_of(name: str) -> str:
    if name.startswith(("unit ", "file of ")):
        return name.rsplit(maxsplit=1)[-1].rpartition(".")[0]
    return name.rpartition("/")[2].rpartition(".")[0] if name.startswith("/etc/systemd/system/") else ""


def is_among(name: str, objects: Collection[str]) -> bool:
    """Tell whether a thing is one of some, or a part of one; the file of a unit is a part of it."""
    if name.startswith("file of ") and name.replace("file of ", "unit ", 1) in objects:
        return True
    return any(name == one or ("[" in one and name.startswith((one + ".", one + " "))) for one in objects)
