"""Our extra tables as osquery calls them, and the memory of what could not be read.

osquery asks a table of an extension with a JSON text of constraints and takes rows of text. It drops the error status
of such a call: a source that can't be read would answer no rows, and a check would take that for an answer. So what
failed is remembered here, numbered, and served as one more table, ``rempart_errors``, which an engine asks after each
statement that names one of our tables. Its first row, number 0, names the serving process: an answer without it, or
from another process than before, means that the tables were not there all the time.

Source: ``TablePlugin::setRequestFromContext`` and ``DynamicTableRow`` of osquery.
"""

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_agent.engines.sql.database import Reader
from rempart_agent.said import Said
from rempart_agent.source.contract import (
    BIGINT,
    DOUBLE,
    TEXT,
    UNSIGNED_BIGINT,
    Column,
    Constraint,
    SourceError,
)
from rempart_agent.source.target import Target
from rempart_agent.tables.read import Answer, Request, UnknownTable

if TYPE_CHECKING:
    from rempart_core.model.update_history import UpdateHistory

PREFIX = "rempart_"
ERRORS = "rempart_errors"
_ERROR_COLUMNS = (
    Column("instance", TEXT),
    Column("number", BIGINT),
    Column("table_name", TEXT),
    Column("kind", TEXT),
    Column("message", TEXT),
    Column("said", TEXT),
    Column("at", DOUBLE),
)
_EQUALS, _LIKE = 2, 65  # ConstraintOperator
_REQUIRED, _ADDITIONAL, _OPTIMIZED, _HIDDEN = 2, 4, 8, 16  # ColumnOptions; 0 would make osquery an index of it
_KEPT_ROWS = 300_000
_KEPT_ERRORS = 500
_KEPT_WHYS = 300
WHY = "why"
"""The kind of a row of errors that is none: a text that was handed out in rows, and what it says."""

# What osquery is told, in its own protocol.
_ABSENT = "no such {}: {}"
_NO_ACTION = "tables can't {}"


class Mishap(NamedTuple):
    """A read that failed.

    Attributes:
        number: Counts them, from 1.
        table: The table.
        kind: The kind of :class:`~rempart_core.model.result.Failure`.
        message: What went wrong.
        said: The same as JSON; see ``SourceError.said``.
        at: When, in seconds since the epoch.
    """

    number: int
    table: str
    kind: str
    message: str
    said: str
    at: float


class LiveReader:
    """Reads the extra tables of the running machine; see ``database.Reader``."""

    def __init__(self, target: Target, redact: bool = True, history: "UpdateHistory | None" = None) -> None:
        """Read through ``target``; ``redact`` as for ``tables.read.read``.

        ``history`` is what earlier runs saw of this machine, a ``history.UpdateHistory``; None for nothing.
        """
        self._history = history
        self._target = target
        self._redact = redact

    def read(self, requests: Iterable[Request]) -> list[Answer]:
        """See Reader.read."""
        from rempart_agent.tables import read

        requests = list(requests)
        answers = read.read(self._target, requests, self._redact)
        if self._history is not None:
            from rempart_agent.engines.sql.update_history import TABLE, date_updates

            pairs = zip(requests, answers, strict=True)
            answers = [date_updates(one, self._history) if asked.table == TABLE else one for asked, one in pairs]
        return answers

    def columns(self, table: str) -> tuple[Column, ...]:
        """See Reader.columns."""
        from rempart_agent.tables import read

        columns: tuple[Column, ...] = read.module(table).COLUMNS
        return columns

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        from rempart_agent.tables import read

        return [name for name in read.names() if name.startswith(PREFIX)]


