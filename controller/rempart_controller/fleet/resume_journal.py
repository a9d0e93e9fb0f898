"""The journal: what each host of a run has said, on disk as soon as it is there.

So a run that was interrupted, or killed, can be gone on with. Reports read from it, and memory does not grow.

A file of lines of JSON: first what the run asks, then ``[host, whether that is final, what it said]`` for each host
that is done, and before it ``[place, verdict]`` for each verdict that it shares with others and only names. ``[]``
stands where the run was gone on with: places mean others from there on. The file goes when all is reported. While a
process writes to it, it holds a lock that ends with that process, however it ends.
"""

import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_controller.answers.assemble import fill_in, known_places
from rempart_controller.answers.host_answer import Verdict
from rempart_controller.fleet.resume_fingerprint import Question, compare_questions, read_question
from rempart_controller.fleet.spool_file import read_at
from rempart_core.error import ReportError, UsageError
from rempart_core.messages.message import Message, as_is, points
from rempart_core.messages.system import reason_of
from rempart_core.model.result import Run
from rempart_core.text import clean
from rempart_store.location import data_directory, file_of, is_postgresql, make_directory

if TYPE_CHECKING:
    from rempart_controller.agents.collect import Collected
    from rempart_controller.fleet.fleet import Fleet
    from rempart_controller.fleet.host_reply import HostReply
    from rempart_core.model.history import Delivered

_FOLDER = "unfinished-audits"
_FORM = 1
_KEPT = 30 * 86_400  # seconds after which a run that nobody went on with is forgotten
_ALONE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class JournalError(ReportError):
    """What a host has said can't be kept."""


class Head(NamedTuple):
    """What a journal begins with.

    Attributes:
        began: When the run began, UTC.
        fingerprint: What it asks.
        left_out: Hosts that it does not ask, since they had answered lately.
        age: Seconds that "lately" means.
    """

    began: str
    fingerprint: Question
    left_out: tuple[str, ...] = ()
    age: int = 0


def folders_of(store: str | None) -> list[str]:
    """Return the folders where journals are: beside the store's file, where there is one, and in the data directory.

    Args:
        store: The store's place; None where there is none.
    """
    folders = [os.path.join(data_directory(), _FOLDER)]
    if store is not None and not is_postgresql(store):
        folders.insert(0, os.path.join(os.path.dirname(os.path.abspath(file_of(store))), _FOLDER))
    return list(dict.fromkeys(folders))


