"""What got worse through somebody else is told apart by what the change touched; in doubt it was the change."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.own_checks import own_checks
from rempart_testing.run import make_result, make_run

from rempart_controller.remediation.records.attribution import find_culprit, find_reads, touches_of_act, writes_for_sshd
from rempart_controller.remediation.records.outcome import find_regressions
from rempart_core.content.fixfile import ANYTHING, find_touches
from rempart_core.model.result import Evidence, Result, State

HERE = Path(__file__).resolve().parents[4]
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
CHECKS = {check.id: check for check in own_checks()}
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


def walk(*items: str, passing: tuple[str, ...] = (), cut: int = 0) -> Result:
    """Return what a search of the whole file system found, of which ``cut`` failing files are not named."""
    rows = [{"item": item, "ok": "0"} for item in items] + [{"item": item, "ok": "1"} for item in passing]
    evidence = Evidence(rows, len(items) + cut, 0, len(passing))
    return make_result("FIL-03", State.FAIL, evidence=evidence, sql={"query": "SELECT path FROM rempart_walk"})


@pytest.mark.parametrize(
    ("found", "other"),
    [
        (walk("/srv/x", passing=("/etc/ssh/sshd_config",)), True),  # what passes is no part of the finding
        (walk("/srv/x", "/etc/ssh/y"), False),
        (walk("/srv/x", cut=1), False),  # the one that is not named may be the change's
        (walk("/srv/x", cut=-1), False),  # counts that don't add up
        (walk(), False),
        (walk("/srv/x", "ann"), False),
        (walk("/srv/x of ann"), False),  # no path alone: the rest of it may be anything
    ],
)
def test_a_finding_is_known_by_its_files_only_where_it_names_them_all(found: Result, other: bool) -> None:
    assert (find_culprit(found, frozenset({"/etc/ssh"})) is not None) is other


def test_it_is_said_what_the_check_reads() -> None:
    files = find_culprit(walk("/srv/d", "/srv/c", "/srv/b", "/srv/a"), frozenset({"/etc/ssh"}))
    assert files is not None
    assert " reads /srv/a, /srv/b, /srv/c, which no fix" in files.en
    assert " lit /srv/a, /srv/b, /srv/c, qu’aucun " in files.fr
    accounts = make_result("ACC-01", State.FAIL, ["x"], sql={"query": "SELECT 1 FROM users"})
    said = find_culprit(accounts, frozenset({"sysctl"}))
    assert said is not None
    assert " reads /etc/group, /etc/passwd, /etc/shadow, which no fix" in said.en
    settings = make_result("KRN-01", State.FAIL, ["x"], sql={"query": "SELECT 1 FROM system_controls"})
    said = find_culprit(settings, frozenset({"/etc/ssh", "units"}))
    assert said is not None
    assert "KRN-01 reads title of KRN-01, which" in said.en
    assert "KRN-01 lit titre de KRN-01, qu’aucun " in said.fr


@pytest.mark.parametrize(
    ("statement", "reads"),
    [
        ("SELECT 1 FROM os_version, users", {"accounts", "/etc/passwd", "/etc/group", "/etc/shadow"}),
        ("SELECT 1 FROM os_version, file WHERE path = '/srv/x'", {"/srv/x"}),
        ("SELECT 1 FROM (VALUES ('/srv/x')) w JOIN file f ON f.path = w.column1 JOIN os_version", {"/srv/x"}),
        ("SELECT path FROM file", {ANYTHING}),
        ("SELECT path FROM file WHERE path LIKE '/srv/%.conf'", {"/srv"}),
        ("SELECT path FROM file WHERE path LIKE '/%'", {"/"}),
        # paths that it takes from elsewhere, beside one that it names
        ("SELECT 1 FROM users u JOIN file f ON f.path = u.directory WHERE f.path != '/srv/x'", None),
        ("SELECT 1 FROM file WHERE path = '/srv/x' OR path IN (SELECT value FROM json_each('[]'))", {ANYTHING}),
        ("SELECT 1 FROM nobody_knows_this WHERE path = '/srv/x'", {ANYTHING}),
    ],
)
def test_what_a_statement_reads(statement: str, reads: set[str] | None) -> None:
    found = find_reads(make_result("NEW-01", State.FAIL, sql={"query": statement}))
    assert found == reads if reads is not None else ANYTHING in found


def test_a_file_may_be_any_that_the_fixes_touch_where_only_the_root_is_known() -> None:
    result = make_result("NEW-01", State.FAIL, sql={"query": "SELECT path FROM file WHERE path LIKE '/%'"})
    assert find_culprit(result, frozenset({"/etc/ssh"})) is None


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


def unsure(*observed: str, failing: int = 0, state: State = State.ERROR, **more: str) -> Result:
    """Return a check of sshd that can't be judged, with what was seen."""
    rows = [{"item": "configuration in force", "observed": one, "ok": "", **more} for one in observed]
    rows += [{"item": "PermitRootLogin", "observed": "no", "ok": "1"}]
    evidence = Evidence(rows, failing, len(observed), 1)
    return make_result("RMT-01", state, evidence=evidence, sql={"query": CHECKS["RMT-01"].platforms["linux"].query})


UNREAD = "/etc/ssh/sshd_config changed after it was started or reloaded"


@pytest.mark.parametrize(
    ("result", "named"),
    [
        (unsure(UNREAD), "/etc/ssh/sshd_config"),
        (unsure("/etc/ssh/x changed after it started; nothing tells whether it was reloaded"), "/etc/ssh/x"),
        (unsure("sshd refuses /etc/ssh/sshd_config:3: an unknown option: Permitroot"), "/etc/ssh/sshd_config"),
        (unsure(UNREAD, UNREAD), "/etc/ssh/sshd_config"),
        (unsure(f"unknown: {UNREAD}", why=UNREAD), "/etc/ssh/sshd_config"),
        (unsure(UNREAD, "dropbear reads no sshd_config"), ""),  # that is another reason
        (unsure(UNREAD, "/etc/ssh/x changed after it was started or reloaded"), ""),
        (unsure(UNREAD, failing=1), ""),  # something fails too
        (unsure(UNREAD, state=State.FAIL), ""),
        (unsure(), ""),
    ],
)
def test_what_another_writes_for_sshd_after_it_has_read_ours_is_no_fault_of_the_change(
    result: Result, named: str
) -> None:
    touched = FIXES["RMT-01"]
    said = find_culprit(result, touched, sshd_read=True)
    assert (said is not None) is bool(named)
    if said is not None:
        assert f"RMT-01 can't be judged, since {named} was changed" in said.en
        assert f"RMT-01 ne peut être jugé, car {named} a été modifié" in said.fr
    assert find_culprit(result, touched, sshd_read=False) is None  # it may be ours that sshd has not read


@pytest.mark.parametrize(
    ("kind", "target", "writes"),
    [
        ("file", "/etc/ssh/sshd_config.d/00-rempart-rmt-01.conf", True),
        ("line", "/etc/ssh/sshd_config", True),
        ("file", "/etc/login.defs", False),
        ("package", "openssh-server", True),
        ("package", "auditd libauparse0", False),
        ("upgrade", "security", True),
    ],
)
def test_which_acts_write_what_sshd_reads(kind: str, target: str, writes: bool) -> None:
    assert writes_for_sshd(kind, target) is writes
