"""Rows of a table of this machine, for tests of tables that ask a service."""

from __future__ import annotations

from rempart_agent.source.contract import Constraint, Query, Row, Table
from rempart_agent.targets.live import LiveTarget


def rows_of(table: Table, **asked: str) -> list[Row]:
    """Return the rows of a table, each column asked for.

    Args:
        table: Its module.
        asked: What columns must be.
    """
    named = tuple(Constraint(column, "=", (value,)) for column, value in asked.items())
    return [
        dict(row) for row in table.rows(LiveTarget(), Query(frozenset(column.name for column in table.COLUMNS), named))
    ]
