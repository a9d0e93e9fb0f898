"""How a unit is enabled: what ``systemctl is-enabled`` prints (src/shared/install.c of systemd).

Links and files alone are looked at, as systemctl does on a root filesystem; it answers the same on a running machine.
"""

from typing import Dict, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.files import (
    ABSENT,
    CONFIGURED,
    DEVICE,
    EMPTY,
    FILE,
    FOLDER,
    FOLDERS,
    GENERATORS,
    LINK,
    TRANSIENT,
    Files,
    Loop,
    dropins,
    is_hidden,
    is_null,
    resolve,
)
from rempart_agent.models.unit.syntax import Broken, words
from rempart_agent.said import SaidError, Why

_PULLED_IN = (".wants", ".requires", ".upholds")
_HOPS = 64
_RULES = ("Alias", "WantedBy", "RequiredBy", "UpheldBy")


class State(NamedTuple):
    """How a unit is enabled.

    Attributes:
        state: The word of ``systemctl is-enabled``; ``bad`` where systemctl fails; None where it can't be told.
        path: Where its file, or the last link to it, lies.
        why: Why it is bad, or unknown.
    """

    state: Optional[str]
    path: str = ""
    why: str = ""


class _Bad(SaidError, ValueError):
    """systemctl fails."""


class _Unknown(SaidError, ValueError):
    """It can't be told from the files."""


class _Gone(_Bad):
    """There is no such file."""


class Pull(NamedTuple):
    """A link that pulls a unit in: ``/etc/systemd/system/multi-user.target.wants/a.service``."""

    folder: str
    owner: str
    how: str
    name: str


