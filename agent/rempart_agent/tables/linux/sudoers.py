"""Table sudoers: the rules of sudo, line by line.

Source: ``/etc/sudoers`` and what it includes, in the order in which sudo reads it (sudoers(5)). A line is parted into
its first word and the rest; aliases are not resolved. As osquery has it, a line that begins with ``#`` is a comment,
even ``#1000 ALL = ALL``, which is a rule for the user of that id to sudo itself.

A machine without sudo has no rows, and an included file that does not exist adds none; one that can't be read raises.
"""

import re
import stat
from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.formats.line import trimmed
from rempart_agent.source.contract import TEXT, Column, Limit, Loop, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/etc/sudoers"
COLUMNS = (
    Column("source", TEXT),
    Column("header", TEXT),
    Column("rule_details", TEXT),
)
MAX_DEPTH = 128  # as sudo
MAX_FILES = 4096

_INCLUDE = ("#include", "@include")
_INCLUDEDIR = ("#includedir", "@includedir")
_BLANKS = re.compile(r"[ \t\v]+")
_PATH = re.compile(r'"([^"]*)"|((?:\\.|[^\s\\])+)')


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each rule, setting and include."""
    return _Reader(target).file(SOURCE, ())


def parse(text: str) -> Iterator[Tuple[str, str]]:
    """Yield first word and rest of each line of sudoers(5), continued lines put together."""
    header = details = ""
    goes_on = False
    for line in trimmed(text):
        if goes_on:
            if details:
                details = details[:-1]
            else:
                header = header[:-1]
            details += line
            goes_on = line.endswith("\\")
            if not goes_on:
                yield header, details
            continue
        header, details = [*_BLANKS.split(line, maxsplit=1), ""][:2]
        include = header in _INCLUDE or header in _INCLUDEDIR
        if (line[0] == "#" and not include) or (include and not details):
            continue
        goes_on = line.endswith("\\") and not include
        if not goes_on:
            yield header, details
    if goes_on:
        yield header, details


class _Reader:
    """Follows the includes of one target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._files = 0

    def file(self, path: str, chain: Tuple[str, ...]) -> Iterator[Dict[str, Value]]:
        """Yield the rows of a file and of what it includes; ``chain`` are the files that it is included from."""
        if len(chain) > MAX_DEPTH:
            raise Malformed("{path}: included through more than {max_depth} files", path=path, max_depth=MAX_DEPTH)
        self._files += 1
        if self._files > MAX_FILES:
            raise Limit("sudoers includes more than {max_files} files", max_files=MAX_FILES)
        try:
            text = self._target.text(path)
        except (Missing, Loop):
            return
        for header, details in parse(text):
            yield {"source": path, "header": header, "rule_details": details}
            if header in _INCLUDE or header in _INCLUDEDIR:
                named = self._named(path, details)
                for included in [named] if header in _INCLUDE else self._files_in(named):
                    if included != path and included not in chain:  # else its rules are there already
                        for row in self.file(included, (*chain, path)):
                            yield row

    def _named(self, path: str, details: str) -> str:
        """Return the path that an include names: quoted or escaped, ``%h`` for the host, relative to its file."""
        found = _PATH.match(details)
        name = details if found is None else found.group(1) or re.sub(r"\\(.)", r"\1", found.group(2) or "")
        if "%h" in name:
            name = name.replace("%h", self._host())
        return name if name.startswith("/") else path.rpartition("/")[0] + "/" + name

    def _host(self) -> str:
        if self._target.live:
            return self._target.name.partition(".")[0]
        try:
            return self._target.text("/etc/hostname").strip().partition(".")[0]
        except Missing:
            return ""

    def _files_in(self, folder: str) -> List[str]:
        """Return the files in a directory that sudo reads: no dot in the name, no ``~`` at its end."""
        try:
            folder = self._target.realpath(folder).rstrip("/")
            names = [name for name, kind in self._target.entries(folder or "/") if kind != "directory"]
        except (Missing, Loop):
            return []
        paths = (folder + "/" + name for name in names if "." not in name and not name.endswith("~"))
        return [path for path in paths if self._is_regular(path)]

    def _is_regular(self, path: str) -> Optional[bool]:
        try:
            return stat.S_ISREG(self._target.stat(path).st_mode)
        except (Missing, Loop):
            return False
