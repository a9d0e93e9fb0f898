"""A unit as systemd loads it: its file, its other names, what adds to it (src/core, src/shared/unit-file.c)."""

from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models.unit import command, verify
from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.files import EMPTY, FILE, FOLDER, LINK, Loop, dropins, is_null, resolve
from rempart_agent.models.unit.install import Folders
from rempart_agent.models.unit.syntax import Assignment, Broken
from rempart_agent.said import Why

LOADED, MASKED, NOT_FOUND, BAD_SETTING, ERROR = "loaded", "masked", "not-found", "bad-setting", "error"
_HOPS = 8


class Unit(NamedTuple):
    """A unit as it would be loaded.

    Attributes:
        name: Its name, an alias resolved.
        load: ``loaded``, ``masked``, ``not-found``, ``bad-setting`` or ``error`` (LoadState).
        path: Its file (FragmentPath), or ``""``.
        dropins: What is added to it, in the order in which it counts (DropInPaths).
        aliases: Its other names.
        settings: All assignments in the order in which they count.
        why: Why it can't be loaded.
    """

    name: str
    load: str
    path: str
    dropins: Tuple[str, ...]
    aliases: Tuple[str, ...]
    settings: Tuple[Assignment, ...]
    why: str = ""

    @property
    def called(self) -> str:
        """All its names, separated by blanks, as ``name.expand`` takes them."""
        return " ".join((self.name, *self.aliases))

    def values(self, section: str, *keys: str) -> List[Assignment]:
        """Return the assignments of some keys that count: an empty one takes back all before it, of each key."""
        found: List[Assignment] = []
        for setting in self.settings:
            if setting.section == section and setting.key in keys:
                found = [*found, setting] if setting.value else []
        return found

    def value(self, section: str, key: str) -> str:
        """Return the value of a setting that is no list, or ``""``.

        Args:
            section: Without brackets.
            key: The setting.
        """
        found = self.values(section, key)
        return found[-1].value if found else ""


