"""All that a store holds, row by row, out of one database and into another of any kind; and what its chains come to."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from sqlalchemy import Column, Connection, LargeBinary, Table, func, insert, select

from rempart_core.json_value import Json
from rempart_core.signing import dsse
from rempart_store import schema
from rempart_store.schema.server_person import server_event
from rempart_store.schema.table import link, metadata

_BEGINNING = "0" * 64


class Chain(NamedTuple):
    """What a chain of signed links comes to.

    Attributes:
        links: How many there are.
        head: Hash of the last one; ``""`` where there is none.
        broken: Number of the first that is not as it was signed, or does not follow; 0 where all hold.
    """

    links: int
    head: str
    broken: int = 0


class Heads(NamedTuple):
    """The two chains of a server's store.

    Attributes:
        documents: Of run documents.
        log: Of what people did.
    """

    documents: Chain
    log: Chain


def list_tables() -> list[tuple[str, list[str]]]:
    """Return the tables with their columns, each after those that it needs."""
    return [(table.name, [column.name for column in table.columns]) for table in _tables()]


@cache
def _tables() -> tuple[Table, ...]:
    """Return all tables: those too whose module nobody else has imported yet."""
    for module in iter_modules(schema.__path__, f"{schema.__name__}."):
        import_module(module.name)
    return tuple(metadata.sorted_tables)


def _table(name: str) -> Table:
    return next(one for one in _tables() if one.name == name)


def dump(connection: Connection, table: str) -> Iterator[list[Json]]:
    """Give the rows of a table as JSON holds them: bytes as base64.

    Args:
        connection: In a transaction that reads one moment.
        table: Its name.
    """
    one = _table(table)
    packed = [isinstance(column.type, LargeBinary) for column in one.columns]
    query = select(one).order_by(*one.primary_key.columns)
    for row in connection.execution_options(yield_per=500).execute(query):
        yield [_write(cell) if binary else cell for cell, binary in zip(row, packed, strict=True)]


def load(connection: Connection, table: str, rows: Sequence[Sequence[Json]]) -> None:
    """Add rows that :func:`dump` gave.

    Args:
        connection: In a transaction that writes.
        table: The table's name.
        rows: Some of them.

    Raises:
        ValueError: A row is none of that table.
    """
    one = _table(table)
    columns = list(one.columns)
    connection.execute(insert(one), [_read_row(columns, row) for row in rows])


def is_empty(connection: Connection) -> bool:
    """Tell whether the store holds nothing at all."""
    return all(not connection.scalar(select(func.count()).select_from(one)) for one in _tables())


def read_heads(connection: Connection) -> Heads:
    """Return what the two chains say that they come to; nothing is verified."""
    return Heads(_head(connection, link), _head(connection, server_event))


def verify(connection: Connection) -> Heads:
    """Return what the two chains come to, each link held against its signature, its hash and the one before."""
    return Heads(_verify(connection, link), _verify(connection, server_event))


def _head(connection: Connection, table: Table) -> Chain:
    query = select(table.c.number, table.c.hash).order_by(table.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return Chain(int(row.number), str(row.hash)) if row else Chain(0, "")


def _verify(connection: Connection, table: Table) -> Chain:
    number, previous = 0, _BEGINNING
    query = select(table.c.number, table.c.hash, table.c.link).order_by(table.c.number)
    for row in connection.execution_options(yield_per=500).execute(query):
        number += 1
        if not _follows(row.link, row.hash, number, previous) or row.number != number:
            return Chain(number, "", number)
        previous = str(row.hash)
    return Chain(number, previous if number else "")


def _follows(text: str, digest: str, number: int, previous: str) -> bool:
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        return False
    try:
        signed = dsse.read(json.loads(text))
    except ValueError:
        return False
    if signed is None or not signed.right:
        return False
    return signed.statement.get("number") == number and signed.statement.get("previous") == previous


def _write(cell: object) -> Json:
    return b64encode(cell).decode() if isinstance(cell, bytes) else None


def _read_row(columns: "Sequence[Column[object]]", row: Sequence[Json]) -> dict[str, object]:
    if len(row) != len(columns):
        raise ValueError("another number of columns")
    found: dict[str, object] = {}
    for column, cell in zip(columns, row, strict=True):
        if isinstance(column.type, LargeBinary) and cell is not None:
            if not isinstance(cell, str):
                raise ValueError("no bytes")
            found[column.name] = b64decode(cell, validate=True)
        elif cell is None or type(cell) is column.type.python_type:
            found[column.name] = cell
        else:
            raise ValueError("a value of another type")
    return found
