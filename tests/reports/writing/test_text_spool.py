"""Text kept on disk under keys."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rempart_reports.writing import text_spool
from rempart_reports.writing.text_spool import Spool


def test_text_comes_back_in_order_whether_it_went_to_disk_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_spool, "BUFFER", 10)
    with Spool() as kept:
        for n in range(30):
            kept.add(("a", n % 3), f"é{n}\r\n")
        assert "".join(kept.read(("a", 1))) == "".join(f"é{n}\r\n" for n in range(1, 30, 3))
        assert list(kept.read("nothing")) == []


def test_nothing_stays_behind_and_nobody_else_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail() -> None:
        with Spool() as kept:
            kept.add("a", "x")
            assert list(kept.read("a")) == ["x"]
            (folder,) = tmp_path.iterdir()
            assert os.name == "nt" or folder.stat().st_mode & 0o77 == 0
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert list(tmp_path.iterdir()) == []
