"""How old an answer is, in the reports of one target."""

from __future__ import annotations

import io

import pytest

from rempart_core.model.result import Run
from rempart_reports.formats import markdown
from rempart_reports.formats.contract import Report
from rempart_reports.formats.html import page
from rempart_reports.views.last_answer import describe_age, tell_answer
from rempart_reports.views.options import Options


def test_the_age_of_an_answer_is_told_where_it_is_not_of_now(sample_run: Run, silent_run: Run) -> None:
    known = {silent_run.target.name: "2026-11-18T12:00:00Z"}
    at_once = Options(generated="2026-11-25T13:00:30Z", answered=known)
    later = at_once._replace(generated="2026-11-25T16:00:30Z")
    assert tell_answer(sample_run, at_once) == ""
    assert tell_answer(sample_run, later) == "3 hours ago"
    assert tell_answer(silent_run, later) == "last answer 7 days ago"
    assert tell_answer(silent_run, later._replace(language="fr")) == "dernière réponse il y a 7 jours"
    assert tell_answer(silent_run, Options()) == "no answer"


@pytest.mark.parametrize("form", [page.Report, markdown.Report])
def test_a_report_of_one_target_shows_it(form: type[Report], sample_run: Run, silent_run: Run) -> None:
    def written(run: Run) -> str:
        out = io.StringIO()
        form.write(iter([run]), out, Options(generated="2026-11-25T18:00:05Z"))
        return out.getvalue()

    assert "5 hours ago" in written(sample_run)
    assert "no answer" in written(silent_run)
    assert "minutes ago" not in written(sample_run._replace(ended="2026-11-25T18:00:00Z"))


@pytest.mark.parametrize("moment", ["", "soon", "2026-11-25", "2026-02-30T00:00:00Z"])
def test_what_is_no_moment_has_no_age(moment: str) -> None:
    assert describe_age(moment, 1e9, "en") == ""