class Journal:
    """What the hosts of one run have said.

    Attributes:
        head: What the run asks.
        kept: Of a run that is gone on with: when each host that was done had ended, UTC, by name.
        lasting: Whether it outlives this process.
    """

    def __init__(self, fleet: "Fleet", head: Head, file: IO[bytes], path: str) -> None:
        """See :meth:`begin` and :meth:`go_on`."""
        self._fleet = fleet
        self._file = file
        self._path = path
        self._numbers = {host.name: number for number, host in enumerate(fleet.hosts)}
        self._places: dict[int, tuple[int, int]] = {}
        self._shared: set[int] = set()  # places of verdicts that are written already
        self._borrowed: dict[int, dict[int, Verdict]] = {}  # hosts of an earlier process: the verdicts that it knew
        self.head = head
        self.kept: dict[str, str] = {}
        self.lasting = bool(path)

    @classmethod
    def begin(cls, fleet: "Fleet", left_out: Iterable[str], age: int, folders: Sequence[str]) -> Self:
        """Begin a journal in the first folder that takes one; where none does it is one that ends with the process.

        Args:
            fleet: The hosts, and what is asked of them.
            left_out: Names of hosts that are not asked this time.
            age: How old a stored answer of these may be, in seconds.
            folders: Where a journal may lie, best first.

        Raises:
            ReportError: It can't be written.
        """
        head = Head(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), fleet.fingerprint, tuple(left_out), age)
        first = {"form": _FORM, **head._asdict(), "question": head.fingerprint._asdict()}
        path, file = _create(folders)
        journal = cls(fleet, head, file, path)
        try:
            journal._write(first)
        except JournalError as error:
            if not path:
                raise
            journal.close()  # a full disk: there may be room where it need not last
            os.unlink(path)
            _warn(error.message)
            journal = cls(fleet, head, _open_unnamed(), "")
            journal._write(first)
        return journal

    @classmethod
    def go_on(cls, fleet: "Fleet", folders: Sequence[str]) -> Self:
        """Open the journal of the newest run that was interrupted and asked the same.

        Args:
            fleet: The hosts, and what is asked of them.
            folders: Where a journal may lie.

        Raises:
            UsageError: There is none, or it asked something else, or it still runs.
        """
        found = [(path, head) for folder in folders for path in _list(folder) if (head := _read_head(path))]
        found.sort(key=lambda one: one[1].began, reverse=True)
        if not found:
            raise UsageError(Message("resume.nothing"))
        said = []
        for path, head in found:
            differences = compare_questions(head.fingerprint, fleet.fingerprint)
            if differences:
                said.append((head.began, differences))
                continue
            file, lacking = _open(path)
            if file is None:
                raise UsageError(Message("resume.cannot", began=head.began, lacking=lacking or as_is("")))
            journal = cls(fleet, head, file, path)
            journal._read()
            return journal
        began, differences = said[0]
        raise UsageError(points(Message("resume.other_question", began=began), differences))

    def __len__(self) -> int:
        """Return how many hosts are there."""
        return len(self._places)

    def __contains__(self, number: object) -> bool:
        """Tell whether a host is there."""
        return number in self._places

    def add(self, reply: "HostReply") -> None:
        """Keep what a host has said.

        Raises:
            ReportError: It can't be written.
        """
        for place in reply.places:
            if place not in self._shared:
                self._write([place, self._fleet.told(place)])
                self._shared.add(place)
        head = f"[{json.dumps(self._fleet.hosts[reply.number].name)},{json.dumps(reply.final)},".encode()
        data = reply.said
        place = self._append(head + data + b"]\n")
        self._places[reply.number] = (place + len(head), len(data))

    def _write(self, value: Any) -> None:
        self._append(json.dumps(value, separators=(",", ":")).encode() + b"\n")

    def _append(self, line: bytes) -> int:
        # Past the buffer: one that could not be written would be tried again at each look into the file.
        descriptor = self._file.fileno()
        try:
            place = os.lseek(descriptor, 0, os.SEEK_END)
            rest = memoryview(line)
            try:
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            except OSError:
                os.ftruncate(descriptor, place)  # half a line says nothing
                raise
        except OSError as error:
            raise JournalError(
                Message("file.failed", path=self._path or tempfile.gettempdir(), error=reason_of(error))
            ) from error
        return place

    def _read(self) -> None:
        """Find what hosts have said; a line that was not written to its end is cut off."""
        place = 0
        shared: dict[int, Verdict] = {}
        for number, line in enumerate(self._file):
            if not line.endswith(b"\n"):
                self._file.truncate(place)
                break
            if line == b"[]\n":
                shared = {}
            elif number:
                self._note(line, place, shared)
            place += len(line)
        self._write([])

    def _note(self, line: bytes, place: int, shared: dict[int, Verdict]) -> None:
        try:
            name, what, *rest = json.loads(line)
            if isinstance(name, int):
                shared[name] = what
                return
            ended = str(rest[0]["ended"])
            missing = [one for one in known_places(rest[0]) if one not in shared]
        except (ValueError, TypeError, KeyError, IndexError):
            return  # the host is asked again
        if what is True and name in self._numbers and not missing:
            head = len(f"[{json.dumps(name)},true,".encode())
            number = self._numbers[name]
            self._places[number] = (place + head, len(line) - head - 2)
            self._borrowed[number] = shared
            self.kept[name] = ended

    def runs(self) -> Iterator[Run]:
        """Yield the runs, in the order of the inventory."""
        for number in sorted(self._places):
            yield self.run(number)

    def history(self) -> Iterator[Run]:
        """Yield what a store takes: of each host its run, of one with an agent each document that is new."""
        for number in sorted(self._places):
            yield from self.collected(number).history

    def stored(self) -> dict[int, "tuple[Delivered, ...]"]:
        """Return the documents of agents that are in the store once the history is, by number of the host."""
        numbers = [number for number in sorted(self._places) if self._fleet.has_agent(number)]
        return {number: stored for number in numbers if (stored := self.collected(number).stored)}

    def run(self, number: int) -> Run:
        """Return the run of one host."""
        return self._fleet.run_of(number, self._said(number))

    def collected(self, number: int) -> "Collected":
        """Return all that is known of one host; see ``Fleet.collected``."""
        return self._fleet.collected(number, self._said(number))

    def _said(self, number: int) -> bytes:
        place, size = self._places[number]
        said = read_at(self._file.fileno(), place, size)
        if number in self._borrowed:
            said = json.dumps(fill_in(json.loads(said), self._borrowed[number].__getitem__)).encode()
        return said

    def finish(self) -> None:
        """Take the journal away, and those of interrupted runs that asked the same: this one has answered all."""
        self.close()
        if not self._path:
            return
        os.unlink(self._path)
        for path in _list(os.path.dirname(self._path)):
            head = _read_head(path)
            old = head is None and _age(path) > _KEPT
            if old or (head is not None and (head.fingerprint == self.head.fingerprint or _age(path) > _KEPT)):
                _remove(path)

    def close(self) -> None:
        """Let go of the file; it stays where it was not finished."""
        self._file.close()


