"""A folder of registers: all mistakes of all files at once, and nothing believed that can't be."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as any_of
from hypothesis import strategies as st

from rempart_core.error import UsageError
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers, State

HEAD = "as_of: 2026-11-20\nby: p-001\n"
Give = Callable[..., Registers]
Say = Callable[[Registers], list[str]]


def _training(*rows: str) -> str:
    return f"{HEAD}entries:\n" + "".join(f"  - {{{row}}}\n" for row in rows)


ROW = "person: p-002, kind: initial, date: 2026-01-12, syllabus: '3', reference: binder 4"
PROVEN = ROW.replace("reference: binder 4", "evidence: {file: sheet.pdf}")


def test_a_missing_register_is_no_empty_one(given: Give) -> None:
    found = given(breaches_yaml=f"{HEAD}entries: []\n")
    assert (found["breaches"].state, list(found["breaches"].rows), found["breaches"].trouble) == ("present", [], "")
    assert (found["training"].state, found["training"].head) == (State.MISSING, None)
    assert set(found.registers) == set(CONTRACTS)
    assert not found.mistakes


def test_rows_have_what_is_written_and_what_is_computed(given: Give, folder: Path) -> None:
    (folder / "sheet.pdf").write_bytes(b"signed")
    pinned = hashlib.sha256(b"signed").hexdigest()
    found = given(
        training_yaml=_training(
            ROW.replace("reference: binder 4", f"evidence: {{file: sheet.pdf, sha256: {pinned}}}"),
            ROW.replace("002", "001"),
        )
    )
    first, second = found["training"].rows
    assert first == {
        "person": "p-002", "kind": "initial", "date": "2026-01-12", "syllabus": "3", "minutes": "",
        "evidence": "sheet.pdf", "sha256": pinned, "reference": "", "proof": "file",
        "age_days": "319", "trouble": "", "trouble_value": "", "line": "4",
    }  # fmt: skip
    assert (second["proof"], second["reference"], second["trouble"]) == ("statement", "binder 4", "")
    assert [name for name, _ in CONTRACTS["training"].sql_columns] == list(first)
    assert not found.troubles


def test_times_are_of_utc_and_countable(given: Give) -> None:
    row = "id: b-1, what: lost laptop, aware: '2026-11-20T10:00+01:00', notified: 2026-11-22T09:30:00Z"
    found = given(breaches_yaml=_training(row))
    (breach,) = found["breaches"].rows
    assert (breach["aware"], breach["assessed"]) == ("2026-11-20T09:00:00Z", "")
    assert int(breach["notified_epoch"]) - int(breach["aware_epoch"]) == 48 * 3600 + 1800


def test_every_mistake_of_every_file_is_told_at_once(given: Give, said: Say) -> None:
    found = given(
        training_yaml=_training(
            "person: p-002, kind: initail, date: 03/04/2026, syllabus: '3', reference: x",
            "person: Ann Martin, kind: initial, syllabus: '3', referense: x",
        ),
        phishing_csv=b"campaign;date;team;targets;clicked;reported;reference\na;2026-02-30;T;1 000;1;1;x\n",
        registers_yaml="phishing: {as_of: 2026-11-20, by: p-001}\n",
    )
    assert said(found) == [
        'phishing.csv:2:3: date: "2026-02-30" does not exist in the calendar',
        'phishing.csv:2:16: targets: "1 000" is no whole number: write digits alone, like 1500',
        'training.yaml:4:27: kind: found "initail": did you mean "initial"?',
        'training.yaml:4:42: date: "03/04/2026" can mean 2026-04-03 or 2026-03-04: write the one that is meant',
        'training.yaml:5:5: the column "date" is missing',
        'training.yaml:5:14: person: "Ann Martin" is no pseudonym: write an id like p-017, never a name or an address',
        'training.yaml:5:67: unknown column "referense": did you mean "reference"?',
    ]
    assert found["training"].state is State.MALFORMED
    assert not found["training"].rows


@pytest.mark.parametrize(
    ("row", "code", "value"),
    [
        (ROW.replace("p-002", "p-020"), "unknown_person", "p-020"),
        (ROW.replace("2026-01-12", "2026-11-29"), "future_date", "2026-11-29"),
        (ROW.replace("reference: binder 4", "minutes: 60"), "evidence_none", ""),
        (PROVEN, "evidence_unpinned", "sheet.pdf"),
        (PROVEN.replace("}", f", sha256: {'a' * 64}}}"), "evidence_changed", "sheet.pdf"),
        (PROVEN.replace("sheet.pdf", "none.pdf"), "evidence_absent", "none.pdf"),
        (PROVEN.replace("sheet.pdf", "../x/none.pdf"), "evidence_outside", "../x/none.pdf"),
        (PROVEN.replace("sheet.pdf", "/etc/passwd"), "evidence_outside", "/etc/passwd"),
        (PROVEN.replace("sheet.pdf", "link.pdf"), "evidence_outside", "link.pdf"),
        (PROVEN.replace("sheet.pdf", "pipe"), "evidence_unreadable", "pipe"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_believed_says_why(
    given: Give, said: Say, folder: Path, row: str, code: str, value: str
) -> None:
    (folder / "sheet.pdf").write_bytes(b"signed")
    (folder / "link.pdf").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    found = given(training_yaml=_training(row))
    (training,) = found["training"].rows
    assert (training["trouble"], training["trouble_value"]) == (code, value)
    (told,) = said(found)
    assert told.startswith("training.yaml:4:")
    assert found["training"].state is State.PRESENT


def test_what_cannot_be_believed_is_told_with_the_mistakes_of_a_file(given: Give, said: Say) -> None:
    found = given(
        training_yaml=_training(
            ROW.replace("p-002", "p-020").replace("2026-01-12", "2027-01-12"),
            "person: p-030, kind: initail, date: 2026-01-12, syllabus: x, evidence: {file: x.pdf, sha256: 12}",
        )
    )
    assert found["training"].state is State.MALFORMED
    assert [one.removeprefix("training.yaml:") for one in said(found)] == [
        '5:27: kind: found "initail": did you mean "initial"?',
        '5:99: sha256: "12" is no SHA-256: leave it out and run `rempart registers pin`',
        '4:14: nobody in the roster has the id "p-020": did you mean "p-002" or "p-001"?',
        "4:42: date: 2027-01-12 has not come yet",
        '5:14: nobody in the roster has the id "p-030": did you mean "p-002" or "p-001"?',
        "5:84: evidence x.pdf: there is no such file",
    ]


def test_a_key_that_stands_twice(given: Give, said: Say) -> None:
    found = given(training_yaml=_training(ROW, ROW))
    assert [row["trouble"] for row in found["training"].rows] == ["", "duplicate_key"]
    assert said(found) == ['training.yaml:5:14: "p-002, initial, 2026-01-12, 3" stands on line 4 too']


def test_a_key_that_stands_twice_on_one_line(given: Give) -> None:
    found = given(training_yaml=f"{HEAD}entries: [{{{ROW}}}, {{{ROW}}}]\n")
    assert [row["trouble"] for row in found["training"].rows] == ["", "duplicate_key"]


def test_a_day_that_has_begun_somewhere_is_no_future(given: Give) -> None:
    found = given(training_yaml=_training(ROW.replace("2026-01-12", "2026-11-28")))  # noon of the 27th in UTC
    (row,) = found["training"].rows
    assert (row["trouble"], row["age_days"]) == ("", "0")


def test_without_a_roster_nobody_is_known(given: Give, folder: Path) -> None:
    (folder / "people.yaml").unlink()
    found = given(training_yaml=_training(ROW))
    assert found["training"].missing == ("people",)
    assert found["training"].rows[0]["trouble"] == "no_roster"
    (folder / "organisation.yaml").unlink()
    assert given()["training"].missing == ("people", "organisation")


def test_a_roster_far_off_the_headcount_is_not_believed(given: Give, folder: Path, said: Say) -> None:
    text = (folder / "organisation.yaml").read_text(encoding="utf-8")
    found = given(organisation_yaml=text.replace("headcount: 2", "headcount: 3"))
    assert {row["trouble"] for row in found["people"].rows} == {"headcount_differs"}
    (told,) = said(found)
    assert told == (
        "people.yaml:1: roster and headcount disagree: 2 people have a day of access in the roster, "
        "organisation.yaml counts 3 on 2026-11-20"
    )


def test_two_per_cent_are_allowed(given: Give, folder: Path) -> None:
    people = "".join(f"  - {{id: p-{n:03}, team: T, kind: employee, access_from: 2026-01-15}}\n" for n in range(1, 50))
    organisation = (folder / "organisation.yaml").read_text(encoding="utf-8")
    found = given(people_yaml=f"{HEAD}entries:\n{people}", organisation_yaml=organisation.replace(": 2\n", ": 50\n"))
    assert found["people"].trouble == ""
    found = given(organisation_yaml=organisation.replace(": 2\n", ": 51\n"))
    assert found["people"].trouble == "headcount_differs"


def test_who_has_no_day_of_access_is_missing_from_the_roster(given: Give, folder: Path) -> None:
    """No check asks who has no day of access: without a count of them, everybody could be taken out like that."""
    text = (folder / "people.yaml").read_text(encoding="utf-8")
    assert given(people_yaml=text.replace(", access_from: 2026-02-01", ""))["people"].trouble == "headcount_differs"


def test_a_headcount_of_long_ago_is_none(given: Give, folder: Path, said: Say) -> None:
    organisation = (folder / "organisation.yaml").read_text(encoding="utf-8").replace("headcount: 2", "headcount: 0")
    found = given(organisation_yaml=organisation.replace("headcount_date: 2026-11-20", "headcount_date: 2010-01-01"))
    assert {row["trouble"] for row in found["people"].rows} == {"headcount_old"}
    assert said(found)[0].startswith("organisation.yaml:1: the headcount is of 2010-01-01: count again")


@pytest.mark.parametrize(("name", "trouble"), [("changes", "outdated"), ("actions", "outdated"), ("breaches", "")])
def test_an_empty_list_that_nobody_confirms_any_more_is_no_answer(given: Give, name: str, trouble: str) -> None:
    """ORG-17 judges how old the list of breaches is: it has to see it."""
    found = given(**{f"{name}_yaml": "as_of: 2024-11-20\nby: p-001\nentries: []\n"})
    assert found[name].trouble == trouble


def test_who_has_left_or_not_come_yet_is_not_counted(given: Give, folder: Path) -> None:
    text = (folder / "people.yaml").read_text(encoding="utf-8")
    gone = "  - {id: p-003, team: T, kind: temp, left: 2026-11-20}\n"
    coming = "  - {id: p-004, team: T, kind: temp, access_from: 2026-12-01}\n"
    assert given(people_yaml=text + gone + coming)["people"].trouble == ""


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", 'training.yaml:1:1: the head lacks "as_of"'),
        ("as_of: 2026-11-20\n", 'training.yaml:1:1: the head lacks "by"'),
        (f"{HEAD}buy: p-001\n", 'training.yaml:3:6: unknown key "buy" in the head: did you mean "by"?'),
    ],
)  # fmt: skip
def test_a_list_that_nobody_confirmed_is_malformed(given: Give, said: Say, head: str, told: str) -> None:
    found = given(training_yaml=f"{head}entries:\n  - {{{ROW}}}\n")
    assert found["training"].state is State.MALFORMED
    assert told in said(found)


@pytest.mark.parametrize(
    ("head", "code", "told"),
    [
        ("as_of: 2026-12-24\nby: p-001\n", "future_date", "training.yaml:1:8: as_of: 2026-12-24 has not come yet"),
        ("as_of: 2026-11-20\nby: p-404\n", "unknown_person", "training.yaml:2:5: nobody in the roster"),
    ],
)
def test_a_head_that_cannot_be_believed_doubts_every_row(
    given: Give, said: Say, head: str, code: str, told: str
) -> None:
    found = given(training_yaml=f"{head}entries:\n  - {{{ROW}}}\n")
    assert found["training"].trouble == found["training"].rows[0]["trouble"] == code
    assert said(found)[0].startswith(told)


def test_a_csv_file_has_its_head_elsewhere(given: Give, said: Say) -> None:
    row = (
        b"\xef\xbb\xbfperson;kind;date;syllabus;reference\r\np-002;initial;2026-01-12;3;classeur \xc3\xa9t\xc3\xa9\r\n"
    )
    found = given(training_csv=row)
    assert said(found) == ["training.csv: its head is missing: write training with as_of and by into registers.yaml"]
    found = given(registers_yaml="training: {as_of: 2026-11-20, by: p-001}\n")
    assert said(found) == []
    assert found["training"].rows[0]["reference"] == "classeur été"
    assert found["training"].head == ("2026-11-20", "p-001")


def test_a_mistake_in_the_heads_is_one_of_each_csv_file(given: Give, said: Say) -> None:
    found = given(
        watch_csv="date,source,note,by,reference\n2026-11-02,CERT-FR,nothing,p-001,x\n",
        registers_yaml="watch: {as_of: 2026-11-20, by: p-001}\npeople: {as_of: 2026-11-20}\nwotch: {}\n",
    )
    assert found["watch"].state is State.MALFORMED
    assert said(found) == [
        "registers.yaml:2:9: the head of people stands in people.yaml: remove it here",
        'registers.yaml:3:8: no register has the name "wotch": did you mean "watch"?',
    ]


def test_two_files_of_one_register_and_files_that_only_look_like_one(given: Give, folder: Path, said: Say) -> None:
    (folder / "evidence").mkdir()
    (folder / "README.md").write_text("what this is", encoding="utf-8")
    found = given(training_csv="person\n", training_yaml=_training(ROW), trainings_yaml="", phishing_xlsx=b"PK")
    assert found["training"].state is State.MALFORMED
    assert said(found) == [
        "phishing.xlsx: it is not read: save it as phishing.yaml, or as phishing.csv in UTF-8",
        "training.yaml: training.csv and training.yaml hold one register: keep one of them",
        'trainings.yaml: no register has the name "trainings": did you mean "training"?',
    ]


@pytest.mark.parametrize("beside", ["training.yml", "training.xlsx", "Training.yaml"])
def test_a_register_beside_one_that_is_not_read_is_not_believed(
    given: Give, folder: Path, said: Say, beside: str
) -> None:
    (folder / beside).write_text(_training(ROW), encoding="utf-8")
    found = given(training_yaml=_training(ROW))
    assert (found["training"].state, list(found["training"].rows)) == (State.MALFORMED, [])
    assert said(found) == [f"{beside}: training.yaml and {beside} hold one register: keep one of them"]


def test_an_empty_list_is_an_answer_only_where_none_may_be_right(given: Give, said: Say) -> None:
    found = given(training_yaml=f"{HEAD}entries: []\n", breaches_yaml=f"{HEAD}entries: []\n")
    assert (found["training"].trouble, found["breaches"].trouble) == ("empty", "")
    assert said(found) == [
        "training.yaml:1:1: the list is empty, which is no answer here: add an entry or remove the file"
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (_training(ROW.replace("binder", "été")).encode("cp1252"), "convert it with `iconv -f CP1252 -t UTF-8 "),
        (_training(ROW).encode("utf-16"), "it is not UTF-8: convert it with `iconv -f UTF-16 -t UTF-8 "),
        (f"{HEAD}entries:\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", "a git conflict marker: finish the merge"),
        (f"{HEAD}entries: &a\n  - &b [*b, *b]\n", "expected a list of entries"),
        (f"a: &a [x]\nb: &b [*a, *a, *a]\n{HEAD}entries: []\n", 'the column "a" takes one text'),
        (_training(ROW.replace("binder 4", "&x y")), "the anchor &x is not understood here"),
        (f"{HEAD}entries:\n  - {{{ROW}, kind: initial}}\n", 'the key "kind" stands on line 4 too'),
        (f"{HEAD}by: p-002\nentries: []\n", 'the key "by" stands on line 2 too'),
        (f"{HEAD}entries:\n  - text\n", "expected an entry with keys and values"),
        (f"{HEAD}entries: text\n", "expected a list of entries"),
        (HEAD, 'the list is missing: write "entries:"'),
        ("- a\n", "expected keys and values"),
        ("", "is empty"),
        ("[" * 100_000, "is nested deeper than"),
        (f"{HEAD}entries:\n  - {{evidence: {'[' * 5000}\n", "training.yaml:4"),
        (f"{HEAD}entries:\n  - {{evidence: {{file: x, sha: y}}}}\n", 'unknown key "sha": evidence has file and sha256'),
        (f"{HEAD}---\na: b\n", "a second document begins"),
        (b"as_of: \x00\n", "the character U+0000"),
    ],
)  # fmt: skip
def test_bad_files_are_named_for_what_they_are(given: Give, said: Say, data: str | bytes, told: str) -> None:
    found = given(training_yaml=data)
    assert found["training"].state is State.MALFORMED
    assert not found["training"].rows
    assert any(told in one for one in said(found)), said(found)


def test_a_register_that_is_no_plain_file(given: Give, said: Say, folder: Path) -> None:
    os.mkfifo(folder / "training.yaml")
    (folder / "phishing.csv").symlink_to("/etc/hostname")
    found = given()
    assert said(found) == [
        "phishing.csv: it lies outside the folder of registers",
        "training.yaml: it is no plain file",
    ]


def test_a_folder_that_is_none(tmp_path: Path, now: int) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_registers(str(tmp_path / "none"), now)


NAMES = ["training.yaml", "training.csv", "registers.yaml", "organisation.yaml", "people.csv"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@any_of(data=st.binary(max_size=300), name=st.sampled_from(NAMES))
def test_any_bytes_give_mistakes_and_never_an_exception(data: bytes, name: str, folder: Path, now: int) -> None:
    kept = (folder / name).read_bytes() if (folder / name).exists() else None
    (folder / name).write_bytes(data)
    found = read_registers(str(folder), now)
    for one in (*found.mistakes, *found.troubles):
        assert one.say("en")
        assert one.say("fr")
    assert found["training"].state is not State.PRESENT
    if kept is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(kept)


ALPHABET = st.sampled_from(
    [HEAD, "entries:\n", "  - ", "{", "}", "[", "]", ROW, "person: ", "p-001", ", ", "\n", "date: ", "2026-13-45",
     "evidence: ", "&a ", "*a", "!!python/object:x ", "'", '"', "#", ":", "|\n", "- ", "\t", "é", "\ufeff", "? "]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@any_of(parts=st.lists(ALPHABET, max_size=25))
def test_what_nearly_is_a_register_gives_mistakes_and_never_an_exception(
    parts: list[str], folder: Path, now: int
) -> None:
    (folder / "training.yaml").write_text("".join(parts), encoding="utf-8")
    found = read_registers(str(folder), now)
    for one in (*found.mistakes, *found.troubles):
        assert one.say("fr")
    assert found["training"].state is State.PRESENT or found["training"].mistakes


def test_a_campaign_for_a_team_that_nobody_is_in_is_not_believed(given: Give) -> None:
    row = "campaign: a, date: 2026-11-01, team: {}, targets: 9, clicked: 0, reported: 9, reference: binder 4"
    old = row.replace("2026-11-01", "2025-01-01")
    found = given(phishing_yaml=_training(row.format("Support"), row.format("ghosts"), old.format("ghosts")))
    assert [one["trouble"] for one in found["phishing"].rows] == ["", "unknown_team", ""]
    assert ['nobody in the roster is in the team "ghosts"' in str(one) for one in found.troubles] == [True]
