"""Which files of a folder are registers."""

from __future__ import annotations

from pathlib import Path

from rempart_core.registers.files import find_files


def test_folders_hidden_files_and_other_files_are_left_alone(tmp_path: Path) -> None:
    for name in (".git", "evidence", "training.yaml"):
        (tmp_path / name).mkdir()
    for name in (".people.csv.swp.yaml", "runs.jsonl", "LISEZMOI.txt", "people.csv"):
        (tmp_path / name).touch()
    found = find_files(str(tmp_path))
    assert found.names == {"people": str(tmp_path / "people.csv")}
    assert not found.mistakes


def test_names_are_those_of_registers_to_the_letter(tmp_path: Path) -> None:
    for name in ("People.csv", "training.yml", "unheard.yaml"):
        (tmp_path / name).touch()
    told = [str(one).removeprefix(f"{tmp_path}/") for one in find_files(str(tmp_path)).mistakes]
    assert told == [
        'People.csv: no register has the name "People": did you mean "people"?',
        "training.yml: it is not read: save it as training.yaml, or as training.csv in UTF-8",
        'unheard.yaml: no register has the name "unheard": `rempart registers add --help` lists them',
    ]
