"""The embedded engine: SQLite over our own tables, in a worker process that can be killed.

Interrupting SQLite does not stop Python code inside a table, so a statement is answered by a child process. Past the
deadline the child is killed, a new one takes over, and the run goes on. What was being read then is remembered: another
statement that needs the same table fails at once and does not cost a deadline again.
"""

import marshal
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_agent.engines.embedded.own_table import OWN_TABLES
from rempart_agent.engines.embedded.packed_failure import fold, pack, unpack
from rempart_agent.source.target import Target
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.model.result import Answer, EngineIdentity, Failure
from rempart_core.version import VERSION

if TYPE_CHECKING:
    from rempart_agent.source.contract import Column
    from rempart_agent.tables import read
    from rempart_agent.tables.read import Request
    from rempart_core.model.update_history import UpdateHistory

_SIZE = struct.Struct("=I")
_NEW_OBJECTS = 500_000  # between two looks for cycles of objects, of which there are few: one look costs 10 ms
_NAME = 256  # bytes of shared memory for the name of the table that is being read


class TableReader:
    """Reads this machine's own tables; see ``database.Reader``."""

    def __init__(
        self,
        target: Target,
        redact: bool,
        stuck: frozenset[str],
        note: Callable[[str], None],
        history: "UpdateHistory | None" = None,
    ) -> None:
        """Read through ``target``.

        Args:
            target: What is looked at.
            redact: Whether secrets are redacted where a row is read.
            stuck: Tables that took longer than the deadline before.
            note: Is told the name of each table before it is read, and ``""`` after.
            history: What earlier runs saw of the target, a ``history.UpdateHistory``; None for nothing.
        """
        self._history = history
        self._target = target
        self._redact = redact
        self._stuck = stuck
        self._note = note

    def read(self, requests: "Sequence[Request]") -> "list[read.Answer]":
        """See Reader.read."""
        from rempart_agent.engines.embedded import platform_tables
        from rempart_agent.tables import read

        answers: list[read.Answer] = []
        for request in requests:
            if request.table in self._stuck:
                answers.append(read.Answer.late(request.table))
                continue
            if request.table in OWN_TABLES and self._target.platform == "linux":  # elsewhere osquery would answer
                answers.append(read.Answer(OWN_TABLES[request.table][1](self)))
                continue
            self._note(request.table)
            (answer,) = read.read(self._target, [request], self._redact)
            answer = platform_tables.tell_unfilled(answer, request.table, self._target.platform)
            if self._history is not None:  # else the module is not needed
                from rempart_agent.engines.sql.update_history import TABLE, date_updates

                answer = date_updates(answer, self._history) if request.table == TABLE else answer
            answers.append(answer)
            self._note("")
        return answers

    def columns(self, table: str) -> "tuple[Column, ...]":
        """See Reader.columns."""
        from rempart_agent.engines.embedded import platform_tables

        own = OWN_TABLES.get(table)
        return own[0]() if own else platform_tables.columns(table, self._target.platform)

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        from rempart_agent.engines.embedded import platform_tables

        return [*platform_tables.names(self._target.platform), *OWN_TABLES]


