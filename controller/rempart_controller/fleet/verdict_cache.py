"""Verdicts that are known: what one host's answers came to, the same answers of another host come to as well.

A verdict follows from the check with its values and from the answers to the reads that it looked at, in order; where
time has a part in it, from the time too. So a chain of digests leads to it: each link says what was looked at next, as
the answers so far decided, and which link comes behind which answer. A host whose answers lead along a known chain gets
the verdict at its end, and no SQL runs.

All workers of an audit write into one file what they learned, and read what others did. It has no name, and goes with
the audit.
"""

import json
import os
import struct
import tempfile
import time
import weakref
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from rempart_agent.engine import Deferred
from rempart_agent.engines.sql.database import NOW
from rempart_agent.source.contract import Constraint
from rempart_agent.tables.read import Request
from rempart_controller.answers.host_answer import Verdict

_END = struct.Struct("=Q")  # at the start of the file: where what was written whole ends
_SIZES = struct.Struct("=II")  # before each entry: bytes of its verdict, and of its chain
_LINKS = 40_000  # that are kept, of about 400 bytes, by each worker
_VARIANTS = 64  # of one check
_IN_VAIN = 12  # of one check, where none ever came again: it looks at what differs from host to host
_BYTES = 64 << 20  # of the file
_TURN = 1.0  # seconds that a worker waits for what another one learns
_LOOK = 0.02  # seconds between two looks
_WRITING, _LEADING = 0, 1  # bytes of the file that are locked
_KEPT = 4096  # verdicts that are kept as they are read
Looks = Sequence[tuple[Request, ...]]
"""What each statement of a check looked at, in order; see ``Remote.looks``."""


class Asked(Protocol):
    """What the cache asks of an engine; see ``Remote``."""

    def digest(self, request: Request) -> bytes | None:
        """Return a digest of the answer to a read; None where it is not known yet."""

    def want(self, requests: Iterable[Request]) -> None:
        """Ask for reads."""


class _Link:
    """One step of a chain.

    Attributes:
        reads: Those of a statement.
        place: Which of them is looked at next.
        read: That one.
        after: What comes behind each answer to it, by its digest: a link, or the place of a verdict.
    """

    __slots__ = ("after", "place", "read", "reads")

    def __init__(self, reads: tuple[Request, ...], place: int) -> None:
        """Lead nowhere yet."""
        self.reads, self.place, self.read = reads, place, reads[place]
        self.after: dict[bytes, _Link | int] = {}


class Learned(NamedTuple):
    """A verdict that is to be remembered.

    Attributes:
        key: The check, with all that it is judged with.
        looks: What it looked at.
        digests: The answer to each of these, all statements in a row.
        told: The verdict, as JSON can hold it.
    """

    key: bytes
    looks: Looks
    digests: list[bytes]
    told: Verdict