class Served:
    """The extra tables of one reader, for osquery to call from several threads."""

    def __init__(self, reader: Reader, keep: float | None = None) -> None:
        """Serve the tables of ``reader`` whose names begin with ``rempart_``.

        Args:
            reader: Where rows come from.
            keep: Seconds for which what was read once is not read again: a join asks the same many times; None keeps it
                until ``forget``.
        """
        self.instance = secrets.token_hex(8)
        self._reader = reader
        self._keep = keep
        self._columns = {name: tuple(reader.columns(name)) for name in reader.names() if name.startswith(PREFIX)}
        self._lock = threading.Lock()
        self._mishaps: deque[Mishap] = deque(maxlen=_KEPT_ERRORS)
        self._whys: dict[str, tuple[int, str]] = {}
        self._number = self._begun = 0
        self._statement = 0
        self._busy: dict[str, int] = {}
        self._read: dict[Request, tuple[float, list[dict[str, str]], Answer]] = {}

    def routes(self) -> dict[str, list[dict[str, str]]]:
        """Return what osquery is told of each table when they are registered: a route a column."""
        return {name: _routes(columns) for name, columns in {**self._columns, ERRORS: _ERROR_COLUMNS}.items()}

    def begin(self) -> int:
        """Begin a statement, and return the last error's number; a table still read for an earlier one is stuck."""
        with self._lock:
            self._statement += 1
            self._begun = self._number
            return self._number

    def forget(self) -> None:
        """Read everything anew from now on."""
        with self._lock:
            self._read.clear()

    def call(self, registry: str, item: str, request: Mapping[str, str]) -> list[dict[str, str]]:
        """Answer a call of osquery; see ``wire.serve``.

        Args:
            registry: Which registry of osquery is meant; there is ``table`` alone.
            item: The table's name.
            request: ``action`` is ``columns`` or ``generate``; ``context`` has the constraints, as JSON.

        Raises:
            LookupError: it asks for what is not here.
        """
        action = request.get("action", "")
        if registry != "table" or (item != ERRORS and item not in self._columns):
            raise LookupError(_ABSENT.format(registry, item))
        if action == "columns":
            return _routes(_ERROR_COLUMNS if item == ERRORS else self._columns[item])
        if action != "generate":
            raise LookupError(_NO_ACTION.format(action))
        if item == ERRORS:
            return self._errors()
        return self._generate(item, request.get("context", ""))

    def _errors(self) -> list[dict[str, str]]:
        with self._lock:
            now = time.time()
            found = [Mishap(0, "", "", "", "", now), *self._mishaps]
            found += [Mishap(number, "", WHY, text, said, now) for text, (number, said) in self._whys.items()]
        return [
            {
                "rowid": str(one.number),
                "instance": self.instance,
                "number": str(one.number),
                "table_name": one.table,
                "kind": one.kind,
                "message": one.message,
                "said": one.said,
                "at": repr(one.at),
            }
            for one in found
        ]

    def _generate(self, table: str, context: str) -> list[dict[str, str]]:
        try:
            request = _request(table, self._columns[table], context)
        except _UnconstrainedError:
            why = SourceError(
                "Table {table} was queried without a required column in the WHERE clause: "
                "constrain it by =, IN or LIKE",
                table=table,
            )
            self._note(table, Answer.of(why, "constraint"))
            return []
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            why = SourceError("{table}: osquery's question can't be understood: {error}", table=table, error=error)
            self._note(table, Answer.of(why, "engine"))
            return []
        if request is None:
            return []
        with self._lock:
            known = self._read.get(request)
            if known is not None and (self._keep is None or time.monotonic() - known[0] < self._keep):
                rows, answer = known[1:]
                stuck = False
            else:
                known = None
                stuck = self._busy.get(table, self._statement) < self._statement
                self._busy.setdefault(table, self._statement)
        if known is None:
            if stuck:
                rows, answer = [], Answer.late(table)
            else:
                rows, answer = self._ask(request)
        if answer.kind:
            self._note(table, answer)
        elif answer.whys:
            self._hand_out(answer.whys)
        return rows

    def _ask(self, request: Request) -> tuple[list[dict[str, str]], Answer]:
        try:
            answer = self._reader.read([request])[0]
            rows = [] if answer.kind else _texts(self._columns[request.table], answer.rows)
        except UnknownTable:
            rows, answer = [], Answer.absent(request.table)
        except Exception as error:  # noqa: BLE001 - osquery would take a call that breaks for an answer of no rows
            kind = type(error).__name__
            why = SourceError("{table}: {kind}: {error}", table=request.table, kind=kind, error=error)
            rows, answer = [], Answer.of(why, "engine")
        with self._lock:
            self._busy.pop(request.table, None)
            if sum(len(kept[1]) for kept in self._read.values()) + len(rows) > _KEPT_ROWS:
                self._read.clear()
            self._read[request] = (time.monotonic(), rows, answer._replace(rows=()))
        return rows, answer

    def _hand_out(self, whys: Mapping[str, Said]) -> None:
        """Keep what a text of the rows says for whoever asks for errors; of too many the oldest go."""
        with self._lock:
            new = [text for text in whys if self._whys.get(text, (0, ""))[0] <= self._begun]
            self._number += bool(new)
            for text in new:
                self._whys.pop(text, None)
                self._whys[text] = (self._number, json.dumps(whys[text]))
            for text in list(self._whys)[:-_KEPT_WHYS]:
                del self._whys[text]

    def _note(self, table: str, answer: Answer) -> None:
        with self._lock:
            self._number += 1
            said = json.dumps(answer.said)
            self._mishaps.append(Mishap(self._number, table, answer.kind, answer.message, said, time.time()))


