"""Table rempart_apt_config: what the configuration of apt sets, and which of it is in force.

Source: ``/etc/apt/apt.conf.d/*`` (names without extension or in ``.conf``, in order of name), then
``/etc/apt/apt.conf``, and what they include (apt.conf(5)). A key is compared without regard to case and of several
values the last one counts; the items of a list (``Key::``) all count; ``#clear`` takes away what stands before it.
What apt has built in is not listed. No file: no rows.
"""

import re
from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.tables import apt
from rempart_agent.tables.contract import INTEGER, TEXT, Column, Limit, Malformed, Query
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("key", TEXT),
    Column("value", TEXT, command=True),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("effective", INTEGER),
)

PARTS = "/etc/apt/apt.conf.d"
MAIN = "/etc/apt/apt.conf"
MAX_DEPTH = 10  # apt's own
MAX_WORK = 2_000_000  # settings read, and settings looked at by each "#clear"

_NAME = re.compile(r"[A-Za-z0-9_:-]+$|[A-Za-z0-9_:-][A-Za-z0-9_:.-]*\.conf$")
_TEXT = re.compile(r'(?:"[^"]*"\s*)+$')


class Settings:
    """What has been set so far, in order."""

    def __init__(self, target: Target) -> None:
        """Start with nothing."""
        self._target = target
        self._alive: Dict[str, List[Dict[str, object]]] = {}  # key in lower case -> its rows in force
        self._work = 0
        self.rows: List[Dict[str, object]] = []

    def read(self, path: str, depth: int = 0) -> None:
        """Take in a file and what it includes.

        Raises:
            Malformed: apt would refuse it.
            Limit: more settings than any administrator writes.
        """
        if depth > MAX_DEPTH:
            raise Malformed("{}: too many includes within one another".format(path))
        for line, key, value in parse(self._target.text(path), path):
            self._work += 1 if key != "#clear" else len(self._alive)
            if self._work > MAX_WORK:
                raise Limit("{}: too many settings".format(path))
            if key == "#include":
                folder = value.endswith("/")
                for included in apt.part_files(self._target, value.rstrip("/"), _NAME) if folder else [value]:
                    self.read(included, depth + 1)
            elif key == "#clear":
                self._clear(value.lower())
            else:
                self._set({"key": key, "value": value, "source": path, "line": line, "effective": 1})

    def _set(self, row: Dict[str, object]) -> None:
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


def rows(target: Target, query: Query) -> List[Dict[str, object]]:
    """Return one row for each value that a file sets."""
    settings = Settings(target)
    for path in _files(target):
        settings.read(path)
    return settings.rows


def _files(target: Target) -> Iterator[str]:
    yield from apt.part_files(target, PARTS, _NAME)
    if target.exists(MAIN):
        yield MAIN


def parse(text: str, path: str = MAIN) -> Iterator[Tuple[int, str, str]]:
    """Parse one file: line, key and value of each setting; ``#clear`` and ``#include`` as keys.

    Args:
        text: Its content.
        path: Its name, for errors.

    Raises:
        Malformed: apt would refuse the file.
    """
    outer: List[str] = []
    for line, statement, end in _statements(text, path):
        words = apt.WORD.match(statement)
        if words is None:
            if end == "{":
                raise Malformed("{}:{}: a block without a name".format(path, line))
        else:
            tag, value, named = _split(statement, words.end(), end)
            if tag is None:
                raise Malformed("{}:{}: more than a key and a value".format(path, line))
            if tag.startswith("#") and not outer and end == ";" and tag.lower() in ("#clear", "#include"):
                yield line, tag.lower(), value
            elif tag.startswith("#") and outer:
                raise Malformed("{}:{}: {} within a block".format(path, line, tag))
            elif named:
                parent = outer[-1] if outer else ""
                yield line, f"{parent}::{tag}" if parent and (tag or end != "{") else parent or tag, value
            if end == "{":
                outer.append(f"{outer[-1]}::{tag}" if outer else tag)
                continue
        if end == "}" and outer:
            outer.pop()


def _split(statement: str, at: int, end: str) -> Tuple[Optional[str], str, bool]:
    """Return tag, value and whether there is a value; no tag where apt finds junk behind it."""
    tag, rest = apt.plain(statement[:at]), statement[at:].strip()
    if not rest:
        return (tag, "", False) if end == "{" else ("", tag, True)
    if _TEXT.match(rest):
        return tag, _joined(rest), True
    word = apt.WORD.match(rest)
    if word is None or word.end() != len(rest):
        return None, "", False
    return tag, apt.plain(rest), True


def _joined(quoted: str) -> str:
    """Return what stands within quotes, with one blank where a blank stands between two of them."""
    parts: List[Tuple[str, str]] = re.findall(r'"([^"]*)"(\s*)', quoted)
    return "".join(text + (" " if blank else "") for text, blank in parts[:-1]) + parts[-1][0]


def _statements(text: str, path: str) -> Iterator[Tuple[int, str, str]]:
    """Return the statements, without comments, each with the line of its end and what ends it."""
    pending: List[str] = []
    hidden = False
    number = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.replace("\t", " " * 8).strip()  # as apt does
        start = at = 0
        quoted = False
        while at < len(line):
            two = line[at : at + 2]
            if hidden:
                if two == "*/":
                    hidden, start, at = False, at + 2, at + 1
            elif line[at] == '"':
                quoted = not quoted
            elif quoted:
                pass
            elif two == "/*":
                pending.append(line[start:at])
                hidden, at = True, at + 1
            elif two == "//" or (line[at] == "#" and not line.startswith(("#clear", "#include", "#x-apt-conf"), at)):
                break
            elif line[at] in "{;}":
                pending.append(line[start:at])
                yield number, " ".join(part for part in pending if part).strip(), line[at]
                pending = []
                start = at + 1
            at += 1
        if not hidden:
            pending.append(line[start:at].strip())
    if any(part.strip() for part in pending):
        raise Malformed("{}:{}: a statement without its end".format(path, number))
