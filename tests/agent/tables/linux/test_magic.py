"""Table magic: of what type files are, as libmagic tells."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.real_osquery import NAMED, ask, embedded, told

from rempart_agent.source.contract import Constraint, Missing, NotObservable, Query, SourceError, Unfit
from rempart_agent.tables.linux import magic
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

THERE = pytest.mark.skipif(not any(Path(one).exists() for one in magic.DATABASES), reason="libmagic is not installed")


def _rows(op: str = "=", **asked: str) -> list[dict[str, Any]]:
    named = tuple(Constraint(column, op, tuple(value.split())) for column, value in asked.items())
    return [dict(row) for row in magic.rows(LiveTarget(), Query(frozenset(), named))]


@THERE
def test_types_are_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("plain words\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("text")
    text, link, absent = _rows(path=f"{tmp_path}/text {tmp_path}/link {tmp_path}/absent")
    assert (text["data"], text["mime_type"], text["mime_encoding"]) == ("ASCII text", "text/plain", "us-ascii")
    assert link["data"] == "symbolic link to text"
    assert "No such file" in absent["data"]
    assert text["magic_db_files"] == ":".join(magic.DATABASES)


@NAMED
@THERE
def test_osquery_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("plain é words\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("text")
    for path in (f"{tmp_path}/text", f"{tmp_path}/link", f"{tmp_path}/absent", str(tmp_path), "/bin/sh", "/dev/null"):
        sql = f"SELECT * FROM magic WHERE path = '{path}'"
        theirs = ask(sql)
        assert told(theirs) == told(embedded(LiveTarget(), sql))
        assert theirs


@THERE
def test_a_database_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="libmagic: "):
        _rows(path="/bin/sh", magic_db_files=str(tmp_path / "absent"))


def test_no_library_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(2, "not there")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    with pytest.raises(Missing, match="libmagic is not installed"):
        _rows(path="/bin/sh")


def test_paths_are_named_one_by_one(tmp_path: Path) -> None:
    with pytest.raises(Unfit):
        _rows("LIKE", path="/bin/%")
    with pytest.raises(NotObservable):
        list(magic.rows(RootTarget(str(tmp_path)), Query(frozenset(), (Constraint("path", "=", ("/x",)),))))
