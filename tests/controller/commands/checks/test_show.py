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
