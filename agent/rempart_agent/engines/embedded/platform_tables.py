"""The tables of a system that is looked at from a disk alone: ours, and those of osquery that only a running one fills.

A statement that names one of the latter compiles, and is not observable where it reads it: its check is not checked,
and the reason says which table it needs.
"""

from collections.abc import Iterable

from rempart_agent.source.contract import Column, NotObservable
from rempart_agent.tables import read
from rempart_agent.tables.read import Answer


def names(platform: str) -> Iterable[str]:
    """Return the names of the tables of a platform.

    Args:
        platform: ``linux`` or ``windows``.
    """
    if platform == "linux":
        return read.names()
    from rempart_agent.engines.sql import schema

    return sorted({*read.names(platform), *schema.names(platform)})


def columns(table: str, platform: str) -> tuple[Column, ...]:
    """Return the columns that a statement may name of a table.

    Args:
        table: Its name.
        platform: See ``names``.

    Raises:
        UnknownTable: the platform has none of that name.
    """
    if platform == "linux":
        return read.columns(table)
    try:
        found: tuple[Column, ...] = read.module(table, platform).COLUMNS
    except read.UnknownTable:
        from rempart_agent.engines.sql import schema

        return schema.columns(table, platform)
    return found


def tell_unfilled(answer: Answer, table: str, platform: str) -> Answer:
    """Return what was read; of a table that only a running system fills, why nothing was.

    Args:
        answer: What ``read`` gave.
        table: The table.
        platform: See ``names``.
    """
    if platform == "linux" or answer.kind != "no_table":
        return answer
    return Answer.of(NotObservable("the table {table} can't be filled from a disk", table=table))
