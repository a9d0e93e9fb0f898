"""Lint judges the cases of a check with sentences, and refuses what its rows can't say."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.spaces import plain

from rempart_agent.quality.lint import lint
from rempart_core.content.checkfile import read_checks

CHECK = """\
id: ACME-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
sentences:
  there: {en: "mode {mode}", fr: "mode {mode}"}
  absent: {en: absent, fr: absent}
  closed: {en: closed, fr: fermé}
platforms:
  linux:
    privilege: user
    query: |
      SELECT w.path AS item, iif(f.path IS NULL, 'absent', 'there') AS observed, 'closed' AS expected,
        coalesce(f.mode = '0600', 0) AS ok, f.mode AS mode
      FROM (SELECT '/etc/x' AS path) w LEFT JOIN file f ON f.path = w.path
remediation: {disruption: manual, manual: {en: a, fr: b}}
"""
CASES = """\
cases:
  - {name: closed, tables: {file: [{path: /etc/x, mode: "0600"}]}, expect: pass}
  - {name: missing, tables: {}, expect: fail}
"""


def lint_with(folder: Path, check: str = CHECK, cases: str = CASES) -> list[str]:
    (folder / "area").mkdir(exist_ok=True)
    (folder / "area/acme-01-x.yaml").write_text(check)
    (folder / "area/acme-01-x.test.yaml").write_text(cases)
    return [str(mistake.message) for mistake in lint(read_checks([str(folder)]), [str(folder)])]


def test_a_check_whose_rows_say_its_sentences_is_sound(tmp_path: Path) -> None:
    assert lint_with(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("'absent', 'there'", "'abssent', 'there'", 'observed names "abssent", which is no sentence: did you mean'),
        ("'closed' AS", "'mode ' || coalesce(f.mode, '') AS", 'expected names "mode"'),
        ("  absent: {", "  gone: {en: gone, fr: parti}\n  absent: {", "sentences.gone: no case says it"),
        (", f.mode AS mode", "", "tells the column mode, which the answer lacks"),
        ("f.mode AS mode", "NULL AS mode", 'the column mode, which is empty in the row of "/etc/x"'),
        ("f.mode AS mode", "f.mode AS mode, '/etc' AS label", 'label names "/etc"'),
        ("f.mode AS mode", "f.mode AS mode, '' AS said", "the column said is written by the verdict"),
    ],
)
def test_what_its_rows_can_not_say_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    told = lint_with(tmp_path, CHECK.replace(old, new))
    assert any(message in one for one in told), told


def test_a_word_goes_with_a_number_alone(tmp_path: Path) -> None:
    counted = CHECK.replace('"mode {mode}", fr: "mode {mode}"', '"{mode:a|b}", fr: "{mode:a|b}"')
    assert lint_with(tmp_path, counted) == []
    (told,) = lint_with(tmp_path, counted.replace("f.mode AS mode", "f.path AS mode"))
    assert "counts the column mode" in told


def test_every_row_of_a_case_is_held_not_the_first_few(tmp_path: Path) -> None:
    many = CHECK.replace("(SELECT '/etc/x' AS path)", "(WITH n(path) AS (VALUES :paths) SELECT path FROM n)").replace(
        "sentences:\n",
        "parameters:\n  paths: {type: rows, columns: [path], default: [[/etc/x]], title: {en: a, fr: b}}\nsentences:\n",
    )
    many = many.replace("'there')", "CASE w.path WHEN '/z' THEN 'wrong' ELSE 'there' END)")
    files = ", ".join(f'{{path: /{n}, mode: "0600"}}' for n in "abcdefghz")
    paths = ", ".join(f"[/{n}]" for n in "abcdefghz")
    more = f"  - {{name: many, parameters: {{paths: [{paths}]}}, tables: {{file: [{files}]}}, expect: pass}}\n"
    (told,) = lint_with(tmp_path, many, CASES + more)
    assert 'observed names "wrong"' in told


def test_the_cases_of_a_check_without_sentences_are_left_to_checks_test(tmp_path: Path) -> None:
    start, end = CHECK.index("sentences:"), CHECK.index("platforms:")
    for key in ("", "sentences: none\n"):
        assert lint_with(tmp_path, CHECK[:start] + key + CHECK[end:]) == []


def test_lint_speaks_french(tmp_path: Path) -> None:
    unsaid = CHECK.replace("  absent: {", "  gone: {en: gone, fr: parti}\n  absent: {").replace(
        "'absent', '", "'abssent', '"
    )
    lint_with(tmp_path, unsaid)
    told = "\n".join(plain(mistake.say("fr")) for mistake in lint(read_checks([str(tmp_path)]), [str(tmp_path)]))
    assert "cas « missing » : observed nomme « abssent », qui n’est pas une phrase : vouliez-vous dire" in told
    assert "sentences.gone : aucun cas ne la dit : écrivez-en un, ou retirez-la" in told
