"""Cases: a check judged on given rows, through the engine's own virtual tables, the real SQL and the real verdict."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_agent.engines.sql import schema
from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.given_rows import CaseReader, Tables
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Answer, EngineIdentity, Failure, Result
from rempart_core.model.selection import Selected


class CaseEngine(Engine):
    """The embedded engine's SQL in this process, on the rows of one case after the other."""

    def __init__(self, reader: CaseReader) -> None:
        """Answer with ``reader``, and then with those that are given."""
        self._database = Database(reader)
        self._seen: Callable[[Answer], object] | None = None

    def give(self, reader: CaseReader, seen: Callable[[Answer], object] | None) -> None:
        """Answer with the rows of another case, whose tables have the same columns.

        Args:
            reader: Its rows.
            seen: Is told each answer from now on; None where nobody asks.
        """
        self._database.reader = reader
        self._database.forget(keep=False)
        self._seen = seen

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return EngineIdentity("case", "", "", privileged=True)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query; a case's few rows need no deadline."""
        answer = self._database.query(sql, max_rows)
        if self._seen is not None:
            self._seen(answer)
        return answer

    def explain(self, sql: str) -> tuple[set[tuple[str, str]], list[str], Failure | None]:
        """Compile one statement and go no further.

        Args:
            sql: The statement.

        Returns:
            The (table, column) pairs that it reads, the tables that it asks without a required column, and why it does
            not compile.
        """
        _, unconstrained, uses, failure = self._database.explain(sql)
        return uses, unconstrained, failure

    def close(self) -> None:
        """See Engine.close."""
        self._database.close()


class CaseJudge:
    """Judges cases one after the other: a statement that was compiled for one of them is not compiled for the next."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self._engines: dict[tuple[object, ...], CaseEngine] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Let go of what was compiled."""
        for engine in self._engines.values():
            engine.close()

    def judge(
        self,
        selected: Selected,
        platform: str,
        tables: Tables,
        *,
        live: bool,
        privileged: bool,
        seen: Callable[[Answer], object] | None = None,
    ) -> Result:
        """Judge a check on the rows of a case.

        Args:
            selected: The check, with the case's parameter values.
            platform: ``linux``, ``darwin``, ``windows`` or ``organisation``.
            tables: As for :class:`CaseReader`.
            live: Whether the case tells of a running machine.
            privileged: Whether the run may read what only root may.
            seen: Is told the answer to each statement; None where nobody asks.
        """
        role = "image" if selected.check.roles == ("image",) or not live else "server"
        role = ORGANISATION if platform == ORGANISATION else role
        reader = CaseReader(platform, tables, live=live)
        lacking = ((name, tuple(getattr(rows, "lacks", ()))) for name, rows in tables.items())
        key = (platform, *sorted(one for one in lacking if one[1]))  # a table is declared once, with its columns
        if key not in self._engines:
            self._engines[key] = CaseEngine(reader)
        self._engines[key].give(reader, seen)
        return examine(selected, self._engines[key], Circumstances(platform, role, privileged, walk=True))


def unknown_columns(platform: str, tables: Tables) -> list[str]:
    """Return what a case names that its platform's schema does not have, as ``table`` or ``table.column``.

    Args:
        platform: ``linux``, ``windows``, ``darwin`` or ``organisation``.
        tables: Table to its rows, or to the failure that reading it is.
    """
    unknown = []
    known = set(schema.all_names(platform))
    for table, rows in tables.items():
        if table not in known:
            unknown.append(table)
        elif not isinstance(rows, Failure):
            names = {column.name for column in schema.columns(table, platform)}
            unknown += [
                f"{table}.{name}" for name in dict.fromkeys(n for row in rows for n in row) if name not in names
            ]
    return unknown


def judge(
    selected: Selected,
    platform: str,
    tables: Tables,
    *,
    live: bool,
    privileged: bool,
    seen: Callable[[Answer], object] | None = None,
) -> Result:
    """Judge a check on the rows of one case; of many :class:`CaseJudge` does it faster.

    Args:
        selected: The check, with the case's parameter values.
        platform: As for ``CaseJudge.judge``.
        tables: As for :class:`CaseReader`.
        live: Whether the case tells of a running machine.
        privileged: Whether the run may read what only root may.
        seen: Is told the answer to each statement; None where nobody asks.
    """
    with CaseJudge() as cases:
        return cases.judge(selected, platform, tables, live=live, privileged=privileged, seen=seen)
