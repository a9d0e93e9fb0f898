"""``rempart registers add``: what can't be believed is not added, and what is there stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.registers.register import Registers

Run = Callable[..., tuple[int, str, str]]
TRAINING = ("--person", "p-002", "--kind", "initial", "--date", "2026-01-12", "--syllabus", "3")


def test_a_register_that_is_not_there_is_begun(folder: Path, registers: Run, read: Callable[[], Registers]) -> None:
    status, out, err = registers("add", "training", str(folder), *TRAINING, "--file", "evidence/sheet.pdf")
    digest = hashlib.sha256(b"signed").hexdigest()
    assert (status, err) == (0, "")
    assert (folder / "training.yaml").read_text(encoding="utf-8") == (
        "# training: docs/registers.md\nas_of: 2026-11-27\nby: p-001\nentries:\n"
        "  - {person: p-002, kind: initial, date: 2026-01-12, syllabus: 3, "
        f"evidence: {{file: evidence/sheet.pdf, sha256: {digest}}}}}\n"
    )
    assert f"{folder}/training.yaml: added {{person: p-002" in out
    found = read()
    assert not found.mistakes
    assert not found.troubles
    assert found["training"].rows[0]["proof"] == "file"


def test_an_entry_is_added_and_the_file_stays_as_it_is(folder: Path, registers: Run) -> None:
    before = (folder / "people.yaml").read_text(encoding="utf-8")
    status, _, err = registers(
        "add", "people", str(folder), "--id", "p-003", "--team", "Vente", "--kind", "temp", "--card_data", "no"
    )
    assert (status, err) == (0, "")
    after = (folder / "people.yaml").read_text(encoding="utf-8")
    assert after == f'{before}  - {{id: p-003, team: Vente, kind: temp, card_data: "no"}}\n'


def test_a_list_is_confirmed_where_that_is_said(folder: Path, registers: Run) -> None:
    registers(
        "add", "people", str(folder), "--id", "p-003", "--team", "T", "--kind", "temp", "--confirm", "--by", "p-002"
    )
    text = (folder / "people.yaml").read_text(encoding="utf-8")
    assert text.startswith("# our people\nas_of: 2026-11-27\nby: p-002\n")


def test_a_csv_file_gets_a_line(folder: Path, registers: Run, read: Callable[[], Registers]) -> None:
    (folder / "watch.csv").write_text("date;source;note;by;reference\n", encoding="utf-8")
    (folder / "registers.yaml").write_text("watch: {as_of: 2026-11-20, by: p-001}\n", encoding="utf-8")
    status, _, err = registers(
        "add", "watch", str(folder), "--date", "2026-11-20", "--source", "CERT-FR",
        "--note", "rien; vu", "--by", "p-001", "--reference", "bulletin 47",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert (
        (folder / "watch.csv").read_text(encoding="utf-8").endswith('2026-11-20;CERT-FR;"rien; vu";p-001;bulletin 47\n')
    )
    assert not read().mistakes


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"--person": "p-200"}, 'nobody in the roster has the id "p-200"'),
        ({"--person": "Ann Martin"}, "write an id like p-017, never a name"),
        ({"--date": "03/04/2026"}, "can mean 2026-04-03 or 2026-03-04"),
        ({"--date": "2027-01-01"}, "date: 2027-01-01 has not come yet"),
        ({"--kind": "inital"}, 'did you mean "initial"?'),
        ({"--syllabus": ""}, 'the column "syllabus" is missing'),
        ({"--file": "../secret"}, "evidence ../secret: it lies outside the folder of registers"),
        ({"--file": "evidence/none.pdf"}, "evidence evidence/none.pdf: there is no such file"),
        ({"--file": ""}, "nothing proves it"),
    ],
)
def test_what_cannot_be_believed_is_not_added(folder: Path, registers: Run, change: dict[str, str], told: str) -> None:
    given = dict(zip(TRAINING[::2], TRAINING[1::2], strict=True)) | {"--file": "evidence/sheet.pdf"} | change
    status, out, err = registers("add", "training", str(folder), *[word for pair in given.items() for word in pair])
    assert (status, out) == (2, "")
    assert told in err
    assert not (folder / "training.yaml").exists()


def test_an_entry_that_is_there_is_not_added_again(folder: Path, registers: Run) -> None:
    before = (folder / "people.yaml").read_bytes()
    status, _, err = registers("add", "people", str(folder), "--id", "p-002", "--team", "T", "--kind", "temp")
    assert (status, 'people has an entry "p-002" already' in err) == (2, True)
    assert (folder / "people.yaml").read_bytes() == before


def test_without_columns_it_says_which_there_are(folder: Path, registers: Run) -> None:
    status, _, err = registers("add", "access-reviews", str(folder))
    assert status == 2
    assert "access_reviews takes --scope --kind --date --reviewer [--removed] --file | --reference" in err
    status, _, err = registers("add", "phishing", str(folder), "--person", "p-001")
    assert "phishing has no --person: --campaign" in err
    status, _, err = registers("add", "traning", str(folder))
    assert (status, 'no register has the name "traning": did you mean "training"' in err) == (2, True)


def test_the_roster_comes_first(folder: Path, registers: Run) -> None:
    (folder / "people.yaml").unlink()
    status, _, err = registers("add", "training", str(folder), *TRAINING, "--reference", "x")
    assert (status, "there is no roster yet" in err) == (2, True)
    status, _, _ = registers("add", "people", str(folder), "--id", "p-001", "--team", "T", "--kind", "employee")
    assert status == 0


def test_a_file_with_mistakes_is_not_touched(folder: Path, registers: Run) -> None:
    (folder / "training.yaml").write_text("entries:\n  - {date: 1/2}\n", encoding="utf-8")
    status, _, err = registers("add", "training", str(folder), *TRAINING, "--reference", "x")
    assert status == 2
    assert "training.yaml:2:12" in err
    assert (folder / "training.yaml").read_text(encoding="utf-8") == "entries:\n  - {date: 1/2}\n"
