"""Table rempart_secrets: private keys, tokens and passwords that lie in files.

``path`` is a directory, which is searched with all below it, a file, or a LIKE pattern of such (``/home/%/.aws``);
``/etc/%%`` is ``/etc`` with all below it. A row names a secret by its rule, its line and a fingerprint, and never shows
it; the rules stand in :mod:`rempart_agent.tables.secret`. Passwords in source code and prose are not looked for.

One row with an empty ``rule`` is the witness of each asked path: how many files were ``scanned`` and ``skipped``, why,
and ``complete``: 1 when the place exists and every text file in it was read. Links are not followed, and ``/proc``,
``/sys`` and ``/dev`` are not entered. Files with a NUL in their first 8 KiB count as binary, which is no gap; nor is a
large list of packages of apt or dpkg, since archives publish it.
"""

import stat
from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.tables import pattern, secret
from rempart_agent.tables.contract import INTEGER, TEXT, Column, Denied, Missing, Query, Row, SourceError
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("file", TEXT),
    Column("rule", TEXT),
    Column("line", INTEGER),
    Column("fingerprint", TEXT),
    Column("scanned", INTEGER),
    Column("skipped", INTEGER),
    Column("skipped_why", TEXT),
    Column("complete", INTEGER),
)

MAX_FILE = 1 << 20
MAX_TOTAL = 256 * MAX_FILE
MAX_FILES = 50_000
MAX_DIRECTORIES = 20_000
MAX_DEPTH = 40
MAX_FINDINGS = 2000
HEAD = 8192
FEW = 8  # a file of no more heads than this is read at once

LARGE, BINARY, UNREADABLE = "larger than 1 MiB", "binary", "unreadable"
PUBLISHED = ("/var/lib/apt/lists/", "/var/lib/dpkg/")  # what archives publish about packages
LISTS = "large lists of packages"
CROWDED = "with too many matches to look at all"
NOT_ENTERED = ("/proc", "/sys", "/dev")


class Search:
    """The search of one asked path: what it found and what it did not read."""

    def __init__(self, target: Target) -> None:
        """Start with nothing read."""
        self._target = target
        self._total = 0
        self._directories = 0
        self.scanned = 0
        self.skipped: Dict[str, int] = {}
        self.findings: List[Tuple[str, secret.Finding]] = []
        self.limit = ""

    def walk(self, path: str) -> None:
        """Search a file, or a directory with all below it, in order of name."""
        todo: List[Tuple[str, int]] = []
        try:
            if stat.S_ISDIR(self._target.stat(path).st_mode):
                todo.append((path.rstrip("/"), 0))
            else:
                self._scan(path)
        except SourceError:
            self._skip(UNREADABLE)
        while todo and not self.limit:
            folder, depth = todo.pop()
            if folder in NOT_ENTERED:
                continue
            try:
                entries = self._target.entries(folder or "/")
            except Missing:
                continue  # gone since it was listed
            except SourceError:
                self._skip(UNREADABLE)
                continue
            self._directories += 1
            below: List[Tuple[str, int]] = []
            for name, kind in entries:
                if kind == "directory":
                    below.append((folder + "/" + name, depth + 1))
                elif kind != "link":
                    self._scan(folder + "/" + name)
            if self._directories + len(todo) > MAX_DIRECTORIES:
                self.limit = "more than {} directories".format(MAX_DIRECTORIES)
            elif below and depth >= MAX_DEPTH:
                self.limit = "deeper than {} directories".format(MAX_DEPTH)
            todo += reversed(below)

    def _scan(self, path: str) -> None:
        if self.limit:
            self._skip("beyond the limit")
            return
        try:
            data = self._read(path)
        except Missing:
            return
        except SourceError:
            self._skip(UNREADABLE)
            return
        if data is None:
            return
        self.scanned += 1
        self._total += len(data)
        found, whole = secret.scan(data, path)
        self.findings += [(path, finding) for finding in found]
        if not whole:
            self._skip(CROWDED)
        if self._total > MAX_TOTAL:
            self.limit = "more than {} MiB".format(MAX_TOTAL >> 20)
        elif self.scanned + sum(self.skipped.values()) > MAX_FILES:
            self.limit = "more than {} files".format(MAX_FILES)
        elif len(self.findings) > MAX_FINDINGS:
            self.limit = "more than {} findings".format(MAX_FINDINGS)

    def _read(self, path: str) -> Optional[bytes]:
        """Return a text file's content; None where it is none, or too large."""
        status = self._target.lstat(path)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
            return None  # a socket, a FIFO, a device
        large = status.st_size > FEW * HEAD
        data = self._target.read_head(path, HEAD if large else FEW * HEAD)
        if b"\0" in data[:HEAD]:
            self._skip(BINARY)
            return None
        if large:
            data = self._target.read_head(path, MAX_FILE + 1)
        if len(data) > MAX_FILE:
            self._skip(LISTS if path.startswith(PUBLISHED) else LARGE)
            return None
        return data

    def _skip(self, why: str) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + 1


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each secret, and a witness row for each path that the statement asks."""
    for path in query.equal("path") or ():
        yield from _answer(target, path, [path], there=_is_there(target, path))
    for asked in query.like("path") or ():
        base = asked[: (asked + "%").index("%")].rpartition("/")[0] or "/"
        whole = asked.endswith("/%%") and "%" not in asked[:-2]
        places = [base] if whole else _outermost(pattern.expand(target, [asked]))
        yield from _answer(target, asked, places, there=_is_there(target, base))


def _outermost(paths: List[str]) -> List[str]:
    """Return sorted paths without those that lie in a directory among them."""
    kept: List[str] = []
    for path in paths:
        if not (kept and kept[-1].endswith("/") and path.startswith(kept[-1])):
            kept.append(path)
    return kept


def _is_there(target: Target, path: str) -> bool:
    try:
        return target.exists(path)
    except Denied:
        return True  # and unreadable, which the search will find


def _answer(target: Target, path: str, places: List[str], there: bool) -> Iterator[Row]:
    search = Search(target)
    for place in places if there else []:
        search.walk(place)
    for file, (rule, line, fingerprint) in search.findings:
        shown = file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        yield {"path": path, "file": shown, "rule": rule, "line": line, "fingerprint": fingerprint}
    why = ["{} {}".format(count, reason) for reason, count in sorted(search.skipped.items())]
    if search.limit:
        why.insert(0, search.limit)
    if not there:
        why.insert(0, "nothing is there")
    gaps = set(search.skipped) - {BINARY, LISTS}
    yield {
        "path": path,
        "scanned": search.scanned,
        "skipped": sum(search.skipped.values()),
        "skipped_why": ", ".join(why),
        "complete": int(there and not gaps and not search.limit),
    }
