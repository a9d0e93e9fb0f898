from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import fill
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_controller.commands.main import main
from rempart_store.store import Store


def _run(*arguments: str) -> int:
    return main(["report", *arguments])


def test_three_says_that_the_audit_is_incomplete_and_zero_that_it_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, page = str(tmp_path / "s.db"), str(tmp_path / "r.html")
    fill(place)
    assert _run("--store", place, "--html", page) == 3
    said = capsys.readouterr()
    assert said.out == f"written: {page}\n"
    assert "incomplete" in said.err
    assert "The audit is incomplete" in Path(page).read_text(encoding="utf-8")
    whole = str(tmp_path / "w.db")
    with Store.open(whole) as store:
        store.save([make_run("web", BEGINNING, [make_result("ACC-01")])])
    assert _run("--store", whole, "--html", page, "--lang", "fr") == 0
    assert "incomplet" not in Path(page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give at least one output"),
        (("--html", "r.html", "--sample", "0"), "--sample 0: give a number of hosts from 1"),
        (("--html", "r.html", "--sample", "many"), "give a number of hosts"),
        (("--html", "same", "--pdf", "same"), "same"),
        (("--html", "nowhere/r.html"), "nowhere"),
        (("--html", "r.html", "--store", "none.db"), "there is no store"),
    ],
)
def test_wrong_usage_is_said_and_nothing_is_written(
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(*arguments) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
