"""Whom a controller believes: only whom somebody accepted, and no other in its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rempart_controller.agents.known import Agent, accept, forget, read_known, say_how
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


@pytest.mark.parametrize("name", ["", "#web", "a b", "a\nb", "a\x1bb"])
def test_what_is_no_name_or_no_key_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no name"):
        accept(name, ONE, replace=False)
    with pytest.raises(UsageError, match="64 hex digits"):
        accept("web", Agent("aa", "bb" * 32), replace=False)


def test_mistakes_of_the_file_are_told_at_once(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(f"# mine\n\nweb {ONE.machine_id} {ONE.key}\nweb {TWO.machine_id} {TWO.key}\ndb nonsense\n")
    with pytest.raises(ContentError) as caught:
        read_known()
    assert [mistake.line for mistake in caught.value.mistakes] == [4, 5]


def test_a_file_that_others_may_write_is_not_believed(file: Path) -> None:
    accept("web", ONE, replace=False)
    file.chmod(0o620)
    with pytest.raises(UsageError, match="others may write"):
        read_known()


def test_many_at_once_are_all_known() -> None:
    begun = [
        subprocess.Popen([str(REMPART), "agent", "accept", f"web-{number}", ONE.machine_id, ONE.key], stdout=-3)
        for number in range(8)
    ]
    assert {process.wait(60) for process in begun} == {0}
    assert len(read_known()) == 8


def test_the_command_that_is_named_can_be_pasted() -> None:
    shown = say_how("web; rm -rf /", ONE, replace=True)
    assert shown.startswith("rempart agent accept --replace 'web; rm -rf /' ")


def test_what_is_known_is_listed() -> None:
    accept("web", ONE, replace=False)
    done = subprocess.run([str(REMPART), "agent", "list"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["web", "machine", ONE.machine_id, "key", ONE.key]
