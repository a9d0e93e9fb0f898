"""Where a report goes."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from rempart_core.error import ReportError, UsageError
from rempart_core.model.result import Run
from rempart_reports.formats import terminal
from rempart_reports.formats.registry import FORMATS, load
from rempart_reports.formats.report_file import write_report
from rempart_reports.views.options import Options

OPTIONS = Options()


def test_a_file_is_written_whole_in_utf_8_with_what_the_umask_leaves(sample_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    old = os.umask(0o027)
    try:
        write_report(str(path), "terminal", [sample_run], OPTIONS)
    finally:
        os.umask(old)
    assert "✗ critical  FWL-01" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["report.txt"]


def test_an_old_file_keeps_its_mode_and_a_link_stays_a_link(sample_run: Run, tmp_path: Path) -> None:
    path, link = tmp_path / "real.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o604)
    link.symlink_to(path)
    write_report(str(link), "terminal", [sample_run], OPTIONS)
    assert link.is_symlink()
    assert "FWL-01" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_whatever_fails_the_old_file_stays_and_nothing_is_left_beside(
    sample_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "report.txt"
    path.write_text("old")
    monkeypatch.setattr(terminal.Report, "fragment", fail)
    with pytest.raises(ReportError, match=r"cannot write .*report\.txt: no space left on device"):
        write_report(str(path), "terminal", [sample_run], OPTIONS)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.txt"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("{}/missing/report.txt", "there is no directory .*/missing"),
        ("{}", ": is a directory"),
        ("{}/file/report.txt", "not a directory"),
        ("/dev/full", "no space left"),
        ("/dev/fd/987", "bad file descriptor"),
    ],
)
def test_what_can_not_be_written_is_said(sample_run: Run, tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=words):
        write_report(path.format(tmp_path), "terminal", [sample_run], OPTIONS)


def test_a_device_and_a_pipe_are_written_straight(sample_run: Run, tmp_path: Path) -> None:
    write_report("/dev/null", "terminal", [sample_run], OPTIONS)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)

    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_report(str(pipe), "terminal", [sample_run], OPTIONS)
    reader.join()
    assert "FWL-01" in read[0]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_standard_output_is_utf_8_and_stays_open(sample_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("-", "/dev/stdout"):
        binary = io.BytesIO()
        stream = io.TextIOWrapper(binary, encoding="ascii")
        monkeypatch.setattr(sys, "stdout", stream)
        write_report(path, "terminal", [sample_run], OPTIONS)
        stream.write("after")
        stream.flush()
        text = binary.getvalue().decode()
        assert "✗ critical  FWL-01" in text
        assert text.endswith("after")


def test_standard_output_that_goes_to_a_file_is_not_replaced_nor_begun_again(tmp_path: Path) -> None:
    program = (
        "from rempart_reports.formats.report_file import write_report; "
        "from rempart_reports.views.options import Options; import sys;"
        "print('before'); write_report('/dev/stdout', 'terminal', [], Options());"
        "write_report('/dev/fd/1', 'terminal', [], Options());"
        "print('after')"
    )
    path = tmp_path / "out.txt"
    with path.open("w") as out:
        subprocess.run([sys.executable, "-c", program], stdout=out, check=True)
    assert path.read_text() == "before\nafter\n"


def test_a_reader_that_goes_away_is_an_error_of_ours(sample_run: Run) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        with pytest.raises(ReportError, match="the reader went away"):
            write_report(f"/dev/fd/{write}", "terminal", [sample_run] * 50, OPTIONS)
    finally:
        os.close(write)


def test_an_unknown_format_is_refused_and_every_known_one_can_be_loaded() -> None:
    with pytest.raises(
        UsageError, match=r"unknown report format \"pdf\" \(known: junit, html, json, markdown, csv, jsonl"
    ):
        write_report("x", "pdf", [], OPTIONS)
    for name in FORMATS:
        assert callable(load(name).write)
