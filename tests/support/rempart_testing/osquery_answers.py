"""What a simulated osqueryd answers: rows that were recorded, or this machine's own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rempart_agent.engines.registry import open_engine

Cell = str | bytes | None
"""Of SQLite: a text, a BLOB or bytes that are no UTF-8, NULL."""


class Answer(NamedTuple):
    """What a statement came to in osquery.

    Attributes:
        columns: Their names, equal ones among them.
        rows: As long as ``columns`` each.
        message: SQLite's complaint; ``""`` where it was answered.
        seconds: How long it took.
        memory: By how many bytes the worker grew.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    message: str = ""
    seconds: float = 0.0
    memory: int = 0


Answers = Callable[[str], Answer]
"""Answers one statement."""

_ERROR = ("instance", "number", "table_name", "kind", "message", "said")  # served.py, _ERROR_COLUMNS
_WRAPPED = re.compile(r"SELECT \* FROM \(\s*(.*?)\s*\) LIMIT \d+;?\s*", re.DOTALL | re.IGNORECASE)


def unwrap(sql: str) -> str:
    """Return the statement that a server put into ``SELECT * FROM (…) LIMIT n``; as it is where it did not."""
    match = _WRAPPED.fullmatch(sql)
    return match[1] if match else sql


class Recorded:
    """Answers by the text of statements, wrapped or not; others are asked of a table that is not there.

    A value is an :class:`Answer`, the rows as mappings, or SQLite's complaint.
    """

    def __init__(self, answers: Mapping[str, Answer | Sequence[Mapping[str, Cell]] | str]) -> None:
        self._answers = {unwrap(sql).strip(): answer for sql, answer in answers.items()}
        self.asked: list[str] = []

    def __call__(self, sql: str) -> Answer:
        self.asked.append(sql)
        found = self._answers.get(unwrap(sql).strip(), "no such table: not_recorded")
        if isinstance(found, Answer):
            return found
        if isinstance(found, str):
            return Answer(message=found)
        columns = list(dict.fromkeys(name for row in found for name in row))
        return Answer(columns, [[row.get(name) for name in columns] for row in found])


class Embedded:
    """Answers with this machine's rows, from the embedded engine; it knows Rempart's own tables unless told not to."""

    def __init__(self, *, stock: bool = False, uuid: str = "", instance_id: str = "") -> None:
        """Open the engine.

        Args:
            stock: Whether to answer as an osqueryd without ``rempart-agent extension`` does: it has no ``rempart_*``.
            uuid: Stands in for the machine's where that has none.
            instance_id: That of the osquery database, which the embedded engine has not.
        """
        self._engine = open_engine("embedded", "", None, redact=True, say=lambda _message: None)
        self._stock = stock
        self._known = {"uuid": uuid, "instance_id": instance_id}

    def __call__(self, sql: str) -> Answer:
        begun = time.perf_counter()
        if self._stock and (own := re.search(r"\brempart_\w+", sql)):
            return Answer(message=f"no such table: {own[0]}")
        if "FROM rempart_errors" in sql:  # its tables fail aloud: it has no error that osquery hides
            return Answer(_ERROR, [["embedded", "0", "", "", "", ""]])
        found = self._engine.query(sql)
        seconds = time.perf_counter() - begun
        if found.failure:
            return Answer(message=found.failure.message or found.failure.kind, seconds=seconds)
        rows = [
            [cell or self._known.get(name, cell) for name, cell in zip(found.columns, row, strict=True)]
            for row in found.rows
        ]
        return Answer(found.columns, rows, seconds=seconds, memory=64 << 10)

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.close()
