"""Where the store lies, and that no password of one stands on a command line."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from rempart_core.error import UsageError
from rempart_store.location import (
    data_directory,
    file_of,
    is_postgresql,
    make_directory,
    refuse_password,
    usual_store,
)


def test_it_lies_where_the_specification_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REMPART_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert usual_store() == f"{tmp_path}/rempart/rempart.db"


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the place of Linux")
@pytest.mark.parametrize("given", ["", "relative/path"])
def test_a_relative_place_is_ignored(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", given)
    monkeypatch.setenv("HOME", "/home/alice")
    assert data_directory() == "/home/alice/.local/share/rempart"


def test_the_user_may_name_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMPART_STORE", "postgresql://db/rempart")
    assert usual_store() == "postgresql://db/rempart"


def test_nobody_else_may_enter_the_folder(tmp_path: Path) -> None:
    make_directory(str(tmp_path / "a/b"))
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        ("postgresql://h/d", True),
        ("postgres://h/d", True),
        ("postgresql+psycopg://h/d", True),
        ("sqlite:///a.db", False),
        ("/var/lib/postgresql", False),
        ("postgresql", False),
    ],
)
def test_a_server_is_told_from_a_file(place: str, is_one: bool) -> None:
    assert is_postgresql(place) is is_one


@pytest.mark.parametrize(
    "place",
    ["postgresql://u:secret@h/d", "postgres://u:@h/d", "postgresql://h/d?password=x", "postgresql://h/d?password=",
     "postgresql://u:p@[broken/d"],
)  # fmt: skip
def test_a_password_on_the_command_line_is_refused_and_not_repeated(place: str) -> None:
    with pytest.raises(UsageError) as error:
        refuse_password(place)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("place", [None, "", "postgresql://u@h/d", "postgresql:///d?host=/run", "/a:b@c/d.db"])
def test_a_place_without_one_is_taken(place: str | None) -> None:
    refuse_password(place)


def test_a_file_may_be_named_as_a_url() -> None:
    assert file_of("sqlite:///var/a.db") == "var/a.db"
    assert file_of("/var/a.db") == "/var/a.db"
