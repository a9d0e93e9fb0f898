"""Whom a controller believes: only whom somebody accepted, and no other in its place."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rempart_controller.agents.known import Agent, accept, forget, read_known, say_how, usual_file
from rempart_core.error import ContentError, UsageError

REMPART = Path(sys.executable).parent / "rempart"
ONE, TWO = Agent("aa" * 32, "bb" * 32), Agent("aa" * 32, "cc" * 32)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data/known_agents"
    monkeypatch.setenv("REMPART_AGENTS", str(path))
    return path


def test_an_agent_is_known_once_it_is_accepted(file: Path) -> None:
    assert read_known() == {}
    assert accept("web", ONE, replace=False, write=False) == "added"
    assert not file.exists()
    assert accept("web", ONE, replace=False) == "added"
    assert accept("web", ONE, replace=False) == "unchanged"
    assert read_known() == {"web": ONE}
    assert file.stat().st_mode & 0o777 == 0o600
    assert forget("web")
    assert not forget("web")
    assert read_known() == {}


def test_no_other_takes_its_place_unless_that_is_said() -> None:
    accept("web", ONE, replace=False)
    with pytest.raises(UsageError, match="--replace"):
        accept("web", TWO, replace=False)
    assert read_known() == {"web": ONE}
    assert accept("web", TWO, replace=True) == "replaced"
    assert read_known() == {"web": TWO}


@pytest.mark.parametrize("name", ["", " ", "#web", "a b", "a\nb", "a\x1bb", " web", "web "])
def test_what_is_no_name_or_no_key_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="not a host name"):
        accept(name, ONE, replace=False)
    with pytest.raises(UsageError, match="64 hex digits"):
        accept("web", Agent("aa", "bb" * 32), replace=False)


def test_mistakes_of_the_file_are_told_at_once(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(f"# mine\n\nweb {ONE.machine_id} {ONE.key}\nweb {TWO.machine_id} {TWO.key}\ndb nonsense\n")
    with pytest.raises(ContentError) as caught:
        read_known()
    assert [(one.file, one.line, one.column) for one in caught.value.mistakes] == [(str(file), 4, 1), (str(file), 5, 1)]
    assert [str(one.message) for one in caught.value.mistakes] == [
        "web stands there twice",
        "expected NAME MACHINE-ID KEY, id and key in 64 hex digits each",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "db",
        f"db {ONE.key}",
        f"db {ONE.machine_id} {ONE.key} more",
        f"db {ONE.machine_id} {ONE.key} {ONE.key}",
        f"db {ONE.machine_id} {ONE.key[1:]}",
        f"db {ONE.machine_id} {ONE.key.upper()}",
        f"db nonsense {ONE.key}",
        f"db {ONE.machine_id} nonsense",
    ],
)
def test_a_line_that_is_no_agent_is_not_taken_for_one(file: Path, line: str) -> None:
    file.parent.mkdir()
    file.write_text(f"{line}\n")
    with pytest.raises(ContentError, match="expected NAME MACHINE-ID KEY"):
        read_known()


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_believed(file: Path, mode: int) -> None:
    accept("web", ONE, replace=False)
    for plain in (0o644, 0o755):
        file.chmod(plain)
        assert read_known() == {"web": ONE}
    file.chmod(mode)
    with pytest.raises(UsageError, match="other users can write"):
        read_known()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
@pytest.mark.parametrize("owner", [1, 65534])
def test_a_file_of_another_user_is_not_believed(file: Path, owner: int, monkeypatch: pytest.MonkeyPatch) -> None:
    accept("web", ONE, replace=False)
    os.chown(file, owner, 0)
    with pytest.raises(UsageError, match="other users can write"):
        read_known()
    os.chown(file, 0, 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert read_known() == {"web": ONE}, "of root it is believed by all"


def test_what_is_no_file_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"known agents .*: is a directory"):
        read_known(str(tmp_path))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    writer = threading.Thread(target=pipe.write_text, args=(f"web {ONE.machine_id} {ONE.key}\n",), daemon=True)
    writer.start()
    with pytest.raises(UsageError, match="other users can write"):
        read_known(str(pipe))
    writer.join(60)


def test_it_lies_where_that_is_said(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accept("web", ONE, replace=False)
    assert read_known(str(tmp_path / "other")) == {}
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("REMPART_AGENTS", "known_agents")
    assert accept("db", TWO, replace=False) == "added"
    assert read_known(str(file)) == {"web": ONE, "db": TWO}
    monkeypatch.delenv("REMPART_AGENTS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert usual_file() == str(tmp_path / "rempart/known_agents")


def test_where_nothing_changes_the_file_stays_as_somebody_wrote_it(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(f"# mine\nweb {ONE.machine_id} {ONE.key}\n")
    before = file.read_bytes()
    assert not forget("db")
    assert accept("web", ONE, replace=False) == "unchanged"
    assert file.read_bytes() == before


def test_many_at_once_are_all_known() -> None:
    begun = [
        subprocess.Popen([str(REMPART), "agent", "accept", f"web-{number}", ONE.machine_id, ONE.key], stdout=-3)
        for number in range(8)
    ]
    assert {process.wait(60) for process in begun} == {0}
    assert len(read_known()) == 8


def test_the_command_that_is_named_can_be_pasted() -> None:
    assert say_how("web", ONE, replace=False) == f"rempart agent accept web {ONE.machine_id} {ONE.key}"
    shown = say_how("web; rm -rf /", ONE, replace=True)
    assert shown.startswith("rempart agent accept --replace 'web; rm -rf /' ")


def test_what_is_known_is_listed() -> None:
    accept("web", ONE, replace=False)
    done = subprocess.run([str(REMPART), "agent", "list"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["web", "machine", ONE.machine_id, "key", ONE.key]
