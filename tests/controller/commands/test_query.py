"""``rempart query``: rows of every host, and what a host's database says of a statement, as its own words."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from rempart_controller.commands.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def inventory(tmp_path: Path) -> str:
    file = tmp_path / "here.ini"
    file.write_text(f"here ansible_connection=local ansible_python_interpreter={sys.executable}\n", encoding="utf-8")
    file.chmod(0o600)
    return str(file)


def test_each_row_says_which_host_answered(inventory: str, capsys: Capture) -> None:
    assert main(["query", "-i", inventory, "--json", "SELECT 6 * 7 AS answer"]) == 0
    assert json.loads(capsys.readouterr().out) == {"host": "here", "row": {"answer": "42"}}


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "here: no such table: nope\n"), ("fr", "here\u00a0: «\u00a0no such table: nope\u00a0»\n")],
)
def test_the_words_of_a_database_are_quoted_in_french(
    inventory: str, language: str, told: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMPART_LANG", language)
    assert main(["query", "-i", inventory, "SELECT * FROM nope"]) == 1
    assert capsys.readouterr().err == told
