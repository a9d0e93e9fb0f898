"""A table of ours as SQLite's virtual table: what goes down to it, and the value rules of osquery.

Each read happens at most once in a run and is kept in columns: a statement pays for the columns that it names.
Equality, IN and LIKE on argument columns go down to the table, joins included; equality on any other column picks rows
from an index that is made when it is first asked for.

An unset cell reads as ``''`` in a text column and as NULL in a numeric one; numbers are numbers; a table with a key has
no ``rowid``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import apsw

from rempart_agent.engines.sql import function
from rempart_agent.engines.sql.cell import INT64, as_integer, as_real, as_text
from rempart_agent.engines.sql.read_failure import failure_of
from rempart_agent.source.contract import TEXT, Column, Constraint
from rempart_agent.tables.read import Answer as ReadAnswer
from rempart_agent.tables.read import Request
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.model.result import Failure

_EQ = apsw.SQLITE_INDEX_CONSTRAINT_EQ
_LIKE = apsw.SQLITE_INDEX_CONSTRAINT_LIKE
_MAX_WHYS = 10_000  # of one run
PENDING = "pending"
"""The kind of an answer that is not there yet: it reads as no rows, and the next statement asks for it again."""


class Reader(Protocol):
    """Where rows come from: this machine's tables, a remote endpoint's, or a case's."""

    def read(self, requests: Sequence[Request]) -> list[ReadAnswer]:
        """Answer a batch of reads, in order."""

    def columns(self, table: str) -> tuple[Column, ...]:
        """Return the columns of a table.

        Raises:
            UnknownTable: there is none of that name.
        """

    def names(self) -> Iterable[str]:
        """Return the names of all tables."""


class ReadError(Exception):
    """A read failed; the statement fails with it."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.message)


class Source(Protocol):
    """What a table needs to know of the database that it is mounted in.

    Attributes:
        reader: Where rows come from.
        expected: Table to the columns that this run asks of it sooner or later; see Engine.expect.
        one_by_one: Whether the values of an IN are asked one after the other: APSW crashes on a list of no rows.
        looked: Where it is there, it takes each read that a statement looks at, in order, known rows or not.
        digest: Returns a digest of the answer to a read, the same for the same rows; None where the reader has none.
        whys: Takes the texts of rows that are sentences of ours, each with what it says.
    """

    reader: Reader
    expected: dict[str, frozenset[str]]
    one_by_one: bool
    looked: dict[Request, None] | None
    digest: Callable[[Request], bytes | None]
    whys: dict[str, Json]


class _Rows:
    """The rows of one read, kept in columns of SQL values."""

    def __init__(
        self, table: "Table", rows: Sequence[Any], digest: bytes | None = None, whys: Mapping[str, Json] = {}
    ) -> None:
        self._table = table
        self.rows = rows
        self.digest = digest
        self.whys = whys
        self._columns: dict[int, list[Any]] = {}
        self._indexes: dict[int, dict[Any, list[int]]] = {}
        self._ids: list[int] | None = None

    def column(self, number: int) -> list[Any]:
        """Return one column's values, a row each."""
        values = self._columns.get(number)
        if values is None:
            column = self._table.columns[number]
            name = column.name
            raw = [row.get(name) for row in self.rows]
            if column.type == TEXT:  # most values are right already, and a call for each is most of the work
                values = [v if v.__class__ is str and v.isascii() else as_text(v) for v in raw]
            elif column.type == "DOUBLE":
                values = [as_real(v) for v in raw]
            else:
                values = [v if v.__class__ is int and -INT64 <= v < INT64 else as_integer(v) for v in raw]
            self._columns[number] = values
        return values

    def places(self, number: int, wanted: Iterable[Any]) -> list[int]:
        """Return the places of the rows whose column equals one of ``wanted``."""
        index = self._indexes.get(number)
        if index is None:
            index = {}
            for place, value in enumerate(self.column(number)):
                index.setdefault(value, []).append(place)
            self._indexes[number] = index
        found = [place for value in set(wanted) for place in index.get(value, ())]
        return sorted(found)

    def forget_ids(self) -> None:
        """Give the rows new ids: they are looked at for another target, among other rows."""
        self._ids = None

    def ids(self) -> list[int]:
        """Return an id for each row: the same row has the same one in every scan, and no other row has it.

        SQLite's plan for OR runs several scans and drops rows whose id it has seen.
        """
        if self._ids is None:
            seen: dict[Any, int] = {}
            self._ids = []
            for row in self.rows:
                key = tuple(sorted(row.items(), key=lambda item: item[0]))
                seen[key] = seen.get(key, 0) + 1
                self._ids.append(self._table.id(key, seen[key]))
        return self._ids


_Plan = tuple[frozenset[str], list[tuple[str, int, bool]]]
"""A plan of ``BestIndexObject``: costly columns that are asked, then kind, column and whether the value is a list."""