class Units:
    """All units of a system, by name (unit_file_build_name_map)."""

    def __init__(self, folders: Folders, is_zone: Callable[[str], bool] = lambda _: False) -> None:
        """Find out what each name stands for.

        Args:
            folders: The folders of units.
            is_zone: Tells whether there is a time zone of a name.
        """
        self.folders = folders
        self._is_zone = is_zone
        self._loaded: Dict[str, Unit] = {}
        self._files = folders.files
        self._inside = {*folders.entries, *(resolve(self._files, folder) for folder in folders.entries)}
        self._ids: Dict[str, str] = {}
        for folder, entries in folders.entries.items():
            for name, kind in entries.items():
                if name not in self._ids and kind in (FILE, EMPTY, LINK):
                    to = folder + "/" + name if kind != LINK else self._link(folder, name)
                    if to:
                        self._ids[name] = to
        self._aliases: Dict[str, List[str]] = {}
        for name in self._ids:
            self._name(name)

    def _link(self, folder: str, name: str) -> str:
        """Return what a link stands for: a unit's name, itself where it leads out, ``""`` where it is not valid."""
        to = self._files.target(folder + "/" + name)
        try:
            to = resolve(self._files, to if to.startswith("/") else folder + "/" + to, last=False)
        except Loop:
            return ""
        if not any(to.startswith(place + "/") for place in self._inside):
            return folder + "/" + name
        return names.base(to) if names.alias_is_valid(name, names.base(to)) else ""

    def _fragment(self, name: str) -> Optional[str]:
        """Return the file of a name, through aliases; None where there is none (unit_ids_map_get)."""
        here = name
        for hop in range(_HOPS):
            to = self._ids.get(here)
            if to is None and hop:
                to = self._ids.get(names.template(here))
            if to is None:
                return None
            if to.startswith("/"):
                return to
            here = to
        raise Loop("aliases that lead in a circle: {name}", name=name)

    def _name(self, name: str) -> None:
        try:
            to = self._fragment(name)
            if to is None or self._null(to) is not False:
                return
        except Loop:
            return
        to = names.base(to)
        if names.kind(to) == names.TEMPLATE and names.kind(name) == names.INSTANCE:
            to = names.with_instance(to, names.parts(name)[1])
        self._aliases.setdefault(to, []).append(name)

    def _null(self, path: str) -> Optional[bool]:
        try:
            real = resolve(self._files, path)
        except Loop:
            return None
        if is_null(self._files, real):
            return True
        return False if self._files.kind(real) == FILE else None

    def load(self, name: str) -> Unit:
        """Load a unit, once; a template, which is never loaded itself, is right where an instance of it would be."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> Unit:
        kind = names.kind(name)
        try:
            path = self._fragment(name)
            if path is None and kind == names.INSTANCE:
                path = self._fragment(names.template(name))
        except Loop as error:
            return Unit(name, NOT_FOUND, "", (), (), (), error.why)
        own = name
        if path is not None:
            own = names.base(path)
            if names.kind(own) == names.TEMPLATE and kind == names.INSTANCE:
                own = names.with_instance(own, names.parts(name)[1])
        aliases = self._names(name, own, kind, path)
        added = self._dropins([own, *sorted(aliases - {own})])
        if path is None:
            return Unit(name, NOT_FOUND, "", (), (), (), Why("no file"))
        others = tuple(sorted(aliases))
        null = self._null(path)
        if null is None:
            return Unit(name, NOT_FOUND, "", (), (), (), Why("a link to a file that is not there: {path}", path=path))
        if null:
            return Unit(own, MASKED, path, (), others, (), Why("masked by {path}", path=path))
        found: List[Assignment] = []
        as_name = names.with_instance(own, "x") or own if names.kind(own) == names.TEMPLATE else own
        as_name = " ".join((as_name, *others))
        try:
            found.extend(self._checked(path, as_name))
        except (Broken, command.Refused) as error:
            load = ERROR if isinstance(error, Broken) else BAD_SETTING
            return Unit(own, load, path, (), others, (), Why("{path}: {error}", path=path, error=error))
        for addition in added:
            try:
                if self._null(addition) is False:
                    found.extend(self._checked(addition, as_name))
            except (Broken, command.Refused):  # what comes before counts: extend has taken it
                continue
        why = self._verify(tuple(found), as_name)
        return Unit(own, BAD_SETTING if why else LOADED, path, tuple(added), others, tuple(found), why)

    def _checked(self, path: str, name: str) -> Iterator[Assignment]:
        """Yield the assignments of a file up to one at which systemd stops."""
        for setting in self._files.assignments(path):
            if setting.section == "Service" and setting.key in command.KEYS and setting.value:
                try:
                    command.parse(setting.value, name)
                except command.Refused as error:
                    if error.before:
                        yield setting
                    raise
            if setting.section in verify.WITH_ACCOUNTS and setting.key in verify.ACCOUNTS and setting.value:
                verify.account(setting, name)
            yield setting

    def _verify(self, settings: Tuple[Assignment, ...], name: str) -> str:
        if names.suffix(name) == "service":  # the end of all its names
            return verify.service(settings, name)
        return verify.timer(settings, name, self._is_zone) if names.suffix(name) == "timer" else ""

    def _names(self, name: str, own: str, kind: str, path: Optional[str]) -> Set[str]:
        found = self._with_aliases(name, None, name, kind)
        if path is not None and names.base(path) != name:
            found |= self._with_aliases(names.base(path), names.base(path), name, kind)
        return {n for n in found if names.kind(n) != names.TEMPLATE} | {own}

    def _with_aliases(self, of: str, fragment: Optional[str], name: str, kind: str) -> Set[str]:
        found = {of}
        for alias in self._aliases.get(of, ()):
            if kind == names.INSTANCE and names.kind(alias) == names.TEMPLATE:
                instance = names.with_instance(alias, names.parts(name)[1])
                try:
                    other = self._fragment(instance)
                except Loop:
                    continue
                if not (other and fragment and names.base(other) != fragment):
                    found.add(instance)
            else:
                found.add(alias)
        return found

    def dropins(self, name: str) -> List[str]:
        """Return the files that add to a unit which may have no file of its own, those that are masked left out.

        Args:
            name: The unit's.
        """
        return [path for path in self._dropins([name]) if self._null(path) is False]

    def _dropins(self, all_names: List[str]) -> List[str]:
        places: List[str] = []
        for name in all_names:
            owners = list(_owners(name))
            places += [f + "/" + owner + ".d" for f in self.folders.entries for owner in owners]
        places += [folder + "/" + names.suffix(all_names[0]) + ".d" for folder in self.folders.entries]
        present = {f + "/" + d for f, found in self.folders.dropins.items() for d in found}
        real: List[str] = []
        for place in places:
            if place in present and self._is_folder(place):
                try:
                    real.append(resolve(self._files, place))
                except Loop:
                    continue
        return dropins(self._files, real, ".conf")

    def _is_folder(self, place: str) -> bool:
        """Tell whether systemd takes it for a folder: of links only those with an absolute target."""
        if self._files.kind(place) == FOLDER:
            return True
        return self._files.kind(place) == LINK and self._files.target(place).startswith("/")


def _owners(name: str) -> List[str]:
    """Return the names whose ``.d`` folders add to a unit, the strongest first (unit_file_find_dirs)."""
    template = names.template(name)
    found = [name, template] if template else [name]
    prefix, instance = names.parts(name)
    chopped = False
    while True:
        at = prefix.rfind("-")
        if at <= 0:
            return found
        if at + 1 < len(prefix) or chopped:
            prefix = prefix[: at + 1]
            break
        prefix, chopped = prefix[:at], True
    shorter = prefix + ("@" if "@" in name else "") + instance + "." + names.suffix(name)
    return found + (_owners(shorter) if names.kind(shorter) else [])
