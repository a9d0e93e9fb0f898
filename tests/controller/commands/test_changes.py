"""``rempart changes``: all changes that hosts have a record of, or one; a page beside the lines or in their place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_controller.commands import changes
from rempart_controller.commands.main import main
from rempart_controller.remediation.undo.endpoint_records import Endpoint, FoundChange
from rempart_core.text import Text

FIRST, SECOND = "c-20261124-090000-aaaa", "c-20261125-130000-bbbb"
Ask = Callable[..., int]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a function that asks three hosts, of which one does not answer."""
    kept = FoundChange("kept", begun=1_795_500_000, holder="ann@desk", touched={"RMT-01": [("file", "/etc/motd")]})
    found = {
        "web": Endpoint({FIRST: kept, SECOND: FoundChange("undone")}),
        "db": Endpoint({SECOND: kept}),
        "gone": Endpoint(failure=Text("no route", "aucune route")),
    }
    monkeypatch.setattr(changes, "ask_endpoints", lambda *_: found)
    hosts = tmp_path / "hosts"
    hosts.write_text("web\ndb\ngone\n", encoding="utf-8")
    return lambda *arguments: main(["changes", *arguments, "-i", str(hosts), "--quiet"])


def test_one_change_is_told_alone_and_a_silent_host_stays_silent(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(FIRST) == 3
    assert capsys.readouterr().out.splitlines() == [
        f"web  {FIRST}  kept · by ann@desk · begun 2026-11-24 06:00 UTC",
        "db  no change",
        "gone  did not answer: no route",
    ]
    assert ask(FIRST, "--json") == 3
    hosts = json.loads(capsys.readouterr().out)["hosts"]
    assert [list(host["changes"]) for host in hosts.values()] == [[FIRST], [], []]


def test_a_page_tells_what_a_change_touched(ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "change.html"
    assert ask(FIRST, "--html", str(place)) == 3
    assert FIRST in capsys.readouterr().out
    page = place.read_text(encoding="utf-8")
    assert "file /etc/motd" in page
    assert SECOND not in page
    assert ask("--html", "-") == 3
    out = capsys.readouterr().out
    assert out.startswith("<!doctype html>")
    assert SECOND in out


@pytest.mark.parametrize("arguments", [["--json", "--html", "-"], ["../x"], ["--html", "/nowhere/x.html"]])
def test_wrong_use_is_told_before_a_host_is_asked(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(changes, "ask_endpoints", lambda *_: pytest.fail("hosts were asked"))
    assert ask(*arguments) == 2
