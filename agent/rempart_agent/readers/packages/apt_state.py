"""Tells whether apt's lists are those that their Release files name: whole, of the right archive and architecture.

A list and its Release file are looked at in one go; where apt changes them meanwhile, once more.
"""

import hashlib
import re
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from rempart_agent.models.apt import config, release
from rempart_agent.models.apt.lists import Wanted
from rempart_agent.readers.files import packed
from rempart_agent.readers.packages import dpkg
from rempart_agent.said import Why
from rempart_agent.source.contract import Loop, Malformed, Missing, Unfit
from rempart_agent.source.target import Target

COMPLETE, ABSENT, FOREIGN, DAMAGED = "complete", "absent", "foreign", "damaged"
MAX_RELEASE = 32 * 1024 * 1024

_DPKG = re.compile(r"(?:^|\n)Package: dpkg\n(?:[^\n]+\n){0,40}?Architecture: (\S+)")
_ANY = re.compile(r"\nArchitecture: (?!all\b)(\S+)")


class State(NamedTuple):
    """What there is of a list.

    Attributes:
        state: ``complete``, ``absent``, ``foreign`` (another archive's or architecture's), ``damaged`` (emptied, cut,
            changed); ``""`` where that is not known.
        why: What is wrong.
        path: Where the list lies.
        fields: What its Release file says of the archive, names in small letters.
        changed_at: The date of the Release file's last download, as the server gave it.
    """

    state: str
    why: str = ""
    path: str = ""
    fields: Mapping[str, str] = {}
    changed_at: Optional[int] = None


class Lists:
    """The folder of lists."""

    def __init__(self, target: Target, values: Mapping[str, str]) -> None:
        """Look which files there are.

        Args:
            target: What is looked at.
            values: The configuration of apt: text by key, in small letters.
        """
        self._target = target
        self.folder = config.place(values, "Dir::State::lists").rstrip("/")
        try:
            self._names: Set[str] = set(target.listdir(self.folder))
        except (Missing, Loop):
            self._names = set()
        self._releases: Dict[str, Tuple[str, release.Release, Tuple[int, ...]]] = {}
        self._compared: Dict[Tuple[str, str, Tuple[int, ...]], Tuple[str, str]] = {}

    def about(self, archive: str) -> Mapping[str, str]:
        """Return what the Release file of an archive says of it; nothing where there is none."""
        stamp = self._stamp(archive)
        return self._release(archive, stamp)[1].fields if stamp else {}

    def state(self, wanted: Wanted) -> State:
        """Return what there is of a list."""
        for _ in range(2):
            before = self._stamp(wanted.archive)
            if wanted.archive in self._releases and self._releases[wanted.archive][2] != before:
                del self._releases[wanted.archive]
            found = self._state(wanted, before)
            if before == self._stamp(wanted.archive):
                return found
        return State("", Why("the lists are being changed"))

    def _release_name(self, archive: str) -> str:
        return next((archive + n for n in ("InRelease", "Release") if archive + n in self._names), "")

    def _stamp(self, archive: str) -> Tuple[int, ...]:
        name = self._release_name(archive)
        return self._mark("{}/{}".format(self.folder, name)) if name else ()

    def _mark(self, path: str) -> Tuple[int, ...]:
        """Return what changes with a file; nothing where it is not there."""
        try:
            status = self._target.stat(path)
        except (Missing, Loop):
            return ()
        return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def _state(self, wanted: Wanted, stamp: Tuple[int, ...]) -> State:
        path = self._path(wanted.file)
        if not stamp:
            return State("" if path else ABSENT, Why("its Release file is not there"), path)
        name, said = self._release(wanted.archive, stamp)
        about = {"path": path, "fields": said.fields, "changed_at": stamp[2] // 1_000_000_000}
        if not said.whole or not said.entries:
            return State("" if said.whole else DAMAGED, Why("{name} is not whole", name=name), **about)  # type: ignore[arg-type]
        entry = said.entries.get(wanted.key)
        if entry is None:
            return State(FOREIGN, Why("the archive has no {key}", key=wanted.key), **about)  # type: ignore[arg-type]
        if not path:
            state, why = (COMPLETE, "") if not entry.size else (ABSENT, Why("its list was not fetched"))
            return State(state, why, **about)  # type: ignore[arg-type]
        key = (path, entry.sha256, self._mark(path))
        if key not in self._compared:
            self._compared[key] = self._compare(path, entry)
        state, why = self._compared[key]
        return State(state, why, **about)  # type: ignore[arg-type]

    def _path(self, name: str) -> str:
        found = next((name + suffix for suffix in packed.SUFFIXES if name + suffix in self._names), "")
        return "{}/{}".format(self.folder, found) if found else ""

    def _release(self, archive: str, stamp: Tuple[int, ...]) -> Tuple[str, release.Release]:
        if archive not in self._releases:
            name = self._release_name(archive)
            text = self._target.read("{}/{}".format(self.folder, name), MAX_RELEASE).decode("utf-8", "replace")
            self._releases[archive] = (name, release.parse(text, inline=name.endswith("InRelease")), stamp)
        name, said, _ = self._releases[archive]
        return name, said

    def _compare(self, path: str, entry: release.Entry) -> Tuple[str, str]:
        digest, size = hashlib.sha256(), 0
        try:
            for part in packed.parts(self._target, path):
                digest.update(part)
                size += len(part)
        except Malformed as error:
            return DAMAGED, error.why
        except Unfit as error:
            return "", error.why
        if size != entry.size:
            return DAMAGED, Why("{size} bytes, and the archive says {size_2}", size=size, size_2=entry.size)
        if digest.hexdigest() != entry.sha256:
            return DAMAGED, Why("its SHA-256 is not the one that the archive says")
        return COMPLETE, ""


def architectures(target: Target, values: Mapping[str, str]) -> Tuple[str, Sequence[str]]:
    """Return the architecture of the system, and the foreign ones that dpkg was given.

    Args:
        target: What is looked at.
        values: The configuration of apt: text by key, in small letters.
    """
    found = values.get("apt::architecture", "")
    if not found:
        try:
            text = "\n".join(dpkg.texts(target))
        except Missing:
            text = ""
        match = _DPKG.search(text) or _ANY.search(text)
        found = match.group(1) if match else ""
    try:
        listed = target.text("/var/lib/dpkg/arch").split()
    except (Missing, Loop):
        listed = []
    foreign: List[str] = [name for name in listed if name != found]
    return found, foreign
