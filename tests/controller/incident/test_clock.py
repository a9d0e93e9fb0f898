"""The clocks run from the moment of awareness, and the draft tells what is known and what is missing."""

from __future__ import annotations

import calendar
import json
import time
from collections.abc import Callable

import pytest

from rempart_controller.incident.clock import add_month, find_deadlines, say_left
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import FACTS, Standing
from rempart_core.messages.say import say

Command = Callable[..., int]
HOUR = 3600
AWARE = calendar.timegm((2026, 11, 25, 10, 0, 0))


def at(*moment: int) -> int:
    return calendar.timegm((*moment, 0, 0, 0)[:6])


def test_gdpr_has_72_hours_and_nis2_24_and_72() -> None:
    gdpr, warning, nis2 = find_deadlines(AWARE, {})
    assert (gdpr.due, warning.due, nis2.due) == (at(2026, 11, 28, 10), at(2026, 11, 26, 10), at(2026, 11, 28, 10))
    assert say(say_left(gdpr, AWARE)) == "72 h 00 min left"
    assert say(say_left(gdpr, AWARE + 71 * HOUR + 59 * 60 + 59)) == "0 h 00 min left"
    assert say(say_left(gdpr, AWARE + 72 * HOUR + 60)) == "OVER since 0 h 01 min"
    assert say(say_left(gdpr, AWARE + 100 * HOUR), "fr") == "DÉPASSÉ depuis 28 h 00 min"


def test_what_was_done_stops_its_clock_in_time_or_late() -> None:
    done = {"notified": {"at": "2026-11-28T09:00:00Z"}, "early_warning": {"at": "2026-11-26T12:30:00Z"}}
    gdpr, warning, _ = find_deadlines(AWARE, done)
    late = AWARE + 1000 * HOUR
    assert say(say_left(gdpr, late)) == "done, 1 h 00 min before the end"
    assert say(say_left(warning, late)) == "done, 2 h 30 min LATE"


@pytest.mark.parametrize(
    ("begin", "end"),
    [((2026, 11, 28, 9), (2026, 12, 28, 9)), ((2026, 1, 31, 9), (2026, 2, 28, 9)), ((2026, 12, 5), (2027, 1, 5))],
)
def test_the_final_report_is_due_a_month_after_the_notification(begin: tuple[int, ...], end: tuple[int, ...]) -> None:
    assert add_month(at(*begin)) == at(*end)
    written = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at(*begin)))
    assert find_deadlines(AWARE, {"nis2_notified": {"at": written}})[-1].due == at(*end)


def test_the_clock_of_an_incident_runs_from_awareness_not_from_its_opening(
    incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert incident("open", "web-1", "--aware", "2026-01-05T08:00") == 0
    assert "2026-01-08T08:00:00Z" in capsys.readouterr().out
    assert incident("show", "web-1", "--json") == 0
    clocks = json.loads(capsys.readouterr().out)["clocks"]
    assert clocks[0]["due"] == "2026-01-08T08:00:00Z"
    assert clocks[0]["seconds_left"] < 0
    assert incident("list", "--lang", "fr") == 0
    assert "DÉPASSÉ" in capsys.readouterr().out


def test_awareness_can_not_lie_ahead(incident: Command, capsys: pytest.CaptureFixture[str]) -> None:
    tomorrow = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 86_400))
    for wrong in (tomorrow, "soon", "12", "2026-02-30"):
        assert incident("open", "web-1", "--aware", wrong) == 2
    assert incident("list") == 0
    assert "no incident" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "mark"), [("en", "[MISSING: "), ("fr", "[À COMPLÉTER\u00a0: ")])
def test_the_draft_fills_in_what_is_known_and_marks_the_rest(
    language: str, mark: str, opened: Standing, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = [name for name in FACTS if name != "delay"]
    capsys.readouterr()

    def draft() -> str:
        assert incident("show", opened.incident, "--draft", "--lang", language) == 0
        return capsys.readouterr().out

    assert draft().count(mark) == len(facts) + 1
    for number, name in enumerate(facts, 1):
        assert incident("note", "web-1", f"--{name.replace('_', '-')}", f"fact number {number}") == 0
        capsys.readouterr()
        text = draft()
        assert f"fact number {number}" in text
        assert text.count(mark) == len(facts) + 1 - number
    assert incident("note", "web-1", "--not-informing", "the disk was encrypted") == 0
    capsys.readouterr()
    assert mark not in draft()
    assert incident("note", "web-1", "--informed", "by letter") == 0
    capsys.readouterr()
    assert "by letter" in draft()


def test_closing_says_all_that_is_missing(
    opened: Standing, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert incident("close", "web-1") == 2
    said = capsys.readouterr().err
    for word in ("incident collect", "--notified", "--no-notification", "--informed", "--conclusion"):
        assert word in said
    assert incident("note", "web-1", "--no-notification", "nothing was read: the disk was encrypted") == 0
    assert incident("close", "web-1", "--conclusion", "a false alarm", "--no-evidence", "the host was lost") == 0
    assert find(opened.incident, only_open=False).state == "closed"
    for words in (["note", "web-1", "x"], ["close", "web-1", "--conclusion", "x"], ["isolate", opened.incident]):
        assert incident(*words) == 2
    assert "closed" in capsys.readouterr().err
    assert incident("open", "web-1") == 0
    assert find("web-1").incident != opened.incident


def test_a_notification_that_came_late_needs_its_reasons(incident: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert incident("open", "web-1", "--aware", "100h") == 0
    facts = [word for name in FACTS if name != "delay" for word in (f"--{name.replace('_', '-')}", "known")]
    assert incident("note", "web-1", *facts, "--notified", "CNIL", "--informed", "by letter") == 0
    assert incident("close", "web-1", "--conclusion", "x", "--no-evidence", "lost") == 2
    assert "--delay REASON" in capsys.readouterr().err
    assert incident("note", "web-1", "--delay", "nobody noticed") == 0
    assert incident("close", "web-1", "--conclusion", "x", "--no-evidence", "lost") == 0


def test_a_later_word_takes_the_place_of_an_earlier_one(opened: Standing, incident: Command) -> None:
    assert incident("note", "web-1", "--no-notification", "no risk") == 0
    assert incident("note", "web-1", "--notified", "CNIL", "--at", "1h") == 0
    decisions = find("web-1").decisions
    assert "no_notification" not in decisions
    assert decisions["notified"]["text"] == "CNIL"