class _Info:
    """What is known of one name (InstallInfo)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = ""
        self.mode = ""  # regular, linked, alias, masked
        self.to = ""
        self.lists: Dict[str, List[str]] = {key: [] for key in (*_RULES, "Also")}
        self.default = ""


class Folders:
    """The folders of units, read once.

    Attributes:
        files: The files.
        entries: Each folder's entries that are called like a unit: name and kind.
        pulls: The links in ``x.wants``, ``x.requires`` and ``x.upholds``, under the name and under the template's.
    """

    def __init__(self, files: Files) -> None:
        """Read all folders."""
        self.files = files
        self.entries: Dict[str, Dict[str, str]] = {}
        self.pulls: Dict[str, List[Pull]] = {}
        self.links: Dict[str, List[Tuple[str, str, str]]] = {}  # folder, name, name that it points to; under both
        self.dropins: Dict[str, Set[str]] = {}  # folders called x.d, by folder of units
        seen: Set[str] = set()
        for folder in FOLDERS:
            real = resolve(files, folder)
            if real not in seen:  # /lib is /usr/lib by another name on most machines
                seen.add(real)
                self._read(folder)

    def _read(self, folder: str) -> None:
        entries: Dict[str, str] = {}
        for name, kind in self.files.names(folder):
            ending = name.rpartition(".")[2]
            if kind == FOLDER and "." + ending in _PULLED_IN:
                self._pulled(folder, name, ending)
            elif kind in (FOLDER, LINK) and ending == "d":
                self.dropins.setdefault(folder, set()).add(name)
            if kind == LINK and not is_hidden(name):
                to = names.base(self.files.target(folder + "/" + name))
                for key in {name, to}:
                    self.links.setdefault(key, []).append((folder, name, to))
            if names.kind(name):
                entries[name] = kind
        self.entries[folder] = entries

    def _pulled(self, folder: str, name: str, ending: str) -> None:
        for link, kind in self.files.names(folder + "/" + name):
            if kind == LINK and not is_hidden(link):
                pull = Pull(folder, name[: -len(ending) - 1], ending, link)
                for key in {link, names.template(link)} - {""}:
                    self.pulls.setdefault(key, []).append(pull)

    def names(self) -> List[str]:
        """Return each name that has a file or a link (``systemctl list-unit-files``)."""
        found = {n for entries in self.entries.values() for n, kind in entries.items() if kind in (FILE, EMPTY, LINK)}
        return sorted(name for name in found if not is_hidden(name))

    def instances(self) -> List[str]:
        """Return the instances that are pulled in, whose template alone has a file."""
        known = set(self.names())
        return sorted(n for n in self.pulls if n not in known and names.template(n) in known)


def state(folders: Folders, name: str) -> State:
    """Return how a unit is enabled.

    Args:
        folders: The folders.
        name: Any name; one without a file is ``not-found``.
    """
    if not names.kind(name):
        return State("bad", "", Why("not a unit's name"))
    try:
        info = _traverse(folders, name)
        return State(_state(folders, name, info), info.path)
    except _Unknown as error:
        return State(None, "", error.why)
    except _Gone as error:
        return State("not-found", "", error.why)
    except (_Bad, Loop, Broken) as error:
        return State("bad", "", error.why)


def _state(folders: Folders, name: str, info: _Info) -> str:
    folder = info.path.rpartition("/")[0]
    if info.mode == "masked":
        return "masked-runtime" if _runtime(info.path) else "masked"
    if names.base(info.path) != name and names.kind(info.name) != names.INSTANCE:
        return "alias"
    if folder in GENERATORS:
        file = names.base(info.path)
        if file != name and any(link == file for _, link, _ in folders.links.get(file, ())):
            raise _Unknown("an instance of a generated template, and a link of the template's name elsewhere")
        return "generated"
    if folder == TRANSIENT:
        return "transient"
    found = _linked(folders, info, named=True)
    if found:
        return found
    if _linked(folders, info, named=False):  # in use under a name that its own file does not give it
        return "indirect"
    if any(info.lists[key] for key in _RULES):
        return "disabled"
    return "indirect" if info.lists["Also"] else "static"


def _linked(folders: Folders, info: _Info, named: bool) -> str:
    """Return the state that follows from links to a unit, with one of its own names or with any; else ``""``."""
    known = {info.name, *info.lists["Alias"]}
    if info.default and names.kind(info.name) == names.TEMPLATE:
        known.add(names.with_instance(info.name, info.default))
    pulled = {pull.folder for pull in folders.pulls.get(info.name, ()) if not named or pull.name in known}
    runtime = anywhere = below = same_configured = same_runtime = False
    for folder in folders.entries:
        same = False
        found = folder in pulled
        for at, link, to in folders.links.get(info.name, ()):
            if at != folder:
                continue
            found_path, found_to = link == info.name and not below, to == info.name
            if found_path and found_to:
                same = True
            elif (found_path or found_to) and (not named or link in known):
                found = True
        if found:
            if folder == CONFIGURED:
                return "enabled"
            runtime, anywhere = runtime or _runtime(folder), anywhere or not _runtime(folder)
        elif same:
            same_configured, same_runtime = same_configured or folder == CONFIGURED, same_runtime or _runtime(folder)
        below = below or info.path.startswith(folder + "/")
    if runtime:
        return "enabled-runtime"
    if anywhere and names.kind(info.name) == names.INSTANCE:
        return "static"
    if same_configured:
        return "linked"
    return "linked-runtime" if same_runtime else ""


def _runtime(path: str) -> bool:
    return path.startswith("/run/")


def _traverse(folders: Folders, name: str) -> _Info:
    """Find a unit's file, through as many links as there are (install_info_traverse)."""
    infos: Dict[str, _Info] = {}
    info = infos[name] = _Info(name)
    _search(folders, info, infos)
    for _ in range(_HOPS):
        if info.mode not in ("alias", "linked"):
            return info
        to = names.base(info.to)
        if info.mode == "alias" and to != info.name:
            if names.kind(info.name) == names.INSTANCE and names.kind(to) == names.TEMPLATE:
                to = names.with_instance(to, names.parts(info.name)[1])
                if not to:
                    raise _Bad("no name for the instance")
            if to != info.name:
                if not names.kind(to):
                    raise _Bad("a link to what is no unit: {to}", to=info.to)
                info = infos.setdefault(to, _Info(to))
                try:
                    _search(folders, info, infos)
                except _Gone:
                    raise _Bad("a link to a unit that is not there: {to}", to=to) from None
                continue
        info.path, info.mode = info.to, ""
        try:
            _load(folders, info, info.path, infos)
        except _Gone:
            raise _Bad("a link to a file that is not there: {path}", path=info.path) from None
    raise _Bad("links that lead in a circle")


