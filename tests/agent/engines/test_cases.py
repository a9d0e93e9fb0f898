"""Every case of every check comes out the same on all engines: as embedded, through osqueryd and through osqueryi.

The osqueries are stand-ins: they answer osquery's own tables from the case's rows, and take the extra ones from our
extension, over the real protocol. What only a root filesystem can be is not asked of osquery.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import osqueryi
from rempart_testing.osquery_tables import Given, write_given
from rempart_testing.osqueryd import Osqueryd as Daemon

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.engines.osquery.answers import Osquery
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_agent.engines.osquery.osqueryi import Osqueryi
from rempart_agent.engines.osquery.program import OSQUERYI
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.quality.case import CaseJudge
from rempart_agent.source.contract import Column
from rempart_agent.tables.read import Answer, Request
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.content.checkfile import read_check
from rempart_core.content.datafile import DataFiles
from rempart_core.content.place import content_root
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Failure, Result
from rempart_core.model.selection import Selected

pytestmark = pytest.mark.early

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

    def judge(self, selected: Selected, case: Case) -> Result:
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
        role = "image" if selected.check.roles == ("image",) else "server"
        return examine(selected, engine, Circumstances(case.platform, role, case.privileged, walk=True))

    def close(self) -> None:
        for engine, _, _ in self._known.values():
            engine.close()


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


class ShellTrial(Trial):
    def make(self, switch: Switch) -> tuple[Osquery, Callable[[Case], None]]:
        tables = self.place / f"{len(self._known)}.json"
        tables.write_text(write_given({}))

        def give(case: Case) -> None:
            beside = tables.with_suffix(".new")
            beside.write_text(write_given(case.tables, case.platform))
            beside.replace(tables)

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(OSQUERYI, str(osqueryi.install(self.place)))
            patch.setenv(osqueryi.VARIABLE, str(tables))
            return Osqueryi(str(self.place / "osqueryi"), switch), give


@pytest.fixture(scope="module", params=[DaemonTrial, ShellTrial], ids=["osqueryd", "osqueryi"])
def trial(request: pytest.FixtureRequest) -> Iterator[Trial]:
    with tempfile.TemporaryDirectory(prefix="rempart-test-") as name:
        made: Trial = request.param(Path(name))
        yield made
        made.close()


def told(result: Result) -> tuple[Any, ...]:
    seen = []
    for evidence in (result.evidence, result.witness):
        if evidence is not None:  # without ORDER BY the rows come in any order
            rows = sorted(map(str, map(sorted, map(dict.items, evidence.rows))))
            seen.append((rows, evidence.failing, evidence.undecided, evidence.passing, evidence.statement))
    return result.state.value, result.incomplete, *seen


@pytest.fixture(scope="module")
def judged() -> Iterator[CaseJudge]:
    with CaseJudge() as judge:
        yield judge


@pytest.fixture(scope="module")
def known() -> dict[tuple[Path, str], Result]:
    """What the embedded engine said of a case: it is asked once for both osqueries."""
    return {}


@pytest.mark.parametrize(
    "path", CHECKS, ids=[path.stem.partition("-")[0] + "-" + path.stem.split("-")[1] for path in CHECKS]
)
def test_every_case_comes_out_as_on_the_embedded_engine(
    path: Path, trial: Trial, judged: CaseJudge, known: dict[tuple[Path, str], Result]
) -> None:
    check = read_check(str(path), path.parent.name, f"checks/{path.parent.name}/{path.name}", DATA)
    different = []
    for case in read_cases(locate_cases(str(path)), check):
        if not case.live:
            continue
        selected = Selected(check, check.severity, case.parameters)
        for _ in range(3):  # evidence may tell a second of the clock, and one may begin between two engines
            embedded = known.pop((path, case.name), None) or judged.judge(
                selected, case.platform, case.tables, live=True, privileged=case.privileged
            )
            found = trial.judge(selected, case)
            if told(found) == told(embedded):
                known[path, case.name] = embedded
                break
        if told(found) != told(embedded):
            different.append((case.name, told(embedded), embedded.reason.en, told(found), found.reason.en))
    assert different == []
