"""The run document as a report."""

from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from rempart_core.documents import run_document
from rempart_core.model.result import Run
from rempart_core.text import quiet_json
from rempart_reports.formats.json import Report
from rempart_reports.views.options import Options


def written(*runs: Run, fleet: bool = False) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(fleet=fleet))
    return out.getvalue()


def test_one_run_is_the_document_that_core_reads(sample_run: Run) -> None:
    text = written(sample_run)
    assert run_document.read(text) == sample_run
    assert json.loads(text)["schema"] == "rempart.run/1"
    assert text.endswith("}\n")


def test_several_runs_are_one_document_a_line(sample_run: Run, silent_run: Run, hostile_run: Run) -> None:
    # one result a check, and a kind of failure that there is
    results = {result.check: result._replace(failure="") for result in hostile_run.results}
    hostile = hostile_run._replace(results=list(results.values()))
    runs = [sample_run, silent_run, hostile]
    lines = written(*runs).split("\n")
    assert lines.pop() == ""
    assert [run_document.read(line) for line in lines] == [run_document.read(run_document.write(run)) for run in runs]


def test_a_fleet_of_one_host_is_a_line_as_one_of_many(sample_run: Run, silent_run: Run) -> None:
    one = written(sample_run, fleet=True)
    assert run_document.read(one) == sample_run
    assert written(sample_run, silent_run, fleet=True) == one + written(silent_run, fleet=True)
    assert one.count("\n") == 1


def test_no_run_is_nothing() -> None:
    assert written() == written(fleet=True) == ""


@given(st.text() | st.sampled_from(["##vso[x]", "###", "\\##", "\ud800", "\ud83d\ude00"]))
def test_protection_changes_no_value_and_leaves_no_command(value: str) -> None:
    text = quiet_json(json.dumps([value], ensure_ascii=False))
    assert json.loads(text) == json.loads(json.dumps([value]))
    assert "##" not in text
    text.encode()
