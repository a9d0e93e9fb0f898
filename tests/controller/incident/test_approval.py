"""Who may do what to which host: names are checked before anything is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_controller.incident.folder import find, incidents_directory
from rempart_controller.incident.incident_state import Standing

Command = Callable[..., int]


@pytest.mark.parametrize(
    "host", ["", "all*", "web[1:3]", "a,b", "!x", "@hosts", "a:b", "-x", "a\nb", "a\x1b[2J", "x" * 300, "~w"]
)
def test_what_is_no_name_of_one_host_is_refused(host: str, incident: Command) -> None:
    assert incident("open", "--", host) == 2
    assert not Path(incidents_directory()).exists()


@pytest.mark.parametrize("word", ["../../etc", "20261125-1/../x", "nobody", "20991231-1", ""])
def test_an_incident_that_is_not_there_is_refused(word: str, opened: Standing, incident: Command) -> None:
    for action in ("show", "verify", "collect", "isolate", "release"):
        assert incident(action, "--", word) == 2


def test_one_host_has_one_open_incident(
    opened: Standing, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert incident("open", "web-1") == 2
    assert opened.incident in capsys.readouterr().err


@pytest.mark.parametrize("second", ["", "Anna", " anna ", "ＡＮＮＡ", "root"])
def test_isolating_needs_two_people(
    second: str,
    opened: Standing,
    incident: Command,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("rempart_controller.incident.approval.find_login", lambda: "root")
    words = ["isolate", "web-1", "--evidence-later", "no time", "--by", "Anna"]
    assert incident(*words, "--approved-by", second) == 2
    assert "second person" in capsys.readouterr().err
    assert [entry.action for entry in find("web-1").record.entries] == ["open"]


def test_who_acts_alone_gives_a_reason_and_gets_as_far_as_the_inventory(
    opened: Standing, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert incident("isolate", "web-1", "--evidence-later", "x", "--alone", "at night") == 2
    assert "-i INVENTORY is missing" in capsys.readouterr().err


def test_a_release_needs_an_isolation(opened: Standing, incident: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert incident("release", "web-1", "--signed-by", "Carla") == 2
    assert "not isolated" in capsys.readouterr().err


def test_the_controller_is_never_isolated(
    incident: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "hosts.json"
    hosts = {"here": {"ansible_connection": "local"}, "web-1": {}}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "children": {"web": {"hosts": {"web-1": {}}}}}}))
    inventory.chmod(0o600)
    assert incident("open", "here", "-i", str(inventory)) == 0
    assert incident("isolate", "here", "--evidence-later", "x", "--alone", "y") == 2
    assert "the controller" in capsys.readouterr().err
    assert incident("open", "web", "-i", str(inventory)) == 2
    assert "a group or a pattern" in capsys.readouterr().err
    assert incident("open", "nobody", "-i", str(inventory)) == 2
