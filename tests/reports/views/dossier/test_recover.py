"""Kept rows are told in French with the values of parameters that were in force, or not at all."""

from __future__ import annotations

import pytest

from rempart_core.model.sentence import SAID, Wording, put_into_words, tell_row
from rempart_reports.views.dossier.recover import recover_wording

SENTENCES = {
    "team": ("team {team}", "équipe {team}"),
    "done": ("{done} of {total:person|people}", "{done} sur {total:personne|personnes}"),
    "wanted": (
        "passed with {:score} % within {:age:day|days}",
        "ont obtenu {:score} % depuis {:age:jour|jours} au plus",
    ),
    "low": ("at least {:score} %", "au moins {:score} %"),
    "list": ("one of {:names}", "un de {:names}"),
}


def keep(values: dict[str, object], **cells: str) -> dict[str, str]:
    """Return a row as a store keeps it."""
    row = {"item": "x", "label": "team", "observed": "done", "expected": "wanted", "ok": "0"} | cells
    return put_into_words(row, Wording(SENTENCES, values))  # type: ignore[arg-type]  # any value will do


def tell(row: dict[str, str]) -> tuple[str, str, str]:
    return tell_row(row, recover_wording(row, SENTENCES), "fr")


@pytest.mark.parametrize(("score", "age", "told"), [(80, 365, "365 jours"), (1, 1, "1 jour"), (0, 1100, "1 100 jours")])
def test_the_values_that_were_in_force_are_told(score: int, age: int, told: str) -> None:
    row = keep({"score": score, "age": age}, team="A", done="1", total="1200")
    item, observed, expected = (text.replace("\xa0", " ").replace("\u202f", " ") for text in tell(row))
    assert (item, observed) == ("équipe A", "1 sur 1 200 personnes")
    assert expected == f"ont obtenu {score} % depuis {told} au plus"


def test_a_list_is_a_value_too() -> None:
    assert tell(keep({"names": ["a", "b"]}, expected="list", team="A", done="1", total="1"))[2] == "un de a, b"


def test_what_data_says_is_no_value() -> None:
    row = keep({"score": 80, "age": 3}, team="A", done="9 % within 9 days; x", total="")
    assert "80" in tell(row)[2]


@pytest.mark.parametrize("text", ["passed with 80 % within many days", "passed", "", "passed with 8 % within 3 day"])
def test_what_was_not_said_with_these_sentences_stays_english(text: str) -> None:
    row = keep({"score": 80, "age": 3}, team="A", done="1", total="1") | {"expected": text}
    assert recover_wording(row, SENTENCES) is None
    assert tell(row)[2] == text


def test_two_values_of_one_parameter_contradict_each_other() -> None:
    row = keep({"score": 80, "age": 3}, observed="low", team="A") | {"observed": "at least 70 %"}
    assert recover_wording(row, SENTENCES) is None


def test_rows_without_sentences_are_data() -> None:
    assert recover_wording({"item": "x", "observed": "done", "expected": "wanted"}, SENTENCES) is None
    assert recover_wording({"item": "x", SAID: "no/such/sentence"}, SENTENCES) is None