def _search(folders: Folders, info: _Info, infos: Dict[str, _Info]) -> None:
    """Find the first file of a name, and read it and what is added to it (unit_file_search)."""
    if info.mode:
        return
    if info.path:
        _load(folders, info, info.path, infos)
        return
    suffix = names.suffix(info.name)
    if names.kind(info.name) != names.PLAIN and suffix not in names.MAY_TEMPLATE:
        raise _Bad("no template may be a {suffix}", suffix=suffix)
    template = names.template(info.name)
    for name in (info.name, template):
        for folder, entries in folders.entries.items():
            if name in entries:
                info.path = folder + "/" + name
                _load(folders, info, info.path, infos)
                break
        if info.path:
            break
    else:
        raise _Gone("no file")
    if str(info.mode) == "masked":  # what _load found
        return
    owners = [owner + ".d" for owner in (info.name, template) if owner]
    places = [folder + "/" + owner for owner in owners for folder in folders.entries]
    present = {folder + "/" + owner for folder, found in folders.dropins.items() for owner in found}
    for path in dropins(folders.files, [p for p in places if p in present], ".conf"):
        real = resolve(folders.files, path)
        kind = folders.files.kind(real)
        if kind not in (FILE, EMPTY, DEVICE):
            raise _Bad("can't be read: {path}", path=path)
        if not is_null(folders.files, real):
            _parse(folders.files, info, real, infos)


def _load(folders: Folders, info: _Info, path: str, infos: Dict[str, _Info]) -> None:
    """Read a file, or a link (unit_file_load_or_readlink)."""
    files = folders.files
    kind = files.kind(path)
    if kind == ABSENT:
        raise _Gone("no file")
    if kind in (EMPTY, DEVICE):
        info.mode = "masked"
    elif kind == FILE:
        _parse(files, info, path, infos)
        info.mode = "regular"
    elif kind != LINK:
        raise _Bad("no file: {path}", path=path)
    else:
        _read_link(folders, info, path)


def _read_link(folders: Folders, info: _Info, path: str) -> None:
    folder, _, name = path.rpartition("/")
    to = folders.files.target(path)
    to = resolve(folders.files, to if to.startswith("/") else folder + "/" + to, last=False)
    inside = any(to.startswith(place + "/") for place in FOLDERS if place != "/lib/systemd/system")
    if inside and not names.alias_is_valid(name, names.base(to)):
        raise _Bad("a link that is no valid alias: {path} to {to}", path=path, to=to)
    info.to = to
    if to == "/dev/null":
        info.mode = "masked"
    else:  # another empty file is found to be one when it is read, under its own path
        info.mode = "alias" if inside else "linked"


def _parse(files: Files, info: _Info, path: str, infos: Dict[str, _Info]) -> None:
    for section, key, value, line in files.assignments(path):
        if section != "Install":
            continue
        if key == "Alias" and names.suffix(info.name) not in names.MAY_ALIAS:
            continue
        if key in _RULES:
            if not value:
                info.lists[key] = []
                continue
            try:
                info.lists[key] += words(value)
            except ValueError:  # systemd warns and goes on
                continue
        elif key == "Also":
            _also(info, value, "{}:{}".format(path, line), infos)
        elif key == "DefaultInstance" and names.kind(info.name) == names.TEMPLATE:
            found = _expand(value, info.name, "{}:{}".format(path, line))
            if found and not names.is_instance(found):
                raise _Bad("{path}:{line}: no instance: {found}", path=path, line=line, found=found)
            info.default = found


def _also(info: _Info, value: str, where: str, infos: Dict[str, _Info]) -> None:
    try:
        found = words(value, unquote=False)
    except ValueError as error:
        raise _Bad("{where}: {error}", where=where, error=error) from None
    for word in found:
        also = _expand(word, info.name, where)
        if not names.kind(also):
            raise _Bad("{where}: not a unit's name: {also}", where=where, also=also)
        infos.setdefault(also, _Info(also))
        info.lists["Also"].append(also)


def _expand(text: str, name: str, where: str) -> str:
    try:
        return names.expand(text, name, install=True)
    except names.Unresolved as error:
        raise _Unknown("{where}: {error}", where=where, error=error) from None
    except ValueError as error:
        raise _Bad("{where}: {error}", where=where, error=error) from None
