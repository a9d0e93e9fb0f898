"""What the configuration of apt sets, and which of it is in force, in order (apt.conf(5))."""

import re
from typing import Dict, Iterator, List, Tuple

from rempart_agent.models.apt.config import parse
from rempart_agent.models.apt.word import Refused
from rempart_agent.readers.files import apt_config
from rempart_agent.source.contract import Limit, Malformed, Value
from rempart_agent.source.target import Target

PARTS = "/etc/apt/apt.conf.d"
MAIN = "/etc/apt/apt.conf"
MAX_DEPTH = 10  # apt's own
MAX_WORK = 2_000_000  # settings read, and settings looked at by each "#clear"

_NAME = re.compile(r"[A-Za-z0-9_:-]+$|[A-Za-z0-9_:-][A-Za-z0-9_:.-]*\.conf$")


class Settings:
    """What has been set so far, in order."""

    def __init__(self, target: Target) -> None:
        """Start with nothing."""
        self._target = target
        self._alive: Dict[str, List[Dict[str, Value]]] = {}  # key in lower case -> its rows in force
        self._work = 0
        self.rows: List[Dict[str, Value]] = []

    def read(self, path: str, depth: int = 0) -> None:
        """Take in a file and what it includes.

        Args:
            path: The file.
            depth: How many files include it.

        Raises:
            Malformed: apt would refuse it.
            Limit: more settings than any administrator writes.
        """
        if depth > MAX_DEPTH:
            raise Malformed("{path}: too many includes within one another", path=path)
        for line, key, value in _parsed(self._target.text(path), path):
            self._work += 1 if key != "#clear" else len(self._alive)
            if self._work > MAX_WORK:
                raise Limit("{path}: too many settings", path=path)
            if key == "#include":
                folder = value.endswith("/")
                for included in apt_config.part_files(self._target, value.rstrip("/"), _NAME) if folder else [value]:
                    self.read(included, depth + 1)
            elif key == "#clear":
                self._clear(value.lower())
            else:
                self._set({"key": key, "value": value, "source": path, "line": line, "effective": 1})

    def _set(self, row: Dict[str, Value]) -> None:
        name = str(row["key"]).lower()
        before = self._alive.setdefault(name, [])
        if name and not name.endswith("::"):
            for earlier in before:
                earlier["effective"] = 0
            before.clear()
        before.append(row)
        self.rows.append(row)

    def _clear(self, name: str) -> None:
        for other in [o for o in self._alive if o == name or o.startswith(name + "::")]:
            for row in self._alive.pop(other):
                row["effective"] = 0


def read_settings(target: Target) -> List[Dict[str, Value]]:
    """Return a row of ``rempart_apt_config`` for each value that a file sets.

    Raises:
        SourceError: a file can't be read.
        Malformed: apt would refuse one.
        Limit: more settings than any administrator writes.
    """
    settings = Settings(target)
    for path in _files(target):
        settings.read(path)
    return settings.rows


def _files(target: Target) -> Iterator[str]:
    yield from apt_config.part_files(target, PARTS, _NAME)
    if target.exists(MAIN):
        yield MAIN


def _parsed(text: str, path: str) -> List[Tuple[int, str, str]]:
    try:
        return list(parse(text, path))
    except Refused as error:
        raise Malformed(str(error)) from error


def values(target: Target) -> Dict[str, str]:
    """Return the values in force by key in small letters, read once for all tables; lists are left out."""

    def read() -> Dict[str, str]:
        found = {}
        for row in read_settings(target):
            key = str(row["key"]).lower()
            if row["effective"] and not key.endswith("::"):
                found[key] = str(row["value"])
        return found

    kept: Dict[str, str] = target.shared("apt.conf", read)
    return kept
