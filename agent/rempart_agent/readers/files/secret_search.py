"""Searches files of a target for secrets, archives and packed files among them, and says what it did not read."""

import codecs
import stat
import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Set, Tuple

from rempart_agent.formats import token
from rempart_agent.readers.files import archive, archive_format
from rempart_agent.said import Why
from rempart_agent.source.contract import Missing, NotObservable, SourceError
from rempart_agent.source.target import Stored, Target

MAX_FILE = 1 << 30
MAX_TOTAL = 64 * MAX_FILE
MAX_FILES = 5_000_000
MAX_DIRECTORIES = 1_000_000
MAX_DEPTH = 256
MAX_FINDINGS = 2000
HEAD = 1 << 16  # a file of no more is read at once
OF_KIND = 8192  # bytes that tell text from others
PART = 4 << 20  # a large file is searched part by part, each with the end of the one before
OVERLAP = 1 << 16
_JUDGED = OVERLAP // 2  # what begins in the last half of the overlap is judged with the next part

LARGE, UNREADABLE, PACKED = Why("larger than 1 GiB"), "unreadable", Why("packed and not read whole")
CROWDED = Why("with too many matches to look at all")
NOT_ENTERED = ("/proc", "/sys", "/dev")
MAX_EXAMPLES = 3


def prepare() -> None:
    """Load what a search may need, for a process that will open no file of this machine any more."""
    import importlib

    from rempart_agent.formats import liblz4, zstandard

    for module in ("bz2", "hashlib", "lzma", "tarfile", "zipfile", "zlib"):
        importlib.import_module(module)
    zstandard.available()
    liblz4.load()
    for path in ("/a", "/a.c"):  # which makes the searches for literals
        token.scan(b"\0", path)
        token.scan(b"\0", path, binary=True)


class Found(NamedTuple):
    """A secret and where it lies.

    Attributes:
        file: Its path; behind ``!/`` the name of an archive's member.
        finding: What it is.
        layer: The digest of its container's layer, or ``""``.
        deleted: Whether a later layer deletes the file.
    """

    file: str
    finding: token.Finding
    layer: str = ""
    deleted: bool = False


class _File(NamedTuple):
    """One file to search: its beginning, all of its parts, and how it is read anywhere."""

    path: str
    size: int
    head: bytes
    parts: Callable[[], Iterator[bytes]]
    read: Callable[[int, int], bytes]
    layer: str = ""
    deleted: bool = False


