"""systemd's unit files: where each lies, and whether it is enabled, by the rules of systemd.unit(5) and systemctl(1).

The same on a live machine and on a root filesystem: links and files are all that is looked at.
"""

from typing import Dict, List, NamedTuple, Optional, Set

from rempart_agent.tables.contract import Missing, SourceError
from rempart_agent.tables.unit_syntax import Section, expand, is_unit, parse, template, words
from rempart_agent.targets.contract import Target

_CONFIGURED = "/etc/systemd/system"
_TRANSIENT = "/run/systemd/transient"
_GENERATORS = ("/run/systemd/generator.early", "/run/systemd/generator", "/run/systemd/generator.late")
_FOLDERS = (
    *("/etc/systemd/system.control", "/run/systemd/system.control", _TRANSIENT, _GENERATORS[0]),
    *(_CONFIGURED, "/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached"),
    *(_GENERATORS[1], "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"),
    _GENERATORS[2],
)
_PULLED_IN = (".wants", ".requires", ".upholds")


class _Entry(NamedTuple):
    """A unit's entry in one folder: a file, or a link and where it points; ``masked`` where it is made empty."""

    folder: str
    link: str
    masked: bool


class _Link(NamedTuple):
    """A link to a unit: the folder, its name, the name that it points to, and whether it pulls the unit in."""

    folder: str
    name: str
    to: str
    pulls: bool


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
        self._entries: Dict[str, List[_Entry]] = {}
        self._links: Dict[str, List[_Link]] = {}  # under the link's name and under the name that it points to
        self._dropins: Dict[str, List[str]] = {}
        self._texts: Dict[str, str] = {}
        seen: Set[str] = set()
        for folder in _FOLDERS:
            try:
                real = target.realpath(folder)
                names = target.listdir(folder)
            except Missing:
                continue
            if real not in seen:  # /lib is /usr/lib by another name on most machines
                seen.add(real)
                self._look(folder, names)

    def _look(self, folder: str, names: List[str]) -> None:
        for name in names:
            path = folder + "/" + name
            if name.endswith(_PULLED_IN):
                for link in self._names(path):
                    if is_unit(link):
                        to = _base(self._points_to(path + "/" + link)) or link
                        self._add(_Link(folder, link, to, pulls=True))
            elif name.endswith(".d"):
                self._dropins.setdefault(name[:-2], []).append(path)
            elif is_unit(name):
                to = self._points_to(path)
                masked = to == "/dev/null" if to else self._is_empty(path)
                self._entries.setdefault(name, []).append(_Entry(folder, to, masked))
                if to and not masked:
                    self._add(_Link(folder, name, _base(to), pulls=False))

    def _add(self, link: _Link) -> None:
        for name in {link.name, link.to}:
            self._links.setdefault(name, []).append(link)

    def _names(self, path: str) -> List[str]:
        try:
            return self._target.listdir(path)
        except Missing:
            return []

    def _points_to(self, path: str) -> str:
        """Return where a link points, or ``""`` for what is no link."""
        import stat

        try:
            return self._target.readlink(path) if stat.S_ISLNK(self._target.lstat(path).st_mode) else ""
        except Missing:
            return ""

    def _is_empty(self, path: str) -> bool:
        import stat

        try:
            status = self._target.lstat(path)
        except Missing:
            return False
        return stat.S_ISREG(status.st_mode) and status.st_size == 0

    def names(self) -> List[str]:
        """Return the name of every unit that has a file, and of every instance of a template that is pulled in."""
        found = set(self._entries)
        found.update(name for name in self._links if template(name) in self._entries)
        return sorted(found)

    def find(self, name: str) -> Optional[Unit]:
        """Return what is known of a unit's file, or None where it has none."""
        own = name if name in self._entries else template(name)
        if own not in self._entries:
            return None
        entry = self._entries[own][0]
        path = entry.folder + "/" + own
        if entry.masked:
            return Unit(path, "masked" + _runtime(entry.folder))
        if entry.link and _base(entry.link) not in (own, template(own)):
            return Unit(self._real(path), "alias")
        if entry.folder in _GENERATORS:
            return Unit(path, "generated")
        if entry.folder == _TRANSIENT:
            return Unit(path, "transient")
        return Unit(path, self._state(name, path))

    def _real(self, path: str) -> str:
        try:
            return self._target.realpath(path)
        except SourceError:
            return path

    def _state(self, name: str, path: str) -> str:
        install = self.section(path, "Install")
        known = {name, *words(install, "Alias")}
        default = words(install, "DefaultInstance")
        if default:
            known.add(name.replace("@.", "@{}.".format(default[-1])))
        state = self._linked(name, known)
        if not state and self._linked(name, None):  # in use under a name that its own file does not give it
            return "indirect"
        if state:
            return state
        if any(words(install, key) for key in ("WantedBy", "RequiredBy", "UpheldBy", "Alias")):
            return "disabled"
        return "indirect" if words(install, "Also") else "static"

    def _linked(self, name: str, known: Optional[Set[str]]) -> str:
        """Return the state that follows from the links to a unit with a ``known`` name, or from all; else ``""``."""
        enabled, linked, vendor = set(), set(), False
        for link in self._links.get(name, ()):
            if not link.pulls and link.name == link.to == name:
                linked.add(link.folder)
            elif known is None or link.name in known:
                enabled.add(link.folder)
                vendor = True
        for folders, word in ((enabled, "enabled"), (linked, "linked")):
            if word == "linked" and vendor and template(name):
                return "static"
            if _CONFIGURED in folders:
                return word
            if any(_runtime(folder) for folder in folders):
                return word + "-runtime"
        return ""

    def section(self, path: str, name: str) -> Section:
        """Return the settings of one section of a unit file, each with its values in order."""
        if path not in self._texts:
            try:
                self._texts[path] = self._target.text(path)
            except Missing:  # a link to nowhere
                self._texts[path] = ""
        return parse(self._texts[path], name)

    def dropins(self, name: str) -> List[str]:
        """Return the files that add to a unit, in the order in which they count (systemd.unit(5))."""
        stem, _, kind = name.rpartition(".")
        owners = [kind]
        parts = stem.split("-")
        owners += ["-".join(parts[:n]) + "-." + kind for n in range(1, len(parts))]
        owners += [template(name)] if template(name) else []
        owners.append(name)
        found: Dict[str, str] = {}
        for owner in owners:
            folders = self._dropins.get(owner, ())
            for folder in reversed(list(folders)):
                for file in self._names(folder):
                    if file.endswith(".conf"):
                        found[file] = folder + "/" + file
        return [found[file] for file in sorted(found)]

    def setting(self, name: str, path: str, section: str, key: str) -> str:
        """Return the last value of a setting of a unit, its file and what adds to it taken together, or ``""``.

        Of the specifiers (systemd.unit(5)) those that stand for parts of the unit's name are replaced.
        """
        value = ""
        for file in [path, *self.dropins(name)]:
            values = self.section(file, section).get(key)
            if values is not None:
                value = values[-1] if values else ""
        return expand(value, name)


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _runtime(folder: str) -> str:
    return "-runtime" if folder.startswith("/run/") else ""
