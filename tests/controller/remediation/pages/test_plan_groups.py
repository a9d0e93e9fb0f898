"""A plan sorted for a reader: worst first, and what is alike together."""

from __future__ import annotations

from dataclasses import replace

from rempart_controller.remediation.pages.plan_groups import group_fixes, group_left, group_unjudged, read_diff
from rempart_controller.remediation.records.plan import FixPlan, LeftOut, PlannedFix, PlannedHost, Step

FIX = PlannedFix("RMT-01", "remote", ("a", "b"), "high", "lockout", "00", (), {}, (Step("t", "changed"),))
LEFT = LeftOut("DSK-01", ("a", "b"), "critical", "manual", ("do it", "à faire"))


def plan(*hosts: PlannedHost) -> FixPlan:
    return FixPlan("p-1", "2026-11-25T13:00:00Z", "ann@desk", (), "", hosts=hosts)


def test_fixes_go_worst_first_and_hosts_on_which_they_are_alike_together() -> None:
    worse = replace(FIX, check="ZZZ-01", severity="critical")
    other = replace(FIX, steps=())
    made = plan(
        *(PlannedHost(name, "g", fixes=fixes) for name, fixes in (("a", (FIX, worse)), ("b", (other,)), ("c", (FIX,))))
    )
    assert [[[name for name, _ in group] for group in alike] for alike in group_fixes(made)] == [
        [["a"]],
        [["a", "c"], ["b"]],
    ]


def test_what_is_left_is_told_once_a_reason() -> None:
    made = plan(
        PlannedHost("a", "g", left=(LEFT,), unjudged=("X-2", "X-1")),
        PlannedHost("b", "g", left=(LEFT, replace(LEFT, kind="waived")), unjudged=("X-1", "X-2")),
    )
    assert [[name for name, _ in some] for some in group_left(made, "manual", 0)] == [["a", "b"]]
    assert group_unjudged(made) == [(("a", "b"), ["X-1", "X-2"])]


def test_marks_of_place_are_no_lines_of_a_difference() -> None:
    assert read_diff(("--- /etc/a", "+++ /etc/a", "@@ -1 +1 @@", "-old", "+new")) == ("/etc/a", ["-old", "+new"])
    assert read_diff(("nothing",)) == ("", ["nothing"])


def test_what_a_difference_does_not_show_is_said_in_the_language_of_the_reader() -> None:
    hidden = ("--- /etc/shadow", "+++ /etc/shadow", "\\ hidden 2")
    assert read_diff(hidden) == ("/etc/shadow", ["2 lines changed, not shown: it may be secret"])
    assert read_diff(hidden, "fr")[1] == ["2 lignes modifiées, non montré\u00a0: peut-être un secret"]
    assert read_diff(("+changed, 1 lines, not shown", "-3 lines, not shown"), "fr")[1] == [
        "+modifié, 1 ligne, non montré",
        "-3 lignes, non montré",
    ]
    assert read_diff(("+a", "\\ more 12"), "fr")[1] == ["+a", "12 de plus"]
    assert read_diff(("\\ No newline at end of file", "\\ hidden x"))[1][1] == "\\ hidden x"
