"""A host that was not heard costs little in every format, however many of them there are: counted in bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rempart_core.documents import run_document
from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, State, TargetIdentity, count
from rempart_core.text import Text
from rempart_reports.formats.registry import FORMATS, load, load_directory
from rempart_reports.views.options import Options

LIMIT = 2048  # bytes of one host
CHECKS = 92  # as many as a profile has for Linux
REASON = Text(
    "no answer: connection to 203.0.113.77 port 22 timed out after 20 seconds",
    "pas de réponse : la connexion à 203.0.113.77 port 22 a expiré après 20 secondes",
)
MakeRuns = Callable[[int], Iterator[Run]]


@pytest.fixture(params=["silent", "interrupted"])
def unheard_run(
    request: pytest.FixtureRequest, make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> Run:
    results = [
        make_result(
            check=f"CHK-{number:02}",
            state=State.NOT_CHECKED,
            severity=Severity.HIGH if number % 2 else Severity.LOW,
            failure=request.param,
            reason=REASON,
            evidence=None,
            witness=None,
        )
        for number in range(CHECKS)
    ]
    return make_run(results, unfinished=REASON if request.param == "interrupted" else Text("", ""))


@pytest.fixture
def fleet(unheard_run: Run) -> MakeRuns:
    def make(hosts: int) -> Iterator[Run]:
        for number in range(hosts):
            target = TargetIdentity(f"poste-{number:05}.lyon.example", "host", "centre-lyon", "linux")
            yield unheard_run._replace(target=target)

    return make


def size(name: str, runs: Iterator[Run], language: str) -> int:
    out = io.StringIO()
    options = Options(fleet=True, language=language, form="rich", generated="2026-11-25T13:00:00Z")
    load(name).write(runs, out, options)
    return len(out.getvalue().encode())


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_a_host_more_costs_less_than_two_kilobytes(name: str, language: str, fleet: MakeRuns) -> None:
    few, many = (size(name, fleet(hosts), language) for hosts in (1, 41))
    assert (many - few) / 40 < LIMIT


@pytest.mark.parametrize("name", ["json", "csv", "junit", "jsonl", "markdown"])
@pytest.mark.parametrize("hosts", [500, 2000])
def test_fleets_of_them_are_bounded(name: str, hosts: int, fleet: MakeRuns) -> None:
    assert size(name, fleet(hosts), "en") < hosts * LIMIT + 20_000


def test_pages_of_checks_do_not_grow_with_them(fleet: MakeRuns, tmp_path: Path) -> None:
    sizes = []
    for hosts in (1, 5):
        load_directory("html").write_directory(str(tmp_path / str(hosts)), fleet(hosts), Options(fleet=True))
        sizes.append(sum(page.stat().st_size for page in (tmp_path / str(hosts) / "checks").iterdir()))
    assert sizes[1] - sizes[0] < CHECKS * 40  # a number and its plural on each page


def test_the_document_keeps_what_counts(unheard_run: Run) -> None:
    read = run_document.read(run_document.write(unheard_run))
    assert count(read.results) == count(unheard_run.results)
    told = [(one.check, one.severity, one.state, one.failure, one.reason) for one in read.results]
    assert told == [(one.check, one.severity, one.state, one.failure, one.reason) for one in unheard_run.results]


def test_what_was_judged_in_part_is_told_check_by_check(unheard_run: Run, make_result: Callable[..., Result]) -> None:
    part = unheard_run._replace(results=[*unheard_run.results, make_result(check="XXX-01")])
    assert len(run_document.to_data(part)["results"]) == CHECKS + 1  # type: ignore[arg-type]
    waived = unheard_run._replace(results=[one._replace(known=True) for one in unheard_run.results])
    assert len(run_document.to_data(waived)["results"]) == CHECKS  # type: ignore[arg-type]
