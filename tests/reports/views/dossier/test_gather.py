from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import (
    BROKEN,
    CHECKS,
    CRITICAL,
    DAY,
    FIXED,
    HOSTILE,
    UNSEEN,
    WAIVED,
    ask,
    fill,
    make_dossier,
)

from rempart_core.model.check import ORGANISATION, Severity
from rempart_core.model.result import State
from rempart_reports.views.dossier.gather import gather, list_results


def test_the_numbers_are_those_of_the_last_answers(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now
    assert now.kinds == {
        "fail": 5, "pass": 1, "waived": 3, "error": 3, "not_checked": 3 + len(CHECKS), "not_applicable": 3,
    }  # fmt: skip
    assert (now.open[Severity.CRITICAL], now.open[Severity.HIGH]) == (3, 2)
    assert (now.judged, now.weighed, now.silent) == (9, 9 + 3 + 3 + len(CHECKS), 1)
    assert [one.check for one in now.findings] == [CRITICAL, FIXED]
    assert now.findings[0].hosts == (HOSTILE, "web-1", "web-2")
    assert now.findings[0].asked == 4
    (accepted,) = now.accepted
    assert (accepted.check, len(accepted.hosts), accepted.owner) == (WAIVED, 3, "CISO")
    assert {one.failure: (one.results, one.hosts) for one in now.unjudged} == {
        "silent": (len(CHECKS), 1),
        "timeout": (3, 3),
        "not_observable": (3, 3),
    }


def test_a_silent_host_is_a_gap_and_its_last_findings_are_told_apart(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now
    assert now.incomplete
    assert (now.recalled[Severity.CRITICAL], now.recalled[Severity.HIGH]) == (1, 1)
    (line,) = (line for line in now.hosts if line.state.silent)
    assert (line.state.name, sum(line.open.values())) == ("db-1", 0)


def test_what_passed_long_ago_counts_no_more_and_findings_stay(tmp_path: Path) -> None:
    """Else a host that nobody asks any more would pass for ever; ``risk`` leaves out the same."""
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, moment = ask(place)
    before = gather(moment, dossier.content)
    week, old = (gather(moment._replace(at=moment.at + days * DAY), dossier.content) for days in (7, 8))
    assert week.kinds == before.kinds
    assert (old.kinds.get("pass"), old.kinds["fail"]) == (None, before.kinds["fail"])
    assert {one.failure: one.results for one in old.unjudged}["old_answer"] == 1
    assert old.gaps == before.gaps + 1
    ((_, results), *_) = [
        one for one in list_results(moment._replace(at=old.at), dossier.content) if one[0].name == "web-1"
    ]
    assert not [one for _, one in results if one.state is State.PASS]


def test_a_requirement_says_on_how_many_hosts_it_could_not_be_judged(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now
    ((_, rows),) = now.requirements
    found = {one.name: one for one in rows}
    assert found["32(1)(a)"].verdict[0::3] == ("gap", 3)
    gap = found["32(1)(b)"]
    assert (gap.verdict.kind, gap.verdict.hosts, gap.verdict.unjudged) == ("gap", 2, 2)
    assert FIXED in gap.checks
    assert not {BROKEN, UNSEEN} & set(gap.checks)
    assert any(one.verdict.kind == "nothing" for one in rows)


def test_a_framework_that_no_check_supports_has_all_its_requirements(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, moment = ask(place, frameworks=("gdpr",))
    bare = dossier.content._replace(checks={})
    ((_, rows),) = gather(moment, bare).requirements
    assert len(rows) == len(bare.frameworks["gdpr"].requirements)
    assert {one.verdict.kind for one in rows} == {"nothing"}


def test_the_hosts_with_the_worst_findings_are_shown_and_the_organisation_never(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, moment = ask(place)
    shown = [one.state.name for one in dossier.now.shown]
    assert shown == [HOSTILE, "web-2", "web-1"]  # two findings, two, one; the silent one has none now
    assert len(dossier.now.shown[0].results) == len(CHECKS)
    hosts = tuple(one._replace(platform=ORGANISATION) if one.name == "web-2" else one for one in moment.hosts)
    without = gather(moment._replace(hosts=hosts), dossier.content)
    assert [one.state.name for one in without.shown] == [HOSTILE, "web-1", "db-1"]
    wanted = gather(moment, dossier.content, {"db-1"})
    assert [one.state.name for one in wanted.shown] == ["db-1"]
