"""The embedded engine's SQL here, on tables that a collector reads on an endpoint.

Statements run; a read that is not known yet answers no rows and is noted; the noted reads go out as one batch; only
statements that met one run again, until none is unknown. A statement's answer counts only when all its reads were.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from rempart_agent.engine import DEADLINE, MAX_ROWS, WALKING, Deferred, Engine
from rempart_agent.engines.embedded.own_table import OWN_TABLES
from rempart_agent.engines.remote.collector_client import Collector, Greeting, Reply
from rempart_agent.engines.sql.clock import Clock
from rempart_agent.engines.sql.database import NOW, PENDING, Database
from rempart_agent.engines.sql.dialect import is_steady
from rempart_agent.engines.sql.update_history import TABLE, date_updates
from rempart_agent.tables import read
from rempart_agent.tables.read import Answer as ReadAnswer
from rempart_agent.tables.read import Request
from rempart_core import digest
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message
from rempart_core.model.result import Answer, EngineIdentity, Failure
from rempart_core.model.update_history import UpdateHistory
from rempart_core.version import VERSION

_T = TypeVar("_T")
_STILL = 60  # seconds for which the time of an audit stands still; see Remote.hold_time
_KEPT = 16 << 20  # bytes of an endpoint's answers that are still there for the next one, where they may come again
_CHANCE = frozenset({"timeout", "limit", "engine", "sql"})  # failures that the same rows need not bring again
_MAX_ROUNDS = 40  # joins are never so deep: an endpoint whose answers lead on and on is not followed


class RemoteReader:
    """Answers reads that are known, and notes those that are not; see ``database.Reader``."""

    def __init__(self) -> None:
        self.known: dict[Request, Reply] = {}
        self.wanted: dict[Request, None] = {}
        self.missed = False
        self.seen: dict[tuple[bytes, tuple[str, ...]], int] = {}

    def forget(self) -> None:
        """Know nothing any more: another endpoint comes."""
        self.known.clear()
        self.wanted.clear()
        self.missed = False

    def read(self, requests: Sequence[Request]) -> list[ReadAnswer]:
        """See Reader.read."""
        return [self._read(request) for request in requests]

    def _read(self, request: Request) -> ReadAnswer:
        if request.table in OWN_TABLES:
            own: Any = OWN_TABLES[request.table][1]
            return ReadAnswer(own(self))
        reply = self.known.get(request)
        if reply is None:
            self.wanted[request] = None
            self.missed = True
            return ReadAnswer((), PENDING)
        return reply.answer

    def digest(self, request: Request) -> bytes | None:
        """Return a digest of the answer to a read; None where it is not known."""
        reply = self.known.get(request)
        return reply.digest if reply else None

    def columns(self, table: str) -> tuple[Any, ...]:
        """See Reader.columns."""
        own = OWN_TABLES.get(table)
        columns: tuple[Any, ...] = own[0]() if own else read.columns(table)
        return columns

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        return [*read.names(), *OWN_TABLES]


def open_database() -> Database:
    """Return a database for remote reads; it can serve one endpoint after the other."""
    reader = RemoteReader()
    return Database(reader, Clock(), reader.digest)


class _Asked(NamedTuple):
    """A statement that was answered.

    Attributes:
        answer: The answer.
        looked: What it looked at, in order; None where that is not all that the answer came from.
    """

    answer: Answer
    looked: tuple[Request, ...] | None


class Remote(Engine):
    """SQL about an endpoint through its collector."""

    def __init__(
        self,
        collector: Collector,
        first: Sequence[Request] = (),
        *,
        redact: bool = True,
        database: Database | None = None,
        read_deadline: float = DEADLINE,
        history: UpdateHistory | None = None,
    ) -> None:
        """Begin the collector.

        Args:
            collector: What answers reads.
            first: Reads that are sure to be asked: they go out with the collector itself.
            redact: Whether secrets are redacted where they are read.
            database: One of ``open_database`` that served another endpoint before; all that it knows is forgotten.
            read_deadline: Seconds that a table may take on the endpoint.
            history: What earlier runs saw of the endpoint.

        Raises:
            EndpointError: the endpoint does not answer as it should.
        """
        self._collector = collector
        self._redact = redact
        self._deadline = read_deadline
        self._deferring = False
        self._own = database is None
        self._database = database or open_database()
        self._reader: RemoteReader = self._database.reader  # type: ignore[assignment]
        self._reader.forget()
        self._database.forget()
        self._answers: dict[str, _Asked] = {}
        self._looks: list[tuple[Request, ...]] | None = None
        self._hold = False
        if self._database.clock:
            self._database.clock.moment = None
        collector.seen = self._reader.seen
        wanted = list(dict.fromkeys(first))
        self.greeting, answers = collector.begin(wanted, read_deadline, redact)
        self._history = history.of(self.greeting.machine_id) if history else None
        self._note(wanted, answers)

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return EngineIdentity("embedded", VERSION, self.greeting.user, self.greeting.privileged)

    def expect(self, columns: Mapping[str, Sequence[str]]) -> None:
        """See Engine.expect."""
        self._database.expect(columns)

    def defer(self, on: bool) -> None:
        """See Engine.defer."""
        self._deferring = on

    def settle(self) -> None:
        """See Engine.settle.

        Raises:
            EndpointError: the endpoint does not answer as it should.
        """
        wanted = list(self._reader.wanted)
        self._reader.wanted.clear()
        if not wanted:
            return
        if self._collector.round_trips > _MAX_ROUNDS:
            raise EndpointError(Message("host.too_many_rounds", rounds=_MAX_ROUNDS), "protocol")
        walks = [read_ for read_ in wanted if read_.table in WALKING]
        plain = [read_ for read_ in wanted if read_.table not in WALKING]
        if plain:
            self._note(plain, self._collector.read(plain, self._deadline, self._redact))
        if walks:  # last, and with more time
            deadline = max(self._deadline, *(_walk_time(read_) for read_ in walks))
            self._note(walks, self._collector.read(walks, deadline, self._redact))
        if self._hold:
            self._stop_clock()

    def _note(self, wanted: Sequence[Request], replies: Sequence[Reply]) -> None:
        """Note what was answered; where earlier runs saw updates wait, that is part of the answer."""
        for read_, reply in zip(wanted, replies, strict=True):
            self._reader.known[read_] = reply
            if self._history and read_.table == TABLE and not reply.answer.kind:
                dated = date_updates(reply.answer, self._history)
                if dated != reply.answer:
                    dates = repr([row.get("first_seen") for row in dated.rows]).encode()
                    mark = digest.new(reply.digest + dates).digest()
                    self._reader.known[read_] = Reply(mark, b"", read_, dated)

    def hold_time(self) -> None:
        """Let SQL see the end of the running minute for the time.

        Endpoints that are asked in the same minute then get the same answers from the same rows, also where time plays
        a part. The minute's end, since nothing that an endpoint has written can lie in the future of it.
        """
        self._hold = True
        self._stop_clock()

    def _stop_clock(self) -> None:
        clock = self._database.clock
        moment = -int(-time.time() // _STILL) * _STILL
        if clock and clock.moment != moment:
            clock.moment = moment
            self._answers = {sql: one for sql, one in self._answers.items() if one.looked and NOW not in one.looked}

    def watch(self, on: bool = True) -> None:
        """Begin to note what statements look at, or end it; see ``looks``."""
        self._looks = [] if on else None

    def looks(self) -> list[tuple[Request, ...]] | None:
        """Return what each statement since ``watch`` looked at, in order: reads, and ``NOW`` for the time.

        The answers to these decide what the statements answered; None where something else had a part in it.
        """
        return self._looks

    def digest(self, request: Request) -> bytes | None:
        """Return a digest of the answer to a read, or of the time; None where it is not known yet."""
        if request == NOW:
            return b"%d" % (self._database.clock.moment or 0) if self._database.clock else b""
        return self._reader.digest(request)

    def want(self, requests: Iterable[Request]) -> None:
        """Ask for reads with the next ``settle``, as far as they are not known."""
        known = self._reader.known
        self._reader.wanted.update((one, None) for one in requests if one not in known and one != NOW)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        asked = self._answers.get(sql)
        if asked is None:
            began = time.perf_counter()
            looked: dict[Request, None] = {}
            self._database.looked = looked if self._looks is not None else None

            def ask() -> Answer:
                looked.clear()
                return self._database.query(sql, max_rows, deadline)

            answer = self._until_known(ask)
            self._database.looked = None
            asked = self._answers[sql] = _Asked(
                answer._replace(seconds=time.perf_counter() - began), self._all_that_counts(sql, looked, answer)
            )
        if self._looks is not None:
            if asked.looked is None:
                self._looks = None
            else:
                self._looks.append(asked.looked)
        return asked.answer

    def _all_that_counts(self, sql: str, looked: Iterable[Request], answer: Answer) -> tuple[Request, ...] | None:
        if self._looks is None or not is_steady(sql) or (answer.failure and answer.failure.kind in _CHANCE):
            return None
        reads = tuple(looked)
        return None if any(one.table in OWN_TABLES for one in reads) else reads

    def records(
        self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS
    ) -> tuple[list[dict[str, str]], Failure | None]:
        """See Engine.records: a dictionary a row, of all statements, as ``osqueryi --json`` answers."""
        return self._until_known(lambda: self._database.records(sql, max_rows, deadline))

    def _until_known(self, ask: Callable[[], _T]) -> _T:
        while True:
            self._reader.missed = False
            answer = ask()
            if not self._reader.missed:
                return answer
            if self._deferring:
                raise Deferred
            self.settle()

    def close(self) -> None:
        """See Engine.close."""
        self._collector.close()
        self._answers.clear()
        self._reader.forget()
        self._database.forget(keep=self._collector.taken <= _KEPT)
        if self._own:
            self._database.close()


def _walk_time(request: Request) -> float:
    """Return the seconds that a walk which a statement bounds may take on the endpoint."""
    asked = [value for one in request.constraints if one.column == "max_seconds" for value in one.values]
    return max((float(value) for value in asked if value.isdigit()), default=90.0) + 15.0


class _Recorded(Exception):
    """All reads of a dry run are noted."""

    def __init__(self, reads: list[Request]) -> None:
        self.reads = reads
        super().__init__()


class _Recorder(Collector):
    """A collector that reads nothing."""

    def __init__(self) -> None:
        self.round_trips = self.taken = 0
        self.seen = {}

    def begin(self, reads: Sequence[Request], deadline: float, redact: bool) -> tuple[Greeting, list[Reply]]:
        """See Collector.begin."""
        return Greeting("", "", privileged=True, python="", machine_id=""), []

    def read(self, reads: Sequence[Request], deadline: float, redact: bool) -> list[Reply]:
        """See Collector.read: this ends the dry run."""
        raise _Recorded(list(reads))

    def close(self) -> None:
        """See Collector.close."""


def foresee(run: Callable[[Engine], None], database: Database | None = None) -> tuple[Request, ...]:
    """Return the reads that a run asks before it knows anything of an endpoint.

    Args:
        run: Asks an engine; it stops where it needs the first answer.
        database: One of ``open_database`` that may be used for it.
    """
    engine = Remote(_Recorder(), database=database)
    try:
        run(engine)
        engine.settle()
    except _Recorded as done:
        return tuple(done.reads)
    finally:
        engine.close()
    return ()
