r"""The registry of a disk: its hives, joined as the running system would have them.

Source: the keys ``HKLM\SYSTEM\Select`` and ``HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList``, and
``HKLM\SYSTEM\CurrentControlSet\Control\hivelist``, which says of a running system what lies where.

``HKEY_USERS`` holds whoever has a profile; a running system has those alone that are logged on. What is made up at
the start (``HKLM\HARDWARE``) and what lies on another volume (``HKLM\BCD00000000``) can't be observed.
"""

from collections.abc import Callable, Iterator, Mapping

from rempart_agent.images.windows.hive import Hive
from rempart_agent.images.windows.hive import Key as HiveKey
from rempart_agent.source.contract import Malformed, Missing, NotObservable, Unfit
from rempart_agent.source.registry import LINK, Key, Value, fold, text_of

_CONFIG = "\\Windows\\System32\\config\\"
_MACHINE = ("SYSTEM", "SOFTWARE", "SAM", "SECURITY")
_MADE_UP = ("HARDWARE", "BCD00000000", "DRIVERS", "COMPONENTS", "SCHEMA", "ELAM")
_OTHERS = ("HKEY_CURRENT_USER", "HKEY_CURRENT_USER_LOCAL_SETTINGS", "HKEY_PERFORMANCE_DATA", "HKEY_PERFORMANCE_TEXT")
_ALIASES = {
    "HKEY_CLASSES_ROOT": "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes",
    "HKEY_CURRENT_CONFIG": "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Hardware Profiles\\Current",
}
_PROFILES = "Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
_MAX_LINKS = 8
PERSONS = ("S-1-5-21-", "S-1-12-")
"""What the SIDs of accounts begin with that people may have: of this machine or a domain, of Entra ID."""


class Registry:
    """All hives of one system; users' hives are read when they are asked for."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        r"""Read the hives of the machine itself.

        Args:
            read: Returns the content of a file of the system's volume by its path (``\Windows\…``); raises
                ``SourceError``, ``Missing`` where there is none.

        Raises:
            SourceError: the hives of the machine can't be read.
        """
        self._read = read
        self._hives: dict[str, Hive | None] = {}
        system = self._hive(_CONFIG + "SYSTEM")
        self._software = self._hive(_CONFIG + "SOFTWARE")
        current = (select := system.key("Select")) and select.value("Current")
        if not current or not isinstance(current.data, int):
            raise Malformed("{file}: it does not say which control set is the current one", file=system.file)
        following = select.value("Default") if select is not None else None
        if following is not None and following.data != current.data:
            raise Unfit("{file}: the next start takes another control set than the last one (Select)", file=system.file)
        self._control = f"ControlSet{current.data:03}"
        self._set = system.key(self._control)
        if self._set is None:
            raise Malformed(
                "{file}: {control}, which is the current one, is not there", file=system.file, control=self._control
            )
        self.system_root = text_of(self._software.key("Microsoft\\Windows NT\\CurrentVersion"), "SystemRoot")
        if self.system_root[1:].lower() != ":\\windows":
            raise Unfit(
                "the system of Windows is not in the folder Windows: {system_root}",
                system_root=repr(self.system_root[:100]),
            )

    @property
    def drive(self) -> str:
        """Return the drive of the system: ``C:``."""
        return self.system_root[:2].upper()

    def key(self, path: str) -> Key | None:
        """See Target.registry."""
        for _ in range(_MAX_LINKS):
            found = self._walk(path)
            if not isinstance(found, str):
                return found
            path = found
        raise Unfit("{path}: keys that stand for one another", path=path[:300])

    def _walk(self, path: str) -> "Key | str | None":
        """Return the key of a path; another path where one on the way stands for another key."""
        parts = [one for one in path.split("\\") if one]
        top = fold(parts[0]) if parts else ""
        if top in _ALIASES:
            return "\\".join([_ALIASES[top], *parts[1:]])
        if top in _OTHERS:
            raise NotObservable("{top}: only a running system has it", top=top)
        if top not in {"HKEY_LOCAL_MACHINE", "HKEY_USERS"}:
            return None
        person = top == "HKEY_USERS" and len(parts) > 1 and parts[1].upper().startswith(PERSONS)
        if person and [fold(one) for one in parts[2:4]] == ["SOFTWARE", "CLASSES"]:
            return "\\".join([parts[0], parts[1] + "_Classes", *parts[4:]])
        if top == "HKEY_LOCAL_MACHINE" and len(parts) > 1 and fold(parts[1]) in _MADE_UP:
            raise NotObservable(
                "HKEY_LOCAL_MACHINE\\{parts}: it is not on the disk of the system", parts=fold(parts[1])
            )
        here: Key | None = self._machine() if top == "HKEY_LOCAL_MACHINE" else self._users()
        for place, name in enumerate(parts[1:], 2):
            here = here.subkey(name) if here is not None else None
            if here is None:
                return None
            if isinstance(here, HiveKey) and here.is_link:
                return "\\".join([_target(here, path), *parts[place:]])
        return here

    def _machine(self) -> "_Joined":
        return _Joined("HKEY_LOCAL_MACHINE", {name: lambda name=name: self._top(name) for name in _MACHINE})  # type: ignore[misc]  # mypy sees no default there

    def _top(self, name: str) -> Key:
        root = self._hive(_CONFIG + name).root
        if name != "SYSTEM":
            return _Named(name, root)
        current = self._set
        assert current is not None  # noqa: S101 - as it was read
        return _Named(name, root, {"CurrentControlSet": lambda: _Named("CurrentControlSet", current)})

    def _users(self) -> "_Joined":
        found: dict[str, Callable[[], Key]] = {}
        for name, path in self.user_hives().items():
            found[name] = lambda name=name, path=path: _Named(name, self._hive(path).root)  # type: ignore[misc]  # see above
        return _Joined("HKEY_USERS", found)

    def profiles(self) -> dict[str, str]:
        r"""Return who has a profile: SID to its folder (``\Users\alice``)."""
        profiles = self._software.key(_PROFILES)
        found: dict[str, str] = {}
        for key in profiles.subkeys() if profiles is not None else ():
            path = self.expand(text_of(key, "ProfileImagePath"))
            if not path:
                continue
            if path[:2].upper() != self.drive:
                raise Unfit(
                    "the profile of {name} is on another drive: {path}", name=key.name[:100], path=repr(path[:200])
                )
            found[key.name] = path[2:].rstrip("\\")
        return found

    def user_hives(self) -> dict[str, str]:
        """Return what stands below ``HKEY_USERS``: its name to the file that it is in."""
        found = {".DEFAULT": _CONFIG + "DEFAULT"}
        for sid, folder in self.profiles().items():
            hive = next((one for one in ("\\NTUSER.DAT", "\\NTUSER.MAN") if self._is_there(folder + one)), "")
            if sid.upper() == "S-1-5-18":
                found[sid] = _CONFIG + "DEFAULT"
            elif hive:
                found[sid] = folder + hive
            classes = folder + "\\AppData\\Local\\Microsoft\\Windows\\UsrClass.dat"
            if hive and self._is_there(classes):
                found[sid + "_Classes"] = classes
        return found

    def expand(self, text: str) -> str:
        """Return a text with what it names of the system's own variables; others stay as they are."""
        drive, root = self.system_root[:2], self.system_root
        for name, value in (
            ("SystemRoot", root),
            ("windir", root),
            ("SystemDrive", drive),
            ("ProgramData", drive + "\\ProgramData"),
            ("ALLUSERSPROFILE", drive + "\\ProgramData"),
            ("ProgramFiles(x86)", drive + "\\Program Files (x86)"),
            ("CommonProgramFiles", drive + "\\Program Files\\Common Files"),
            ("ProgramFiles", drive + "\\Program Files"),
            ("ProgramW6432", drive + "\\Program Files"),
            ("PUBLIC", drive + "\\Users\\Public"),
        ):
            if "%" not in text:
                return text
            low, wanted = text.lower(), f"%{name.lower()}%"
            while wanted in low:
                at = low.index(wanted)
                text = text[:at] + value + text[at + len(wanted) :]
                low = text.lower()
        return text

    def _is_there(self, path: str) -> bool:
        return self._find(path) is not None

    def _hive(self, path: str) -> Hive:
        found = self._find(path)
        if found is None:
            raise Missing("{path}: does not exist", path=path)
        return found

    def _find(self, path: str) -> Hive | None:
        wanted = path.lower()
        if wanted not in self._hives:
            try:
                data = self._read(path)
            except Missing:
                self._hives[wanted] = None
            else:
                logs = [log for log in map(self._log, (path + ".LOG1", path + ".LOG2")) if log]
                self._hives[wanted] = Hive(data, logs, path)
        return self._hives[wanted]

    def _log(self, path: str) -> bytes:
        try:
            return self._read(path)
        except Missing:
            return b""


