"""Table rempart_secrets: private keys, tokens and passwords that lie in files.

``path`` is a directory, which is searched with all below it, a file, or a LIKE pattern of such (``/home/%/.aws``);
``/etc/%%`` is ``/etc`` with all below it. A row names a secret by its rule, its line and a fingerprint, and never shows
it; the rules stand in :mod:`rempart_agent.formats.token`. Passwords in source code and prose are not looked for.

One row with an empty ``rule`` is the witness of each asked path: how many files were ``scanned`` and ``skipped``, why,
and ``complete``: 1 when the place exists and every file in it was read whole. Programs and other files that are no text
are read too, for keys and tokens that have a mark of their own; text in UTF-16 is read as text. ``packed`` counts files
that are compressed or archives: their bytes are read, and what is packed in them is not seen. Links are not followed,
and ``/proc``, ``/sys`` and ``/dev`` are not entered. A file with several names is read once. ``max_seconds`` bounds the
search where a statement says so.
"""

import stat
import time
from typing import Dict, Iterator, List, Set, Tuple

from rempart_agent.formats import token
from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import INTEGER, TEXT, Column, Denied, Missing, Query, Row, SourceError
from rempart_agent.source.target import Target

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
    Column("packed", INTEGER),
    Column("max_seconds", INTEGER, argument=True),
)

MAX_FILE = 1 << 30
MAX_TOTAL = 64 * MAX_FILE
MAX_FILES = 5_000_000
MAX_DIRECTORIES = 1_000_000
MAX_DEPTH = 256
MAX_FINDINGS = 2000
HEAD = 8192
NO_END = 1 << 30  # seconds
FEW = 8  # a file of no more heads than this is read at once
PART = 4 << 20  # a large file is read part by part, each with the end of the one before
OVERLAP = 1 << 16

LARGE, UNREADABLE = "larger than 1 GiB", "unreadable"
CROWDED = "with too many matches to look at all"
_PACKED = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"!<arch>\n",
    b"7z\xbc\xaf\x27\x1c",
    b"\x04\x22\x4d\x18",
)
NOT_ENTERED = ("/proc", "/sys", "/dev")


class Search:
    """The search of one asked path: what it found and what it did not read."""

    def __init__(self, target: Target, seconds: float = 1e9) -> None:
        """Start with nothing read; end after so many seconds."""
        self._target = target
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._read: Set[Tuple[int, int]] = set()
        self.packed = 0
        self._total = 0
        self._directories = 0
        self.scanned = 0
        self.skipped: Dict[str, int] = {}
        self.findings: List[Tuple[str, token.Finding]] = []
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
            self._search(path)
        except Missing:
            return
        except SourceError:
            self._skip(UNREADABLE)
            return
        if self._total > MAX_TOTAL:
            self.limit = "more than {} MiB".format(MAX_TOTAL >> 20)
        elif self.scanned + sum(self.skipped.values()) > MAX_FILES:
            self.limit = "more than {} files".format(MAX_FILES)
        elif len(self.findings) > MAX_FINDINGS:
            self.limit = "more than {} findings".format(MAX_FINDINGS)
        elif time.monotonic() > self._until:
            self.limit = "more than {:g} seconds".format(self._seconds)

    def _search(self, path: str) -> None:
        """Search a file, whatever it holds; a socket, a FIFO, a device is none."""
        status = self._target.lstat(path)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
            return
        if status.st_nlink > 1:
            same = (status.st_dev, status.st_ino)
            if same in self._read:
                return
            self._read.add(same)
        if status.st_size > MAX_FILE:
            self._skip(LARGE)
            return
        whole = status.st_size <= FEW * HEAD
        head = self._target.read_head(path, FEW * HEAD)
        coding = _coding(head)
        found: Dict[token.Finding, None] = {}
        crowded = False
        line = 0
        for part, lines in [(head, 0)] if whole and len(head) < FEW * HEAD else self._parts(path):
            line += lines
            self._total += len(part)
            text = part.decode(coding, "replace").encode() if coding else part
            new, complete = token.scan(text, path, binary=not coding and b"\0" in head[:HEAD])
            found.update((one._replace(line=one.line + line), None) for one in new)
            crowded = crowded or not complete
            if time.monotonic() > self._until:
                crowded = True
                break
        self.scanned += 1
        self.packed += head.startswith(_PACKED) or head[257:262] == b"ustar"
        self.findings += [(path, finding) for finding in found]
        if crowded:
            self._skip(CROWDED)

    def _parts(self, path: str) -> Iterator[Tuple[bytes, int]]:
        """Yield a large file part by part, each with the lines that end before it and after the one before began."""
        rest = b""
        size = before = 0
        held: List[bytes] = []
        for chunk in self._target.chunks(path, MAX_FILE):
            held.append(chunk)
            size += len(chunk)
            if size >= PART:
                part = rest + b"".join(held)
                yield part, before
                at = len(part) - OVERLAP & ~1  # of UTF-16, no half character
                before = part.count(b"\n", 0, at)
                rest = part[at:]
                held, size = [], 0
        if held or not rest:
            yield rest + b"".join(held), before

    def _skip(self, why: str) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + 1


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each secret, and a witness row for each path that the statement asks."""
    asked_seconds = query.equal("max_seconds")
    seconds = min((int(value) for value in asked_seconds or () if value.isdigit()), default=NO_END)
    for path in query.equal("path") or ():
        yield from _answer(target, path, [path], _is_there(target, path), seconds)
    for asked in query.like("path") or ():
        base = asked[: (asked + "%").index("%")].rpartition("/")[0] or "/"
        whole = asked.endswith("/%%") and "%" not in asked[:-2]
        places = [base] if whole else _outermost(pattern.expand(target, [asked]))
        yield from _answer(target, asked, places, _is_there(target, base), seconds)


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


def _coding(head: bytes) -> str:
    """Return ``utf-16-le`` or ``utf-16-be`` where a file is text of that kind, with a mark at its beginning or not."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if head[0] == 0xFF else "utf-16-be"
    start = head[:256]
    half = len(start) // 2
    if half < 8:
        return ""
    for at, coding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[at::2].count(b"\0") >= half * 0.9 and start[1 - at :: 2].count(b"\0") == 0:
            return coding
    return ""


def _answer(target: Target, path: str, places: List[str], there: bool, seconds: int) -> Iterator[Row]:
    search = Search(target, seconds)
    for place in places if there else []:
        search.walk(place)
    bound = {} if seconds == NO_END else {"max_seconds": seconds}
    for file, (rule, line, fingerprint) in search.findings:
        shown = file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        yield {"path": path, "file": shown, "rule": rule, "line": line, "fingerprint": fingerprint, **bound}
    why = ["{} {}".format(count, reason) for reason, count in sorted(search.skipped.items())]
    if search.limit:
        why.insert(0, search.limit)
    if not there:
        why.insert(0, "nothing is there")
    yield {
        "path": path,
        "scanned": search.scanned,
        "skipped": sum(search.skipped.values()),
        "skipped_why": ", ".join(why),
        "complete": int(there and not search.skipped and not search.limit),
        "packed": search.packed,
        **bound,
    }
