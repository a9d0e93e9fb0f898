"""The end of a run: counts are said once, and each reason why something was not judged."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, State
from rempart_core.text import Text
from rempart_reports.views.host import judge, sort_out
from rempart_reports.views.options import Options
from rempart_reports.views.run_end import tell_end, tell_unjudged

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def told(run: Run) -> list[str]:
    return list(tell_end(run, sort_out(run.results), judge(run, Severity.LOW, "en"), Options()))


def unseen(make_result: MakeResult, check: str, failure: str, reason: str) -> Result:
    return make_result(check=check, state=State.NOT_CHECKED, failure=failure, reason=Text(reason, reason))


def test_what_needs_root_says_what_to_do_and_other_reasons_are_counted(make_result: MakeResult) -> None:
    results = [
        unseen(make_result, "A-01", "privilege", "needs root"),
        unseen(make_result, "A-02", "privilege", "needs root"),
        unseen(make_result, "A-03", "not_walked", "the file systems were not walked"),
        make_result(check="A-04", state=State.ERROR),
    ]
    groups = sort_out(results)
    expected = "2 need root: run with sudo; A-03: the file systems were not walked"  # errors are told above
    assert tell_unjudged(groups, "en") == expected
    french = tell_unjudged(groups, "fr").replace("\u00a0", " ").replace("\u202f", " ")
    assert french.startswith("2 demandent les droits de root : relancez avec sudo ; A-03 : ")
    assert tell_unjudged(sort_out([make_result()]), "en") == ""


def test_nothing_open_is_said_in_words_and_asks_for_nothing_more(make_run: MakeRun, make_result: MakeResult) -> None:
    assert told(make_run([make_result(state=State.PASS)])) == ["Nothing is open. The audit is complete."]


def test_a_finding_that_no_role_fixes_has_no_plan(make_run: MakeRun, make_result: MakeResult) -> None:
    result = make_result()
    by_hand = result._replace(remediation=result.remediation._replace(disruption="manual"))
    assert told(make_run([by_hand]))[-1] == "Next: rempart checks show FWL-01"
    assert told(make_run([result]))[-1] == "Next: rempart plan -i INVENTORY"


def test_an_audit_that_was_cut_short_says_so_where_there_are_findings_too(
    make_run: MakeRun, make_result: MakeResult
) -> None:
    cut = make_run([make_result()], unfinished=Text("Ctrl-C", "Ctrl-C"))
    assert judge(cut, Severity.LOW, "en").headline in told(cut)[0]


def test_many_checks_of_one_reason_are_counted_and_a_few_named(make_result: MakeResult) -> None:
    def several(count: int) -> str:
        those = [unseen(make_result, f"A-{number}", "not_walked", "no walk") for number in range(count)]
        return tell_unjudged(sort_out(those), "en")

    assert (several(3), several(4)) == ("A-0, A-1, A-2: no walk", "4: no walk")


def test_where_to_start_names_each_fix_by_its_title(make_run: MakeRun, make_result: MakeResult) -> None:
    lines = told(make_run([make_result()]))
    title = make_result().title.en
    assert lines[lines.index("Start with:") + 1] == f"  FWL-01  {title}"


def test_what_proves_the_answers_stands_beside_the_verdict(make_run: MakeRun, make_result: MakeResult) -> None:
    plain = make_run([make_result(state=State.PASS)])
    assert "not signed" in told(plain._replace(proof="transport"))[0]
    assert "signed these results itself" in told(plain._replace(proof="endpoint"))[0]
    french = judge(plain._replace(proof="transport"), Severity.LOW, "fr").remarks
    assert any("ne sont pas signées" in remark for remark in french)