class Table:
    """One virtual table: ``apsw.VTModule`` and ``apsw.VTTable`` in one, since it has no more state than its name."""

    def __init__(self, database: Source, name: str) -> None:
        """Stand for the table ``name`` in ``database``; nothing is read yet."""
        self._database = database
        self.name = name
        self.columns: tuple[Column, ...] = ()
        self._reads: dict[Any, tuple[Request, _Rows | ReadError]] = {}
        self._before: dict[Any, tuple[Request, _Rows | ReadError]] = {}
        self._known: dict[Any, int] = {}
        self._plans: dict[str, _Plan] = {}
        self._costly: frozenset[str] = frozenset()
        self._alone: frozenset[str] = frozenset()
        self._wanted: dict[frozenset[str], tuple[str, ...]] = {}

    def forget(self, keep: bool) -> None:
        """Let go of all rows that were read; where they are kept, those that come again are not understood anew."""
        if self._reads or not keep:
            self._before, self._reads = (self._reads if keep else {}), {}
        self._known.clear()

    def id(self, key: Any, occurrence: int) -> int:
        """Return the number of a row: ``key`` is what it holds, ``occurrence`` counts the rows that hold the same."""
        return self._known.setdefault((key, occurrence), len(self._known) + 1)

    def Create(self, _db: Any, _module: str, _database: str, _table: str, *_arguments: str) -> tuple[str, "Table"]:
        """See apsw.VTModule.Create: it declares the table, when a statement first names it."""
        self.columns = self._database.reader.columns(self.name)
        self._costly = frozenset(c.name for c in self.columns if c.costly)
        self._alone = frozenset(c.name for c in self.columns if c.alone)
        parts = []
        for column in self.columns:
            collate = f" COLLATE {column.collate}" if column.collate else ""
            parts.append(f'"{column.name}" {column.type}{" HIDDEN" if column.hidden else ""}{collate}')
        if any(column.index for column in self.columns):
            # A key of osquery takes the rowid away. Its columns need not be unique, so the key that SQLite is told of
            # is a hidden one that is.
            parts.append('"_key" INTEGER HIDDEN NOT NULL PRIMARY KEY')
            return f"CREATE TABLE x({', '.join(parts)}) WITHOUT ROWID", self
        return f"CREATE TABLE x({', '.join(parts)})", self

    Connect = Create

    def Disconnect(self) -> None:
        """Nothing to let go of."""

    Destroy = Disconnect

    def BestIndexObject(self, index: Any) -> bool:
        """Choose what goes down to the table; ``apsw.VTTable.BestIndexObject``."""
        plan: list[str] = []
        cost, rows = 10_000.0, 1_000
        required = {c.name for c in self.columns if c.required}
        found = waiting = False
        taken: set[tuple[int, str]] = set()
        for i in range(index.nConstraint):
            number = index.get_aConstraint_iColumn(i)
            if not 0 <= number < len(self.columns):
                continue
            column = self.columns[number]
            op = index.get_aConstraint_op(i)
            if op not in {_EQ, _LIKE}:
                continue
            if not index.get_aConstraint_usable(i):
                waiting = waiting or column.required
                continue
            if op == _LIKE and not column.argument:
                continue
            if required and not column.argument:
                continue  # its reads are narrow already, and a value of another table would tie the join's order
            exact = column.index or column.argument
            if not exact and index.get_aConstraint_collation(i) != "BINARY":
                continue
            found = found or column.required
            kind = "L" if op == _LIKE else "A" if column.argument else "X" if column.index else "E"
            if (number, kind) in taken:
                continue
            taken.add((number, kind))
            many = op == _EQ and not self._database.one_by_one and index.get_aConstraintUsage_in(i)
            if many:
                index.set_aConstraintUsage_in(i, True)
            plan.append(f"{kind}{'i' if many else ''}{number}")
            index.set_aConstraintUsage_argvIndex(i, len(plan))
            cost, rows = cost / (20 if op == _EQ else 4), max(1, rows // (100 if op == _EQ else 4))
        if required and not found:
            if waiting:
                return False  # another order of the join gives the column a value
            plan.append("!")
            cost = 1e12
        index.estimatedCost = cost
        index.estimatedRows = rows
        index.idxStr = f"{'.'.join(map(str, index.colUsed))}:{','.join(plan)}"
        return True

    def Open(self) -> "_Cursor":
        """See ``apsw.VTTable.Open``."""
        return _Cursor(self)

    def _understand(self, plan: str) -> _Plan:
        """Take a plan of ``BestIndexObject`` apart."""
        used, _, steps = plan.partition(":")
        if steps.endswith("!"):
            raise ReadError(Failure.of("constraint", Message("engine.no_constraint", table=self.name)))
        numbers = {int(n) for n in used.split(".") if n}
        asked = {c.name for n, c in enumerate(self.columns) if min(n, 63) in numbers}  # 63 stands for all further ones
        parsed = [(step[0], int(step[1:].lstrip("i")), step[1] == "i") for step in steps.split(",") if step]
        return self._costly & asked, parsed

    def ask(self, plan: str, values: Sequence[Any]) -> tuple[_Rows, Sequence[int]]:
        """Return the rows for a plan of ``BestIndexObject`` and the places of those that it picks.

        Args:
            plan: What ``BestIndexObject`` wrote down of the constraints.
            values: Their values, in its order; of an IN that is asked at once a set.
        """
        known = self._plans.get(plan)
        if known is None:
            known = self._plans[plan] = self._understand(plan)
        costly, steps = known
        constraints: list[Constraint] = []
        picks: list[tuple[int, str, list[Any]]] = []
        for (kind, number, many), value in zip(steps, values, strict=True):
            wanted = [v for v in value if v is not None] if many else [] if value is None else [value]
            if not wanted:
                return _Rows(self, ()), ()
            if kind in "AL":
                one = len(wanted) == 1
                texts = (
                    (function.sql_text(wanted[0]),) if one else tuple(sorted({function.sql_text(v) for v in wanted}))
                )
                constraints.append(Constraint(self.columns[number].name, "=" if kind == "A" else "LIKE", texts))
            else:
                picks.append((number, kind, wanted))
        rows = self._read(costly, tuple(constraints))
        places: Sequence[int] = range(len(rows.rows))
        for number, kind, wanted in picks:
            picked = self._pick(rows, number, kind, wanted)
            if picked is not None:
                places = picked if len(places) == len(rows.rows) else sorted(set(places).intersection(picked))
        return rows, places

    def _pick(self, rows: _Rows, number: int, kind: str, wanted: list[Any]) -> list[int] | None:
        """Return the places that equal ``wanted``; None where only SQLite knows how to compare."""
        if self.columns[number].type == TEXT:
            if kind == "X":
                return rows.places(number, [function.sql_text(v) for v in wanted])
            return rows.places(number, wanted) if all(v.__class__ is str for v in wanted) else None
        return rows.places(number, wanted) if all(v.__class__ is int for v in wanted) else None

    def _read(self, costly: frozenset[str], constraints: tuple[Constraint, ...]) -> _Rows:
        wide = costly
        if self._costly and (costly or not constraints):  # one look at the table serves all that will be asked of it
            along = self._costly if costly & self._alone else self._costly - self._alone
            wide = costly | (along & self._database.expected.get(self.name, frozenset()))
        known = self._look(wide, constraints)
        if isinstance(known, ReadError) and wide != costly:  # what fails may be what this statement never asked for
            known = self._look(costly, constraints)
        if isinstance(known, ReadError):
            raise ReadError(known.failure)
        return known

    def _look(self, costly: frozenset[str], constraints: tuple[Constraint, ...]) -> "_Rows | ReadError":
        key = (constraints, costly)
        request, known = self._reads.get(key, (None, None))
        if request is None or known is None:
            wanted = self._wanted.get(costly)
            if wanted is None:
                wanted = tuple(c.name for c in self.columns if not c.costly or c.name in costly)
                self._wanted[costly] = wanted
            request = Request(self.name, wanted, constraints)
            known = self._recognise(key, request)
            if known is None:
                answer = self._database.reader.read([request])[0]
                if answer.kind == PENDING:
                    return _Rows(self, ())
                digest = self._database.digest(request)
                known = ReadError(failure_of(answer)) if answer.kind else _Rows(self, answer.rows, digest, answer.whys)
            self._reads[key] = request, known
            if isinstance(known, _Rows) and known.whys:
                self._note(known.whys)
        if self._database.looked is not None:
            self._database.looked[request] = None
        return known

    def _note(self, whys: Mapping[str, Json]) -> None:
        """Note which texts are sentences of ours; those beyond what a run may have stay data."""
        noted = self._database.whys
        for text, said in whys.items():
            if len(noted) < _MAX_WHYS:
                noted.setdefault(as_text(text), said)

    def _recognise(self, key: Any, request: Request) -> "_Rows | None":
        """Return the rows of a read where another target gave the same just before."""
        _, rows = self._before.get(key, (None, None))
        if not isinstance(rows, _Rows) or rows.digest is None or rows.digest != self._database.digest(request):
            return None
        rows.forget_ids()
        return rows


class _Cursor:
    """One scan of a table; ``apsw.VTCursor``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: _Rows = _Rows(table, ())
        self._places: Sequence[int] = ()
        self._at = 0
        self._columns: dict[int, list[Any]] = {}

    def Filter(self, _number: int, plan: str, values: Sequence[Any]) -> None:
        """See ``apsw.VTCursor.Filter``."""
        self._rows, self._places = self._table.ask(plan, values)
        self._columns = {}
        self._at = 0

    def Eof(self) -> bool:
        """See ``apsw.VTCursor.Eof``."""
        return self._at >= len(self._places)

    def Next(self) -> None:
        """See ``apsw.VTCursor.Next``."""
        self._at += 1

    def Column(self, number: int) -> Any:
        """See ``apsw.VTCursor.Column``."""
        values = self._columns.get(number)
        if values is None:
            own = 0 <= number < len(self._table.columns)  # else the hidden key, or the rowid
            values = self._rows.column(number) if own else self._rows.ids()
            self._columns[number] = values
        return values[self._places[self._at]]

    def Rowid(self) -> int:
        """See ``apsw.VTCursor.Rowid``."""
        return self._rows.ids()[self._places[self._at]]

    def Close(self) -> None:
        """See ``apsw.VTCursor.Close``."""
