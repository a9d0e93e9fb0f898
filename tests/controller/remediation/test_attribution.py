"""What got worse through somebody else is told apart by what the change touched; in doubt it was the change."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.run import make_result, make_run

from rempart_controller.remediation.attribution import find_culprit, find_reads, touches_of_act
from rempart_controller.remediation.outcome import find_regressions
from rempart_core.checkfile import read_checks
from rempart_core.fixfile import ANYTHING, find_touches
from rempart_core.result import Result, State

HERE = Path(__file__).resolve().parents[3]
SSHD = ["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d"]
# What fixes declare, as fixes.yml does; a fix that records its acts says it itself (touches_of_act).
FIXES = {
    "RMT-01": find_touches(SSHD, ["files", "after"]),
    "KRN-01": find_touches(["/etc/sysctl.d/zz-rempart-krn-01.conf"], ["files", "sysctls"]),
    "FWL-02": find_touches(["/etc/nftables.d"], ["files", "sysctls", "nftables"]),
    "ACC-07": find_touches([], ["accounts"]),
    "PAT-07": find_touches(["/etc/apt/sources.list"], ["files"]),
    "LOG-01": find_touches(["/etc/audit/rules.d"], ["trees", "packages"]),
    "PAT-01": find_touches([], []),
}
CHECKS = {check.id: check for check in read_checks([str(HERE / "checks")])}
BACKUP = "SELECT f.path AS item FROM (VALUES ('/var/backups/done')) w JOIN file f ON f.path = w.column1"


def ours(check: str, state: State = State.FAIL, items: tuple[str, ...] = ("x",)) -> Result:
    """Return a result of a check of ours, as it was asked."""
    return make_result(check, state, items, sql={"query": CHECKS[check].platforms["linux"].query})


@pytest.mark.parametrize(
    ("check", "state", "fixes", "other"),
    [
        ("PAT-03", State.FAIL, ["RMT-01", "KRN-01"], True),  # a repository that nobody has asked for a week
        ("PAT-03", State.ERROR, ["RMT-01"], True),
        ("PAT-03", State.FAIL, ["RMT-01", "LOG-01"], False),  # that one installs packages
        ("PAT-01", State.FAIL, ["PAT-07"], False),  # it edits the sources
        ("RMT-02", State.FAIL, ["RMT-01"], False),
        ("RMT-02", State.FAIL, ["KRN-01"], True),
        ("ACC-09", State.FAIL, ["ACC-07"], False),
        ("KRN-02", State.FAIL, ["FWL-02"], False),
        ("IDL-01", State.FAIL, ["RMT-01"], False),  # it reads what nobody knows beforehand
        ("RMT-02", State.FAIL, ["PAT-01"], False),  # an upgrade may touch anything
    ],
)
def test_a_check_that_reads_nothing_that_the_fixes_touch_was_made_worse_by_another(
    check: str, state: State, fixes: list[str], other: bool
) -> None:
    touched = frozenset().union(*(FIXES[fix] for fix in fixes))
    found = find_regressions({check: State.PASS}, make_run("web", 0, [ours(check, state)]), frozenset(), touched)
    assert (list(found.others), list(found.ours)) == (([check], []) if other else ([], [check]))
    if other:
        assert "made worse by another" in found.others[check].en
        assert check in found.others[check].fr


def test_a_backup_that_has_aged_is_no_fault_of_the_change() -> None:
    result = make_result("BKP-01", State.FAIL, ["last good backup"], sql={"query": BACKUP})
    assert find_reads(result) == {"/var/backups/done"}
    said = find_culprit(result, FIXES["RMT-01"])
    assert said is not None
    assert "/var/backups/done" in said.en
    assert find_culprit(result, frozenset({"/var/backups"})) is None


def test_files_that_are_named_by_the_finding_are_what_it_has_read() -> None:
    walk = make_result("FIL-03", State.FAIL, ["/srv/x", "/srv/y"], sql={"query": "SELECT path FROM rempart_walk"})
    assert find_reads(walk) == {ANYTHING}
    assert find_culprit(walk, frozenset({"/etc/ssh"})) is not None
    assert find_culprit(walk, frozenset({"/srv/x"})) is None
    assert find_culprit(walk._replace(evidence=None), frozenset({"/etc/ssh"})) is None


def test_without_a_statement_or_a_declaration_it_was_the_change() -> None:
    assert find_culprit(make_result("NEW-01", State.ERROR, sql={}), frozenset({"/etc/ssh"})) is None
    assert find_touches([], []) == {ANYTHING}
    assert find_touches([], ["packages"]) == {ANYTHING}
    assert ANYTHING in find_touches(["{{ rempart_values.x }}"], ["files"])
    assert find_touches(["/etc/a/*.conf"], ["files"]) == {"/etc/a"}


def test_an_act_says_what_it_touched() -> None:
    assert touches_of_act("file", "/etc/ssh/x.conf") == {"/etc/ssh/x.conf"}
    assert "accounts" in touches_of_act("account", "passwd:ann")
    assert touches_of_act("package", "auditd") == touches_of_act("run", "x") == {ANYTHING}
