"""``rempart server group``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.main import main


@pytest.fixture
def at(tmp_path: Path) -> list[str]:
    return ["--dir", a_directory(tmp_path)]


def _listed(at: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["server", "group", "list", "--json", *at]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_group_is_made_changed_and_removed(at: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    add = ["server", "group", "add", "laptops", "--profile", "workstation", "--param", "AGT-02.max_age_days=3"]
    assert main([*add, *at]) == 0
    assert main([*add, *at]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["server", "group", "set", "laptops", "--profile", "server", "--role", "server", *at]) == 0
    found = _listed(at, capsys)
    assert [(one["name"], one["profile"], one["role"], one["nodes"]) for one in found] == [
        ("laptops", "server", "server", 0)
    ]
    assert found[0]["parameters"]
    assert main(["server", "group", "set", "laptops", "--param", "", *at]) == 0
    assert _listed(at, capsys)[0]["parameters"] == []
    assert main(["server", "group", "list", *at]) == 0
    assert "laptops  server  0 machines\n  role: server\n" in capsys.readouterr().out
    assert main(["server", "group", "remove", "laptops", *at]) == 0
    assert _listed(at, capsys) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "x", "--profile", "none"], 'no profile "none"'),
        (["add", "../x", "--profile", "server"], "not a name of a group"),
        (["add", "x", "--profile", "server", "--param", "XXX-99.y=1"], "XXX-99"),
        (["set", "none", "--role", ""], 'no group "none"'),
        (["remove", "none"], 'no group "none"'),
    ],
)
def test_what_does_not_exist_is_said(
    at: list[str], words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["server", "group", *words, *at]) == 2
    assert said in capsys.readouterr().err
