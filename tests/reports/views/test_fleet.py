"""The fleet summed up: verdict, order, silence, age and coverage, and its Markdown."""

from __future__ import annotations

import io
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, State, TargetIdentity
from rempart_core.text import Text
from rempart_reports.formats.markdown import Report
from rempart_reports.views.fleet import Fleet, describe_answer, sort_checks
from rempart_reports.views.host import judge
from rempart_reports.views.last_known import Known
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def fleet_of(*runs: Run, **options: object) -> Fleet:
    fleet = Fleet(Options(**options))  # type: ignore[arg-type]
    for run in runs:
        fleet.add(run)
    fleet.finish()
    return fleet


def written(*runs: Run, **options: object) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def named(run: Run, name: str, **changes: object) -> Run:
    return run._replace(target=TargetIdentity(name, group="lyon"), **changes)  # type: ignore[arg-type]


def passing(make_run: MakeRun, make_result: MakeResult, name: str = "good") -> Run:
    return named(make_run([make_result(state=State.PASS), make_result(check="X-2", state=State.NOT_APPLICABLE)]), name)


def test_a_silent_host_is_no_success(make_run: MakeRun, make_result: MakeResult, silent_run: Run) -> None:
    fleet = fleet_of(passing(make_run, make_result), silent_run)
    verdict = fleet.judge()
    assert verdict.level == "partial"
    assert verdict.remarks == ("1 host did not answer.",)
    (silent,) = fleet.silent
    assert (silent.name, silent.level, silent.judged) == ("poste-099", "bad", 0)
    assert silent.silence == "the endpoint did not answer"
    assert fleet_of(silent_run).judge().headline == "Nothing could be judged."
    assert fleet_of(passing(make_run, make_result)).judge().level == "good"
    assert fleet_of(passing(make_run, make_result), make_run([])).judge().level == "partial"


def test_findings_below_the_threshold_do_not_make_it_bad(make_run: MakeRun, make_result: MakeResult) -> None:
    run = named(make_run([make_result(severity=Severity.LOW), make_result(check="P-1", state=State.PASS)]), "a")
    verdict = fleet_of(run, threshold=Severity.HIGH).judge()
    assert verdict.level == "good"
    assert verdict.remarks[0] == "Findings below the threshold (high) on 1 host."
    assert fleet_of(run).judge().level == "bad"


def test_coverage_is_what_was_judged_of_what_applies(sample_run: Run, make_run: MakeRun, silent_run: Run) -> None:
    host = fleet_of(sample_run).hosts[0]
    assert (host.judged, host.applicable) == (13, 18)  # 19, one of them not applicable; 2 errors and 3 not checked
    assert fleet_of(silent_run).hosts[0].applicable == 2


def test_how_old_an_answer_is(make_run: MakeRun, make_result: MakeResult, silent_run: Run) -> None:
    def answers(*runs: Run, **options: object) -> list[str]:
        return [describe_answer(host, "en") for host in fleet_of(*runs, **options).hosts]

    run = passing(make_run, make_result)
    now = "2026-11-25T13:05:00Z"
    assert answers(run, run._replace(started="2026-11-24T12:00:00Z"), generated=now) == [
        "5 minutes ago",
        "25 hours ago",
    ]
    assert answers(run._replace(started="2026-11-20T12:00:00Z"), generated=now) == ["5 days ago"]
    assert answers(run._replace(started="soon"), run._replace(started="2026-11-25"), generated=now) == ["–", "–"]
    assert answers(silent_run, generated=now) == ["no answer"]
    known = {"poste-099": "2026-11-18T12:00:00Z"}
    assert answers(silent_run, generated=now, answered=known) == ["last answer 7 days ago"]
    assert answers(run, run._replace(started="2026-11-25T10:00:00Z")) == ["0 minutes ago", "3 hours ago"]
    assert [host.name for host in fleet_of(run._replace(started="2026-11-20T12:00:00Z"), generated=now).old] == ["good"]


