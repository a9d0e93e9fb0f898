"""The draft of a notification: what is known stands in it as it was told, what is missing is marked."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from rempart_controller.incident.draft import find_missing, write_draft
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing, read_standing
from rempart_controller.incident.timeline import Author, append
from rempart_core.signing.key import load_key

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
    assert "[À COMPLÉTER\u00a0: " in french
    assert "MISSING" not in french


def test_after_the_72_hours_the_delay_has_to_be_explained(opened: Standing) -> None:
    assert "Reasons for the delay" not in write_draft(opened, "en", opened.aware + 60)
    assert "Reasons for the delay" in write_draft(opened, "en", opened.aware + 73 * 3600)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("  - {isolated}: the machine was cut off from the network", "  - {released}: the isolation was lifted",
                "  informed 2026-11-25T10:00:00Z: by letter : « tous »")),
        ("fr", ("  - {isolated}\u00a0: la machine a été isolée du réseau",
                "  - {released}\u00a0: l’isolement a été levé",
                "  informées le 2026-11-25T10:00:00Z\u00a0: by letter : « tous »")),
    ],
)  # fmt: skip
def test_what_the_timeline_knows_and_who_was_informed_is_told_in_the_words_of_each(
    opened: Standing, language: str, parts: tuple[str, ...]
) -> None:
    """Words of ours are typeset; what a person wrote keeps its own spaces."""
    key = load_key(os.path.join(os.path.dirname(opened.folder), "..", "signing-key.pem"))
    author = Author("anna", "Anna")
    isolated = append(opened.folder, key, author, "isolate", "done", {"change": "c"}).time
    released = append(opened.folder, key, author, "release", "done", {}).time
    said = {"text": "by letter : « tous »", "at": "2026-11-25T10:00:00Z"}
    append(opened.folder, key, author, "note", "done", {"informed": said})
    lines = write_draft(read_standing(opened.folder), language, opened.aware).splitlines()
    for part in parts:
        assert part.format(isolated=isolated, released=released) in lines, lines
