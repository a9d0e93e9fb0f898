"""What the two ways to ask a real osquery share: failures by their message, and the extra tables' hidden errors."""

import json
import os
import sys
import time
from typing import Any, NamedTuple

from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_agent.engines.osquery.failures import order_columns, sort_failure
from rempart_agent.engines.sql import dialect
from rempart_core.json_value import Json
from rempart_core.messages.message import Message, as_is, listed, message_of
from rempart_core.messages.readers import message_of_said
from rempart_core.model.result import Answer, EngineIdentity, Failure

_ERRORS = "SELECT * FROM rempart_errors WHERE number = 0 OR number > {}"
_PREFIX = "rempart_"
_AGAIN = 30.0  # seconds after which tables that could not be registered are tried again
_MAX_WHYS = 1_000  # texts of rows that are known in every language
_LAST_WORD = 5.0  # seconds beyond the deadline in which the extra tables' errors are asked


class AskError(Exception):
    """osquery gave no answer; the statement fails with this."""

    def __init__(self, kind: str, message: Message | str) -> None:
        """Keep the failure.

        Args:
            kind: The kind of the failure that the statement gets: ``timeout``, ``limit`` or ``engine``.
            message: Why, as a message of ours or in osquery's own words.
        """
        self.failure = Failure.of(kind, message)
        super().__init__(message)


class Told(NamedTuple):
    """What osquery told: rows, or why it has none."""

    rows: list[dict[str, str]]
    error: str = ""


