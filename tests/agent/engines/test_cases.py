"""Every case of every check comes out the same on all engines: as embedded, through osqueryd and through osqueryi.

The osqueries are stand-ins: they answer osquery's own tables from the case's rows, and take the extra ones from our
extension, over the real protocol. What only a root filesystem can be is not asked of osquery.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rempart_testing import osqueryi
from rempart_testing.case_trials import CHECKS, DATA, DaemonTrial, Switch, Trial, told
from rempart_testing.osquery_tables import write_given

from rempart_agent.engines.osquery.answers import Osquery
from rempart_agent.engines.osquery.osqueryi import Osqueryi
from rempart_agent.engines.osquery.program import OSQUERYI
from rempart_agent.quality.case import CaseJudge
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.content.checkfile import read_check
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

pytestmark = pytest.mark.early


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