class Search:
    """The search of one asked path: what it found and what it did not read.

    Attributes:
        scanned: How many files were read.
        size: How many bytes were searched, unpacked ones among them.
        packed: How many of them are archives or packed.
        skipped: Why a file was not read whole -> how many.
        examples: Some of those, by name.
        findings: What was found.
        limit: Which bound ended the search; ``""`` for none.
    """

    def __init__(self, target: Target, seconds: float = 1e9) -> None:
        """Start with nothing read.

        Args:
            target: What is searched.
            seconds: After how many seconds from now the search ends, which is said.
        """
        self._target = target
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._read: Set[Tuple[int, int]] = set()
        self.size = 0
        self._directories = 0
        self.packed = 0
        self.scanned = 0
        self.skipped: Dict[str, int] = {}
        self.examples: List[str] = []
        self.findings: List[Found] = []
        self.limit = ""

    def all(self, path: str) -> None:
        """Search a file, or a folder with all below it: of an image what later layers delete there, too.

        Args:
            path: Where; ``/`` is everything that is stored.
        """
        if path != "/":
            self.walk(path)
            self.deleted(path)
        elif not self._stored(""):
            self.walk(path)

    def deleted(self, path: str) -> None:
        """Search what later layers of an image delete there; of another target nothing is known to be.

        Args:
            path: A file, or a folder with all below it.
        """
        self._stored(path.rstrip("/") + "/")

    def _stored(self, below: str) -> bool:
        """Search the stored files, or those that are deleted below a path; False where the target has only its tree."""
        try:
            for file in self._target.contents():
                if not below or (file.deleted and (file.path + "/").startswith(below)):
                    self._bounded(file.path, lambda file=file: self._search_stored(file))  # type: ignore[misc]
        except NotObservable:
            return False
        except SourceError:
            self._skip(UNREADABLE, "")
        return True

    def walk(self, path: str) -> None:
        """Search a file, or a directory with all below it, in order of name.

        Args:
            path: Where.
        """
        todo: List[Tuple[str, int]] = []
        try:
            if stat.S_ISDIR(self._target.stat(path).st_mode):
                todo.append((path.rstrip("/"), 0))
            else:
                self._scan(path)
        except SourceError:
            self._skip(UNREADABLE, path)
        while todo and not self.limit:
            folder, depth = todo.pop()
            if folder in NOT_ENTERED:
                continue
            try:
                entries = self._target.entries(folder or "/")
            except Missing:
                continue  # gone since it was listed
            except SourceError:
                self._skip(UNREADABLE, folder)
                continue
            self._directories += 1
            below: List[Tuple[str, int]] = []
            for name, kind in entries:
                if kind == "directory":
                    below.append((folder + "/" + name, depth + 1))
                elif kind != "link":
                    self._scan(folder + "/" + name)
            if self._directories + len(todo) > MAX_DIRECTORIES:
                self.limit = Why("more than {max_directories} directories", max_directories=MAX_DIRECTORIES)
            elif below and depth >= MAX_DEPTH:
                self.limit = Why("deeper than {max_depth} directories", max_depth=MAX_DEPTH)
            todo += reversed(below)

    def _scan(self, path: str) -> None:
        self._bounded(path, lambda: self._search_path(path))

    def _bounded(self, path: str, search: Callable[[], None]) -> None:
        """Search one file, unless a bound is reached."""
        if self.limit:
            self._skip(Why("beyond the limit"), path)
            return
        try:
            search()
        except Missing:
            return
        except SourceError:
            self._skip(UNREADABLE, path)
            return
        if self.size > MAX_TOTAL:
            self.limit = Why("more than {max_total} MiB", max_total=MAX_TOTAL >> 20)
        elif self.scanned + sum(self.skipped.values()) > MAX_FILES:
            self.limit = Why("more than {max_files} files", max_files=MAX_FILES)
        elif len(self.findings) > MAX_FINDINGS:
            self.limit = Why("more than {max_findings} findings", max_findings=MAX_FINDINGS)
        elif time.monotonic() > self._until:
            self.limit = Why("more than {seconds} seconds", seconds="{:g}".format(self._seconds))

    def _search_path(self, path: str) -> None:
        """Search a file of the tree, whatever it holds; a socket, a FIFO, a device is none."""
        status = self._target.lstat(path)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
            return
        if status.st_nlink > 1:
            same = (status.st_dev, status.st_ino)
            if same in self._read:
                return
            self._read.add(same)
        if status.st_size > MAX_FILE:
            self._skip(LARGE, path)
            return
        head = self._target.read_head(path, HEAD)
        if len(head) < HEAD and status.st_size < HEAD:
            self._search(_File(path, len(head), head, lambda: iter([head]), lambda at, size: head[at : at + size]))
            return
        target = self._target
        self._search(
            _File(
                path,
                status.st_size,
                head,
                lambda: target.chunks(path, MAX_FILE),
                lambda at, size: target.read_at(path, at, size),
            )
        )

    def _search_stored(self, file: Stored) -> None:
        if file.size > MAX_FILE:
            self._skip(LARGE, file.path)
            return
        head = file.read(0, min(file.size, HEAD))
        opened = archive.Opened(file.size, file.read)
        whole = len(head) == file.size
        parts = (lambda: iter([head])) if whole else opened.parts
        self._search(_File(file.path, file.size, head, parts, file.read, file.layer, file.deleted))

    def _search(self, file: _File) -> None:
        """Search a file as it lies, and what is packed in it."""
        kind = archive_format.recognise(file.head[: archive.HEAD])
        self.scanned += 1
        found: List[Tuple[str, token.Finding]] = []
        crowded = False
        if kind not in archive.STREAMS:
            text = Text(file.path, self._until)
            found = [(file.path, finding) for finding in text.search(file.parts())]
            self.size += text.size
            crowded = text.crowded
            if not kind and text.ends_as_zip:
                kind = "zip"
        if kind:
            self.packed += 1
            crowded = self._unpack(file, kind, found) or crowded
        self.findings += [Found(name, finding, file.layer, file.deleted) for name, finding in found]
        if crowded:
            self._skip(CROWDED, file.path)

    def _unpack(self, file: _File, kind: str, found: List[Tuple[str, token.Finding]]) -> bool:
        """Add what is found in an archive or packed file, in place of what shows of it outside; tell if too much."""
        opened = archive.Archive(archive.Opened(file.size, file.read), self._until)
        crowded = False
        packed: List[Tuple[str, token.Finding]] = []
        for name, parts in opened.contents(kind):
            path = file.path + "!/" + name if name else file.path
            text = Text(archive.stem(path), self._until)
            packed += [(path, finding) for finding in text.search(parts)]
            self.size += text.size
            crowded = crowded or text.crowded
            if len(packed) > MAX_FINDINGS:
                crowded = True
                break
        known = {(finding.rule, finding.fingerprint) for _, finding in packed}
        found[:] = [one for one in found if (one[1].rule, one[1].fingerprint) not in known] + packed
        if opened.unread:
            self._skip(PACKED, file.path)
            if kind in archive.STREAMS:  # by its beginning, and perhaps by that alone
                text = Text(file.path, self._until)
                found += [(file.path, finding) for finding in text.search(file.parts())]
                crowded = crowded or text.crowded
        return crowded

    def _skip(self, why: str, path: str) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + 1
        if path and len(self.examples) < MAX_EXAMPLES:
            self.examples.append(path)