def _target(key: Key, path: str) -> str:
    """Return the path of the key that a link stands for."""
    value = key.value("SymbolicLinkValue")
    raw = value.raw.decode("utf-16-le", "replace").rstrip("\0") if value is not None and value.type == LINK else ""
    for prefix, top in (("\\REGISTRY\\MACHINE\\", "HKEY_LOCAL_MACHINE\\"), ("\\REGISTRY\\USER\\", "HKEY_USERS\\")):
        if fold(raw).startswith(prefix):
            return top + raw[len(prefix) :]
    raise Malformed(
        "{path}: {name} stands for another key, and does not say which", path=path[:300], name=key.name[:100]
    )


class _Joined:
    """A key that no hive holds: what stands below it are hives."""

    written = 0

    def __init__(self, name: str, below: Mapping[str, Callable[[], Key]]) -> None:
        self.name = name
        self._below = below

    def subkeys(self) -> Iterator[Key]:
        for name in self._below:
            yield self._below[name]()

    def names(self) -> list[str]:
        return list(self._below)

    def subkey(self, name: str) -> Key | None:
        found = next((one for one in self._below if fold(one) == fold(name)), None)
        return self._below[found]() if found is not None else None

    def values(self) -> list[Value]:
        return []

    def value(self, name: str) -> Value | None:
        del name
        return None


class _Named:
    """A key of a hive under another name, with keys below it that the running system adds."""

    def __init__(self, name: str, key: Key, more: Mapping[str, Callable[[], Key]] = {}) -> None:
        self.name, self.written = name, key.written
        self._key, self._more = key, more

    def subkeys(self) -> Iterator[Key]:
        for make in self._more.values():
            yield make()
        yield from self._key.subkeys()

    def names(self) -> list[str]:
        return [*self._more, *self._key.names()]

    def subkey(self, name: str) -> Key | None:
        added = next((one for one in self._more if fold(one) == fold(name)), None)
        return self._more[added]() if added is not None else self._key.subkey(name)

    def values(self) -> list[Value]:
        return self._key.values()

    def value(self, name: str) -> Value | None:
        return self._key.value(name)
