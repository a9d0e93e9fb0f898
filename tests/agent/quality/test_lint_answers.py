"""A rule that is answered in full is proved by cases: nothing is claimed that no case shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_agent.quality.lint import lint
from rempart_core.content.checkfile import read_checks

CHECK = """\
id: ACME-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
parameters:
  closed: {type: text, default: "0600"}
platforms:
  linux:
    privilege: user
    query: |
      SELECT path AS item, mode AS observed, :closed AS expected, mode = :closed AS ok
      FROM file WHERE path IN ('/etc/x', '/etc/y')
remediation: {disruption: manual, manual: {en: a, fr: b}}
answers:
  ssg:
    rule_x: {item: /etc/x, when: {closed: {is: "0600"}}}
    rule_y: {item: /etc/y, part: {en: owner, fr: propriétaire}}
"""
SOUND = """\
cases:
  - {name: closed, tables: {file: [{path: /etc/x, mode: "0600"}]}, expect: pass}
  - {name: open, tables: {file: [{path: /etc/x, mode: "0644"}]}, expect: fail, breaks: [ssg:rule_x]}
  - {name: none, tables: {}, expect: error}
"""
OWN = 'tables: {file: [{path: /etc/x, mode: "'


def lint_with(folder: Path, cases: str = SOUND, check: str = CHECK) -> list[str]:
    (folder / "area").mkdir()
    (folder / "foreign").mkdir()
    (folder / "foreign/ssg.txt").write_text("rule_x\nrule_y\n")
    (folder / "area/acme-01-x.yaml").write_text(check)
    (folder / "area/acme-01-x.test.yaml").write_text(cases)
    return [str(one) for one in lint(read_checks([str(folder)]), [str(folder)])]


def test_a_rule_that_is_broken_and_shown_is_sound(tmp_path: Path) -> None:
    assert lint_with(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (", breaks: [ssg:rule_x]", "", "x.yaml:18:5: ", "no failing case breaks it"),
        ('[{path: /etc/x, mode: "0600"}]', '[{path: /etc/y, mode: "0600"}]', "x.yaml:18:5: ", "no passing case"),
        ('mode: "0644"}', 'mode: "0644"}, {path: /etc/y, mode: "0644"}', "x.test.yaml:3: ", "other rows too (/etc/y)"),
        ("breaks: [ssg:rule_x]", "breaks: [ssg:rule_x, ssg:rule_z]", "x.test.yaml:3: ", "does not answer"),
        (", breaks", ', parameters: {closed: "0666"}, breaks', "x.test.yaml:3: ", "that the answer (when) does not"),
        (
            f"name: closed, {OWN}0600",
            f'name: closed, parameters: {{closed: "0666"}}, {OWN}0666',
            "x.yaml:18:5: ",
            "no p",
        ),
    ],
)
def test_what_proves_nothing_is_refused(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    assert SOUND.count(old) == 1 or old == ", breaks"
    found = lint_with(tmp_path, SOUND.replace(old, new))
    assert any(place in one and message in one for one in found), found


def test_a_rule_that_is_not_known_is_refused_with_the_one_that_is_meant(tmp_path: Path) -> None:
    found = lint_with(tmp_path, SOUND.replace("rule_x", "rulle_x"), CHECK.replace("rule_x", "rulle_x"))
    assert [one for one in found if 'x.yaml:18:5: answers.ssg.rulle_x: ssg has no rule "rulle_x"' in one]
    assert 'did you mean "rule_x"' in found[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[ssg:rule_x]", "[rule_x]", '"rule_x" is not a rule: expected SCHEME:RULE'),
        ("expect: pass}", "expect: pass, breaks: [ssg:rule_x]}", "only a case that fails breaks a rule"),
        ("name: open,", "name: open, platform: darwin, family: rhel,", "darwin has no families"),
        ("name: open,", "name: open, family: gentoo,", "family: "),
    ],
)
def test_a_case_that_breaks_what_is_no_rule_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    found = lint_with(tmp_path, SOUND.replace(old, new))
    assert any(message in one for one in found), found
