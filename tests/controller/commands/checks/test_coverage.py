"""``rempart checks coverage``: every requirement is told, and what nothing contributes to is told too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rempart_controller.commands.main import main

Capture = pytest.CaptureFixture[str]


def test_each_requirement_has_what_contributes_to_it_worst_first(root: Path, capsys: Capture) -> None:
    assert main(["checks", "coverage", "--framework", "house"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "House rules (2)"
    assert "A check contributes to a requirement; it never satisfies one alone." in lines
    assert lines[5:] == [
        "supported 1.1 Accounts are known",
        "TST-02 critical linux check 2",
        "TST-01 high linux check 1",
        "ORG-01 organisational control Training",
        "organisational 1.2 People are trained",
        "ORG-01 organisational control Training",
        "not covered 1.10 Clocks agree (technical)",
        "not covered 2.1 Doors are closed (organisational)",
        "",
        "4 requirements: 1 supported by checks, 1 by organisational controls alone, 2 not covered (1 technical)",
    ]


def test_it_speaks_french(root: Path, capsys: Capture) -> None:
    main(["checks", "coverage", "--framework", "house", "--lang", "fr"])
    out = capsys.readouterr().out
    assert "Règles de la maison" in out
    assert "TST-02  critique" in out
    assert "Une vérification contribue à une exigence" in out
    assert "non couverte       1.10  Horloges d’accord (technique)" in out
    assert "mesure organisationnelle       Formation" in out


def test_as_json_each_requirement_is_a_line(root: Path, capsys: Capture) -> None:
    main(["checks", "coverage", "--framework", "house", "--json"])
    facts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["requirement"], one["kind"], one["status"], one["organisation"]) for one in facts] == [
        ("1.1", "technical", "supported", ["ORG-01"]),
        ("1.2", "organisational", "organisational", ["ORG-01"]),
        ("1.10", "technical", "not_covered", []),
        ("2.1", "organisational", "not_covered", []),
    ]
    check = {"id": "TST-02", "title": "check 2", "severity": "critical", "platforms": ["linux"]}
    assert facts[0]["checks"][0] == check


def test_without_a_framework_each_has_a_line(root: Path, capsys: Capture) -> None:
    (root / "frameworks/other.yaml").write_text((root / "frameworks/house.yaml").read_text(encoding="utf-8"), "utf-8")
    main(["checks", "coverage"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["house", "other"]
    assert "4 requirements: 0 supported by checks, 2 by organisational" in lines[1]
    main(["checks", "coverage", "--json"])
    facts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["framework"], one["requirements"], one["supported"], one["not_covered"]) for one in facts] == [
        ("house", 4, 1, 2),
        ("other", 4, 0, 2),
    ]


@pytest.mark.parametrize(("name", "said"), [("hose", 'did you mean "house"?'), ("organisation", "known here: house")])
def test_an_unknown_framework_is_refused_with_those_that_there_are(
    root: Path, capsys: Capture, name: str, said: str
) -> None:
    assert main(["checks", "coverage", "--framework", name]) == 2
    assert capsys.readouterr().err == f'rempart: there is no framework "{name}": {said}\n'


def test_a_check_that_names_what_the_framework_has_not_is_refused_by_lint(root: Path, capsys: Capture) -> None:
    file = root / "testing/tst-01-one.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('["1.1"]', '["1.11"]'), encoding="utf-8")
    assert main(["checks", "lint", "TST-01"]) == 2
    assert 'tst-01-one.yaml: controls.house: has no requirement "1.11": did you mean "1.1' in capsys.readouterr().err


def test_a_mistake_in_a_framework_is_told_by_lint(root: Path, capsys: Capture) -> None:
    (root / "frameworks/house.yaml").write_text("name: x\n", encoding="utf-8")
    assert main(["checks", "lint"]) == 2
    err = capsys.readouterr().err
    assert "house.yaml:1:7: name: expected both languages" in err
    assert "has no requirement" not in err
