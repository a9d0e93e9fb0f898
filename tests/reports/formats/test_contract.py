"""A report that is joined from pieces is the one that is written at once, whoever wrote the pieces."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rempart_controller.answers.outline import outline, read_outline
from rempart_core.model.result import Run
from rempart_reports.formats.contract import Names, Pieces, Place, Report, Written, write_pieces
from rempart_reports.formats.registry import FORMATS, load
from rempart_reports.formats.report_file import join_report, write_report
from rempart_reports.views.options import Options


class Elsewhere:
    """Pieces that other processes wrote, the last host first, each by a report of its own."""

    def __init__(self, form: type[Report], runs: Sequence[Run], options: Options) -> None:
        names = Names()
        self.report = form(options)
        called = [names.claim(self.report.name(run.target)) if form.NAMED else "" for run in runs]
        places = [Place(number, name) for number, name in enumerate(called)]
        written = [form(options).fragment(run, place) for run, place in reversed([*zip(runs, places, strict=True)])]
        outlines = [read_outline(json.loads(json.dumps(outline(run, {}))), {}) for run in runs]
        self._written = [
            Written(pieces, one if form(Options()).outlined else None)
            for pieces, one in zip(reversed(written), outlines, strict=True)
        ]

    def __iter__(self) -> Iterator[Written]:
        """See PiecesOf.__iter__."""
        return iter(self._written)


@pytest.fixture
def fleet(sample_run: Run, hostile_run: Run, silent_run: Run) -> list[Run]:
    nothing = sample_run._replace(results=[])
    return [sample_run, hostile_run, silent_run, nothing, sample_run]  # of the last one name and class are taken


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_pieces_that_others_wrote_join_to_the_same_text(name: str, language: str, fleet: list[Run]) -> None:
    options = Options(language=language, fleet=True, form="rich", generated="2026-11-25T18:00:05Z", head="a3f5")
    at_once, joined = io.StringIO(newline=""), io.StringIO(newline="")
    load(name).write(iter(fleet), at_once, options)
    write_pieces(Elsewhere(load(name), fleet, options), joined)
    assert joined.getvalue() == at_once.getvalue()
    assert len(at_once.getvalue()) > 1000


def test_pieces_are_divided_and_numbered_among_files_alike(
    tmp_path: Path, fleet: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load("junit"), "PART_BYTES", 20_000)
    for folder in ("once", "joined"):
        (tmp_path / folder).mkdir()
    options = Options(fleet=True)
    write_report(str(tmp_path / "once" / "j.xml"), "junit", iter(fleet), options)
    join_report(str(tmp_path / "joined" / "j.xml"), Elsewhere(load("junit"), fleet, options))
    found = {path.name: path.read_bytes() for path in (tmp_path / "joined").iterdir()}
    assert found == {path.name: path.read_bytes() for path in (tmp_path / "once").iterdir()}
    assert len(found) > 1


def test_one_run_that_is_no_fleet_is_alone(sample_run: Run) -> None:
    assert Pieces(Report, [sample_run], Options()).report.alone == sample_run.target
    assert Pieces(Report, [sample_run], Options(fleet=True)).report.alone is None
    assert Pieces(Report, [sample_run] * 2, Options()).report.alone is None
    assert Pieces(Report, [], Options()).report.alone is None


def test_no_two_runs_have_one_name() -> None:
    names = Names()
    assert [names.claim("a.b") for _ in range(3)] == ["a.b", "a.b_2", "a.b_3"]
    assert [names.claim("x" * 20, 12) for _ in range(2)] == ["x" * 20, "xxxx_2"]