def _routes(columns: Iterable[Column]) -> list[dict[str, str]]:
    routes = [
        {
            "id": "column",
            "name": column.name,
            "type": "UNSIGNED BIGINT" if column.type == UNSIGNED_BIGINT else column.type,
            "op": str(
                (_REQUIRED if column.required else _ADDITIONAL if column.argument else _OPTIMIZED)
                | (_HIDDEN if column.hidden else 0)
            ),
        }
        for column in columns
    ]
    return [*routes, {"id": "attributes", "attributes": "0"}]


class _UnconstrainedError(Exception):
    """A required column is constrained in a way that does not tell the table where to look."""


def _request(table: str, columns: tuple[Column, ...], context: str) -> Request | None:
    """Return what osquery asks; None where it asks for a value that is NULL or empty, which nothing equals.

    osquery refuses a statement without a required column by itself, and leaves out a constraint whose value is NULL or
    empty: so a required column without one has such a value. But it takes any constraint for one: GLOB, <>.
    """
    told = json.loads(context) if context else {}
    arguments = {column.name for column in columns if column.argument or column.required}
    required = {column.name for column in columns if column.required}
    constraints = []
    otherwise = False
    for constraint in told.get("constraints") or ():
        if constraint["name"] not in arguments:
            continue
        otherwise = otherwise or (constraint["name"] in required and bool(constraint.get("list")))
        found: dict[int, list[str]] = {}
        for one in constraint.get("list") or ():
            found.setdefault(int(one["op"]), []).append(str(one["expr"]))
        for op, name in ((_EQUALS, "="), (_LIKE, "LIKE")):
            if op in found:
                constraints.append(Constraint(constraint["name"], name, tuple(sorted(set(found[op])))))
    if required and not any(constraint.column in required for constraint in constraints):
        if otherwise:
            raise _UnconstrainedError
        return None
    used = told.get("colsUsed")
    wanted = tuple(c.name for c in columns if not c.costly or used is None or c.name in used)
    return Request(table, wanted, tuple(sorted(constraints)))


def _texts(columns: tuple[Column, ...], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return rows as osquery takes them: text, all columns, and a ``rowid`` that the same row has in every scan.

    SQLite's plan for OR runs several scans and drops rows whose rowid it has seen; left to itself osquery takes the
    row's place in its scan.
    """
    import hashlib

    names = [column.name for column in columns]
    seen: dict[bytes, int] = {}
    out = []
    for row in rows:
        text = {name: _text(row.get(name)) for name in names}
        digest = hashlib.blake2b("\0".join(text.values()).encode(), digest_size=7).digest()
        seen[digest] = seen.get(digest, 0) + 1
        text["rowid"] = str(int.from_bytes(digest, "big") + seen[digest])
        out.append(text)
    return out


def _text(value: Any) -> str:
    """Return a value as text: nothing for what is unset, which osquery reads as NULL in a column of numbers."""
    if value is None:
        return ""
    if value.__class__ is str:
        text: str = value
        if text.isascii():
            return text
        try:
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode()
    return repr(value) if isinstance(value, float) else str(value)
