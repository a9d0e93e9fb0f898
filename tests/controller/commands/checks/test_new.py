"""``rempart checks new``: what it writes is sound as it is, and nothing that is there is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.main import main

Capture = pytest.CaptureFixture[str]


def begin(
    directory: Path, id_: str = "ACME-01", slug: str = "recorder-closed", *more: str, area: str = "recording"
) -> int:
    return main(["checks", "new", id_, slug, "--area", area, "--dir", str(directory), *more])


@pytest.mark.parametrize("platform", ["linux", "darwin", "windows"])
def test_what_it_writes_is_sound_before_a_word_is_replaced(
    root: Path, tmp_path: Path, capsys: Capture, platform: str
) -> None:
    own = tmp_path / "own"
    assert begin(own, "acme-01", "recorder-closed", "--platform", platform) == 0
    out = capsys.readouterr().out
    files = [own / "recording/acme-01-recorder-closed.yaml", own / "recording/acme-01-recorder-closed.test.yaml"]
    assert out.splitlines()[:2] == [str(file) for file in files]
    arguments = ["--checks-dir", str(own), "ACME-01"]
    assert f"rempart checks test {' '.join(arguments)}" in out
    assert main(["checks", "lint", *arguments]) == 0
    assert main(["checks", "test", *arguments]) == 0
    assert capsys.readouterr().out == "1 check: no mistakes\n4 test cases, all as expected\n"


def test_its_control_may_be_uncommented(root: Path, tmp_path: Path, capsys: Capture) -> None:
    begin(tmp_path / "own")
    (file,) = (tmp_path / "own/recording").glob("*[!t].yaml")
    text = (
        file.read_text(encoding="utf-8")
        .replace("# controls: ", "controls: ")
        .replace('#   gdpr: ["32(1)(b)"]', '  house: ["1.1"]')
    )
    file.write_text(text, encoding="utf-8")
    assert main(["checks", "lint", "--checks-dir", str(tmp_path / "own"), "ACME-01"]) == 0


def test_nothing_is_overwritten(root: Path, tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own"
    begin(own)
    before = {file: file.read_bytes() for file in own.rglob("*.yaml")}
    assert begin(own) == 2
    assert begin(own, slug="other-words") == 2  # the same id under another name
    assert "the id ACME-01 is already used by" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in own.rglob("*.yaml")} == before
    assert begin(own, "ACME-02") == 0


def test_cases_that_are_there_are_kept(root: Path, tmp_path: Path, capsys: Capture) -> None:
    cases = tmp_path / "own/recording/acme-01-recorder-closed.test.yaml"
    cases.parent.mkdir(parents=True)
    cases.write_text("mine", encoding="utf-8")
    assert begin(tmp_path / "own") == 2
    assert "already exists: nothing was written" in capsys.readouterr().err
    assert [file.name for file in cases.parent.iterdir()] == [cases.name]
    assert cases.read_text(encoding="utf-8") == "mine"


def test_an_id_of_ours_is_taken(root: Path, tmp_path: Path, capsys: Capture) -> None:
    assert begin(tmp_path / "own", "TST-02") == 2
    assert f"the id TST-02 is already used by {root}/testing/tst-02-one.yaml" in capsys.readouterr().err
    assert not (tmp_path / "own").exists()


def test_another_draft_that_is_half_done_is_no_hindrance(root: Path, tmp_path: Path) -> None:
    begin(tmp_path / "own")
    (tmp_path / "own/recording/acme-01-recorder-closed.yaml").write_text("id: [", encoding="utf-8")
    assert begin(tmp_path / "own", "ACME-02") == 0


@pytest.mark.parametrize(
    ("id_", "slug", "area", "said"),
    [
        ("ACME", "x", "recording", '"ACME" is not an id'),
        ("A-1", "x", "recording", '"A-1" is not an id'),
        ("ACME-01", "Big Words", "recording", '"Big Words" is not a file name'),
        ("ACME-01", "../x", "recording", '"../x" is not a file name'),
        ("ACME-01", "x", "profiles", '"profiles" is not an area'),
        ("ACME-01", "x", "../up", '"../up" is not an area'),
    ],
)
def test_names_that_checks_could_not_have_are_refused(
    root: Path, tmp_path: Path, capsys: Capture, id_: str, slug: str, area: str, said: str
) -> None:
    assert begin(tmp_path / "own", id_, slug, area=area) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "own").exists()


def test_a_folder_that_cannot_be_made_is_said(root: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert begin(tmp_path / "file") == 2
    assert capsys.readouterr().err.startswith(f"rempart: {tmp_path}/file")
