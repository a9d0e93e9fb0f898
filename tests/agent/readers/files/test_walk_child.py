"""The child process that walks: what it says comes back as it was, and it ends in time."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.children import go_on, is_ours

from rempart_agent.readers.files import walk
from rempart_agent.readers.files.volume import Plan, Volume
from rempart_agent.readers.files.walk_child import in_child
from rempart_agent.readers.files.walk_entry import Judge
from rempart_agent.said import Why
from rempart_agent.source.contract import SourceError


def test_reasons_come_back_as_sentences(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    (tmp_path / "y").write_text("")
    plan = Plan((Volume(str(tmp_path), "ext4"),), (), frozenset())
    found, (seen,) = in_child(plan, str(tmp_path), walk.Bounds(1, 60), Judge())
    assert found == []
    assert isinstance(seen["skipped_why"], Why)
    assert seen["skipped_why"] == "more than 1 entries"


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: list[int]) -> None:
    class Hanging(walk.Walk):
        def run(self) -> None:
            go_on()

    monkeypatch.setattr(walk, "Walk", Hanging)
    with pytest.raises(SourceError, match="did not end"):
        in_child(Plan((), (), frozenset()), str(tmp_path), walk.Bounds(1, 0.0), Judge(), patience=0.2)
    assert not is_ours(forked[0])


def test_a_child_that_breaks_off_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(walk.Walk):
        def run(self) -> None:
            raise SystemExit

    monkeypatch.setattr(walk, "Walk", Broken)
    with pytest.raises(SourceError, match="broke off"):
        in_child(Plan((), (), frozenset()), str(tmp_path), walk.Bounds(1, 60), Judge())
