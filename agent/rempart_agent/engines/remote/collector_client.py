"""The controller's side of a collector: it begins one through a stream, and reads tables through it.

Whatever comes back was made by a machine that may lie: sizes are checked before anything is taken, JSON is all that is
ever understood of it, and every value has one of four plain types. See ``targets/collector.py`` for the frames.
"""

import functools
import hashlib
import json
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from rempart_agent.channels.framing import SIZE, Frames, ended
from rempart_agent.channels.stream import Stream, StreamError
from rempart_agent.engines.remote import travelling_code
from rempart_agent.tables.read import Answer, Request
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message
from rempart_core.text import clean_line

MAX_FRAME = 24 << 20
"""Bytes of one frame as it is sent."""

MAX_ANSWER = 64 << 20
"""Bytes of one answer once it is unpacked."""

MAX_TOTAL = 192 << 20
"""Bytes of all answers of one endpoint."""

_MAX_WHYS = 1_000
_MAX_ROWS = 250_000
_MAX_SEEN = 50_000  # answers that are recognised when they come again
_KINDS = frozenset(
    (
        "",
        "source",
        "missing",
        "denied",
        "unfit",
        "malformed",
        "not_observable",
        "not_run",
        "limit",
        "timeout",
        "no_table",
        "engine",
    )
)


class Greeting(NamedTuple):
    """What an endpoint says of itself.

    Attributes:
        name: Its host name.
        user: As whom the collector runs.
        privileged: Whether that is root.
        python: The version of its Python.
        machine_id: ``/etc/machine-id``, hashed for this use; ``""`` where there is none.
    """

    name: str
    user: str
    privileged: bool
    python: str
    machine_id: str


class Reply:
    """What an endpoint answered to one read: seen to be an answer, and taken apart when it is looked at.

    Attributes:
        digest: Of the answer as it was sent; the same read with the same digest has the same rows.
    """

    __slots__ = ("_answer", "_data", "_read", "digest")

    def __init__(self, digest: bytes, data: bytes, read: Request, answer: Answer | None = None) -> None:
        """Keep an answer.

        Args:
            digest: Its digest.
            data: The answer as it was sent; it was understood before.
            read: The read.
            answer: What it says, where that is known.
        """
        self.digest = digest
        self._data = data
        self._read = read
        self._answer = answer

    @property
    def answer(self) -> Answer:
        """Return what it says."""
        if self._answer is None:
            self._answer = _answer(json.loads(zlib.decompress(self._data).decode()), self._read)
        return self._answer


class Collector:
    """One collector on one endpoint.

    Attributes:
        round_trips: How often the endpoint was asked.
        taken: Bytes of all its answers, unpacked.
        seen: The size of each answer that was understood before, by its digest and the columns that were asked: it
            need not be understood again. Who asks many endpoints gives the same to each collector.
    """

    def __init__(self, stream: Stream, password: str = "", prompt: str = "") -> None:
        """Use a stream that ends in the standard input and output of ``bundle.command()``.

        Args:
            stream: The stream; its deadline is the endpoint's.
            password: What is answered where the endpoint asks for one.
            prompt: The words in which it asks; ``""`` where it does not ask.
        """
        self._stream = stream
        self._password = password
        self._prompt = prompt.encode()
        self._frames = Frames(stream)
        self._sent: set[str] = set()
        self.taken = 0
        self.round_trips = 0
        self.seen: dict[tuple[bytes, tuple[str, ...]], int] = {}

    def begin(self, reads: Sequence[Request], deadline: float, redact: bool) -> tuple[Greeting, list[Reply]]:
        """Start the collector, and answer the first reads in the same round trip.

        Args:
            reads: The reads.
            deadline: Seconds for each of them.
            redact: Whether secrets are redacted where they are read.

        Raises:
            EndpointError: the endpoint has no Python that could be it, is no Linux, or does not answer as it should.
        """
        first = travelling_code.first_stage() + self._question(reads, deadline, redact)
        try:
            waits = bool(self._prompt and self._password)
            if not waits:
                self._stream.write(first)
            self._frames.await_mark(travelling_code.MAGIC, self._prompt, self._password)
            if waits:
                self._stream.write(first)
        except StreamError as error:
            raise self._frames.explain(error, "python3", Message("host.no_collector")) from error
        greeting = self._greeting()
        return greeting, self._answers(reads)

    def read(self, reads: Sequence[Request], deadline: float, redact: bool) -> list[Reply]:
        """Answer a batch of reads.

        Args:
            reads: What is asked, in order.
            deadline: Seconds that the endpoint gives each read.
            redact: Whether the endpoint redacts secrets where a row is read.

        Raises:
            EndpointError: the endpoint does not answer, or not as it should.
        """
        try:
            self._stream.write(self._question(reads, deadline, redact))
        except StreamError as error:
            raise ended(error) from error
        return self._answers(reads)

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def _question(self, reads: Sequence[Request], deadline: float, redact: bool) -> bytes:
        self.round_trips += 1
        packed, sent = _pack(tuple(reads), deadline, redact, frozenset(self._sent))
        self._sent |= sent
        return packed

    def _greeting(self) -> Greeting:
        said = self._frame()
        if said.get("hello") != 1:
            raise EndpointError(Message("host.greeting"), "protocol")
        version = _text(said, "python", 40)
        parts = [int(part) for part in version.split(".")[:2] if part.isascii() and part.isdigit()]
        if parts < [3, 8]:
            raise EndpointError(Message("host.python", version=version), "no_python")
        system = _text(said, "system", 40)
        if system != "linux":
            raise EndpointError(Message("host.not_linux", system=system), "system")
        return Greeting(
            _text(said, "name", 255),
            _text(said, "user", 64),
            said.get("uid") == 0,
            version,
            _text(said, "machine_id", 64),
        )

    def _answers(self, reads: Sequence[Request]) -> list[Reply]:
        seen = self.seen
        replies = []
        for read in reads:
            data = self._packed()
            digest = hashlib.blake2b(data, digest_size=32).digest()
            size = seen.get((digest, read.columns))
            answer = None
            if size is None:
                text = _unpack(data)
                answer = _answer(_object(text), read)
                size = len(text)
                if len(seen) >= _MAX_SEEN:
                    seen.clear()
                seen[digest, read.columns] = size
            self._count(size)
            replies.append(Reply(digest, data, read, answer))
        return replies

    def _frame(self) -> dict[str, Any]:
        """Return the next frame's object.

        Raises:
            EndpointError: there is none, or it is none.
        """
        text = _unpack(self._packed())
        self._count(len(text))
        return _object(text)

    def _packed(self) -> bytes:
        try:
            return self._frames.take(MAX_FRAME)
        except StreamError as error:
            raise ended(error) from error

    def _count(self, size: int) -> None:
        self.taken += size
        if self.taken > MAX_TOTAL:
            raise EndpointError(Message("host.answers_too_large", size=MAX_TOTAL >> 20), "protocol")