class Osquery(Engine):
    """An osquery of this machine."""

    def __init__(self) -> None:
        """Nothing is asked yet: ``identity`` is told by whoever opens it."""
        self._identity = EngineIdentity("", "", "", privileged=False)
        self._provider = ""
        """Who serves the extra tables: the instance; ``""`` where nobody does."""
        self._unserved: Message | None = None
        """Why nobody does."""
        self._retry_at = 0.0
        self._whys: dict[str, Json] = {}
        self._served: Any = None
        """Our own :class:`~rempart_agent.engines.osquery.served.Served`, where this process may serve them."""

    def ask(self, sql: str, until: float, max_rows: int) -> Told:
        """Ask osquery.

        Args:
            sql: One statement or several.
            until: The moment (``time.monotonic``) at which waiting ends.
            max_rows: More rows than this are a failure of kind ``limit``.

        Raises:
            AskError: it gave no answer.
        """
        raise NotImplementedError

    def ready(self) -> None:
        """Get ready for a statement, before its deadline begins.

        Raises:
            AskError: osquery is not there any more.
        """

    def provide(self, until: float) -> None:
        """Make sure that somebody serves the extra tables; sets ``_provider`` or ``_unserved``.

        Raises:
            AskError: osquery gave no answer.
        """

    def names_of_columns(self, sql: str, until: float) -> tuple[str, ...]:
        """Return the names of a statement's columns as osquery knows them, ``()`` where it does not say.

        Args:
            sql: The statement.
            until: The moment (``time.monotonic``) at which waiting ends.
        """
        return ()

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return self._identity

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        began = time.perf_counter()
        rows, failure, until = self._answer(sql, deadline, max_rows)
        columns: tuple[str, ...] = ()
        if rows and failure is None:
            names = dict.fromkeys(name for row in rows for name in row)
            columns = self._ordered(sql, tuple(names), until)
        values = [tuple([row.get(name, "") for name in columns]) for row in rows]
        return Answer(columns, values, failure, time.perf_counter() - began, self._whys)

    def records(
        self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS
    ) -> tuple[list[dict[str, str]], Failure | None]:
        """See Engine.records: a dictionary a row, of all statements, as ``osqueryi --json`` answers."""
        rows, failure, until = self._answer(sql, deadline, max_rows)
        columns = self._ordered(sql, tuple(rows[0]), until) if rows and failure is None else ()
        if columns and all(len(row) == len(columns) for row in rows):
            rows = [{name: row[name] for name in columns if name in row} for row in rows]
        return rows, failure

    def _ordered(self, sql: str, names: tuple[str, ...], until: float) -> tuple[str, ...]:
        told = order_columns(sql, names)
        if told is None:
            try:
                told = self.names_of_columns(sql, until)
            except AskError:
                told = ()
        return tuple(dict.fromkeys(told)) if set(told) == set(names) else names

    def _answer(self, sql: str, deadline: float, max_rows: int) -> tuple[list[dict[str, str]], Failure | None, float]:
        """Return the rows, or why there are none, and the moment at which the deadline ends."""
        until = time.monotonic() + deadline
        try:
            self.ready()
            until = time.monotonic() + deadline
            rows, failure = self._rows(sql, until, max_rows)
        except AskError as error:
            if error.failure.kind == "timeout":
                return (
                    [],
                    Failure.of("timeout", Message("engine.within", what=message_of(error), seconds=f"{deadline:g}")),
                    until,
                )
            return [], error.failure, until
        return rows, failure, until

    def _rows(self, sql: str, until: float, max_rows: int) -> tuple[list[dict[str, str]], Failure | None]:
        extra = extra_tables(sql)
        for again in (False, True):
            before = self._last_error(until) if extra else 0
            told = self.ask(sql, until, max_rows)
            failure = sort_failure(told.error, sql, self._identity.version) if told.error else None
            if extra:
                lost, hidden = self._hidden(extra, before, until)
                gone = failure is not None and failure.kind == "no_table" and _PREFIX in failure.message
                if (lost or gone) and not again and self._provided_again(until):
                    continue  # whoever served the tables had gone away: ask once more
                failure = hidden or failure
                if gone and failure is not None and self._unserved is not None:
                    failure = Failure.of(failure.kind, listed([as_is(failure.message), self._unserved]))
                elif lost and failure is None:
                    failure = Failure.of("engine", Message("engine.extension_lost", error=lost))
            if failure is not None:
                return [], failure
            if len(told.rows) > max_rows:
                return [], Failure.of("limit", Message("engine.too_many_rows", count=str(max_rows)))
            return told.rows, None
        raise AssertionError

    def _last_error(self, until: float) -> int:
        """Return the number of the last error of the extra tables before a statement that asks them."""
        if self._served is not None:
            own: int = self._served.begin()
            if self._provider == self._served.instance:
                return own
        if not self._provider:
            return 0
        told = self.ask(_ERRORS.format(0), until, 10_000)
        for row in told.rows:
            self._take(row)
        return max((int(row["number"]) for row in told.rows if row.get("number", "").isdigit()), default=0)

    def _provided_again(self, until: float) -> bool:
        """Tell whether somebody serves the extra tables, after an attempt to have it so; tries now and then only."""
        if self._served is None or time.monotonic() < self._retry_at:
            return False
        self.provide(until)
        if not self._provider:
            self._retry_at = time.monotonic() + _AGAIN
        return bool(self._provider)

    def _hidden(self, extra: set[str], before: int, until: float) -> tuple[Message | None, Failure | None]:
        """Return how the extra tables were lost in the middle, and the failure that osquery hides.

        osquery takes an extension that fails or has died for one that has no rows.
        """
        if not self._provider:
            return self._unserved or Message("engine.extra_unserved"), None
        told = self.ask(_ERRORS.format(before), max(until, time.monotonic() + _LAST_WORD), 10_000)
        if told.error:
            return as_is(told.error), None
        instances = {row.get("instance", "") for row in told.rows}
        if instances != {self._provider}:
            return Message("engine.extra_another" if instances else "engine.extra_gone"), None
        for row in told.rows:
            self._take(row)
        for row in told.rows:
            if row.get("number", "") != "0" and row.get("table_name", "") in extra:
                return None, row_failure(row)
        return None, None

    def _take(self, row: dict[str, str]) -> None:
        """Take what a text says that a table handed out."""
        if row.get("kind", "") == "why" and len(self._whys) < _MAX_WHYS:
            self._whys[row.get("message", "")] = _said(row)


def row_failure(row: dict[str, str]) -> Failure:
    """Return the failure that a row of the extension's errors tells of."""
    said = message_of_said(_said(row))
    return Failure(row.get("kind") or "source", row.get("message") or "a source could not be read", said)


def _said(row: dict[str, str]) -> Json:
    try:
        said: Json = json.loads(row.get("said") or "null")
    except (ValueError, RecursionError):
        return None
    return said


def extra_tables(sql: str) -> set[str]:
    """Return the names in a statement that may be those of our extra tables; a text in quotes is none."""
    if _PREFIX not in sql.lower():
        return set()
    words = {text.strip('"`[]').lower() for kind, text in dialect.tokens(sql) if kind == "name" or text[0] in '"`['}
    return {word for word in words if word.startswith(_PREFIX)}


def own_identity() -> tuple[str, bool]:
    """Return the name of the user that this process runs as, and whether that is the system's own."""
    if sys.platform == "win32":
        import ctypes
        import getpass

        return getpass.getuser(), bool(ctypes.windll.shell32.IsUserAnAdmin())
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return user_name(os.geteuid()), os.geteuid() == 0


def user_name(user: int) -> str:
    """Return the name of a user of this machine, or the number."""
    if sys.platform == "win32":
        return str(user)
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        import pwd

        try:
            return pwd.getpwuid(user).pw_name
        except (KeyError, OverflowError):
            return str(user)
