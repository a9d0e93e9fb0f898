"""Cases of checks on an osqueryd: a stand-in that answers osquery's own tables from a case's rows.

The extra tables come from our extension, over the real protocol.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.engines.osquery.answers import Osquery
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.source.contract import Column
from rempart_agent.tables.read import Answer, Request
from rempart_core.content.casefile import Case, locate_cases
from rempart_core.content.datafile import DataFiles
from rempart_core.content.place import content_root
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Failure, Result
from rempart_core.model.selection import Selected
from rempart_testing.osquery_tables import Given
from rempart_testing.osqueryd import Osqueryd as Daemon

CHECKS = sorted(
    path
    for folder in ("checks", "playbooks/preconditions")
    for path in Path(content_root(), folder).glob("*/*.yaml")
    if os.path.isfile(locate_cases(str(path))) and path.parent.name != ORGANISATION  # no host is asked these
)
DATA = DataFiles([f"{content_root()}/checks"])
Lacking = tuple[tuple[str, tuple[str, ...]], ...]


class Switch:
    """The extra tables, with the rows of the case that is tried."""

    def __init__(self, lacking: Lacking) -> None:
        self._lacking = dict(lacking)
        self.reader = CaseReader("linux", {}, live=True)

    def names(self) -> Iterable[str]:
        return [name for name in self.reader.names() if self._lacking.get(name) != ()]

    def columns(self, table: str) -> tuple[Column, ...]:
        return tuple(c for c in self.reader.columns(table) if c.name not in self._lacking.get(table, ()))

    def read(self, requests: Sequence[Request]) -> list[Answer]:
        return self.reader.read(requests)


class Trial:
    """One engine for each set of extra tables: osquery takes them once."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._known: dict[Lacking, tuple[Osquery, Switch, Callable[[Case], None]]] = {}

    def make(self, switch: Switch) -> tuple[Osquery, Callable[[Case], None]]:
        raise NotImplementedError

    def prepare(self, case: Case) -> Osquery:
        """Return an engine that answers from a case's rows."""
        lacking = tuple(sorted(lacks(case.tables)))
        if lacking not in self._known:
            switch = Switch(lacking)
            engine, give = self.make(switch)
            self._known[lacking] = (engine, switch, give)
        engine, switch, give = self._known[lacking]
        give(case)
        switch.reader = CaseReader(case.platform, case.tables, live=True)
        assert engine._served is not None
        engine._served.forget()
        return engine

    def judge(self, selected: Selected, case: Case) -> Result:
        """Judge a case by the engine."""
        return examine(selected, self.prepare(case), circumstances_of(selected, case))

    def close(self) -> None:
        for engine, _, _ in self._known.values():
            engine.close()


def circumstances_of(selected: Selected, case: Case) -> Circumstances:
    """Return in what a case is judged."""
    role = "image" if selected.check.roles == ("image",) else "server"
    return Circumstances(case.platform, role, case.privileged, walk=True)


def lacks(tables: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, rows in tables.items():
        if name.startswith("rempart_"):
            if isinstance(rows, Failure) and rows.kind == "no_table":
                yield name, ()
            elif getattr(rows, "lacks", ()):
                yield name, tuple(rows.lacks)


class DaemonTrial(Trial):
    def make(self, switch: Switch) -> tuple[Osquery, Callable[[Case], None]]:
        daemon = Daemon(str(self.place / f"{len(self._known)}.em"))

        def give(case: Case) -> None:
            daemon.given = Given(case.tables, case.platform)

        return Osqueryd(daemon.path, switch), give


def told(result: Result) -> tuple[Any, ...]:
    seen = []
    for evidence in (result.evidence, result.witness):
        if evidence is not None:  # without ORDER BY the rows come in any order
            rows = sorted(map(str, map(sorted, map(dict.items, evidence.rows))))
            seen.append((rows, evidence.failing, evidence.undecided, evidence.passing, evidence.statement))
    return result.state.value, result.incomplete, *seen
