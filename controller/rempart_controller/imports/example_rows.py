"""Rows of tables for which a statement answers yes, and rows for which it answers no: the cases of an imported check.

They are looked for by trying: the values that the statement compares its columns with are put together into rows, and
the statement is asked about some of them. What is found is true, since the real SQL answered; nothing may be found.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rempart_agent.engines.sql import schema
from rempart_agent.engines.sql.dialect import tokens
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.quality.case import CaseEngine
from rempart_controller.imports.candidate import Cell, find_values, make_rows
from rempart_core.messages.message import Message

_TRIES = 600
_BY_NAME = 0.3
_SEED = 1  # the same policy gives the same cases

Tables = dict[str, list[dict[str, Cell]]]


class Reads(NamedTuple):
    """What a statement reads.

    Attributes:
        columns: Table to its columns that are read.
        free: The tables of these that answer without being told what to look at.
    """

    columns: dict[str, list[str]]
    free: tuple[str, ...]


class Examples(NamedTuple):
    """Rows that a statement was tried on.

    Attributes:
        met: Those it gives a row for; None where none were found.
        unmet: Those it gives no row for; None where none were found.
        empty: Whether it gives a row where all tables are empty.
    """

    met: Tables | None
    unmet: Tables | None
    empty: bool


class Sampler:
    """Tries statements on rows; one for each platform, since compiled tables are kept."""

    def __init__(self, platform: str) -> None:
        """Try on a platform's tables.

        Args:
            platform: ``linux``, ``darwin`` or ``windows``.
        """
        self._platform = platform
        self._engine = CaseEngine(CaseReader(platform, {}, live=True))

    def close(self) -> None:
        """Let go of the tables."""
        self._engine.close()

    def find_reads(self, sql: str) -> Reads | Message:
        """Compile a statement and return what it reads, or why it does not compile."""
        uses, unconstrained, failure = self._engine.explain(sql)
        if failure is not None:
            return failure.said or Message("text.theirs", text=failure.message)
        if unconstrained:
            return Message("lint.unconstrained", table=unconstrained[0])
        tables = {*_tables_named(sql, self._platform), *(table for table, _ in uses)}
        words = {text.strip('"`[]').lower() for _, text in tokens(sql)}  # USING names columns that nobody reports
        columns = {
            table: [
                one.name
                for one in schema.columns(table, self._platform)
                if (table, one.name) in uses or one.name in words
            ]
            for table in sorted(tables)
        }
        free = [name for name in columns if not any(one.required for one in schema.columns(name, self._platform))]
        return Reads(columns, tuple(free))

    def find_examples(self, sql: str, reads: Reads) -> Examples:
        """Return rows that a statement answers yes and no to.

        Args:
            sql: The statement.
            reads: What it reads.
        """
        chance = random.Random(_SEED)  # noqa: S311 - nothing secret: the same policy gives the same cases
        empty = bool(self._answers({}, sql))
        witnesses = reads.free if empty else ()
        met: Tables | None = {} if empty and not witnesses else None
        unmet: Tables | None = None if empty else {}
        for tables in _guess(sql, reads.columns, chance):
            if met is not None and unmet is not None:
                break
            if witnesses and not any(tables[table] for table in witnesses):
                continue
            answer = self._answers(tables, sql)
            if answer and met is None:
                met = tables
            elif answer is False and unmet is None:
                unmet = tables
        return Examples(met, unmet, empty)

    def _answers(self, tables: Tables, sql: str) -> bool | None:
        """Tell whether a statement gives a row; None where it fails on these rows."""
        self._engine.give(CaseReader(self._platform, tables, live=True), None)
        answer = self._engine.query(f"SELECT EXISTS (\n{sql}\n) AS met")
        return None if answer.failure else answer.rows[0][0] == "1"


def _tables_named(sql: str, platform: str) -> list[str]:
    """Return the tables that stand where tables do: one of which no column is read is seen by its name alone."""
    known, before, found = set(schema.all_names(platform)), "", []
    for kind, text in tokens(sql):
        name = text.strip('"`[]').lower()
        if name in known and kind in {"name", "text"} and before in {"from", "join", ",", "("}:
            found.append(name)
        before = text.lower()
    return found


def _guess(sql: str, columns: Mapping[str, Sequence[str]], chance: random.Random) -> Iterator[Tables]:
    """Yield rows to try: of the values in the statement first, then of others too."""
    names = sorted({column for those in columns.values() for column in those})
    values = find_values(sql, names)
    for others in (False, True):
        pools: Tables = {
            table: make_rows({column: values[column] for column in those}, chance, others=others) if those else [{}]
            for table, those in columns.items()
        }
        yield {table: rows[:1] for table, rows in pools.items()}
        yield pools
        for _ in range(_TRIES // 2):
            yield {table: _choose(rows, chance) for table, rows in pools.items()}


def _choose(rows: list[dict[str, Cell]], chance: random.Random) -> list[dict[str, Cell]]:
    """Return none to three of some rows, or one for each value of a column: each may be wanted by its name."""
    if rows[0] and chance.random() < _BY_NAME:
        column = chance.choice(list(rows[0]))
        by_value: dict[Cell, list[dict[str, Cell]]] = {}
        for row in rows:
            by_value.setdefault(row[column], []).append(row)
        return [chance.choice(those) for those in by_value.values()]
    return chance.sample(rows, min(len(rows), chance.choice((0, 1, 1, 1, 2, 3))))
