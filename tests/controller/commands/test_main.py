"""The command ``rempart``, as its users run it: on root filesystems with a few checks of their own."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rempart_testing.check import write_check
from rempart_testing.target import lay

BIN = Path(sys.executable).parent
BAD = "SELECT 'a' AS item, {observed} AS observed, 'good' AS expected, 0 AS ok FROM users WHERE :least >= 0"
HOSTILE = "'::error::x' || char(27) || '[31m ##vso[task.complete] <script>alert(1)</script> [a](http://x)'"


@pytest.fixture
def place() -> Iterator[Path]:
    """Make a root filesystem and a folder of own checks: one passes, one fails with hostile evidence."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root").mkdir()
        system = "ID=debian\nNAME=Debian\nVERSION_ID=13\n"
        lay(folder / "root", {"/etc/os-release": system, "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"})
        write_check(folder / "checks", 1, title="Somebody is there")
        write_check(folder / "checks", 2, BAD.format(observed=HOSTILE), title="All is good")
        yield folder


def rempart(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "NO_COLOR": ""}
    return subprocess.run(
        [str(BIN / "rempart"), *arguments], capture_output=True, text=True, check=False, env=environment, timeout=120
    )


def audit(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*"]
    done = rempart(place, "audit", *own, *arguments)
    assert "Traceback" not in done.stderr
    return done


def test_findings_go_to_standard_output_and_nothing_to_standard_error(place: Path) -> None:
    done = audit(place)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "TST-02" in done.stdout
    assert "All is good" in done.stdout


def test_evidence_cannot_steer_a_terminal_or_a_build_service(place: Path) -> None:
    for arguments in ([], ["--markdown", "-"], ["--lang", "fr"]):
        text = audit(place, *arguments).stdout
        assert "\x1b" not in text
        assert "##vso[" not in text
        assert not any(line.strip().startswith("::") for line in text.splitlines())


def test_reports_are_written_where_they_are_asked_for(place: Path) -> None:
    names = {kind: place / f"report.{kind}" for kind in ("junit", "html", "json", "markdown")}
    arguments = [text for kind, path in names.items() for text in (f"--{kind}", str(path))]
    done = audit(place, "--quiet", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    suite = ET.parse(names["junit"]).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert json.loads(names["json"].read_text())["schema"] == "rempart.run/1"
    page = names["html"].read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "Systems stay confidential, sound, available and resilient" in page  # what GDPR 32(1)(b) is about
    assert "TST-02" in names["markdown"].read_text()


def test_a_report_on_standard_output_stands_alone(place: Path) -> None:
    done = audit(place, "--junit", "-")
    assert ET.fromstring(done.stdout).tag == "testsuites"
    assert json.loads(audit(place, "--json", "-").stdout)["counts"]["fail"] == 1
    assert audit(place, "--json", "/dev/stdout").stdout.startswith("{")


def test_two_reports_cannot_share_standard_output(place: Path) -> None:
    done = audit(place, "--junit", "-", "--json", "-")
    assert done.returncode == 2
    assert "standard output" in done.stderr


def test_a_report_that_cannot_be_written_is_said(place: Path) -> None:
    done = audit(place, "--junit", str(place / "nowhere" / "x.xml"))
    assert done.returncode in {2, 3}
    assert "nowhere" in done.stderr


def test_a_baseline_of_several_targets_is_not_that_of_one(place: Path) -> None:
    one = place / "one.json"
    audit(place, "--quiet", "--json", str(one))
    first = json.loads(one.read_text(encoding="utf-8"))
    second = {**first, "target": {**first["target"], "name": "another"}}
    one.write_text("".join(json.dumps(run) + "\n" for run in (first, second)), encoding="utf-8")
    refused = audit(place, "--baseline", str(one))
    assert refused.returncode == 2
    assert "contains 2 targets" in refused.stderr


def test_diff_says_what_got_worse(place: Path) -> None:
    old, new = place / "old.json", place / "new.json"
    audit(place, "--quiet", "--json", str(old))
    write_check(place / "checks", 1, BAD.format(observed="'gone'"), title="Somebody is there")
    audit(place, "--quiet", "--json", str(new))
    done = rempart(place, "diff", str(old), str(new))
    assert done.returncode == 1
    assert "Worse (1)" in done.stdout
    assert "TST-01" in done.stdout
    same = rempart(place, "diff", str(new), str(new))
    assert same.returncode == 0
    back = rempart(place, "diff", str(new), str(old), "--lang", "fr")
    assert back.returncode == 0
    assert "Mieux (1)" in back.stdout


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "rempart.run/99"}', "\x00\xff"])
def test_diff_refuses_what_is_no_run_document(place: Path, text: str) -> None:
    bad = place / "bad.json"
    bad.write_text(text)
    done = rempart(place, "diff", str(bad), str(bad))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("rempart: ")


def test_checks_list_and_show(place: Path) -> None:
    own = ["--checks-dir", str(place / "checks")]
    listed = rempart(place, "checks", "list", *own, "testing")
    assert listed.stdout.splitlines() == [
        "TST-01   high      testing  Somebody is there",
        "TST-02   high      testing  All is good",
    ]
    lines = rempart(place, "checks", "list", *own, "--json", "TST-01").stdout.splitlines()
    assert json.loads(lines[0])["controls"] == {"gdpr": ["32(1)(b)"]}
    assert json.loads(lines[0])["level"] == "base"
    shown = rempart(place, "checks", "show", *own, "TST-01")
    assert "Somebody is there" in shown.stdout
    assert "least = 1" in shown.stdout
    sql = rempart(place, "checks", "show", *own, "TST-01", "--sql").stdout
    assert "count(*) >= 1 AS ok" in sql
    unknown = rempart(place, "checks", "show", *own, "TST-99")
    assert unknown.returncode == 2
    assert "TST-01" in unknown.stderr


def test_checks_lint_says_what_is_wrong_with_sql_and_cases(place: Path) -> None:
    write_check(place / "checks", 1, "SELECT nope AS item, :least AS observed, 1 AS expected, 1 AS ok FROM users")
    write_check(place / "checks", 2, "SELECT path AS item, :least AS observed, 1 AS expected, 1 AS ok FROM file")
    write_check(place / "checks", 3, "SELECT value AS item, :least AS observed, 1 AS expected, 1 AS ok FROM augeas")
    write_check(place / "checks", 4, "SELECT uid AS item, :least AS ok FROM users")
    done = rempart(place, "checks", "lint", "--checks-dir", str(place / "checks"), "TST-*")
    assert done.returncode == 2
    for said in ("no such column: nope", "required column", "augeas", "observed, expected", "has no cases"):
        assert said in done.stderr


def test_checks_test_runs_cases(place: Path) -> None:
    cases = place / "checks" / "testing" / "tst-01-one.test.yaml"
    case = "  - {{name: {name}, tables: {{users: [{rows}]}}, expect: {expect}}}\n"
    good = case.format(name="one account", rows="{uid: 0}", expect="pass")
    cases.write_text("cases:\n" + good + case.format(name="none", rows="", expect="fail"))
    own = ["--checks-dir", str(place / "checks"), "TST-01"]
    done = rempart(place, "checks", "test", *own)
    assert (done.returncode, done.stdout) == (0, "2 test cases, all as expected\n")
    cases.write_text("cases:\n" + good + case.format(name="none", rows="", expect="pass"))
    done = rempart(place, "checks", "test", *own)
    assert done.returncode == 1
    assert "TST-01: none: expected pass, came out fail" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["audit", "--help"], ["diff", "--help"], ["checks", "--help"]])