def _unpack(data: bytes) -> bytes:
    try:
        unpack = zlib.decompressobj()
        text = unpack.decompress(data, MAX_ANSWER)
    except zlib.error as error:
        raise EndpointError(Message("host.answer_unreadable"), "protocol") from error
    if unpack.unconsumed_tail or not unpack.eof:
        raise EndpointError(Message("host.answer_too_large", size=MAX_ANSWER >> 20), "protocol")
    return text


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise EndpointError(Message("host.answer_unreadable"), "protocol") from error
    if not isinstance(found, dict):
        raise EndpointError(Message("host.answer_unreadable"), "protocol")
    return found


def prepare(reads: Sequence[Request], deadline: float, redact: bool) -> None:
    """Pack a first question ahead: who forks processes that all begin with it need pack it only once.

    Args:
        reads: What will be asked first; of equal ones the first counts.
        deadline: See ``Collector.read``; a question with another one is packed anew.
        redact: See ``Collector.read``.
    """
    _pack(tuple(dict.fromkeys(reads)), deadline, redact, frozenset())


@functools.lru_cache(maxsize=64)  # a fleet is asked much the same, and packing costs more than asking
def _pack(reads: tuple[Request, ...], deadline: float, redact: bool, sent: frozenset[str]) -> tuple[bytes, set[str]]:
    """Return the frame that asks these reads with the modules they need, and the names of all modules sent then."""
    known = set(sent)
    question = {
        "modules": travelling_code.modules_for((read.table for read in reads), known),
        "reads": reads,
        "deadline": deadline,
        "redact": redact,
    }
    data = zlib.compress(json.dumps(question, separators=(",", ":")).encode(), 6)
    return SIZE.pack(len(data)) + data, known


def _text(said: dict[str, Any], name: str, longest: int) -> str:
    value = said.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise EndpointError(Message("host.greeting"), "protocol")
    return clean_line(value)


def _answer(said: dict[str, Any], read: Request) -> Answer:
    """Return the answer to a read, once it is seen to be one: no more columns than were asked, plain values."""
    kind, message, columns, rows = (said.get(name) for name in ("kind", "message", "columns", "rows"))
    if not isinstance(kind, str) or kind not in _KINDS or not isinstance(message, str) or not isinstance(rows, list):
        raise EndpointError(Message("host.table_unreadable", table=read.table), "protocol")
    if kind:
        return Answer((), kind, clean_line(message)[:500] or kind, said.get("said"))
    if columns != list(read.columns) or len(rows) > _MAX_ROWS:
        raise EndpointError(Message("host.table_other", table=read.table), "protocol")
    plain = {str, int, float, type(None)}
    count = len(columns)
    for row in rows:
        if row.__class__ is not list or len(row) != count or not plain.issuperset(map(type, row)):
            raise EndpointError(Message("host.table_row", table=read.table), "protocol")
    whys = said.get("whys")
    known = whys if isinstance(whys, dict) and len(whys) <= _MAX_WHYS else {}
    return Answer([dict(zip(columns, row, strict=True)) for row in rows], whys=known)
