"""Sentences: a row in words of both languages, and no data that can choose or forge any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.spaces import plain

from rempart_core.json_value import Json
from rempart_core.model.result import Answer, State
from rempart_core.model.sentence import (
    Piece,
    Wording,
    find_stray,
    list_columns,
    list_places,
    list_used,
    list_whys,
    put_into_words,
    read_said,
    speak,
    split_ids,
    tell_column,
    tell_row,
    to_text,
)
from rempart_core.model.verdict import judge_rows

SENTENCES = {
    "backup": ("last backup", "dernière sauvegarde"),
    "latest": ("success on {at}", "réussie le {at}"),
    "none": ("no success in {files:file|files}", "aucune réussite dans {files:fichier|fichiers}"),
    "writable": ("{path}: everybody may write it", "{path} : tout le monde peut l’écrire"),
    "max_age": ("at most {:hours:hour|hours} old", "au plus {:hours:heure|heures}"),
    "listed": ("one of {:names}", "parmi {:names}"),
}
WORDING = Wording(SENTENCES, {"hours": 26, "names": ["a", "b"]})


def row_of(observed: str, expected: str = "max_age", **more: str) -> dict[str, str]:
    return put_into_words({"item": "thing", "observed": observed, "expected": expected, "ok": "0", **more}, WORDING)


def french(row: dict[str, str]) -> tuple[str, str, str]:
    return tell_row(row, WORDING, "fr")


def test_a_row_is_told_in_both_languages() -> None:
    row = row_of("latest writable", at="2026-11-28", path="/var/x", label="backup", empty="")
    assert row == {
        "item": "thing",
        "observed": "success on 2026-11-28; /var/x: everybody may write it",
        "expected": "at most 26 hours old",
        "ok": "0",
        "at": "2026-11-28",
        "path": "/var/x",
        "said": "backup/latest writable/max_age",
    }
    assert french(row) == (
        "dernière sauvegarde",
        "réussie le 2026-11-28\u202f; /var/x\u00a0: tout le monde peut l’écrire",
        "au plus 26 heures",
    )
    assert tell_row(row, WORDING, "en")[0] == "last backup"
    assert list(list_used(SENTENCES, [row])) == ["backup", "latest", "writable", "max_age"]


@pytest.mark.parametrize(
    ("files", "en", "fr"),
    [
        ("0", "no success in 0 files", "aucune réussite dans 0 fichier"),
        ("1", "no success in 1 file", "aucune réussite dans 1 fichier"),
        ("2", "no success in 2 files", "aucune réussite dans 2 fichiers"),
        ("12345", "no success in 12,345 files", "aucune réussite dans 12\u202f345 fichiers"),
        ("many", "no success in many files", "aucune réussite dans many fichiers"),
        ("", "no success in ∅ files", "aucune réussite dans ∅ fichiers"),
    ],
)
def test_a_number_stands_with_its_word(files: str, en: str, fr: str) -> None:
    row = row_of("none", files=files)
    assert row["observed"] == en
    assert french(row)[1] == fr


def test_what_is_no_number_is_data_in_the_place_of_one_too() -> None:
    row, wording = (
        {"item": "x", "files": "<b>many", "said": "/files/"},
        Wording({"files": ("{files:file|files}",) * 2}, {}),
    )
    spoken = speak(row, wording, "en")
    assert spoken is not None
    assert spoken.observed == (Piece("<b>many files", data=True),)


def test_a_parameter_that_is_a_list_is_told_as_one() -> None:
    assert row_of("", "listed")["expected"] == "one of a, b"


@pytest.mark.parametrize("observed", ["nothing_such", "latest nothing_such", "success on 3 May", "{at}", "latest;none"])
def test_what_names_no_sentence_is_data(observed: str) -> None:
    row = row_of(observed, at="x")
    assert row["observed"] == observed
    assert "said" not in row
    assert speak(row, WORDING, "fr") is None


def test_no_row_brings_what_it_says() -> None:
    row = row_of("success on 3 May", said="backup/none/max_age", files="0")
    assert "said" not in row
    assert row_of("none", said="backup/latest/max_age", files="0")["said"] == "/none/max_age"


@pytest.mark.parametrize("said", ["", "//", "a/b", "latest", "/latest/max_age/none", "/latest/nothing_such", "/" * 50])
def test_a_document_that_names_what_is_not_there_is_shown_as_it_is(said: str) -> None:
    assert read_said({"said": said}, SENTENCES) == ()
    assert tell_row({"item": "i", "observed": "o", "expected": "e", "said": said}, WORDING, "fr") == ("i", "o", "e")


def test_more_sentences_than_a_cell_may_hold_are_none() -> None:
    many = {f"s{n}": ("a", "b") for n in range(30)}
    row = {"item": "i", "observed": " ".join(many), "expected": "", "ok": "1"}
    assert put_into_words(row, Wording(many, {})) == row
    assert read_said({"said": f"/{' '.join(many)}/"}, many) == ()


@given(st.text(), st.text())
def test_data_stays_data(at: str, path: str) -> None:
    """Whatever a machine says stands in the place of the sentence as it is, and is marked as data."""
    row = row_of("latest writable", at=at, path=path)
    assert row["said"] == "/latest writable/max_age"
    spoken = speak(row, WORDING, "fr")
    assert spoken is not None
    assert spoken.observed == (
        Piece("réussie le "),
        Piece(at or "∅", data=True),
        Piece(" ; "),
        Piece(path or "∅", data=True),
        Piece(" : tout le monde peut l’écrire"),
    )
    assert to_text(speak(row, WORDING, "en").observed) == row["observed"]  # type: ignore[union-attr]


@given(st.dictionaries(st.sampled_from(["item", "observed", "expected", "ok", "label", "said", "at"]), st.text()))
def test_no_row_breaks_it(row: dict[str, str]) -> None:
    told = put_into_words(row, WORDING)
    assert all(isinstance(text, str) for text in tell_row(told, WORDING, "fr"))
    assert all(isinstance(text, str) for text in tell_row(row, WORDING, "fr"))


def test_places() -> None:
    assert [place.key for place in list_places("{a} {:b} {c:one|many} {:d:one|}")] == ["{a}", "{:b}", "{c:|}", "{:d:|}"]
    assert find_stray("a {b} c") == -1
    assert find_stray("a {b c") == 2
    assert find_stray("{b}}") == 3
    assert list_columns(SENTENCES) == {"at", "files", "path"}
    assert split_ids(" a, b a,,c ") == ("a", "b", "c")


COLUMNS = ("item", "observed", "expected", "ok", "at", "label")


def judge(*rows: tuple[Any, ...], wording: Wording | None = WORDING) -> Any:
    return judge_rows(Answer(COLUMNS, list(rows)), "error", wording=wording)


def test_the_reason_is_told_in_both_languages() -> None:
    failed = judge(
        ("thing", "latest", "max_age", "0", "May", "backup"), ("two", "latest", "max_age", "0", "June", None)
    )
    assert failed.state is State.FAIL
    assert failed.reason.en == "last backup: success on May (expected: at most 26 hours old), and 1 more"
    assert (
        failed.reason.fr == "dernière sauvegarde\u00a0: réussie le May (attendu\u00a0: au plus 26 heures), et 1 de plus"
    )
    unsure = judge(("thing", "latest", "max_age", None, "May", None))
    assert unsure.state is State.ERROR
    assert unsure.reason.en == "could not be decided: thing: success on May"
    assert unsure.reason.fr == "n’a pas pu être décidé\u00a0: thing\u00a0: réussie le May"


def test_a_check_without_sentences_is_told_as_it_is_written() -> None:
    row = ("thing", "latest", "max_age", "0", "May", "backup")
    for wording in (None, Wording({}, {})):
        verdict = judge(row, wording=wording)
        assert verdict.evidence.rows == [dict(zip(COLUMNS, row, strict=True))]
        assert verdict.reason.fr == "thing: latest (attendu\u00a0: max_age)"


WHY = "sshd refuses /etc/ssh/sshd_config:2: an unknown option: \x1b[31mFoo"
REFUSED = ["an unknown option: {keyword}", {"keyword": "\x1b[31mFoo"}]
SAID_WHY = [
    "sshd refuses {error}",
    {"error": ["{where}: {error}", {"where": "/etc/ssh/sshd_config:2", "error": REFUSED}]},
]
UNKNOWN = {"unknown": ("unknown: {cause}", "inconnu : {cause}")}


def told_of(cause: str, whys: Mapping[str, object]) -> tuple[str, tuple[Piece, ...]]:
    row = put_into_words({"item": "x", "observed": "unknown", "cause": cause}, Wording(UNKNOWN, {}))
    spoken = speak(row, Wording(UNKNOWN, {}, whys), "fr")
    assert spoken is not None
    assert tell_row(row, Wording(UNKNOWN, {}, whys), "en")[1] == f"unknown: {cause}"
    return plain(to_text(spoken.observed)), spoken.observed


def test_a_reason_that_a_reader_handed_out_is_told_in_french_and_what_stands_in_it_is_data() -> None:
    text, pieces = told_of(WHY, {WHY: SAID_WHY})
    assert text == "inconnu : sshd refuse /etc/ssh/sshd_config:2 : une option inconnue : \x1b[31mFoo"
    assert [one.text for one in pieces if one.data] == ["/etc/ssh/sshd_config:2", "\x1b[31mFoo"]


@pytest.mark.parametrize(
    "whys",
    [
        {},
        {"another text": SAID_WHY},
        {WHY: ["no file", {}]},  # a document that was forged: another sentence for these words
        {WHY: ["sshd refuses {error}", {"error": "everything"}]},
        {WHY: ["no such sentence", {}]},
        {WHY: "sshd refuses {error}"},
        {WHY: None},
    ],
)
def test_any_other_text_is_data_in_every_language(whys: Mapping[str, object]) -> None:
    text, pieces = told_of(WHY, whys)
    assert text == f"inconnu : {WHY}"
    assert pieces[-1] == Piece(WHY, data=True)


def test_a_column_that_no_sentence_tells_is_told_by_its_reason_too() -> None:
    wording = Wording(UNKNOWN, {}, {WHY: SAID_WHY})
    assert plain(to_text(tell_column("skipped_for", WHY, wording, "fr"))).startswith("sshd refuse /etc")
    assert tell_column("skipped_for", WHY, wording, "en") == (Piece(WHY, data=True),)
    assert tell_column("skipped_for", "else", wording, "fr") == (Piece("else", data=True),)


def test_evidence_keeps_the_reasons_that_its_rows_name_and_no_others() -> None:
    columns = ("item", "observed", "expected", "ok", "cause")
    answer = Answer(columns, [("x", "unknown", "", "", WHY)], whys={WHY: SAID_WHY, "no file": ["no file", {}]})
    verdict = judge_rows(answer, "error", wording=Wording(UNKNOWN, {}))
    assert verdict.evidence is not None
    assert verdict.evidence.whys == {WHY: SAID_WHY}
    assert "une option inconnue" in verdict.reason.fr
    assert "an unknown option" in verdict.reason.en


def test_what_is_handed_out_later_does_not_come_to_the_evidence() -> None:
    """The reasons of an answer are those of a run, and more come while other checks are asked."""
    later: dict[str, Json] = {}
    answer = Answer(("item", "observed", "expected", "ok"), [("x", "no file", "", "1")], whys=later)
    verdict = judge_rows(answer, "error", wording=Wording(UNKNOWN, {}))
    later["no file"] = ["no file", {}]
    assert verdict.evidence is not None
    assert verdict.evidence.whys == {}


QUEUE = {"built in": ["built in", {}], "no such": ["no such", {}]}


@pytest.mark.parametrize(
    ("text", "french", "data"),
    [
        ("tcp eth0 (built in); udp eth1", "tcp eth0 (intégré) ; udp eth1", ["tcp eth0", "udp eth1"]),
        ("/etc/x: built in, built in", "/etc/x : intégré, intégré", ["/etc/x"]),
        ("tcp built in", "tcp built in", ["tcp built in"]),  # no mark before it: a host's own words
        ("built in of mine (built in)", "built in of mine (intégré)", ["built in of mine"]),
        ("no such (no such)", "no such (no such)", ["no such (no such)"]),  # known to no catalogue
    ],
)
def test_reasons_that_sql_puts_together_are_told_between_their_marks(text: str, french: str, data: list[str]) -> None:
    pieces = tell_column("unclear", text, Wording({}, {}, QUEUE), "fr")
    assert plain(to_text(pieces)) == french
    assert [one.text for one in pieces if one.data] == data
    assert tell_column("interface", text, Wording({}, {}, QUEUE), "fr") == (Piece(text, data=True),)
    assert set(list_whys({"unclear": text}, QUEUE)) >= {name for name in QUEUE if name in text}
    assert set(list_whys({"interface": text}, QUEUE)) == set()


def test_of_very_many_reasons_in_one_text_the_last_are_data() -> None:
    text = "; ".join(["built in"] * 5000)
    pieces = tell_column("unclear", text, Wording({}, {}, QUEUE), "fr")
    assert plain(to_text(pieces)).replace("intégré", "built in").replace(" ; ", "; ") == text


@given(st.text(alphabet="bui lt n;,:()", max_size=40))
def test_what_is_told_holds_all_that_was_there(text: str) -> None:
    pieces = tell_column("why", text, Wording({}, {}, QUEUE), "fr")
    assert plain(to_text(pieces)).replace("intégré", "built in").replace(" ; ", "; ").replace(" : ", ": ") in {
        text,
        text.replace(" ; ", "; ").replace(" : ", ": "),
    }
