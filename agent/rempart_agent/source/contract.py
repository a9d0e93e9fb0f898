"""The contract that every table module fulfils.

A table is one module under ``tables/<platform>/``, named like the osquery table it answers for. It declares

* ``COLUMNS``: a tuple of :class:`Column`, in osquery's order where osquery has the table;
* ``OFFLINE``: what a root filesystem offers of it, ``"full"``, ``"part"`` or ``"none"``;
* ``rows(target, query)``: the rows as dictionaries, column name to value.

A value is ``str``, ``int``, ``float`` or ``None``; a column that is left out is unset, which reads as ``''`` in a text
column and as NULL in a numeric one, as in osquery. A table that can't read its source raises a :class:`SourceError`: it
never answers with no rows for something that it did not see.

Tables travel to endpoints where nothing is installed: this package is standard library only and runs on Python 3.8.
"""

from typing import (
    TYPE_CHECKING,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Protocol,
    Tuple,
    Union,
)

from rempart_agent.said import SaidError

if TYPE_CHECKING:
    from rempart_agent.source.target import Target

TEXT = "TEXT"
INTEGER = "INTEGER"
BIGINT = "BIGINT"
UNSIGNED_BIGINT = "UNSIGNED_BIGINT"
DOUBLE = "DOUBLE"

Value = Union[str, int, float, None]
Row = Mapping[str, Value]


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        name: The column's name, osquery's where osquery has it.
        type: ``TEXT``, ``INTEGER``, ``BIGINT``, ``UNSIGNED_BIGINT`` or ``DOUBLE``.
        index: A key in osquery: an equality on it selects rows as osquery does, byte for byte. It gives the table no
            ``rowid``.
        argument: The table needs the value to know where to look (``path`` of ``file``, ``uid`` of
            ``authorized_keys``): equality, IN and LIKE on it reach ``rows`` through the query.
        required: The table can't be asked without it; of several required columns one is enough.
        hidden: Not part of ``SELECT *``.
        secret: May hold a secret: redacted whole in an audit, where the row is read.
        command: A command line that may carry a secret: masked in an audit, where the row is read.
        costly: Worked out only when the statement asks for the column.
        alone: Costly beyond that: a statement that does not ask for it never brings it along for one that will.
        collate: ``nocase``, ``version`` or ``version_dpkg`` where osquery declares one.
    """

    name: str
    type: str = TEXT
    index: bool = False  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a column
    argument: bool = False
    required: bool = False
    hidden: bool = False
    secret: bool = False
    command: bool = False
    costly: bool = False
    collate: str = ""
    alone: bool = False


class Constraint(NamedTuple):
    """What a statement asks of one argument column: any of ``values`` under ``op``.

    Attributes:
        column: The column's name.
        op: ``"="`` (equality, and IN with several values) or ``"LIKE"``.
        values: The values, as text.
    """

    column: str
    op: str
    values: Tuple[str, ...]


class Query(NamedTuple):
    """What a statement asks of a table.

    Attributes:
        columns: The names of the columns that the statement uses.
        constraints: What it asks of the argument columns.
    """

    columns: FrozenSet[str] = frozenset()
    constraints: Tuple[Constraint, ...] = ()

    def equal(self, column: str) -> Optional[List[str]]:
        """Return the values that ``column`` must equal one of, or None where the statement names none."""
        return self._values(column, "=")

    def like(self, column: str) -> Optional[List[str]]:
        """Return the LIKE patterns of ``column``, or None where the statement names none."""
        return self._values(column, "LIKE")

    def _values(self, column: str, op: str) -> Optional[List[str]]:
        for constraint in self.constraints:
            if constraint.column == column and constraint.op == op:
                return list(constraint.values)
        return None


class SourceError(SaidError):
    """A table could not look at its source; the statement fails with this reason.

    SourceError
    ├── Missing        the source does not exist
    ├── Denied         the run may not read it
    ├── Unfit          it is there, and no regular source: a device, too large, an input/output error
    │   └── Loop       links that lead to one another: nothing is there
    ├── Malformed      it was read and can't be understood
    └── NotObservable  a target of this kind can't offer it ("needs a running system")
    """

    kind = "source"

    def again(self) -> "SourceError":
        """Return another error of the same kind that says the same, to be raised once more."""
        return type(self)(self.sentence, **self.values)


def reason(error: OSError) -> SourceError:
    """Return what the system says of a call that failed, to stand in a sentence."""
    return SourceError(error.strerror or str(error))


class Missing(SourceError):
    """The source does not exist."""

    kind = "missing"


class Denied(SourceError):
    """The run may not read the source."""

    kind = "denied"


class Unfit(SourceError):
    """The source is no regular one: a device, a loop of links, too large, an input/output error."""

    kind = "unfit"


class Loop(Unfit):
    """The path crosses links that lead to one another (ELOOP): unlike after an input/output error, nothing is there."""


class Malformed(SourceError):
    """The source was read and can't be understood."""

    kind = "malformed"


class NotObservable(SourceError):
    """A target of this kind can't offer the source, by its nature."""

    kind = "not_observable"


class NotRun(SourceError):
    """Programs decide what the source comes to, and an audit runs none; the words say which."""

    kind = "not_run"


class Limit(SourceError):
    """The table has more rows or bytes than a read may return."""

    kind = "limit"


SourceErrors: Dict[str, type] = {
    c.kind: c for c in (SourceError, Missing, Denied, Unfit, Malformed, NotObservable, NotRun, Limit)
}

REDACTED = "[redacted]"


class Table(Protocol):
    """A table: a module under ``tables/<platform>/``."""

    @property
    def COLUMNS(self) -> Tuple[Column, ...]:  # noqa: N802 - a module's constant
        """Return the columns."""

    @property
    def OFFLINE(self) -> str:  # noqa: N802 - the same
        """Return what a root filesystem offers of it."""

    def rows(self, target: "Target", query: Query) -> Iterable[Row]:
        """Return the rows.

        Args:
            target: What is looked at: this machine, or a root filesystem.
            query: Which columns are wanted, and what the argument columns must be; what else is answered is passed
                over.

        Raises:
            SourceError: It can't look at its source.
        """


def rows_of(module: Table, target: "Target", query: Query) -> Iterable[Row]:
    """Ask one table module, as ``read`` does; for tests and for tables that build on another table.

    Args:
        module: The table.
        target: What is looked at.
        query: What is wanted of it; see :meth:`Table.rows`.
    """
    return module.rows(target, query)
