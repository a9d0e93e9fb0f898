"""CSV: one line a result, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from rempart_core.model.result import Result, Run
from rempart_core.text import Text
from rempart_reports.formats.csv import Report
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def lines_of(*runs: Run, **options: object) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    Report.write(iter(runs), out, Options(**options))  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline=""), strict=True))


def test_every_result_is_a_line_with_its_state_and_its_counts(sample_run: Run, silent_run: Run) -> None:
    lines = lines_of(sample_run, silent_run, head="a3f5")
    assert len(lines) == len(sample_run.results) + 1  # what a silent host was not asked is one list
    by_check = {line["check"]: line for line in lines if line["target"] == "poste-042.lyon.example"}
    patch = by_check["PAT-01"]
    assert (patch["state"], patch["open"], patch["severity"]) == ("fail", "true", "critical")
    assert (patch["failing"], patch["passing"]) == ("300", "904")
    assert patch["controls"] == "gdpr 32(1)(b), 32(1)(d); nis2 (e), (g)"
    waived = by_check["ACC-01"]
    assert (waived["state"], waived["open"]) == ("fail", "false")
    assert waived["waived_until"] == "2026-12-31 Europe/Paris"
    assert by_check["RMT-03"]["open"] == "false"
    assert {line["chain_head"] for line in lines} == {"a3f5"}
    (silent,) = (line for line in lines if line["target"] == "poste-099")
    assert (silent["state"], silent["failure"], silent["check"]) == ("not_checked", "silent", "")
    assert silent["not_checked"] == "DSK-01 FWL-01"
    assert {line["not_checked"] for line in by_check.values()} == {""}


def test_a_line_says_when_its_target_answered(sample_run: Run, silent_run: Run) -> None:
    known = {silent_run.target.name: "2026-11-18T12:00:00Z"}
    lines = lines_of(sample_run, silent_run, answered=known)
    answered = {line["target"]: line["answered"] for line in lines}
    assert answered == {sample_run.target.name: sample_run.ended, **known}
    assert {line["answered"] for line in lines_of(silent_run)} == {""}


def test_french_titles_and_reasons_and_machine_words_for_states(sample_run: Run) -> None:
    line = next(line for line in lines_of(sample_run, language="fr") if line["check"] == "DSK-01")
    assert line["title"] == "Tous les volumes contenant des données sont chiffrés"
    assert line["state"] == "fail"


def test_a_run_without_results_is_a_line_that_says_so(make_run: MakeRun) -> None:
    (line,) = lines_of(make_run([]))
    assert (line["state"], line["check"]) == ("error", "")
    assert "No check was run" in line["reason"]


def test_no_cell_is_a_formula(make_run: MakeRun, make_result: MakeResult) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1"]
    lines = lines_of(make_run([make_result(check=f"X-{n}", reason=Text(text, text)) for n, text in enumerate(texts)]))
    assert len(lines) == len(texts)
    assert all(line["reason"].startswith("'") or not line["reason"].strip().startswith("=") for line in lines)
    assert lines[0]["reason"].startswith("'=1+1")


@given(st.text(max_size=40))
def test_no_text_changes_the_structure(poison_run: Callable[[str], Run], poison: str) -> None:
    run = poison_run(poison)
    lines = lines_of(run)
    assert len(lines) == len(run.results)
    for line in lines:
        assert None not in line
        assert None not in line.values()
        assert not any(value.lstrip()[:1] in {"=", "+", "-", "@"} for value in line.values() if value.lstrip())
