"""A bundle for an auditor: exported after later runs, it still ends in the head that a report names."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import ask, fill

from rempart_controller.commands.main import main
from rempart_controller.recording.user_key import load_key


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a store of four signed nights."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("REMPART_KEY", raising=False)
    store = str(tmp_path / "s.db")
    fill(store, key=load_key())
    return store


@pytest.mark.parametrize("at", ["2", "2023-11-15"])
def test_a_bundle_up_to_the_date_of_a_report_has_its_head(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str
) -> None:
    head, newest, bundle = ask(place, at=at)[0].head, ask(place)[0].head, str(tmp_path / "runs.zip")
    assert head != newest
    assert main(["export", "--store", place, "--until", at, "--out", bundle]) == 0
    assert head in capsys.readouterr().out
    public = load_key().public
    assert main(["verify", bundle, "--head", head, "--key", public]) == 0
    assert main(["verify", bundle, "--head", newest, "--key", public]) == 1


def test_before_the_first_run_nothing_is_written(place: str, tmp_path: Path) -> None:
    bundle = tmp_path / "runs.zip"
    assert main(["export", "--store", place, "--until", "2020-01-01", "--out", str(bundle)]) == 2
    assert not bundle.exists()