class VerdictCache:
    """The verdicts of one audit."""

    def __init__(self) -> None:
        """Begin with none; workers that are forked from here on share them."""
        self._file, name = tempfile.mkstemp(prefix="rempart-")
        os.unlink(name)
        weakref.finalize(self, os.close, self._file)
        self._read = _END.size
        self._first: dict[bytes, _Link | int] = {}  # of each check, by its key
        self._links = 0  # and verdicts, as many as there are
        self._variants: dict[bytes, int] = {}
        self._hits: set[bytes] = set()
        self._awaited: set[bytes] = set()
        self._leads = False
        self._requests: dict[str, Request] = {}
        self._told: dict[int, Verdict] = {}
        self._engine: weakref.ref[Asked] | None = None
        self._digests: dict[int, bytes] = {}
        os.pwrite(self._file, _END.pack(self._read), 0)

    def begin_turn(self, keys: Sequence[bytes]) -> None:
        """Wait a moment where nothing is known of some checks, and another worker is about to learn it.

        Else the first hosts of a fleet, which answer at the same time, would all be judged for nothing.

        Args:
            keys: All checks of a host; see ``recall``.
        """
        if not keys or keys[0] in self._awaited:
            return
        self._awaited.add(keys[0])
        until = time.monotonic() + _TURN
        while time.monotonic() < until:
            self._catch_up()
            if any(key in self._variants for key in keys):
                return
            self._leads = self._lock(_LEADING, wait=False)
            if self._leads:
                return
            time.sleep(_LOOK)

    def end_turn(self) -> None:
        """Let others go on: what this worker was to learn is learned."""
        if self._leads:
            self._leads = False
            self._unlock(_LEADING)

    def _lock(self, which: int, *, wait: bool) -> bool:
        """Lock a byte of the file against other workers; one that dies holds nothing. Returns whether it is locked."""
        import fcntl  # not on Windows, where no fleet is audited from

        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), 1, which)
        except OSError:
            return False
        return True

    def _unlock(self, which: int) -> None:
        import fcntl

        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, which)

    def recall(self, key: bytes, engine: Asked) -> int | None:
        """Return the place of the verdict on a host; None where it is not known.

        Args:
            key: The check, with all that it is judged with.
            engine: What asks the host.

        Raises:
            Deferred: the answer to a read decides it; it is asked with the next ``settle``, and what came behind it on
                another host as well.
        """
        self._catch_up()
        if not self.takes(key) and key not in self._hits:
            return None
        digests = self._digests_of(engine)
        link = self._first.get(key)
        while isinstance(link, _Link):
            read = link.read
            digest = digests.get(id(read))
            if digest is None:
                digest = engine.digest(read)
                if digest is None:
                    engine.want(link.reads[link.place :])
                    raise Deferred
                if read != NOW:
                    digests[id(read)] = digest
            link = link.after.get(digest)
        if link is not None:
            self._hits.add(key)
        return link

    def _digests_of(self, engine: Asked) -> dict[int, bytes]:
        """Return the digests of a host's answers that are known, by the address of the read.

        Many checks look at the same reads, and finding an answer by the read's columns and constraints takes longer
        than all else here. Reads of links stay where they are for as long as the cache lives.
        """
        if self._engine is None or self._engine() is not engine:
            self._engine, self._digests = weakref.ref(engine), {}
        return self._digests

    def takes(self, key: bytes) -> bool:
        """Tell whether another verdict of a check is worth its place."""
        variants = self._variants.get(key, 0)
        return variants < (_VARIANTS if key in self._hits else _IN_VAIN) and self._links < _LINKS

    def learn(self, learned: Sequence[Learned]) -> list[int | None]:
        """Remember verdicts, and return the place of each; None for one that is not kept."""
        if not self._lock(_WRITING, wait=True):
            return [None] * len(learned)
        try:
            self._catch_up()
            return self._write([self._entry(one) for one in learned])
        except OSError:  # the disk is full: what can't be remembered is asked again
            return [None] * len(learned)
        finally:
            self._unlock(_WRITING)

    def _write(self, entries: Sequence[bytes | int | None]) -> list[int | None]:
        """Write new entries, and return the place of each."""
        places: list[int | None] = []
        end = self._read
        new = bytearray()
        for entry in entries:
            if isinstance(entry, bytes) and end + len(new) + len(entry) < _BYTES:
                places.append(end + len(new))
                new += entry
            else:
                places.append(entry if isinstance(entry, int) else None)
        if os.pwrite(self._file, new, end) < len(new):
            return [entry if isinstance(entry, int) else None for entry in entries]
        os.pwrite(self._file, _END.pack(end + len(new)), 0)  # last: a worker may be killed at any moment
        self._catch_up()
        return places

    def _entry(self, learned: Learned) -> "bytes | int | None":
        """Return what is written of a verdict, the place of the same one, or None where it is one too many."""
        known = self._first.get(learned.key)
        for digest in learned.digests:
            known = known.after.get(digest) if isinstance(known, _Link) else None
        if isinstance(known, int):
            return known
        if not self.takes(learned.key):
            return None
        chain = [learned.key.hex(), learned.looks, [digest.hex() for digest in learned.digests]]
        told, steps = (json.dumps(part, separators=(",", ":")).encode() for part in (learned.told, chain))
        return _SIZES.pack(len(told), len(steps)) + told + steps

    def _catch_up(self) -> None:
        """Read what others have learned since."""
        descriptor = self._file
        end = _END.unpack(os.pread(descriptor, _END.size, 0))[0]
        if end <= self._read:
            return
        data = memoryview(os.pread(descriptor, end - self._read, self._read))
        at = 0
        while at < len(data):
            told, steps = _SIZES.unpack_from(data, at)
            behind = at + _SIZES.size + told
            self._link(self._read + at, *json.loads(bytes(data[behind : behind + steps])))
            at = behind + steps
        self._read = end

    def _link(self, place: int, key: str, looks: list[list[list[Any]]], digests: list[str]) -> None:
        """Make the chain of one entry, unless a link would lead elsewhere than one that is there."""
        branch, answer = self._first, bytes.fromhex(key)
        first, new, left = answer, 1, iter(digests)
        for statement in looks:
            reads = tuple(self._request(one) for one in statement)
            for number, read in enumerate(reads):
                there = branch.get(answer)
                if there is None:  # and so is all that comes behind it
                    there = branch[answer] = _Link(reads, number)
                    new += 1
                elif isinstance(there, int) or there.read != read:
                    return  # what follows from the same answers is not the same: nothing is known of it
                branch, answer = there.after, bytes.fromhex(next(left))
        if answer not in branch:
            branch[answer] = place
            self._links += new
            self._variants[first] = self._variants.get(first, 0) + 1

    def _request(self, plain: list[Any]) -> Request:
        table, columns, constraints = plain
        name = json.dumps(plain)
        known = self._requests.get(name)
        if known is None:
            known = self._requests[name] = Request(
                table, tuple(columns), tuple(Constraint(one, op, tuple(values)) for one, op, values in constraints)
            )
        return known

    def told(self, place: int) -> Verdict:
        """Return the verdict at a place; it is shared, and not to be changed."""
        known = self._told.get(place)
        if known is None:
            if len(self._told) >= _KEPT:
                self._told.clear()
            descriptor = self._file
            size = _SIZES.unpack(os.pread(descriptor, _SIZES.size, place))[0]
            known = self._told[place] = json.loads(os.pread(descriptor, size, place + _SIZES.size))
        return known
