"""The draft of a notification: what is known stands in it as it was told, what is missing is marked."""

from __future__ import annotations

from collections.abc import Callable

from rempart_controller.incident.draft import find_missing, write_draft
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing

Command = Callable[..., int]


def test_what_nobody_has_told_is_marked_and_what_was_told_stands_as_it_was(opened: Standing, incident: Command) -> None:
    missing = find_missing(opened)
    assert {"nature", "people", "contact", "consequences", "measures"} <= set(missing)
    assert write_draft(opened, "en", opened.aware).count("[MISSING: ") >= len(missing)
    told = "Recordings of calls: 1.200 clients, «écoutés»"
    assert incident("note", opened.incident, "--by", "Anna", "--nature", told) == 0
    found = find("web-1")
    assert "nature" not in find_missing(found)
    assert told in write_draft(found, "en", found.aware)
    french = write_draft(found, "fr", found.aware)
    assert told in french
    assert "[À COMPLÉTER : " in french
    assert "MISSING" not in french


def test_after_the_72_hours_the_delay_has_to_be_explained(opened: Standing) -> None:
    assert "Reasons for the delay" not in write_draft(opened, "en", opened.aware + 60)
    assert "Reasons for the delay" in write_draft(opened, "en", opened.aware + 73 * 3600)
