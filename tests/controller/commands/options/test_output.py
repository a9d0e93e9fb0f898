"""Where reports go: refused before anybody is asked where they can't go there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rempart_testing.tree import everything_right

from rempart_controller.commands.main import main
from rempart_core.error import UsageError
from rempart_reports.writing.output_places import check_outputs


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError) as raised:
        check_outputs(
            {"--junit": f"{tmp_path}/a.xml", "--html": f"{tmp_path}/folder/../a.xml", "--csv": f"{tmp_path}/no/a.csv"},
            {"--html-dir": f"{tmp_path}/file", "--junit-dir": f"{tmp_path}/new/deep"},
        )
    said = str(raised.value)
    assert "--junit and --html both write to" in said
    assert f"--csv {tmp_path}/no/a.csv: there is no directory {tmp_path}/no" in said
    assert f"--html-dir {tmp_path}/file: not a directory" in said
    assert "--junit-dir" not in said, "a directory of reports is made"
    with pytest.raises(UsageError, match="is a directory"):
        check_outputs({"--json": f"{tmp_path}/folder"})


def test_one_file_of_two_names_is_one_place(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    os.link(tmp_path / "a", tmp_path / "b")
    os.symlink("a", tmp_path / "c")
    for other in ("b", "c"):
        with pytest.raises(UsageError, match="both write to"):
            check_outputs({"--junit": f"{tmp_path}/a", "--html": f"{tmp_path}/{other}"})


def test_standard_output_takes_one_report_and_null_any_number() -> None:
    with pytest.raises(UsageError, match="both write to standard output"):
        check_outputs({"--junit": "-", "--csv": "/dev/stdout"})
    check_outputs({"--junit": "/dev/null", "--csv": "/dev/null", "--html": "-"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    with pytest.raises(UsageError, match="cannot be written"):
        check_outputs({"--junit": f"{tmp_path}/closed/a.xml"})


def test_an_audit_is_refused_before_it_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "root"
    root.mkdir()
    everything_right(root, running=False)
    report = str(tmp_path / "a.json")
    assert main(["audit", "--root", str(root), "--json", report, "--jsonl", report]) == 2
    assert "--json and --jsonl both write to" in capsys.readouterr().err
    assert not os.path.exists(report)
    assert main(["audit", "--root", str(root), "--json", str(tmp_path / "no" / "a.json")]) == 2
    assert "there is no directory" in capsys.readouterr().err
