"""A backup is all of a server, made while it works, for its owner alone."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest
from rempart_testing.server import a_context

from rempart_core.error import UsageError
from rempart_server.backup import back_up


def test_it_holds_the_files_and_every_table_and_ends_with_the_digest(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        Path(context.settings.directory, "half.tmp").write_text("x", encoding="utf-8")
        os.mkfifo(Path(context.settings.directory, "pipe"))
        made = back_up(context, str(tmp_path / "b"))
        assert made.size == (tmp_path / "b").stat().st_size
        assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    lines = gzip.decompress((tmp_path / "b").read_bytes()).splitlines(keepends=True)
    data = [json.loads(line) for line in lines]
    assert data[0]["schema"] == "rempart.server-backup/1"
    assert {one["file"] for one in data if "file" in one} == {
        "ca.key",
        "ca.pem",
        "server.key",
        "server.pem",
        "server.yaml",
        "signing.key",
    }
    assert {"run", "link", "server_node", "server_event"} <= {one["table"] for one in data if "table" in one}
    digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    assert data[-1] == {"lines": len(lines) - 1, "sha256": digest}


def test_one_that_can_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        (tmp_path / "b").mkdir()
        with pytest.raises(UsageError):
            back_up(context, str(tmp_path / "b"))
        with pytest.raises(UsageError):
            back_up(context, str(tmp_path / "away" / "b"))
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".tmp")] == []


def test_an_older_one_is_replaced_only_by_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_context(tmp_path) as context:
        (tmp_path / "b").write_bytes(b"older")
        monkeypatch.setattr("rempart_server.backup.dump", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            back_up(context, str(tmp_path / "b"))
        assert (tmp_path / "b").read_bytes() == b"older"
        monkeypatch.undo()
        back_up(context, str(tmp_path / "b"))
        assert (tmp_path / "b").read_bytes() != b"older"