def _create(folders: Sequence[str]) -> tuple[str, IO[bytes]]:
    """Return the path and the file of a new journal; ``""`` and an unnamed file where no folder takes one."""
    for folder in folders:
        path = os.path.join(folder, f"{time.time_ns()}-{os.getpid()}.jsonl")
        try:
            make_directory(folder)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _ALONE, 0o600)
        except OSError as error:
            said = reason_of(error)
            continue
        _lock(descriptor)
        return path, os.fdopen(descriptor, "w+b")
    _warn(Message("file.failed", path=folders[0], error=said))
    return "", _open_unnamed()


def _open_unnamed() -> IO[bytes]:
    return tempfile.TemporaryFile("w+b")


def _warn(why: Message) -> None:
    say(words("resume.not_kept", why=why))


def _list(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".jsonl")]
    except OSError:
        return []


def _age(path: str) -> float:
    try:
        return time.time() - os.stat(path).st_mtime
    except OSError:
        return 0.0


def _open(path: str) -> tuple[IO[bytes] | None, Message | None]:
    """Return a journal, locked; or None and why there is none that this process may go on with."""
    try:
        descriptor = os.open(path, os.O_RDWR | _ALONE)
    except OSError as error:
        return None, Message("file.failed", path=clean(path), error=reason_of(error))
    status = os.fstat(descriptor)
    lacking: Message | None = None
    if not stat.S_ISREG(status.st_mode) or not _is_mine(status) or status.st_mode & 0o022:
        # What others may write to would be reported as if a host had said it.
        lacking = Message("resume.foreign", path=path)
    elif not _lock(descriptor):
        lacking = Message("resume.running")
    if lacking:
        os.close(descriptor)
        return None, lacking
    return os.fdopen(descriptor, "r+b"), None


def _is_mine(status: os.stat_result) -> bool:
    if sys.platform == "win32":
        return True
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return status.st_uid == os.geteuid()


def _read_head(path: str) -> Head | None:
    """Return what a journal begins with; None where it is none of ours, or of another form."""
    try:
        with open(path, "rb") as file:
            data = json.loads(file.readline())
        if data["form"] != _FORM:
            return None
        left_out = tuple(map(str, data["left_out"]))
        return Head(str(data["began"]), read_question(data["question"]), left_out, int(data["age"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _remove(path: str) -> None:
    file, _ = _open(path)
    if file is not None:
        with file:
            os.unlink(path)


def _lock(descriptor: int) -> bool:
    """Lock a file for as long as this process lives; False where another has it.

    A lock of the process, not of the open file: workers inherit that one, and may outlive a process that was killed.
    """
    if sys.platform == "win32":
        return True
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        import fcntl

        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