def test_checks_that_fail_on_most_hosts_come_first(make_run: MakeRun, make_result: MakeResult) -> None:
    runs = [
        named(make_run([make_result(check="A-1"), make_result(check="B-1", severity=Severity.LOW)]), "one"),
        named(make_run([make_result(check="A-1", state=State.PASS), make_result(check="B-1")]), "two"),
    ]
    first, second = sort_checks(fleet_of(*runs).checks.values())
    assert (first.check, first.kinds["fail"], first.severity, first.examples) == (
        "B-1", 2, Severity.CRITICAL, ["one", "two"],
    )  # fmt: skip
    assert (second.check, second.kinds["fail"], second.applicable) == ("A-1", 1, 2)


def test_markdown_of_a_fleet(sample_run: Run, silent_run: Run, make_run: MakeRun, make_result: MakeResult) -> None:
    old = passing(make_run, make_result)._replace(started="2026-11-01T00:00:00Z")
    text = written(old, silent_run, sample_run, generated="2026-11-25T14:00:00Z", head="a3f5")
    assert text.startswith("# Fleet audit report: 3 hosts\n\n**1 of 3 hosts with open findings (3 critical, 1 high).")
    assert "1 host did not answer. The audit is incomplete on 1 host.**" in text
    assert "coverage 66% · oldest answer 24 days ago" in text
    assert "head of the chain `a3f5`" in text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert "| `poste-042.lyon.example` | centre-lyon | 3 | 1 | 0 | 0 | 0 | 2 | 72% | 1 hour ago |" in rows
    assert "| `poste-099` | local | the endpoint did not answer | no answer |" in rows
    assert "| `good` | lyon | 24 days ago | 1 November 2026, 00:00 UTC |" in rows
    assert "| critical | **FWL-01** Host firewall filters incoming traffic, IPv4 and IPv6 | 1 of 3 |" in text


def test_markdown_of_a_fleet_in_french(sample_run: Run, silent_run: Run) -> None:
    text = written(sample_run, silent_run, language="fr")
    assert "# Rapport d’audit du parc\u00a0: 2 machines" in text
    assert "1 sur 2 machines avec des non-conformités ouvertes (3 critiques, 1 élevée)." in text
    assert "## Machines sans réponse (1)" in text


def test_long_lists_are_cut_and_say_so(make_run: MakeRun, make_result: MakeResult, silent_run: Run) -> None:
    runs = [named(make_run([make_result()]), f"host-{n:03}") for n in range(30)]
    runs += [named(silent_run, f"mute-{n:03}") for n in range(250)]
    text = written(*runs)
    assert text.count("\n| `host-") == 20
    assert "\n10 more\n" in text
    assert text.count("| `mute-") == 200
    assert "\n50 more\n" in text
    assert "30 of 280 | `host-000`" in text
    assert "25 more |" in text


@given(st.text(max_size=40))
def test_no_text_changes_the_structure(poison_run: Callable[[str], Run], poison: str) -> None:
    def shape(run: Run) -> list[str]:
        kept = run._replace(results=run.results[:7])
        tokens = MarkdownIt("gfm-like").parse(written(kept, kept))
        return [token.type for token in tokens]

    assert shape(poison_run(poison)) == shape(poison_run("x"))


def test_texts_of_a_fleet_are_harmless_in_a_log(hostile_run: Run, make_result: MakeResult) -> None:
    reason = Text("##vso[task.complete] [[ATTACHMENT|/etc/shadow]]", "x")
    silent = make_result(state=State.NOT_CHECKED, failure="silent", reason=reason, evidence=None)
    text = written(hostile_run, hostile_run._replace(results=[silent])).lower()
    assert "##vso[" not in text
    assert "[[attachment|" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def known_of(*severities: Severity) -> list[Known]:
    title = Text("A firewall <b>runs</b>", "Un pare-feu")
    return [Known(f"FWL-{n:02}", title, severity, "2026-11-01T00:00:00Z") for n, severity in enumerate(severities, 1)]


def test_the_last_known_findings_of_a_silent_host_count(
    make_run: MakeRun, make_result: MakeResult, silent_run: Run
) -> None:
    last = {"poste-099": known_of(Severity.CRITICAL, Severity.LOW), "new": None}
    options = {"known": last.get, "answered": {"poste-099": "2026-11-18T12:00:00Z"}}
    runs = (passing(make_run, make_result), silent_run, named(silent_run, "new"))
    fleet = fleet_of(*runs, **options)
    verdict = fleet.judge()
    assert verdict.level == "bad"
    assert verdict.headline == "1 of 3 hosts with open findings (1 critical, 1 low)."
    assert (
        "1 of them gave no answer and are counted by their last known findings (1 critical, 1 low)." in verdict.remarks
    )
    assert "1 host never answered: nothing is known of it." in verdict.remarks
    text = written(*runs, fleet=True, generated="2026-11-25T13:00:00Z", **options)
    assert "1 critical, 1 low" in text
    assert "unknown: it never answered" in text
    french = fleet_of(*runs, language="fr", **options).judge()
    assert any("dernières non-conformités connues" in remark for remark in french.remarks)


