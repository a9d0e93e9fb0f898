"""Cases: a check judged on given rows, through the engine's own virtual tables, the real SQL and the real verdict."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_agent.engines.sql import schema
from rempart_agent.engines.sql.database import Database
from rempart_agent.source.contract import Column, Constraint
from rempart_agent.tables.read import Answer as ReadAnswer
from rempart_agent.tables.read import Request
from rempart_core.model.result import Answer, EngineIdentity, Failure, Result
from rempart_core.model.selection import Selected


class CaseReader:
    """Answers reads with the rows of a case; see ``database.Reader``.

    A table that the case does not name is empty. Argument columns narrow the rows as a real table would: equality byte
    for byte, LIKE with osquery's rule for paths.
    """

    def __init__(self, platform: str, tables: Mapping[str, Any], *, live: bool) -> None:
        """Answer for a platform.

        Args:
            platform: ``linux``, ``darwin`` or ``windows``.
            tables: Table name to rows (``casefile.Rows`` where it lacks columns), or to the failure it answers with.
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
        if not self._live and schema.offline(request.table) == "none":
            return ReadAnswer((), "not_observable", f"{request.table} needs a running system")
        rows = [row for row in given or () if all(_holds(row, c) for c in request.constraints)]
        return ReadAnswer(rows)

    def columns(self, table: str) -> tuple[Column, ...]:
        """See Reader.columns."""
        lacks = getattr(self._tables.get(table), "lacks", ())
        return tuple(column for column in schema.columns(table, self._platform) if column.name not in lacks)

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        return schema.names(self._platform)


def _holds(row: Mapping[str, Any], constraint: Constraint) -> bool:
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


class CaseEngine(Engine):
    """The embedded engine's SQL in this process, on the rows of a case."""

    def __init__(self, reader: CaseReader) -> None:
        """Answer with ``reader``."""
        self._database = Database(reader)

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return EngineIdentity("case", "", "", privileged=True)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query; a case's few rows need no deadline."""
        return self._database.query(sql, max_rows)

    def close(self) -> None:
        """See Engine.close."""
        self._database.close()


def unknown_columns(platform: str, tables: Mapping[str, Any]) -> list[str]:
    """Return what a case names that its platform's schema does not have, as ``table`` or ``table.column``."""
    unknown = []
    known = set(schema.names(platform))
    for table, rows in tables.items():
        if table not in known:
            unknown.append(table)
        elif not isinstance(rows, Failure):
            names = {column.name for column in schema.columns(table, platform)}
            unknown += [
                f"{table}.{name}" for name in dict.fromkeys(n for row in rows for n in row) if name not in names
            ]
    return unknown


def judge(selected: Selected, platform: str, tables: Mapping[str, Any], *, live: bool, privileged: bool) -> Result:
    """Judge a check on the rows of a case.

    Args:
        selected: The check, with the case's parameter values.
        platform: ``linux``, ``darwin`` or ``windows``.
        tables: As for :class:`CaseReader`.
        live: Whether the case tells of a running machine.
        privileged: Whether the run may read what only root may.
    """
    role = "image" if selected.check.roles == ("image",) or not live else "server"
    engine = CaseEngine(CaseReader(platform, tables, live=live))
    try:
        return examine(selected, engine, Circumstances(platform, role, privileged, walk=True))
    finally:
        engine.close()