class Text:
    """One content that is searched part by part.

    Attributes:
        size: How many bytes were read.
        crowded: Whether not all of it was looked at.
        ends_as_zip: Whether a zip's directory is its end.
    """

    def __init__(self, path: str, until: float) -> None:
        """Search nothing yet.

        Args:
            path: The content's name, by which some rules know their files.
            until: When to stop, by ``time.monotonic``.
        """
        self._path = path
        self._until = until
        self.size = 0
        self.crowded = False
        self.ends_as_zip = False

    def search(self, parts: Iterator[bytes]) -> List[token.Finding]:
        """Return what is found, each once.

        Args:
            parts: The content, cut anywhere.
        """
        found: Dict[token.Finding, None] = {}
        head, parts = archive.peek(parts, OF_KIND)
        coding = _coding(head)
        binary = not coding and b"\0" in head
        first = before = 0
        for data, more in self._windows(_decoded(parts, coding) if coding else parts):
            last = len(data) - _JUDGED if more else None
            new, complete = token.scan(data, self._path, binary, first, last)
            found.update((one._replace(line=one.line + before), None) for one in new)
            self.crowded = self.crowded or not complete
            if more:
                before += data.count(b"\n", 0, len(data) - OVERLAP)
                first = OVERLAP - _JUDGED
                if time.monotonic() > self._until:
                    self.crowded = True
                    break
            else:
                self.ends_as_zip = archive_format.ends_as_zip(data[-(1 << 16) - 22 :])
        return list(found)

    def _windows(self, parts: Iterator[bytes]) -> Iterator[Tuple[bytes, bool]]:
        """Yield the content in large parts, each with the end of the one before, and whether more follows."""
        rest = b""
        held: List[bytes] = []
        size = 0
        for part in parts:
            if size >= PART:
                data = rest + b"".join(held)
                yield data, True
                rest = data[-OVERLAP:]
                held, size = [], 0
            held.append(part)
            size += len(part)
            self.size += len(part)
        yield rest + b"".join(held), False


def _decoded(parts: Iterator[bytes], coding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(coding)("replace")
    for part in parts:
        yield decoder.decode(part).encode("utf-8", "replace")


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
