"""What tables say of what they do not know is read in French, and a host's words stay a host's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.messages.say import Place, template, texts
from rempart_core.model.reason import tell_reason

ROOT = Path(__file__).parents[3]
AREAS = ("reason", "reason_rule")


def told(text: str) -> list[tuple[str, bool]]:
    """Return the parts in French, with plain spaces."""
    return [(part.replace("\u00a0", " ").replace("\u202f", " "), data) for part, data in tell_reason(text, "fr")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("of no package", [("d’aucun paquet", False)]),
        ("tcp eth0 (a queue)", [("tcp eth0 (", True), ("une file", False), (")", True)]),
        (
            "tcp eth0 (a queue); udp eth1",
            [("tcp eth0 (", True), ("une file", False), (")", True), (" ; ", False), ("udp eth1", True)],
        ),
        (
            "more than 300 seconds, 1 unreadable",
            [
                ("plus de ", False),
                ("300", True),
                (" secondes", False),
                (", ", False),
                ("1", True),
                (" illisibles", False),
            ],
        ),
        (
            "may be forwarded: the set <b>x</b>",
            [("peut être transmis : ", False), ("l’ensemble ", False), ("<b>x</b>", True)],
        ),
        ("/root/.profile: may not be read", [("/root/.profile", True), (" : lecture refusée", False)]),
        (
            "sshd does not start: /etc/ssh/sshd_config: does not exist",
            [("sshd ne démarre pas : ", False), ("/etc/ssh/sshd_config", True), (" : n’existe pas", False)],
        ),
        (
            "tcp eth0 (may be forwarded: the set a b)",
            [
                ("tcp eth0 (", True),
                ("peut être transmis : ", False),
                ("l’ensemble ", False),
                ("a b", True),
                (")", True),
            ],
        ),
        ("/etc/x: a condition", [("/etc/x", True), (" : ", False), ("une condition", False)]),
    ],
)
def test_words_of_ours_are_french_and_what_stands_in_them_is_data(text: str, parts: list[tuple[str, bool]]) -> None:
    assert told(text) == parts
    assert tell_reason(text, "en") == ((text, True),)


@pytest.mark.parametrize("text", ["NOPASSWD", "trusted=yes", "", "nfs4", "a; b, c (d): e", "(", "of no package" * 200])
def test_what_is_not_ours_is_data_as_it_came(text: str) -> None:
    assert tell_reason(text, "fr") == ((text, True),)


@given(st.text(max_size=80) | st.lists(st.sampled_from(["; ", ", ", ": ", " (", ")", "a queue", "x"])).map("".join))
def test_no_text_is_lost_or_breaks_it(text: str) -> None:
    parts = tell_reason(text, "fr")
    assert all(isinstance(part, str) for part, _ in parts)
    for word in re.findall(r"x+", text if len(text) < 60 else ""):
        assert word in "".join(part for part, _ in parts)


def test_every_reason_that_is_known_is_said_by_a_table() -> None:
    """What no table says any more is never recognised: its English has to be the agent's, to the letter."""
    agent = ROOT / "agent" / "rempart_agent"
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("models", "readers", "tables", "source", "formats", "images")
        for path in sorted((agent / folder).rglob("*.py"))
    ).replace('\\"', '"')
    lost = {
        id_: piece
        for area in AREAS
        for id_ in texts(area, "en")
        for part in template(id_, "en")
        if not isinstance(part, Place)
        for piece in re.split(r"[():;,$]", part)
        if len(piece.strip()) > 3 and piece.strip() not in source
    }
    assert lost == {}
