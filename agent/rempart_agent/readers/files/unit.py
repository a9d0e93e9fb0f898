"""The units of a target, for the models of ``rempart_agent.models.unit``; read once for all tables of a run."""

import stat
from typing import Dict, List, Optional, Set, Tuple

from rempart_agent.models.unit import files
from rempart_agent.models.unit.install import Folders
from rempart_agent.models.unit.load import Units
from rempart_agent.models.unit.timer import Clock
from rempart_agent.models.unit.zone import Zone
from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

_ZONES = "/usr/share/zoneinfo/"
_MAX_BYTES = 1024 * 1024


class TargetFiles(files.Files):
    """The files of a target."""

    def __init__(self, target: Target) -> None:
        """Look through a target."""
        self._target = target
        self._kinds: Dict[str, str] = {}
        self._texts: Dict[str, str] = {}

    def names(self, folder: str) -> List[Tuple[str, str]]:
        """Return the names in a folder, each with its kind."""
        kinds = {"directory": files.FOLDER, "link": files.LINK}
        try:
            return [(name, kinds.get(kind, files.FILE)) for name, kind in self._target.entries(folder)]
        except Missing:
            return []

    def kind(self, path: str) -> str:
        """Return the kind of a path itself."""
        if path not in self._kinds:
            self._kinds[path] = self._kind(path)
        return self._kinds[path]

    def _kind(self, path: str) -> str:
        try:
            status = self._target.lstat(path)
        except Missing:
            return files.ABSENT
        mode = status.st_mode
        if stat.S_ISREG(mode):
            return files.FILE if status.st_size else files.EMPTY
        if stat.S_ISLNK(mode):
            return files.LINK
        if stat.S_ISDIR(mode):
            return files.FOLDER
        return files.DEVICE if stat.S_ISCHR(mode) else files.OTHER

    def target(self, path: str) -> str:
        """Return where a link points."""
        return self._target.readlink(path)

    def text(self, path: str) -> str:
        """Return the text of a file."""
        if path not in self._texts:
            self._texts[path] = self._target.read(path, _MAX_BYTES).decode("utf-8", "surrogateescape")
        return self._texts[path]


class _KeptFiles(TargetFiles):
    """The files that are there after the next start: ``/run`` is empty then."""

    def names(self, folder: str) -> List[Tuple[str, str]]:
        """Return the names in a folder, none of one that is lost."""
        return [] if _is_lost(folder) else super().names(folder)

    def kind(self, path: str) -> str:
        """Return the kind of a path itself; what is lost is absent."""
        return files.ABSENT if _is_lost(path) else super().kind(path)


def _is_lost(path: str) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in files.LOST)


def folders(target: Target) -> Folders:
    """Return the folders of units of a target."""
    found: Folders = target.shared("unit folders", lambda: Folders(TargetFiles(target)))
    return found


def units(target: Target) -> Units:
    """Return the units of a target by name."""
    found: Units = target.shared("units", lambda: Units(folders(target), lambda name: zone(target, name) is not None))
    return found


def next_units(target: Target) -> Units:
    """Return the units of the next start: those of a target without what lies in ``/run``, generators' own left in."""
    found: Units = target.shared("units of the next start", lambda: _next_units(target))
    return found


def _next_units(target: Target) -> Units:
    now = units(target)
    if not any(now.folders.files.names(folder) for folder in files.LOST):
        return now
    return Units(Folders(_KeptFiles(target)), lambda name: zone(target, name) is not None)


def started(target: Target) -> Optional[Set[str]]:
    """Return the names of all units that the next start pulls in; None where nobody knows."""
    from rempart_agent.models.unit import boot

    found: Optional[Set[str]] = target.shared("units at boot", lambda: boot.started(next_units(target)))
    return found


def clock(target: Target) -> Clock:
    """Return the time at a target, in its own zone."""
    import time

    booted = None
    if target.live:
        try:
            booted = int(time.time() - float(target.text("/proc/uptime").split()[0]))
        except (SourceError, ValueError, IndexError):
            booted = None
    return Clock(int(time.time()), booted, _local(target), lambda name: zone(target, name))


def _local(target: Target) -> Zone:
    """Return the zone of ``/etc/localtime``; without one it is UTC (localtime(5))."""
    try:
        data = target.read("/etc/localtime", _MAX_BYTES)
    except Missing:
        return Zone()
    return _parse(data) or Zone()


def zone(target: Target, name: str) -> Optional[Zone]:
    """Return the zone of a name, or None where there is none (timezone_is_valid of systemd).

    Args:
        target: What is looked at.
        name: As ``Europe/Paris``.
    """
    if not name or name[0] == "/" or ".." in name or "//" in name or not all(c.isalnum() or c in "-_+/" for c in name):
        return None
    try:
        return _parse(target.read(_ZONES + name, _MAX_BYTES))
    except SourceError:
        return None


def _parse(data: bytes) -> Optional[Zone]:
    from rempart_agent.models.unit.zone import parse

    try:
        return parse(data)
    except ValueError:
        return None
