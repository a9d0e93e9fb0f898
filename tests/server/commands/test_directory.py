"""Where a server is looked for."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from rempart_server.commands.directory import add_directory, read_directory


def read(*words: str) -> str:
    parser = argparse.ArgumentParser()
    add_directory(parser)
    return read_directory(parser.parse_args(words))


def test_the_option_comes_before_the_variable_and_that_before_the_usual_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMPART_SERVER_DIR", "/srv/b")
    assert read("--dir", "/srv/a") == "/srv/a"
    assert read() == "/srv/b"
    monkeypatch.delenv("REMPART_SERVER_DIR")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert read() == "/var/lib/rempart-server"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert read() == f"{tmp_path}/rempart/server"
