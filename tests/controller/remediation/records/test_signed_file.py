"""A file that only we can have written: of our key, of its kind, to the letter; and whole or not there."""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from rempart_controller.remediation.records import signed_file
from rempart_controller.remediation.records.signed_file import read_sealed, write_sealed
from rempart_core.error import RemediationError, UsageError
from rempart_core.signing.key import Key, load_key

KIND = "rempart.plan/1"
BODY = {"hosts": ["web", "é"], "n": 3, "none": None}


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


@pytest.fixture
def path(tmp_path: Path, key: Key) -> Path:
    path = tmp_path / "sealed.json"
    write_sealed(str(path), KIND, BODY, key)
    return path


def rewrite(path: Path, key: str = "", **changes: Any) -> None:
    """Change who signed a file, or what it says, without a key."""
    envelope = json.loads(path.read_text())
    if key:
        envelope["signatures"][0]["keyid"] = key
    if changes:
        statement = json.dumps({**json.loads(b64decode(envelope["payload"])), **changes})
        envelope["payload"] = b64encode(statement.encode()).decode()
    path.write_text(json.dumps(envelope))


def test_it_comes_back_and_is_private(path: Path, key: Key) -> None:
    assert read_sealed(str(path), KIND, key) == BODY
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(path.parent)) == ["key.pem", "sealed.json"]


def test_no_other_key_counts(path: Path, key: Key, tmp_path: Path) -> None:
    """Whether its digits come before ours or after."""
    seen = set()
    for number in range(64):
        other = load_key(str(tmp_path / f"{number}.pem"))
        seen.add(other.public < key.public)
        write_sealed(str(path), KIND, BODY, other)
        said = f"signed with another key ({other.public[:16]}…); ours is {key.public[:16]}…"
        with pytest.raises(UsageError, match=re.escape(said)):
            read_sealed(str(path), KIND, key)
        rewrite(path, key=key.public)
        with pytest.raises(UsageError, match="changed after it was signed"):
            read_sealed(str(path), KIND, key)
        if len(seen) == 2:
            return


@pytest.mark.parametrize("kind", ["rempart.plan/0", "rempart.plan/2", "rempart.change/1", "x" * 60])
def test_no_other_kind_counts(path: Path, key: Key, kind: str) -> None:
    write_sealed(str(path), kind, BODY, key)
    with pytest.raises(UsageError, match=re.escape(f'expected {KIND}, found "{kind[:59]}')):
        read_sealed(str(path), KIND, key)
    rewrite(path, schema=KIND)
    with pytest.raises(UsageError, match="changed after it was signed"):
        read_sealed(str(path), KIND, key)


@pytest.mark.parametrize("body", [None, {}, [], {**BODY, "n": 4}, 1 << 60, float("inf"), "\ud800"])
def test_another_body_was_changed_after_it_was_signed(path: Path, key: Key, body: Any) -> None:
    rewrite(path, body=body)
    with pytest.raises(UsageError, match="changed after it was signed"):
        read_sealed(str(path), KIND, key)


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"{}", b"\xff", b"[" * 100_000, b'{"schema": "rempart.plan/1"}'])
def test_what_is_no_such_file_is_refused(path: Path, key: Key, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"not a rempart\.plan file of Rempart"):
        read_sealed(str(path), KIND, key)
    with pytest.raises(UsageError, match=r"cannot read .*: no such file"):
        read_sealed(str(path) + ".none", KIND, key)


def test_one_that_is_too_large_is_refused(path: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(path.read_bytes())
    monkeypatch.setattr(signed_file, "_LIMIT", size - 2)
    assert read_sealed(str(path), KIND, key) == BODY  # its last line feed is not needed
    monkeypatch.setattr(signed_file, "_LIMIT", size - 3)
    with pytest.raises(UsageError, match=r"not a rempart\.plan file of Rempart"):
        read_sealed(str(path), KIND, key)


def test_what_can_not_be_written_leaves_nothing_behind(tmp_path: Path, path: Path, key: Key) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/inside").touch()
    before = sorted(os.listdir(tmp_path))
    for place in (tmp_path / "folder", tmp_path / "none/sealed.json"):
        with pytest.raises(RemediationError, match="cannot write"):
            write_sealed(str(place), KIND, BODY, key)
    assert sorted(os.listdir(tmp_path)) == before
    assert read_sealed(str(path), KIND, key) == BODY
