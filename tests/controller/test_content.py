"""``rempart checks list`` and ``show``: what a profile selects, as it is judged there, and where a list comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.main import main

SITE = """\
title: {en: a, fr: b}
extends: server
only: {controls: {house: ["1.*"]}, severity: [high, low]}
severities: {TST-02: {severity: low, reason: {en: c, fr: d}}}
"""


def test_the_list_of_a_profile_shows_the_severity_in_force(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "profiles/site.yaml").write_text(SITE, encoding="utf-8")
    assert main(["checks", "list", "--profile", "site"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:2] for line in lines] == [["TST-01", "high"], ["TST-02", "low"]]


@pytest.mark.parametrize(
    ("key", "en", "fr"),
    [
        ("not_examined: {en: [a thing], fr: [une chose]}\n", "  a thing\n", "  une chose\n"),
        (
            "complete: {en: one file, fr: un fichier}\n",
            "  nothing: one file\n",
            "  rien\N{NO-BREAK SPACE}: un fichier\n",
        ),
        ("", "  the check does not say\n", "  la vérification ne le dit pas\n"),
    ],
)
def test_what_a_check_does_not_examine_is_shown(
    root: Path, capsys: pytest.CaptureFixture[str], key: str, en: str, fr: str
) -> None:
    file = root / "testing/tst-01-one.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("severity:", f"{key}severity:"), encoding="utf-8")
    for _ in range(2):  # from the cache, too
        assert main(["checks", "show", "TST-01"]) == 0
        assert f"\nNot examined\n{en}" in capsys.readouterr().out
        assert main(["checks", "show", "TST-01", "--lang", "fr"]) == 0
        assert f"\nNon examiné\n{fr}" in capsys.readouterr().out


def test_our_own_checks_can_be_made_to_say_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rempart_agent.quality import lint

    monkeypatch.setattr(lint, "SCOPE_REQUIRED", True)
    assert main(["checks", "lint", "TST-01"]) == 2
    assert "TST-01 does not say what it leaves out: write not_examined, or complete" in capsys.readouterr().err
    root.rename(tmp_path / "theirs")
    root.mkdir()
    (root / "frameworks").mkdir()
    main(["checks", "lint", "--checks-dir", str(tmp_path / "theirs"), "TST-01"])
    assert "what it leaves out" not in capsys.readouterr().err


def test_a_list_that_ages_is_shown_with_its_day_and_source(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data").mkdir()
    data = 'updated: "2026-11-20"\nsource: {en: the vendor, fr: l’éditeur}\nvalues: [one]\n'
    (root / "data/tools.yaml").write_text(data, encoding="utf-8")
    file = root / "testing/tst-01-one.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "parameters:\n", "parameters:\n  tools: {type: list, data: tools}\n"
    )
    file.write_text(text.replace("SELECT ", "SELECT 'x' IN (:tools) AS known, ", 1), encoding="utf-8")
    assert main(["checks", "show", "TST-01"]) == 0
    assert "    list tools, 2026-11-20: the vendor\n" in capsys.readouterr().out
    assert main(["checks", "show", "TST-01", "--lang", "fr"]) == 0
    assert "    liste tools, 2026-11-20\N{NO-BREAK SPACE}: l’éditeur\n" in capsys.readouterr().out
