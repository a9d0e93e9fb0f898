"""systemd's unit files: where each lies, and whether it is enabled, for the table ``systemd_units``.

The same on a live machine and on a root filesystem: links and files are all that is looked at.
"""

from typing import Dict, List, NamedTuple, Optional

from rempart_agent.models.unit import install
from rempart_agent.models.unit.load import Unit as Loaded
from rempart_agent.models.unit.syntax import Assignment, Broken, assignments
from rempart_agent.readers.files import unit
from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

Section = Dict[str, List[str]]
"""The settings of a section, each with its values in order."""


class Unit(NamedTuple):
    """What is known of one unit's file.

    Attributes:
        path: Where it lies.
        state: ``enabled``, ``disabled``, ``static``, ``masked`` …, as ``systemctl is-enabled`` prints it.
    """

    path: str
    state: str


class UnitFiles:
    """The unit files of a target."""

    def __init__(self, target: Target) -> None:
        """Look through all folders that systemd looks through."""
        self._target = target
        self._folders = unit.folders(target)
        self._loaded: Dict[str, Loaded] = {}

    def names(self) -> List[str]:
        """Return the name of every unit that has a file, and of every instance of a template that is pulled in."""
        return sorted({*self._folders.names(), *self._folders.instances()})

    def find(self, name: str) -> Optional[Unit]:
        """Return what is known of a unit's file, or None where it has none."""
        found = install.state(self._folders, name)
        if found.state == "not-found":
            return None
        path = found.path or self._load(name).path
        if found.state == "alias":
            path = self._real(path)
        return Unit(path, found.state or "")

    def _real(self, path: str) -> str:
        try:
            return self._target.realpath(path)
        except SourceError:
            return path

    def _load(self, name: str) -> Loaded:
        if name not in self._loaded:
            self._loaded[name] = unit.units(self._target).load(name)
        return self._loaded[name]

    def pulled(self, name: str) -> bool:
        """Tell whether a link pulls a unit in, by its name or as an instance of it (``x.wants``, ``x.requires``)."""
        return bool(self._folders.pulls.get(name))

    def section(self, path: str, name: str) -> Section:
        """Return the settings of one section of one file, each with its values in order.

        Args:
            path: The file.
            name: Of the section, without brackets.
        """
        found: Section = {}
        for setting in self._assignments(path):
            if setting.section == name:
                found[setting.key] = [*found.get(setting.key, ()), setting.value] if setting.value else []
        return found

    def _assignments(self, path: str) -> List[Assignment]:
        found: List[Assignment] = []
        try:
            found.extend(assignments(self._folders.files.text(path)))
        except (Missing, Broken):  # a link to nowhere; a file of which systemd takes what comes before
            pass
        return found

    def dropins(self, name: str) -> List[str]:
        """Return the files that add to a unit, in the order in which they count (systemd.unit(5))."""
        return list(self._load(name).dropins)

    def setting(self, name: str, path: str, section: str, key: str) -> str:
        """Return the last value of a setting of a unit, its file and what adds to it taken together, or ``""``.

        Of the specifiers (systemd.unit(5)) those that stand for parts of the unit's name are replaced. ``path`` is
        where its file lies.

        Args:
            name: The unit's.
            path: Its file.
            section: Without brackets.
            key: The setting.
        """
        from rempart_agent.models.unit.command import expanded

        found = self._load(name)
        return expanded(found.value(section, key), found) if path else ""