class Embedded(Engine):
    """SQL over our own tables, on this machine or a root filesystem."""

    def __init__(
        self,
        target: Callable[[], Target],
        privileged: bool,
        redact: bool = True,
        history: "UpdateHistory | None" = None,
    ) -> None:
        """Start the worker at once, so that it gets ready while the caller reads its checks.

        Args:
            target: Makes the target; called in the worker.
            privileged: Whether the run may read what only root may.
            redact: Whether secrets are redacted where a row is read: every audit does, an ad hoc query does not.
            history: What earlier runs saw of the target, a ``history.UpdateHistory``; None for nothing.
        """
        import mmap

        self._history = history
        self._target = target
        self._privileged = privileged
        self._redact = redact
        self._reading = mmap.mmap(-1, _NAME)
        self._stuck: frozenset[str] = frozenset()
        self._expected: dict[str, tuple[str, ...]] = {}
        self._trusted: frozenset[str] = frozenset()
        self._whys: dict[str, Json] = {}
        self._worker: _Worker | None = None
        self._start()

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return EngineIdentity("embedded", VERSION, user_name(), self._privileged)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        began = time.perf_counter()
        kind, said = self._ask(("query", sql, max_rows, sql in self._trusted), deadline)
        seconds = time.perf_counter() - began
        if kind != "query":
            return Answer(failure=Failure.of(kind, said), seconds=seconds)
        columns, rows, failure, whys = said
        if whys:
            self._whys.update(whys)
        return Answer(columns, rows, unpack(failure) if failure else None, seconds, self._whys)

    def about(self, deadline: float) -> tuple[dict[str, str], Failure | None]:
        """Return what the target says of how it is read, within so many seconds, or why not; see ``Target.about``."""
        kind, said = self._ask(("about", "", 0, False), deadline)
        return (said, None) if kind == "about" else ({}, Failure.of(kind, said))

    def expect(self, columns: Mapping[str, Sequence[str]]) -> None:
        """See Engine.expect."""
        self._expected = {table: tuple(names) for table, names in columns.items()}
        self._ask(("expect", self._expected, 0, False), DEADLINE)

    def trust(self, statements: Collection[str]) -> None:
        """See Engine.trust."""
        self._trusted = frozenset(statements)

    def records(
        self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS
    ) -> tuple[list[dict[str, str]], Failure | None]:
        """See Engine.records: a dictionary a row, of all statements, as ``osqueryi --json`` answers."""
        kind, said = self._ask(("records", sql, max_rows, False), deadline)
        if kind != "records":
            return [], Failure.of(kind, said)
        rows, failure = said
        return rows, unpack(failure) if failure else None

    def close(self) -> None:
        """See Engine.close."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def _start(self) -> "_Worker":
        self._reading[:1] = b"\0"
        self._worker = _Worker(self._serve)
        return self._worker

    def _ask(self, question: tuple[Any, ...], deadline: float) -> tuple[str, Any]:
        """Return the kind of the answer and what it says: a failure's kind and message where the worker gave none."""
        worker = self._worker or self._start()
        try:
            answer: tuple[str, Any] = worker.ask(question, deadline)
        except TimeoutError:
            reading = self._reading_now()
            self.close()
            if reading:
                self._stuck |= {reading}
                return "timeout", Message("engine.table_late", table=reading, seconds=f"{deadline:g}")
            return "timeout", Message("engine.late", seconds=f"{deadline:g}")
        except EOFError:
            reading = self._reading_now()
            self.close()
            return "engine", (
                Message("engine.worker_ended_at", table=reading) if reading else Message("engine.worker_ended")
            )
        return answer

    def _reading_now(self) -> str:
        return self._reading[:].partition(b"\0")[0].decode()

    def _serve(self, questions: int, answers: int) -> None:
        """Answer questions until there are no more; runs in the worker."""
        import gc

        from rempart_agent.engines.sql.database import Database

        gc.set_threshold(_NEW_OBJECTS, 20, 100)  # rows and trees that stay are not looked through again and again

        def note(table: str) -> None:
            name = table.encode()[: _NAME - 1] + b"\0"
            self._reading[: len(name)] = name

        target = self._target()
        reader = TableReader(target, self._redact, self._stuck, note, self._history)
        database = Database(reader, keep=0)
        database.limit_memory()
        database.expect(self._expected)
        told = 0  # reasons that the parent knows
        while True:
            question = _receive(questions)
            if question is None:
                return
            how, sql, max_rows, trusted = question
            if how == "about":
                _send(answers, ("about", target.about()))
            elif how == "expect":
                database.expect(sql)
                _send(answers, ("expect", None))
            elif how == "query":
                answer = database.query(sql, max_rows, trusted=trusted)
                failure = pack(answer.failure) if answer.failure else None
                new = list(database.whys.items())[told:] if len(database.whys) > told else []
                told = len(database.whys)
                _send(answers, ("query", (answer.columns, answer.rows, failure, {t: fold(said) for t, said in new})))
            else:
                rows, failed = database.records(sql, max_rows)
                _send(answers, ("records", (rows, pack(failed) if failed else None)))


def user_name() -> str:
    """Return the name of the user that this process runs as, or the number."""
    uid = os.geteuid()
    if uid == 0:
        return "root"
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _send(descriptor: int, value: Any) -> None:
    data = marshal.dumps(value)
    data = _SIZE.pack(len(data)) + data
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _receive(descriptor: int, until: float | None = None) -> Any:
    """Return the next value; None at the end of a worker's questions; raises TimeoutError and EOFError."""
    size = _take(descriptor, _SIZE.size, until)
    return None if size is None else marshal.loads(_take(descriptor, _SIZE.unpack(size)[0], until) or b"")


def _take(descriptor: int, size: int, until: float | None) -> bytes | None:
    parts: list[bytes] = []
    while size > 0:
        if until is not None:
            rest = until - time.monotonic()
            if rest <= 0 or not select.select([descriptor], [], [], rest)[0]:
                raise TimeoutError
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            if until is not None or parts:
                raise EOFError
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class _Worker:
    """A child process that answers questions one by one."""

    def __init__(self, serve: Callable[[int, int], None]) -> None:
        questions, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid:
            os.close(questions)
            os.close(answers)
            return
        status = 1
        try:
            # Ctrl-C goes to the whole group of the terminal: the parent decides what becomes of the worker.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.close(self._questions)
            os.close(self._answers)
            serve(questions, answers)
            status = 0
        except BaseException:  # noqa: BLE001 - the child must never go on as its parent
            if os.environ.get("REMPART_DEBUG"):
                import traceback

                traceback.print_exc()
        finally:
            os._exit(status)

    def ask(self, question: Any, deadline: float) -> Any:
        """Return the answer; raises TimeoutError past the deadline (seconds) and EOFError where the worker died."""
        until = time.monotonic() + deadline
        try:
            _send(self._questions, question)
        except BrokenPipeError as error:
            raise EOFError from error
        return _receive(self._answers, until)

    def end(self) -> None:
        """Kill the worker. One that the kernel holds (a dead network mount) is left to it, not waited for."""
        os.close(self._questions)
        os.close(self._answers)
        try:
            os.kill(self._pid, signal.SIGKILL)
            for pause in (0, 0.001, 0.01, 0.1):
                time.sleep(pause)
                if os.waitpid(self._pid, os.WNOHANG)[0]:
                    return
        except (ProcessLookupError, ChildProcessError):
            pass
