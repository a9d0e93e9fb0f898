"""``rempart checks coverage --profile-of``: four figures a profile, and what is not answered by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rempart_controller.commands.main import main

Capture = pytest.CaptureFixture[str]
ANSWERS = """
answers:
  ssg:
    rule_full: {item: "%"}
    rule_lax: {item: "%", when: {least: {min: 2}}}
    rule_choice: {item: "%", choice: true}
    rule_part: {item: "%", part: {en: keys, fr: clés}}
"""


@pytest.fixture
def profiles(root: Path, tmp_path: Path) -> str:
    check = root / "testing/tst-01-one.yaml"
    text = check.read_text(encoding="utf-8")
    check.write_text(text.rstrip() + ANSWERS, encoding="utf-8")
    profile = root / "profiles/strict.yaml"
    profile.write_text("title: {en: a, fr: b}\nchecks: [TST-01]\nparameters: {TST-01: {least: 2}}\n", encoding="utf-8")
    other = root / "profiles/other.yaml"
    other.write_text("title: {en: a, fr: b}\nchecks: [TST-02]\n", encoding="utf-8")
    file = tmp_path / "peers.json"
    rules = ["rule_full", "rule_lax", "rule_choice", "rule_part", "rule_none"]
    file.write_text(json.dumps({"os/a": rules, "os/b": ["rule_none"]}))
    return str(file)


def run(capsys: Capture, *words: str) -> tuple[int, list[str]]:
    status = main(["checks", "coverage", "--profile-of", "ssg", *words])
    return status, [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_each_profile_has_a_line_with_four_figures(profiles: str, capsys: Capture) -> None:
    assert run(capsys, profiles) == (
        0,
        ["profile rules in full in part by choice not answered share", "os/a 5 1 2 1 1 40 %", "os/b 1 0 0 0 1 0 %"],
    )


def test_a_profile_of_ours_counts_what_it_selects_with_its_values(profiles: str, capsys: Capture) -> None:
    assert run(capsys, profiles, "--only", "os/a", "--profile", "strict")[1][1] == "os/a 5 2 1 1 1 60 %"
    assert run(capsys, profiles, "--only", "os/a", "--profile", "other")[1][1] == "os/a 5 0 0 0 5 0 %"


def test_the_share_that_is_asked_for_decides_the_exit_status(profiles: str, capsys: Capture) -> None:
    assert run(capsys, profiles, "--only", "os/a", "--at-least", "40")[0] == 0
    assert run(capsys, profiles, "--only", "os/a", "--at-least", "41")[0] == 1
    assert run(capsys, profiles, "--at-least", "40")[0] == 1  # the other profile stays below


def test_what_is_missing_is_listed_with_the_reason(profiles: str, capsys: Capture) -> None:
    assert run(capsys, profiles, "--only", "os/a", "--missing", "--lang", "fr")[1] == [
        "profil règles en entier en partie par choix sans réponse part",
        "os/a 5 1 2 1 1 40 %",
        "en partie rule_lax (TST-01 valeurs moins strictes : least)",
        "en partie rule_part (TST-01 clés)",
        "sans réponse rule_none",
    ]


def test_json_has_a_line_for_each_profile(profiles: str, capsys: Capture) -> None:
    facts = json.loads(run(capsys, profiles, "--only", "os/a", "--missing", "--json", "--lang", "en")[1][0])
    assert {name: facts[name] for name in ("rules", "full", "part", "choice", "not_answered", "share")} == {
        "rules": 5,
        "full": 1,
        "part": 2,
        "choice": 1,
        "not_answered": 1,
        "share": 40,
    }
    assert facts["missing"][0] == {
        "rule": "rule_lax",
        "status": "part",
        "checks": [{"id": "TST-01", "item": "%", "not_asked": "laxer values: least"}],
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--profile-of", "sgs", "{}"], 'there are no rules of "sgs"'),
        (["--profile-of", "ssg", "{}", "--only", "os/aa"], 'has no profile "os/aa": did you mean "os/a"'),
        (["--profile-of", "ssg", "{}", "--profile", "strickt"], 'did you mean "strict"?'),
        (["--profile-of", "ssg", "{}", "--framework", "house"], "give one"),
        (["--profile-of", "ssg", "{}.none"], "peers.json.none"),
        (["--missing"], "--missing needs --profile-of"),
    ],
)
def test_what_cannot_be_answered_is_refused(profiles: str, capsys: Capture, words: list[str], said: str) -> None:
    assert main(["checks", "coverage", *(word.replace("{}", profiles) for word in words)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("percent", ["101", "-1", "1.5", "٣", "0000101"])
def test_a_percentage_that_is_none_is_refused(profiles: str, percent: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["checks", "coverage", "--profile-of", "ssg", profiles, f"--at-least={percent}"])
    assert caught.value.code == 2


def test_every_rule_is_listed_with_the_checks_and_rows_that_show_it(profiles: str, capsys: Capture) -> None:
    assert run(capsys, profiles, "--only", "os/a", "--rules", "--lang", "en")[1][2:] == [
        "in full rule_full (TST-01 [%])",
        "in part rule_lax (TST-01 [%] laxer values: least)",
        "by choice rule_choice (TST-01 [%])",
        "in part rule_part (TST-01 [%] keys)",
        "not answered rule_none",
    ]
    facts = json.loads(run(capsys, profiles, "--only", "os/a", "--rules", "--json", "--lang", "en")[1][0])
    assert [one["status"] for one in facts["answers"]] == ["full", "part", "choice", "part", "not_answered"]
    assert facts["answers"][3]["checks"] == [{"id": "TST-01", "item": "%", "not_asked": "keys"}]
    assert "missing" not in facts
