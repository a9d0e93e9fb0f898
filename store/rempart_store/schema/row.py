"""Numbers for what rows share: checks by name, details by digest; and rows written many at a time."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Table, func, insert, select

from rempart_core.model.result import Result
from rempart_core.text import Text
from rempart_store.schema.fingerprint import pack
from rempart_store.schema.table import check as check_table
from rempart_store.schema.table import detail as detail_table

_T = TypeVar("_T")
Cell: TypeAlias = bool | int | str | bytes | None
"""What stands in a column of a row."""

CHUNK = 500  # values in one IN (…): SQLite's limit was 999 for long
_KEPT = 100_000  # digests remembered: most details are those of many hosts


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Give ``items`` in pieces of ``size``, the last one shorter."""
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


def next_number(connection: Connection, table: Table, column: str = "id") -> int:
    """Return the number of a table's next row, from 1.

    Args:
        connection: In a transaction that writes, so that nobody else takes it.
        table: The table.
        column: Where its rows have their numbers.
    """
    return int(connection.scalar(select(func.coalesce(func.max(table.c[column]), 0))) or 0) + 1


def add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Cell]]) -> None:
    """Add rows, many with one statement.

    Args:
        connection: In a transaction that writes.
        table: Where they go.
        rows: Values by column; all of the same columns.
    """
    if rows:
        connection.execute(insert(table), rows)


class Checks:
    """Numbers of checks, given out as they are met."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}
        self._titles: dict[str, Text] = {}
        self._read = False

    def _read_all(self) -> None:
        """Read the checks, which a host that says nothing new has no need of."""
        for row in self._connection.execute(select(check_table)):
            self._numbers[row.name] = row.id
            self._titles[row.name] = Text(row.title_en, row.title_fr)
        self._read = True

    def number(self, result: Result) -> int:
        """Return the number of a result's check; its title is kept up to date."""
        if not self._read:
            self._read_all()
        number = self._numbers.get(result.check)
        if number is None:
            number = self._numbers[result.check] = len(self._numbers) + 1
            row = {"id": number, "name": result.check, "title_en": result.title.en, "title_fr": result.title.fr}
            self._connection.execute(insert(check_table), row)
            self._titles[result.check] = result.title
        elif self._titles[result.check] != result.title:
            changed = {"title_en": result.title.en, "title_fr": result.title.fr}
            self._connection.execute(check_table.update().where(check_table.c.id == number).values(changed))
            self._titles[result.check] = result.title
        return number


class Details:
    """Numbers of details: those that are the same to the byte are kept once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next: int | None = None
        self._known: dict[bytes, int] = {}

    def numbers(self, contents: Iterable[bytes]) -> list[int]:
        """Return the numbers of some details, in their order; those that are new are added."""
        digests = []
        by_digest: dict[bytes, bytes] = {}
        for content in contents:
            digest = hashlib.sha256(content).digest()
            digests.append(digest)
            by_digest[digest] = content
        if len(self._known) > _KEPT:
            self._known.clear()
        unknown = [digest for digest in by_digest if digest not in self._known]
        for some in chunks(unknown):
            query = select(detail_table.c.digest, detail_table.c.id).where(detail_table.c.digest.in_(some))
            self._known.update((bytes(digest), number) for digest, number in self._connection.execute(query))
        rows: list[dict[str, Cell]] = []
        for digest in unknown:
            if digest not in self._known:
                if self._next is None:
                    self._next = next_number(self._connection, detail_table)
                self._known[digest] = self._next
                rows.append({"id": self._next, "digest": digest, "content": pack(by_digest[digest])})
                self._next += 1
        add_rows(self._connection, detail_table, rows)
        return [self._known[digest] for digest in digests]


def group_by(rows: Iterable[_T], key: Callable[[_T], int]) -> dict[int, list[_T]]:
    """Return ``rows`` in lists by the number that ``key`` returns of each."""
    groups: dict[int, list[_T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
