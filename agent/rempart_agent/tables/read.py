"""The one seam between an engine and the tables: ``read``.

``read([(table, columns, constraints), …]) -> [rows | error, …]``: eager, plain data, batchable. The local engine calls
it in its own process; a remote one sends the batch to the endpoint, where this same function answers it.
"""

import functools
import importlib
import os
import sys
from typing import Dict, FrozenSet, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, cast

from rempart_agent.said import Said, Why
from rempart_agent.source.contract import (
    REDACTED,
    Column,
    Constraint,
    Limit,
    Malformed,
    Query,
    Row,
    SourceError,
    Table,
    Unfit,
)
from rempart_agent.source.target import Target

MAX_ROWS = 250_000
MAX_BYTES = 96 * 1024 * 1024
_MAX_WHYS = 1_000  # reasons of one read that are known in every language


class Request(NamedTuple):
    """One read: a table, the columns that are wanted, and what its argument columns must be."""

    table: str
    columns: Tuple[str, ...]
    constraints: Tuple[Constraint, ...]


class Answer(NamedTuple):
    """What a read gave: rows, or the error that ended it.

    Attributes:
        rows: Dictionaries, column name to value.
        kind: The error's kind (``SourceError.kind``), or ``""``.
        message: What went wrong, in English.
        said: The same as plain data, where it is a sentence of ours.
        whys: Texts of the rows that are sentences of ours, each with what it says as plain data.
    """

    rows: Sequence[Row] = ()
    kind: str = ""
    message: str = ""
    said: Optional[Said] = None
    whys: Mapping[str, Said] = {}

    @classmethod
    def of(cls, error: SourceError, kind: str = "") -> "Answer":
        """Return the answer that an error is.

        Args:
            error: Why there are no rows.
            kind: Another kind than the error's.
        """
        return cls((), kind or error.kind, str(error), error.said)

    @classmethod
    def late(cls, table: str) -> "Answer":
        """Return the answer of a table that is not asked again: it took longer than the deadline before.

        Args:
            table: Its name.
        """
        return cls.of(SourceError("{table} did not answer within the deadline before", table=table), "timeout")

    @classmethod
    def absent(cls, table: str) -> "Answer":
        """Return the answer of a table that there is not.

        Args:
            table: Its name.
        """
        return cls.of(SourceError("no such table: {table}", table=table), "no_table")


class UnknownTable(LookupError):
    """No table has this name."""


def names(platform: str = "linux") -> List[str]:
    """Return the names of the tables of a platform, sorted."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), platform)
    return sorted(n[:-3] for n in os.listdir(folder) if n.endswith(".py") and not n.startswith("_"))


def module(table: str, platform: str = "linux") -> Table:
    """Return the module of a table.

    Args:
        table: The table's name, from anybody.
        platform: Whose tables are meant; there are those of ``linux``.

    Raises:
        UnknownTable: there is none of that name.
    """
    if not table.isidentifier() or table.startswith("_"):
        raise UnknownTable(table)
    name = "rempart_agent.tables.{}.{}".format(platform, table)
    if name in sys.modules:  # a run asks nine hundred times
        return cast("Table", sys.modules[name])
    try:
        return cast("Table", importlib.import_module(name))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UnknownTable(table) from error


def columns(table: str) -> Tuple[Column, ...]:
    """Return the columns that a statement may name of a table, those of other systems included.

    Raises:
        UnknownTable: there is none of that name.
    """
    from rempart_agent.tables import elsewhere

    return module(table).COLUMNS + elsewhere.columns(table)


def read(target: Target, requests: Iterable[Request], redact: bool = True) -> List[Answer]:
    """Answer a batch of reads; an error of one is its answer and does not touch the others.

    Args:
        target: What is looked at.
        requests: The reads.
        redact: Whether columns that may hold secrets are redacted, as every audit asks.
    """
    return [_read_one(target, request, redact) for request in requests]


def _read_one(target: Target, request: Request, redact: bool) -> Answer:
    try:
        table = module(request.table, target.platform)
        query = Query(_set(request.columns), request.constraints)
        whys: Dict[str, Said] = {}
        rows = _capped(table.rows(target, query), whys)
        return Answer(_redacted(table, rows) if redact else rows, whys=whys)
    except SourceError as error:
        return Answer.of(error)
    except UnknownTable:
        return Answer.absent(request.table)
    except RecursionError:
        return Answer.of(Malformed("{table}: nested too deeply", table=request.table))
    except OSError as error:
        return Answer.of(Unfit("{table}: {error}", table=request.table, error=error))


@functools.lru_cache(maxsize=256)
def _set(names: Tuple[str, ...]) -> FrozenSet[str]:
    return frozenset(names)


def _capped(rows: Iterable[Row], whys: Dict[str, Said]) -> List[Row]:
    """Return the rows, and note the reasons in them."""
    kept: List[Row] = []
    size = 0
    for row in rows:
        kept.append(row)
        for value in row.values():
            if value.__class__ is str:
                size += len(value)
            elif value.__class__ is Why:
                size += len(value)
                if len(whys) < _MAX_WHYS:
                    whys[str(value)] = value.said
        if len(kept) > MAX_ROWS:
            raise Limit("more than {max_rows} rows", max_rows=MAX_ROWS)
        if size > MAX_BYTES:
            raise Limit("more than {max_bytes} MiB of rows", max_bytes=MAX_BYTES >> 20)
    return kept


@functools.lru_cache(maxsize=256)
def _masked(columns: Tuple[Column, ...]) -> Tuple[List[str], List[str]]:
    """Return the names of the columns that may hold a secret, and of those that hold command lines."""
    return [c.name for c in columns if c.secret], [c.name for c in columns if c.command]


def _redacted(table: Table, rows: List[Row]) -> List[Row]:
    if not rows:
        return rows
    secret, command = _masked(table.COLUMNS)
    if not secret and not command:
        return rows
    from rempart_agent.formats.mask import mask_commands

    out = [dict(row) for row in rows]
    for name in secret:
        for row in out:
            if row.get(name):
                row[name] = REDACTED
    for name in command:
        holding = [row for row in out if row.get(name)]
        for row, masked in zip(holding, mask_commands([str(row[name]) for row in holding])):
            row[name] = masked
    return out  # type: ignore[return-value]  # a list of dictionaries is one of mappings that nobody adds to
