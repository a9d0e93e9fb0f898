"""SQL over tables that are read when they are asked for: SQLite with one virtual table for each table of ours.

Everything comes through one seam, ``reader.read([Request, …]) -> [Answer, …]``; see ``virtual_table`` for what goes
down to a table.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import apsw

from rempart_agent.engines.sql import dialect, function
from rempart_agent.engines.sql.clock import Clock
from rempart_agent.engines.sql.virtual_table import PENDING, Reader, ReadError, Table
from rempart_agent.tables.read import Request, UnknownTable
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.model.result import Answer, Failure

__all__ = ["ALIASES", "PENDING", "Database", "Reader"]

_MAX_LENGTH = 64 << 20  # bytes of one text that SQL may make
_MAX_HEAP = 512 << 20  # bytes that SQLite may take in all
_STATEMENTS = 500  # compiled ones that are kept: who asks many endpoints asks them all again
_STEPS = 100_000  # of SQLite's machine between two looks at the clock: a few milliseconds
NOW = Request("", (), ())
"""Stands for the time among the reads that a statement looked at."""
ALIASES = {"hosts": "etc_hosts"}
"""Views of osquery that are another name of a table."""


class Database:
    """SQL over the tables of one reader, read-only."""

    def __init__(
        self,
        reader: Reader,
        clock: Clock | None = None,
        digest: Callable[[Request], bytes | None] = lambda _request: None,
        *,
        keep: int = _STATEMENTS,
    ) -> None:
        """Mount the tables of ``reader``; none is read before a statement names it.

        Args:
            reader: Where rows come from.
            clock: The time that statements see; None for the real one.
            digest: Returns a digest of what ``reader`` answers to a read, the same for the same rows; None where it has
                none, or was not asked.
            keep: How many compiled statements are kept, of some 25 KiB each: none where each is asked once.
        """
        self.reader = reader
        self._names = set(reader.names()) | set(ALIASES)
        self._denied = ""
        self.expected: dict[str, frozenset[str]] = {}
        """Table to the columns that this run asks of it sooner or later; see Engine.expect."""
        self.one_by_one = False
        """Whether the values of an IN are asked one after the other: APSW crashes on a list of no rows."""
        self.uses: set[tuple[str, str]] | None = None
        """Where it is a set, preparing a statement adds the (table, column) pairs that it reads."""
        self.looked: dict[Request, None] | None = None
        """Where it is there, it takes what statements look at, in order: reads, and ``NOW`` for the time."""
        self.digest = digest
        self.whys: dict[str, Json] = {}
        """Texts of the rows that were read, where they are sentences of ours; each with what it says."""
        self.clock = clock
        if clock:
            clock.asked = self._ask_time
        connection = self._connection = apsw.Connection(
            ":memory:", statementcachesize=keep, vfs=clock.name if clock else None
        )
        connection.limit(apsw.SQLITE_LIMIT_LENGTH, _MAX_LENGTH)
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
        for name, (arguments, call) in function.FUNCTIONS.items():
            connection.create_scalar_function(name, call, arguments, deterministic=name != "sleep")
        for name, compare in function.COLLATIONS.items():
            connection.create_collation(name, compare)
        self._tables: list[Table] = []
        for name in self._names:
            table: Any = Table(self, ALIASES.get(name, name))
            self._tables.append(table)
            connection.create_module(name, table, use_bestindex_object=True, eponymous_only=True, read_only=True)
        connection.authorizer = self._authorize
        self._guarded = True

    def _ask_time(self) -> None:
        if self.looked is not None:
            self.looked[NOW] = None

    def expect(self, columns: Mapping[str, Sequence[str]]) -> None:
        """See Engine.expect."""
        self.expected = {table: frozenset(names) for table, names in columns.items()}

    def _guard(self, on: bool) -> None:
        if on != self._guarded:
            self._connection.authorizer = self._authorize if on else None
            self._guarded = on

    def _authorize(self, op: int, first: str | None, second: str | None, _db: str | None, _by: str | None) -> int:
        if op == apsw.SQLITE_READ:
            if first in self._names or first is None:
                if self.uses is not None and first and second:
                    self.uses.add((ALIASES.get(first, first), second))
                return apsw.SQLITE_OK
            # a subquery or WITH, and the row of json_each
            if not first.lower().startswith("sqlite_"):
                return apsw.SQLITE_OK
        if op in {apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE}:
            return apsw.SQLITE_OK
        if op == apsw.SQLITE_FUNCTION:
            name = (second or "").lower()
            if name in dialect.FUNCTIONS or name in function.FUNCTIONS:
                return apsw.SQLITE_OK
            self._denied = f"no such function: {second}"
            return apsw.SQLITE_DENY
        if op == apsw.SQLITE_PRAGMA and first in dialect.PRAGMAS:
            return apsw.SQLITE_OK
        if op in {apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE} and first in self._names:
            return apsw.SQLITE_OK  # SQLite itself says that the table may not be modified
        self._denied = "not authorized"
        return apsw.SQLITE_DENY

    def limit_memory(self) -> None:
        """Bound what SQLite may take in this whole process: for a worker that has no other database."""
        apsw.hard_heap_limit(_MAX_HEAP)

    def forget(self, *, keep: bool = True) -> None:
        """Let go of all rows that were read: the reader looks at another target now. Compiled statements stay.

        Args:
            keep: Whether rows may stay for the case that the next target answers the same.
        """
        self.whys = {}
        for table in self._tables:
            table.forget(keep)

    def close(self) -> None:
        """Let go of SQLite and of all rows that were read."""
        self._connection.close(True)

    def query(self, sql: str, max_rows: int, deadline: float = 0, *, trusted: bool = False) -> Answer:
        """Answer one statement, or several whose rows are put together; values are text, as osquery's are.

        Args:
            sql: The SQL.
            max_rows: More rows than this are a failure of kind ``limit``.
            deadline: Seconds after which SQLite gives up; 0 for none. Code within a function is not interrupted.
            trusted: See Engine.trust: SQLite does not ask for leave thousands of times what it may read and call.

        It raises nothing for what a statement does: that is a failure of the answer.
        """
        columns: tuple[str, ...] = ()
        rows: list[tuple[str, ...]] = []
        text = function.sql_text

        def more(cursor: Any) -> None:
            nonlocal columns
            rows.clear()
            columns = tuple(d[0] for d in cursor.get_description())
            for row in cursor:
                rows.append(tuple([v if v.__class__ is str else text(v) for v in row]))
                if len(rows) > max_rows:
                    raise ReadError(_too_many(max_rows))

        self._guard(not trusted)
        try:
            failure = self._run(sql, more, deadline=deadline, trusted=trusted)
        finally:
            self._guard(True)
        return Answer(columns, [], failure) if failure else Answer(columns, rows, whys=self.whys)

    def records(self, sql: str, max_rows: int, deadline: float = 0) -> tuple[list[dict[str, str]], Failure | None]:
        """Answer SQL as ``osqueryi --json`` does: a dictionary a row, of all statements, later names winning.

        It raises nothing for what a statement does: that is the failure returned, None where there is none.

        Args:
            sql: One statement or several.
            max_rows: More rows than this are a failure of kind ``limit``.
            deadline: Seconds after which SQLite gives up; 0 for none.
        """
        found: list[dict[str, str]] = []

        def more(cursor: Any) -> None:
            found.clear()
            for row in cursor:
                names = [d[0] for d in cursor.get_description()]
                found.append({n: function.sql_text(v) for n, v in zip(names, row, strict=True)})
                if len(found) > max_rows:
                    raise ReadError(_too_many(max_rows))

        failure = self._run(sql, more, deadline=deadline)
        return ([], failure) if failure else (found, None)

    def compile(self, sql: str) -> None:
        """Compile one statement, so that it need not be when it is asked; one that is wrong will say so then."""
        self._run(sql, lambda _cursor: None, lambda _cursor, _sql, _bindings: False)

    def explain(self, sql: str) -> tuple[tuple[str, ...], list[str], set[tuple[str, str]], Failure | None]:
        """Compile one statement and go no further; for lint.

        Returns:
            The names of its columns, the tables that it asks without a required column, the (table, column) pairs that
            it reads, and why it does not compile.
        """
        columns: tuple[str, ...] = ()
        unconstrained: list[str] = []

        def describe(cursor: Any, _sql: str, _bindings: Any) -> bool:
            nonlocal columns
            columns = tuple(d[0] for d in cursor.get_description())
            return False

        def plan(cursor: Any) -> None:
            for row in cursor:
                words = str(row[3]).split()
                if words[-1].endswith("!") and "VIRTUAL" in words:
                    unconstrained.append(words[1])

        uses, failure = self._compile(sql, describe)
        if failure is None:
            failure = self._run("EXPLAIN QUERY PLAN " + sql, plan)
        return columns, unconstrained, uses, failure

    def find_reads(self, sql: str) -> set[tuple[str, str]] | None:
        """Compile one statement, for ``expect``.

        Returns:
            The (table, column) pairs that it reads; None where it does not compile.
        """
        uses, failure = self._compile(sql, lambda _cursor, _sql, _bindings: False)
        return uses if failure is None else None

    def _compile(self, sql: str, describe: Any) -> tuple[set[tuple[str, str]], Failure | None]:
        found: set[tuple[str, str]] = set()
        self.uses = found
        try:
            return found, self._run(sql, lambda _cursor: None, describe)
        finally:
            self.uses = None

    def _run(
        self,
        sql: str,
        take: Callable[[Any], None],
        trace: Any = None,
        deadline: float = 0,
        *,
        trusted: bool = False,
    ) -> Failure | None:
        complaint = "" if trusted else dialect.newer_syntax(sql)
        if complaint:
            return Failure("sql", complaint)
        self._denied = ""
        self.one_by_one = dialect.may_list_nothing(sql)
        cursor = self._connection.cursor()
        cursor.exec_trace = trace
        if deadline:
            until = time.monotonic() + deadline
            self._connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            # what is compiled to see what it reads is compiled anew: of one in the cache nothing is asked
            cursor.execute(sql, can_cache=self.uses is None)
            take(cursor)
        except ReadError as error:
            return error.failure
        except apsw.InterruptError:
            return Failure.of("timeout", Message("engine.late", seconds=f"{deadline:g}"))
        except function.FunctionError as error:
            return Failure("sql", str(error))
        except (apsw.ExecutionCompleteError, apsw.ExecTraceAbort):
            return None
        except apsw.Error as error:
            return _failure(self._denied or str(error))
        except UnknownTable as error:
            return Failure.of("no_table", Message("engine.no_such_table", table=str(error)))
        except (OverflowError, MemoryError, RecursionError, ValueError, TypeError) as error:
            return Failure("sql", f"{type(error).__name__}: {error}")
        finally:
            cursor.close(True)
            if deadline:
                self._connection.set_progress_handler(None)
        return None


def _too_many(rows: int) -> Failure:
    return Failure.of("limit", Message("engine.too_many_rows", count=str(rows)))


def _failure(message: str) -> Failure:
    """Sort one of SQLite's messages by its kind."""
    message = message.removeprefix("SQLError: ")
    if message.startswith("no such table"):
        return Failure("no_table", message)
    if message.startswith("no such column"):
        return Failure("no_column", message)
    return Failure("sql", message)
