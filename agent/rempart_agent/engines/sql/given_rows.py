"""Rows that are given answer in place of tables: of a case, or none at all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from rempart_agent.engines.sql import schema
from rempart_agent.source.contract import Column, Constraint, NotObservable, Row
from rempart_agent.tables.read import Answer as ReadAnswer
from rempart_agent.tables.read import Request
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Failure

Tables: TypeAlias = Mapping[str, Sequence[Row] | Failure]
"""What a case says of tables: their rows (``casefile.Rows`` where some lack columns), or how they fail."""


class CaseReader:
    """Answers reads with the rows of a case; see ``database.Reader``.

    A table that the case does not name is empty. Argument columns narrow the rows as a real table would: equality byte
    for byte, LIKE with osquery's rule for paths.
    """

    def __init__(self, platform: str, tables: Tables, *, live: bool) -> None:
        """Answer for a platform.

        Args:
            platform: ``linux``, ``darwin``, ``windows`` or ``organisation``.
            tables: By name.
            live: False for a root filesystem: tables that need a running system are not observable then.
        """
        self._platform = platform
        self._tables = tables
        self._live = live

    def read(self, requests: Sequence[Request]) -> list[ReadAnswer]:
        """See Reader.read."""
        return [self._read(request) for request in requests]

    def _read(self, request: Request) -> ReadAnswer:
        given = self._tables.get(request.table)
        if isinstance(given, Failure):
            return ReadAnswer((), given.kind, given.message or f"{request.table}: {given.kind}")
        if self._platform == ORGANISATION:
            from rempart_agent.engines.sql import organisation_tables

            return organisation_tables.answer(request, given or ())
        if not self._live and schema.offline(request.table) == "none":
            return ReadAnswer.of(NotObservable("{table} needs a running system", table=request.table))
        rows = [row for row in given or () if all(_holds(row, c) for c in request.constraints)]
        return ReadAnswer(rows)

    def columns(self, table: str) -> tuple[Column, ...]:
        """See Reader.columns."""
        lacks = getattr(self._tables.get(table), "lacks", ())
        return tuple(column for column in schema.columns(table, self._platform) if column.name not in lacks)

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        return schema.all_names(self._platform)


def _holds(row: Row, constraint: Constraint) -> bool:
    value = row.get(constraint.column)
    if value is None:
        return False
    if constraint.op == "=":
        return str(value) in constraint.values
    return any(_like(str(value), pattern) for pattern in constraint.values)


def _like(value: str, pattern: str) -> bool:
    """Tell whether osquery's path pattern takes a value: ``%`` within one level, ``%%`` at the end any depth."""
    parts = re.split(r"(%%$|%|_)", pattern)
    named = {"%%": ".*", "%": "[^/\\\\]*", "_": "[^/\\\\]"}
    return re.fullmatch("".join(named.get(p, re.escape(p)) for p in parts), value.rstrip("/"), re.DOTALL) is not None
