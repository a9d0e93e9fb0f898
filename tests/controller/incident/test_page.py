"""What is shown of an incident: our words in the reader's language, what a person wrote as it was written."""

from __future__ import annotations

import os

import pytest

from rempart_controller.incident.incident_state import DECISIONS, FACTS, Standing, read_standing
from rempart_controller.incident.page import show_lines, tell_deed, tell_detail, to_data
from rempart_controller.incident.timeline import Author, Entry, append
from rempart_core.messages.labels import Labels
from rempart_core.messages.say import LANGUAGES
from rempart_core.signing.key import load_key

OWN = "«Qui ?» : personne ; 40 %"  # its spaces are its author's


def write(opened: Standing, action: str, outcome: str = "done", **detail: str) -> Standing:
    """Write into the timeline, as the commands do, and return how the incident stands then."""
    key = load_key(os.path.join(os.path.dirname(opened.folder), "..", "signing-key.pem"))
    append(opened.folder, key, Author("anna", "Anna"), action, outcome, detail)
    return read_standing(opened.folder)


def entry(action: str, outcome: str = "done", **detail: str) -> Entry:
    return Entry(1, "2026-11-25T10:00:00Z", "anna", "Anna", action, outcome, dict(detail), "", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_its_beginning_to_its_end_it_says_what_was_done_in_the_words_of_the_reader(
    opened: Standing, language: str
) -> None:
    for action in ("collect", "isolate", "release", "note"):
        write(opened, action, "begun", change="c")
        write(opened, action, "failed", change="c", undone="1")
    isolated = write(opened, "isolate", change="c")
    write(opened, "release")
    closed = write(opened, "close", conclusion=OWN)
    label = Labels("incident_page", language)
    for found, state in ((opened, "open"), (isolated, "isolated"), (closed, "closed")):
        lines = list(show_lines(found, language, found.aware))
        assert lines[0] == f"Incident {found.incident} · web-1 · {label(state)}"
        assert label("line_timeline") in lines
    colon = {"en": ": ", "fr": "\u00a0: "}[language]
    assert f"{closed.closed}{colon}{OWN}" in "\n".join(show_lines(closed, language, closed.aware))


def test_what_a_person_wrote_keeps_its_spaces_and_ours_are_typeset() -> None:
    said = entry("note", text=OWN, approved_by="Bruno")
    assert tell_detail(said, "en") == f"  text: {OWN}; approved by: Bruno"
    assert tell_detail(said, "fr") == f"  texte\u00a0: {OWN}\u202f; approuvé par\u00a0: Bruno"


def test_each_fact_and_each_decision_that_is_noted_has_a_name_in_both_languages() -> None:
    for name in (*FACTS, *DECISIONS):
        for language in LANGUAGES:
            assert (
                tell_detail(entry("note", **{name: "x"}), language) == f"  {Labels('incident_detail', language)(name)}"
            )


def test_a_word_of_a_later_version_is_shown_as_it_is_and_speaks_to_no_terminal() -> None:
    assert tell_deed(entry("hand\x1b[2Jover"), "fr") == "hand\ufffd[2Jover (fait)"
    assert tell_detail(entry("note", **{"sector_\x1b": "x"}), "fr") == "  sector \ufffd"
    assert tell_detail(entry("close", conclusion="a\x1b[2J\nb"), "en") == "  conclusion: a\ufffd[2J⏎b"


def test_data_for_machines_has_the_same_words_in_every_language(opened: Standing) -> None:
    clocks = to_data(opened, opened.aware)["clocks"]
    assert isinstance(clocks, list)
    assert [one["name"] for one in clocks if isinstance(one, dict)] == [
        "GDPR art. 33, notification (72 h)",
        "NIS2 early warning (24 h)",
        "NIS2 notification (72 h)",
    ]
