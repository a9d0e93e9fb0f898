"""What is to be mounted at a start: fstab(5) and systemd's mount units, with drop-ins, masks and precedence.

As systemd-fstab-generator(8) and systemd.mount(5) have it: fstab becomes units that win over those of packages
(/usr/lib) and lose against those of an admin (/etc). An admin's unit and fstab both count here, since mount(8) knows
fstab alone.
"""

import re
from typing import Iterator, NamedTuple, Optional, Set

from rempart_agent.models import fstab
from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.command import expanded
from rempart_agent.models.unit.files import FOLDERS, GENERATORS, TRANSIENT
from rempart_agent.models.unit.load import LOADED, MASKED, NOT_FOUND, Unit, Units
from rempart_agent.models.unit.syntax import Broken
from rempart_agent.said import Why

FSTAB = "/etc/fstab"
PLANNED, MASKED_OUT, UNKNOWN = "planned", "masked", "unknown"
# What systemd mounts by itself before anything else: it refuses units for it, and remounts it by fstab
# (src/shared/mount-setup.c, mount_table; systemd-remount-fs.service(8)).
_OF_SYSTEMD = frozenset(
    (
        *("/proc", "/sys", "/dev", "/dev/shm", "/dev/pts", "/run", "/sys/kernel/security", "/sys/fs/smackfs"),  # noqa: S108
        *("/sys/fs/cgroup", "/sys/fs/pstore", "/sys/firmware/efi/efivars", "/sys/fs/bpf"),
    )
)
_WEAKER = frozenset(FOLDERS[FOLDERS.index(GENERATORS[1]) :])


class Planned(NamedTuple):
    """One mount that is planned.

    Attributes:
        kind: ``fstab`` or ``unit``.
        path: Where; empty where nobody can say.
        place: The file, and the line of fstab.
        device: What is mounted.
        type: Of the file system.
        options: What counts in the end.
        at_boot: Whether the start mounts it, or prepares to mount it when it is used; None where nobody can say.
        state: ``planned``; ``masked``: never mounted by systemd; ``unknown``, for the reason in ``why``.
        why: See state.
    """

    kind: str
    path: str
    place: str
    device: str = ""
    type: str = ""
    options: str = ""
    at_boot: Optional[int] = None
    state: str = PLANNED
    why: str = ""


def plan(text: str, units: Units, started: Optional[Set[str]]) -> Iterator[Planned]:
    """Return all that is planned; what is for swap is not.

    Args:
        text: Of ``/etc/fstab``, empty where there is none.
        units: Of the system.
        started: The units that the start pulls in; None where nobody knows.
    """
    named: Set[str] = set()
    for entry in fstab.entries(text):
        place = "{}:{}".format(FSTAB, entry.line)
        if entry.why:
            yield Planned("fstab", "", place, state=UNKNOWN, why=entry.why)
        elif entry.type != "swap" and entry.path not in ("none", "swap"):
            found = _of_entry(entry, place, units)
            named.add(found.path)
            yield found
    for name in sorted(units.folders.names()):
        if names.suffix(name) == "mount":
            unit = units.load(name)
            folder = unit.path.rpartition("/")[0]
            if unit.load == NOT_FOUND or folder == TRANSIENT or (folder in GENERATORS and _is_of_fstab(unit)):
                continue
            made = _of_unit(name, unit, started)
            if made and not (folder in _WEAKER and made.path in named):
                yield made


def unit_name(path: str) -> str:
    """Return the name of the mount unit of a path (systemd-escape(1) with ``--path --suffix=mount``).

    Args:
        path: Absolute, simplified.
    """
    stem = path.strip("/")
    if not stem:
        return "-.mount"
    escaped = re.sub(
        "[^A-Za-z0-9:_./]",
        lambda match: "".join("\\x{:02x}".format(byte) for byte in match.group().encode("utf-8", "surrogateescape")),
        stem,
    )
    return ("\\x2e" + escaped[1:] if escaped[0] == "." else escaped).replace("/", "-") + ".mount"


def simplified(path: str) -> str:
    """Return an absolute path without doubled and trailing slashes and ``.``; ``""`` where it is none.

    Args:
        path: As it is written.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/" + "/".join(parts) if path.startswith("/") and ".." not in parts else ""


def _of_entry(entry: fstab.Entry, place: str, units: Units) -> Planned:
    path = simplified(entry.path)
    if not path:
        return Planned("fstab", "", place, state=UNKNOWN, why=Why("no mount point: {path}", path=entry.path))
    name = unit_name(path)
    found = Planned("fstab", path, place, entry.device, entry.type, entry.options, _at_boot(entry.options))
    if path in _OF_SYSTEMD:
        return found
    unit = units.load(name)
    if unit.load == MASKED and unit.path.rpartition("/")[0] not in _WEAKER:
        return found._replace(at_boot=0, state=MASKED_OUT, why=unit.why)
    fields = {"What": found.device, "Type": found.type, "Options": found.options}
    try:
        for file in units.dropins(name):
            for setting in units.folders.files.assignments(file):
                if setting.section == "Mount" and setting.key in fields:
                    fields[setting.key] = setting.value
    except Broken as error:
        return found._replace(state=UNKNOWN, why=error.why)
    return found._replace(device=fields["What"], type=fields["Type"], options=fields["Options"])


def _at_boot(options: str) -> Optional[int]:
    words = fstab.options(options)
    if any(word in ("x-systemd.automount", "comment=systemd.automount") for word in words):
        return 1
    if any(word.startswith(("x-systemd.wanted-by=", "x-systemd.required-by=")) for word in words):
        return None  # by whatever pulls those in
    said = [word for word in words if word in ("auto", "noauto")]
    return int(not said or said[-1] == "auto")


def _is_of_fstab(unit: Unit) -> bool:
    return unit.value("Unit", "SourcePath") == FSTAB


def _of_unit(name: str, unit: Unit, started: Optional[Set[str]]) -> Optional[Planned]:
    if unit.load == MASKED:
        return None
    if unit.load != LOADED:
        return Planned("unit", "", unit.path, state=UNKNOWN, why=unit.why)
    where = simplified(expanded(unit.value("Mount", "Where"), unit))
    if not where or unit_name(where) != name or where in _OF_SYSTEMD or not unit.value("Mount", "What"):
        return None  # systemd refuses it (mount_verify)
    device, kind, given = (expanded(unit.value("Mount", key), unit) for key in ("What", "Type", "Options"))
    at_boot = None if started is None else int(name in started or name[:-5] + "automount" in started)
    return Planned("unit", where, unit.path, device, kind, given, at_boot)
