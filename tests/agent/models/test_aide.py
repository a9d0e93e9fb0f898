"""AIDE's rules: which one holds for a file, as AIDE itself says it, and what is not plain."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.models import aide

PROGRAM = os.environ.get("REMPART_AIDE", "") or shutil.which("aide") or ""
TOOL = "/usr/sbin/auditctl"
# aide.conf as RHEL 9 ships it has such groups (its package aide-0.16)
GROUPS = "NORMAL = p+i+n+u+g+s+m+c+acl+selinux+xattrs+sha512\nCONTENT = sha512+ftype\n"


def _watch(text: str, path: str = TOOL) -> aide.Watch:
    return aide.look_up(aide.parse(text), path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/usr R\n", 1),
        ("/usr R\n/usr/sbin/auditctl p+sha512\n", 2),
        ("/usr/sbin/auditctl p\n/usr/sbin/auditctl p+sha512\n", 1),
        ("/usr/sbin f p\n/usr/sbin d R\n", 1),
        ("/usr/sbin/auditd R\n/usr/sbin/audit.*$ p\n", 2),
        ("/usr/sbin/auditctlx p\n", None),
        ("/sbin/auditctl p\n", None),
        ("/usr/sbin d p\n", None),
    ],
)
def test_the_rule_of_the_deepest_folder_holds(text: str, line: int | None) -> None:
    rule = _watch(text).rule
    assert (rule.line if rule else None) == line


@pytest.mark.parametrize("negative", ["!/usr", "!/usr/sbin/aud.*", "-/usr$", "-/usr/sbin d", "!/usr/sbin/auditctl f"])
def test_what_a_negative_rule_fits_is_left_out(negative: str) -> None:
    watch = _watch(f"/usr/sbin/auditctl p+sha512\n{negative}\n")
    assert watch.rule is None
    assert watch.excluded_by is not None


def test_groups_come_to_attributes() -> None:
    first, second, third = aide.parse(GROUPS + "/a NORMAL-acl+b\n/b R\n/c H+E\n")
    assert first.attributes == {"p", "i", "n", "u", "g", "s", "m", "c", "selinux", "xattrs", "sha512", "b"}
    assert {"acl", "xattrs", "p"} <= second.attributes
    assert "sha512" not in second.attributes
    assert third.attributes == {"sha512"}


@pytest.mark.parametrize(
    "text",
    [
        "@@include /etc/aide/more.conf\n",
        "@@x_include /etc/aide/aide.conf.d ^[a-z]+$\n",
        "@@ifdef X\n/usr R\n@@endif\n",
        "/usr @@{NOTHING}\n",
        "root_prefix=/mnt\n/usr R\n",
        "report_ignore_changed_attrs=acl\n/usr R\n",
        "ignore_list=p\n/usr R\n",
        "/usr NOGROUP\n",
        "/usr R # and why\n",
        "/usr\n",
        "!usr\n",
        "/usr f=ext4 R\n",
        "what is this\n",
    ],
)
def test_what_is_not_plain_is_not_guessed(text: str) -> None:
    with pytest.raises(aide.Unclear) as caught:
        aide.parse(f"\n{text}")
    assert caught.value.line > 1


def test_the_environment_of_programs_alone_is_no_rule() -> None:
    assert aide.parse("@@x_include_setenv PATH /bin\n") == []
    with pytest.raises(aide.Included) as caught:
        aide.parse("@@define D /etc/aide\n@@x_include @@{D}/more ^[a-z]+$ /mnt\n")
    assert (caught.value.place, caught.value.names, caught.value.line) == ("/etc/aide/more", "^[a-z]+$", 2)


@pytest.mark.parametrize(
    "rule",
    [
        "!/usr/(sbin|bin)",
        "!/usr/s?bin",
        "/usr/sbin/[a-z]+ p",
        "!/usr/sbin$",
        "=/usr/sbin$ R",
        "!/bin|/usr",
        "!/usr/sbi%6e",
    ],
)
def test_a_rule_that_could_decide_and_is_not_plain_is_not_guessed(rule: str) -> None:
    with pytest.raises(aide.Unclear):
        _watch(f"/usr/sbin/auditctl p\n{rule}\n")
    if "|" not in rule:
        assert _watch(f"/usr/sbin/auditctl p\n{rule}\n/etc p\n", "/etc/passwd").rule


def test_what_rhel_ships_is_plain() -> None:
    """Lines of the kinds that ``aide.conf`` of Fedora's and RHEL's package has."""
    text = (
        "@@define DBDIR /var/lib/aide\ndatabase_in=file:@@{DBDIR}/aide.db.gz\ngzip_dbout=yes\nreport_url=stdout\n"
        "ALLXTRAHASHES = sha1+rmd160+sha256+sha512+tiger\nEVERYTHING = R+ALLXTRAHASHES\n"
        "CONTENT_EX = sha512+ftype+p+u+g+n+acl+selinux+xattrs\nPERMS = p+u+g+acl+selinux+xattrs\n"
        "/boot   CONTENT_EX\n/usr    CONTENT_EX\n!/usr/src\n!/usr/tmp\n/root/\\..* PERMS\n!/etc/.*~\n"
        "/etc/hosts$ EVERYTHING\n"
        "/usr/sbin/auditctl p+i+n+u+g+s+b+acl+xattrs+sha512\n"
    )
    rule = _watch(text).rule
    assert rule is not None
    assert {"p", "i", "n", "u", "g", "s", "b", "acl", "xattrs", "sha512"} == rule.attributes
    other = _watch(text, "/usr/sbin/auditd").rule
    assert other is not None
    assert other.expression == "CONTENT_EX"


def test_variables_are_put_in() -> None:
    assert _watch("@@define DIR /usr/sbin\n@@{DIR}/auditctl p\n").rule


_PATTERN_WORDS = (
    "/ /usr /usr/ /usr/sbin /usr/sbin/ /usr/sbin/auditctl /usr/sbin/auditctl$ /usr/.* /usr/s.*n/aud /usr/sbin/.* /us "
    "/usr/sbin/audi.ctl /etc /usr/sbin$ /usr$ /usr/sbin/a /usr/%73bin/auditctl /usr/sbin\\/audit /usr/sbin/(audit|x) "
    "/usr/sbin/[a-z]+ /usr/sbi?n /etc/pass.d$ /usr/sbin/auditctlx /.* /.*/auditctl$ /usr/sbin/aud\\. /b|/usr /usr%2E*"
)
_PATTERNS = st.sampled_from(_PATTERN_WORDS.split())
_RULES = st.tuples(
    st.sampled_from(["", "", "", "=", "!", "-"]),
    _PATTERNS,
    st.sampled_from(["", "", " f", " d", " f,d", " l"]),
    st.sampled_from(["p", "p+sha512", "NORMAL", "NORMAL-acl", "R", "L-p", "X+b", "H"]),
)


@pytest.mark.skipif(not PROGRAM, reason="aide is not installed, and REMPART_AIDE names none")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_RULES, min_size=1, max_size=6), st.sampled_from([TOOL, "/sbin/auditd", "/etc/passwd"]))
def test_aide_says_the_same(tmp_path: Path, rules: list[tuple[str, str, str, str]], path: str) -> None:
    lines = [f"{kind}{one}{types}" + ("" if kind in {"!", "-"} else f" {held}") for kind, one, types, held in rules]
    text = f"database_in=file:{tmp_path}/db\n{GROUPS}" + "\n".join(lines) + "\n"
    (tmp_path / "aide.conf").write_text(text)
    command = [PROGRAM, "-c", str(tmp_path / "aide.conf"), f"--path-check=f:{path}"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    try:
        rule = _watch(text, path).rule
    except aide.Unclear:
        return
    found = re.search(r"^\[x\] .*?: '\S+ \S+ (\S+)' \(.*?:(\d+):", told, re.MULTILINE)
    assert (rule.line if rule else None) == (int(found[2]) if found else None), told
    if rule and found:
        exact = {"p", "i", "n", "u", "g", "s", "b", "acl", "xattrs", "sha512"}
        assert rule.attributes & exact == set(found[1].split("+")) & exact


@given(st.text(), st.text("/usrbin.*$\\[(!=- +pR@{}\n"))
def test_any_text_is_rules_or_unclear(text: str, near: str) -> None:
    for one in (text, near, "/usr/sbin/auditctl p\n" + near):
        try:
            aide.look_up(aide.parse(one), TOOL)
        except aide.Unclear:
            continue


def test_no_pattern_takes_long() -> None:
    assert _watch("/" + ".*" * 20_000 + "x p\n").rule is None
