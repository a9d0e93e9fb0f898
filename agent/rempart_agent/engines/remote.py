"""The embedded engine's SQL here, on tables that a collector reads on an endpoint.

Statements run; a read that is not known yet answers no rows and is noted; the noted reads go out as one batch; only
statements that met one run again, until none is unknown. A statement's answer counts only when all its reads were.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rempart_agent.engines.collector import Collector, Greeting
from rempart_agent.engines.contract import DEADLINE, MAX_ROWS, Deferred, Engine
from rempart_agent.engines.database import PENDING, Database
from rempart_agent.engines.embedded import OWN_TABLES
from rempart_agent.tables import read
from rempart_agent.tables.read import Answer as ReadAnswer
from rempart_agent.tables.read import Request
from rempart_core.error import EndpointError
from rempart_core.result import Answer, EngineIdentity, Failure
from rempart_core.version import VERSION

_T = TypeVar("_T")
_MAX_ROUNDS = 40  # joins are never so deep: an endpoint whose answers lead on and on is not followed


class RemoteReader:
    """Answers reads that are known, and notes those that are not; see ``database.Reader``."""

    def __init__(self) -> None:
        self.known: dict[Request, ReadAnswer] = {}
        self.wanted: dict[Request, None] = {}
        self.missed = False

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
        answer = self.known.get(request)
        if answer is None:
            self.wanted[request] = None
            self.missed = True
            return ReadAnswer((), PENDING)
        return answer

    def columns(self, table: str) -> tuple[Any, ...]:
        """See Reader.columns."""
        own = OWN_TABLES.get(table)
        columns: tuple[Any, ...] = own[0]() if own else read.module(table).COLUMNS
        return columns

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        return [*read.names(), *OWN_TABLES]


def open_database() -> Database:
    """Return a database for remote reads; it can serve one endpoint after the other."""
    return Database(RemoteReader())


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
    ) -> None:
        """Begin the collector.

        Args:
            collector: What answers reads.
            first: Reads that are sure to be asked: they go out with the collector itself.
            redact: Whether secrets are redacted where they are read.
            database: One of ``open_database`` that served another endpoint before; all that it knows is forgotten.
            read_deadline: Seconds that a table may take on the endpoint.

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
        self._answers: dict[str, Answer] = {}
        wanted = list(dict.fromkeys(first))
        self.greeting, answers = collector.begin(wanted, read_deadline, redact)
        self._reader.known.update(zip(wanted, answers, strict=True))

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
            raise EndpointError("its answers lead on and on", "protocol")
        answers = self._collector.read(wanted, self._deadline, self._redact)
        self._reader.known.update(zip(wanted, answers, strict=True))

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        known = self._answers.get(sql)
        if known is None:
            began = time.perf_counter()
            answer = self._until_known(lambda: self._database.query(sql, max_rows, deadline))
            known = self._answers[sql] = answer._replace(seconds=time.perf_counter() - began)
        return known

    def records(
        self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS
    ) -> tuple[list[dict[str, str]], Failure | None]:
        """Answer SQL as ``osqueryi --json`` does: a dictionary a row, of all statements."""
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
        self._database.forget()
        if self._own:
            self._database.close()


class _Recorded(Exception):
    """All reads of a dry run are noted."""

    def __init__(self, reads: list[Request]) -> None:
        self.reads = reads
        super().__init__()


class _Recorder(Collector):
    """A collector that reads nothing."""

    def __init__(self) -> None:
        self.round_trips = 0

    def begin(self, reads: Sequence[Request], deadline: float, redact: bool) -> tuple[Greeting, list[ReadAnswer]]:
        """See Collector.begin."""
        return Greeting("", "", privileged=True, python="", machine_id=""), []

    def read(self, reads: Sequence[Request], deadline: float, redact: bool) -> list[ReadAnswer]:
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
