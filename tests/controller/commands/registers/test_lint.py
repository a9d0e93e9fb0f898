"""``rempart registers lint``: every mistake at once, with its place; a sound folder says what it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]
HEAD = "as_of: 2026-11-20\nby: p-001\n"


def test_a_sound_folder_says_what_it_holds_and_what_it_does_not(folder: Path, registers: Run) -> None:
    (folder / "breaches.yaml").write_text(f"{HEAD}entries: []\n", encoding="utf-8")
    (folder / "consultations.yaml").write_text(
        f"{HEAD}entries:\n  - {{date: 2026-02-03, body: CSE, subject: recording, reference: minutes 12}}\n",
        encoding="utf-8",
    )
    status, out, err = registers("lint", str(folder))
    assert (status, err) == (0, "")
    assert out.splitlines()[:2] == [
        "4 registers, 4 entries: no mistakes",
        "1 entry rests on a statement without a file: consultations 1",
    ]
    assert "training" in out.splitlines()[2]
    assert "breaches" not in out.splitlines()[2]


def test_mistakes_of_all_files_and_what_cannot_be_believed(folder: Path, registers: Run) -> None:
    (folder / "training.yaml").write_text(f"{HEAD}entries: no\n", encoding="utf-8")
    (folder / "trainings.yaml").touch()
    (folder / "consultations.yaml").write_text(
        f"{HEAD}entries:\n  - {{date: 2027-02-03, body: CSE, subject: x, reference: y}}\n", encoding="utf-8"
    )
    status, out, err = registers("lint", str(folder), "--lang", "fr")
    assert (status, out) == (2, "")
    told = [line.removeprefix("rempart: ").removeprefix(f"{folder}/") for line in err.splitlines()]
    places = ["consultations.yaml:4:12", "training.yaml:3:10", "trainings.yaml"]
    assert [line.split("\xa0")[0] for line in told[:3]] == places
    assert "n’est pas encore arrivé" in told[0]


def test_a_folder_that_is_none(tmp_path: Path, registers: Run) -> None:
    status, _, err = registers("lint", str(tmp_path / "none"))
    assert (status, "no such file or directory" in err) == (2, True)


def test_an_invented_organisation_is_named_as_such(folder: Path, registers: Run) -> None:
    with (folder / "organisation.yaml").open("a", encoding="utf-8") as stream:
        stream.write("sample: true\n")
    assert "invented" in registers("lint", str(folder))[1]