def test_with_silent_hosts_nobody_says_that_no_host_has_a_finding(
    make_run: MakeRun, make_result: MakeResult, silent_run: Run
) -> None:
    for language in ("en", "fr"):
        fine = fleet_of(passing(make_run, make_result), language=language).judge()
        part = fleet_of(passing(make_run, make_result), silent_run, language=language).judge()
        assert fine.headline in ("No host has an open finding.", "Aucune machine n’a de non-conformité ouverte.")
        assert fine.headline != part.headline
        assert "1 " in part.headline
        assert part.level == "partial"


def test_complete_is_not_said_beside_a_check_that_was_not_judged(make_run: MakeRun, make_result: MakeResult) -> None:
    """None of them counts for the exit status, and yet nobody saw them."""
    for state, failure in ((State.NOT_CHECKED, "not_observable"), (State.ERROR, "timeout")):
        unjudged = make_result(check="X-3", state=state, failure=failure, severity=Severity.LOW)
        run = named(make_run([make_result(state=State.PASS), unjudged]), "one")
        assert fleet_of(run, threshold=Severity.HIGH).judge().remarks == ("1 check was not judged.",)
        assert judge(run, Severity.HIGH, "en").remarks == ("1 check was not judged.",)
        assert "complet" not in " ".join(judge(run, Severity.HIGH, "fr").remarks)
    part = named(make_run([make_result()._replace(incomplete=True)]), "one")
    assert fleet_of(part).judge().remarks == ("1 finding was seen in part: it may be larger.",)
    assert judge(part, Severity.LOW, "en").remarks == ("1 finding was seen in part: it may be larger.",)
    run = named(make_run([make_result(state=State.PASS)]), "one")
    assert judge(run, Severity.HIGH, "en").remarks == ("The audit is complete.",)


def test_nothing_open_is_said_of_what_was_judged_only(make_run: MakeRun, make_result: MakeResult) -> None:
    """Five of eighty-one checks were judged when somebody pressed Ctrl-C: the machine is not fine."""
    gap = make_result(check="X-3", state=State.NOT_CHECKED, failure="interrupted")
    run = named(make_run([make_result(state=State.PASS), gap]), "one")
    for one in (run, run._replace(unfinished=Text("stopped", "arrêté"))):
        for language, wrong in (("en", "Nothing is open."), ("fr", "Aucune non-conformité ouverte.")):
            assert wrong not in judge(one, Severity.LOW, language).headline
            assert "No host has an open finding." not in fleet_of(one).judge().headline
        assert fleet_of(one).judge().level == "partial"
    whole = named(make_run([make_result(state=State.PASS)]), "one", unfinished=Text("stopped", "arrêté"))
    cut = fleet_of(whole).judge()
    assert cut.level == "partial"
    assert "The audit is complete." not in cut.remarks
    assert fleet_of(named(make_run([gap]), "one")).judge().level == "bad"  # nothing was judged
    assert judge(run._replace(unfinished=Text("stopped", "")), Severity.LOW, "en").headline.startswith(
        "INTERRUPTED: stopped."
    )


def test_the_organisation_is_no_host(make_run: MakeRun, make_result: MakeResult) -> None:
    host = make_run([make_result(state=State.FAIL)])
    own = host._replace(target=TargetIdentity("Example", platform="organisation"))
    assert fleet_of(host, own).judge().headline.startswith("1 of 1 host and the organisation with open findings")
    assert (
        fleet_of(make_run([make_result(state=State.PASS)]), own)
        .judge()
        .headline.startswith("0 of 1 host and the organisation")
    )
    assert written(host, own, fleet=True).startswith("# Fleet audit report: 1 host and the organisation\n")
    assert fleet_of(host, own, language="fr").tell_size() == "1 machine et l’organisation"