def test_help_is_there_and_no_book(place: Path, arguments: list[str]) -> None:
    done = rempart(place, *arguments)
    assert done.returncode == 0
    assert 5 < len(done.stdout.splitlines()) < 150


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["audit", "--nonsense"], ["audit", "--role", "king"]])
def test_nonsense_is_status_2(place: Path, arguments: list[str]) -> None:
    done = rempart(place, *arguments)
    assert done.returncode == 2
    assert "usage: rempart" in done.stderr


def read_quietly(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def run_on_terminal(command: list[str], environment: dict[str, str], interrupt_at: str = "") -> tuple[int, str]:
    """Run a command on a terminal; with ``interrupt_at``, press Ctrl-C when that text appears."""
    pid, descriptor = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which tests in the background ignore
        os.execve(command[0], command, environment)
    seen = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([descriptor], [], [], 1)[0]:
            continue
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
        if interrupt_at and interrupt_at.encode() in seen:
            os.write(descriptor, b"\x03")
            interrupt_at = ""
    _, status = os.waitpid(pid, 0)
    os.close(descriptor)
    return os.waitstatus_to_exitcode(status), seen.decode("utf-8", "replace")


def test_a_terminal_shows_progress_and_ctrl_c_leaves_a_report_that_says_so(place: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + :least FROM c) "
    endless += "SELECT max(x) AS item, 1 AS observed, 1 AS expected, 1 AS ok FROM c"
    write_check(place / "checks", 3, endless)
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "TERM": "xterm"}
    out = place / "junit.xml"
    command = [str(BIN / "rempart"), "audit", "--root", str(place / "root"), "--checks-dir", str(place / "checks")]
    command += ["--checks", "TST-*", "--junit", str(out)]
    status, seen = run_on_terminal(command, environment, interrupt_at="TST-03")
    assert status == 130
    assert "[2/3]" in seen
    assert "INTERRUPTED: stopped by Ctrl-C" in seen
    cases = ET.parse(out).getroot().findall(".//testcase")
    assert [len(case.findall("error")) for case in cases] == [0, 0, 1]
    assert [path.name for path in place.glob("*.xml*")] == [out.name]
    left = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(place).encode() in read_quietly(p)]
    assert left == []


def test_a_reader_that_goes_away_is_no_error(place: Path) -> None:
    own = f"--root {place}/root --checks-dir {place}/checks --checks 'TST-*'"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{BIN}/rempart audit {own} | true"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
