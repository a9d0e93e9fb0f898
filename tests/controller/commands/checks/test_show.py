"""``rempart checks show``: a check as people read it, in their language, and its statements alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.main import main

Capture = pytest.CaptureFixture[str]
SENTENCES = 'sentences:\n  some: {en: "some: {people}", fr: "quelques-uns : {people}"}\nplatforms:'


def test_a_check_is_shown_in_french_with_the_spaces_of_french(root: Path, capsys: Capture) -> None:
    file = root / "testing/tst-01-one.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("platforms:", SENTENCES, 1), encoding="utf-8")
    assert main(["checks", "show", "TST-01", "--lang", "fr"]) == 0
    out = capsys.readouterr().out
    assert "  some\u00a0: quelques-uns\u00a0: {people}\n" in out
    assert "  house\u00a0: 1.1\n" in out
    assert "  élevée, testing, poste de travail, serveur, image, linux\n" in out
    assert main(["checks", "show", "TST-01", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "  some: some: {people}\n" in out
    assert "  house: 1.1\n" in out


def test_the_statements_alone_can_be_copied(root: Path, capsys: Capture) -> None:
    assert root.is_dir()
    assert main(["checks", "show", "TST-01", "--sql"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("-- TST-01 linux query\nSELECT 'accounts' AS item")
    assert ":least" not in out


def test_statements_for_a_system_that_the_check_does_not_ask_are_refused(root: Path, capsys: Capture) -> None:
    assert root.is_dir()
    assert main(["checks", "show", "TST-01", "--sql", "--platform", "windows"]) == 2
    assert "TST-01" in capsys.readouterr().err


def test_the_rules_of_others_that_it_answers_are_shown_with_their_rows(root: Path, capsys: Capture) -> None:
    file = root / "testing/tst-01-one.yaml"
    answers = 'answers:\n  ssg:\n    a_rule: {item: "root%"}\n'
    answers += '    b_rule: {item: "%", when: {least: {min: 2}}, part: {en: keys, fr: clés}}\n'
    file.write_text(file.read_text(encoding="utf-8").rstrip() + "\n" + answers, encoding="utf-8")
    assert main(["checks", "show", "TST-01", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "  ssg:a_rule [root%]  (in full)\n" in out
    assert "  ssg:b_rule [%]  (in part; keys; depends on the values of least)\n" in out
    assert main(["checks", "show", "TST-01", "--lang", "fr"]) == 0
    assert "  ssg:b_rule [%]  (en partie\u202f; clés\u202f; selon les valeurs de least)\n" in capsys.readouterr().out
    assert main(["checks", "show", "TST-02"]) == 0
    assert "ssg:" not in capsys.readouterr().out


def test_parameters_are_shown_as_a_person_writes_them_into_a_profile(capsys: Capture) -> None:
    assert main(["checks", "show", "ACC-16", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    masks = '["027"], ["037"], ["067"], ["077"], ["127"], ["137"], ["167"], ["177"]'
    assert f"  masks = [{masks}]  Masks that are accepted, of three octal digits\n" in out
    assert "  csh = 0 (0..1)  Also ask it" in out
    assert main(["checks", "show", "BOT-02", "--lang", "fr"]) == 0
    out = capsys.readouterr().out
    assert "\n  forbidden =  Arguments" in out
    assert '\n    - [nosmap, "*"]\n    - [nosmep, "*"]\n    - [selinux, "0"]\n' in out
    assert "['" not in out
