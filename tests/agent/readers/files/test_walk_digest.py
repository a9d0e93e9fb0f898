"""Digests of files that a walk found."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from rempart_agent.readers.files.walk_digest import digests, new_digests


def test_all_algorithms_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc" * 500_000)
    descriptor = os.open(tmp_path / "x", os.O_RDONLY)
    made = digests(descriptor)
    os.close(descriptor)
    assert made["sha256"] == hashlib.sha256(b"abc" * 500_000).hexdigest()
    assert set(made) == {"sha256", "sha512", "md5"}


def test_a_system_that_forbids_md5_has_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(name: str) -> None:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", forbidden)
    assert set(new_digests()) == {"sha256", "sha512"}
