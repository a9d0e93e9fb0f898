"""An audit that ends before its time: real signals to a real process, a deadline, a disk that is full.

Every report is written, says INTERRUPTED before anything else, and names what was not asked. None says "complete".
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
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
ENDLESS = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + :least FROM c) "
    "SELECT max(x) AS item, 1 AS observed, 1 AS expected, 1 AS ok FROM c"
)
COMPLETE = re.compile(r"\bcomplete\b|\bcomplet\b|100.?%")
WORDS = {"en": "INTERRUPTED", "fr": "INTERROMPU"}


@pytest.fixture
def place() -> Iterator[Path]:
    """Make a root filesystem and three checks, of which the second never ends."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root").mkdir()
        system = "ID=debian\nNAME=Debian\nVERSION_ID=13\n"
        lay(folder / "root", {"/etc/os-release": system, "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"})
        write_check(folder / "checks", 1, title="Somebody is there")
        write_check(folder / "checks", 2, ENDLESS, title="The end is found")
        write_check(folder / "checks", 3, title="Nobody is missing")
        yield folder


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Let children hear Ctrl-C and the end of a terminal, also where the tests themselves ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler), signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGHUP, before[1])


def reports(place: Path) -> dict[str, Path]:
    files = {kind: place / f"report.{kind}" for kind in ("junit", "html", "json", "markdown", "csv", "jsonl")}
    return files | {"html-dir": place / "pages", "junit-dir": place / "suites"}


def words(place: Path, *arguments: str) -> list[str]:
    own = ["--root", str(place / "root"), "--checks-dir", str(place / "checks"), "--checks", "TST-*"]
    written = [text for kind, path in reports(place).items() for text in (f"--{kind}", str(path))]
    return [str(BIN / "rempart"), "audit", "--deadline", "600", *own, *written, *arguments]


def environment(place: Path) -> dict[str, str]:
    return os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "NO_COLOR": ""}


def begin(place: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin an audit, and return once it is at the check that never ends, which eats time in a process of its own."""
    process = subprocess.Popen(
        words(place, *arguments), env=environment(place), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if spent(process.pid) >= 3:
            return process
        time.sleep(0.02)
    process.kill()
    raise AssertionError(process.communicate())


def spent(pid: int) -> float:
    """Return the seconds that the children of a process have spent."""
    total = 0
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        total += int(_read(Path(f"/proc/{child}/stat")).rpartition(b")")[2].split()[11] or b"0")
    return total / os.sysconf("SC_CLK_TCK")


def texts(place: Path) -> dict[str, str]:
    found = {kind: path.read_text() for kind, path in reports(place).items() if path.is_file()}
    found["html-dir"] = (place / "pages/index.html").read_text()
    (suite,) = (place / "suites").glob("TEST-*.xml")
    found["junit-dir"] = suite.read_text()
    return found


def expect_interrupted(place: Path, language: str = "en", asked: int = 1) -> None:
    """Hold every report against what was seen: ``asked`` of three checks."""
    found = texts(place)
    assert len(found) == 8
    word = WORDS[language]
    for kind, text in found.items():
        assert word in text, kind
        plain = re.sub(r"<style>.*?</style>|<table.*?</table>|[a-z]=\"[^\"]*\"", "", text, flags=re.DOTALL)
        assert not COMPLETE.search(plain), kind  # tables tell of one check or one area
    for kind in ("junit", "junit-dir"):
        suite = ET.fromstring(found[kind]).find("testsuite")
        assert suite is not None
        assert (suite.findtext("system-out") or "").startswith(word)
        assert suite.findall("properties/property")[0].get("name") == "interrupted"
        assert len(suite.findall("testcase/error")) == (3 - asked if asked else 1)  # of a target that was not heard
    rows = list(csv.DictReader(io.StringIO(found["csv"])))
    assert [row["failure"] for row in rows] == ["interrupted"] * (3 - asked if asked else 1) + [""] * asked
    assert json.loads(found["jsonl"].splitlines()[0])["failure"] == "interrupted"
    document = json.loads(found["json"])
    assert list(document)[2] == "unfinished"
    assert document["counts"]["not_checked"] == 3 - asked
    heading = [line for line in found["markdown"].splitlines() if line][1]
    assert heading.startswith(f"**{word}")
    for kind in ("html", "html-dir"):
        match = re.search(r'class="headline">([^<]*)', found[kind])
        assert match
        assert match[1].startswith(word)


@pytest.mark.parametrize(
    ("number", "status", "language"),
    [(signal.SIGINT, 130, "en"), (signal.SIGTERM, 143, "fr"), (signal.SIGHUP, 129, "en")],
)
def test_a_signal_ends_the_asking_and_every_report_says_so(
    place: Path, number: signal.Signals, status: int, language: str
) -> None:
    process = begin(place, "--lang", language)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert out.startswith(WORDS[language])
    assert WORDS[language] in err
    assert "Traceback" not in err
    expect_interrupted(place, language)


def test_a_deadline_ends_it_with_exit_status_3(place: Path) -> None:
    done = subprocess.run(
        words(place, "--run-deadline", "4"),
        env=environment(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert "the run's deadline of 4 s was reached" in done.stderr
    asked = json.loads((place / "report.json").read_text())["counts"]["pass"]
    assert asked in {0, 1}  # of a busy machine nothing
    expect_interrupted(place, asked=asked)


def test_one_that_ends_before_it_knows_what_to_ask_says_so(place: Path) -> None:
    done = subprocess.run(
        words(place, "--run-deadline", "0.001"),
        env=environment(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    expect_interrupted(place, asked=0)


def test_a_signal_while_all_is_judged_already_leaves_whole_reports(place: Path) -> None:
    """Whatever the moment: a report is that of a whole audit, or says INTERRUPTED; none is half a report."""
    (place / "checks/testing/tst-02-one.yaml").unlink()
    fast = time.monotonic()
    subprocess.run(words(place), env=environment(place), capture_output=True, check=False, timeout=60)
    whole = time.monotonic() - fast
    for part in range(1, 8):
        process = subprocess.Popen(
            words(place), env=environment(place), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        time.sleep(whole * part / 7)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        assert process.returncode in {0, 143, -signal.SIGTERM}
        for kind, text in texts(place).items():
            if kind.startswith("junit"):
                ET.fromstring(text)
            elif kind.startswith("html"):
                assert text.rstrip().endswith("</html>")
        document = json.loads((place / "report.json").read_text())
        assert ("unfinished" in document) == bool(document["counts"]["not_checked"])
        assert not list(place.rglob("*.tmp"))


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="mounts a small disk")
@pytest.mark.parametrize("small", ["pages", "suites"])
def test_on_a_full_disk_pages_of_the_last_audit_stay_and_other_reports_are_written(place: Path, small: str) -> None:
    (place / "checks/testing/tst-02-one.yaml").unlink()
    folder = place / small
    folder.mkdir()
    script = f"""
        mount -t tmpfs -o size=512k,nr_inodes=100 none {folder} || exit 99
        echo mine > {folder}/theirs.txt
        "$@" > /dev/null || exit 98
        (cd {folder} && find . -type f | sort | xargs sha256sum) > {place}/before
        dd if=/dev/zero of={folder}/filler bs=4k 2> /dev/null
        rm {place}/report.json
        sed -i 's/Somebody/Nobody at all/' {place}/checks/testing/*.yaml
        "$@" 2> {place}/said > /dev/null
        echo $? > {place}/status
        rm {folder}/filler
        (cd {folder} && find . -type f | sort | xargs sha256sum) > {place}/after
    """
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *words(place)],
        env=environment(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done
    assert (place / "status").read_text() == "3\n"
    said = (place / "said").read_text()
    assert "no space left on device" in said
    assert f"cannot write {folder}" in said
    assert (place / "after").read_text() == (place / "before").read_text()
    assert "theirs.txt" in (place / "after").read_text()
    assert json.loads((place / "report.json").read_text())["results"][0]["title"]["en"] == "Nobody at all is there"


def test_what_a_store_knows_is_not_lost_by_an_interruption(place: Path) -> None:
    """The check that was not asked keeps what was seen of it last; what was judged counts."""
    file = place / "checks/testing/tst-02-one.yaml"
    endless = file.read_text()
    file.write_text(endless.replace(ENDLESS, "SELECT 'x' AS item, 1 AS observed, 2 AS expected, :least > 9 AS ok"))
    store = ["--store", str(place / "s.db"), "--sign"]
    first = subprocess.run(
        words(place, *store), env=environment(place), capture_output=True, text=True, check=False, timeout=60
    )
    assert first.returncode == 1, first.stderr
    file.write_text(endless)
    process = begin(place, *store)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    shown = subprocess.run(
        [str(BIN / "rempart"), "fleet", "--store", str(place / "s.db"), "--json"],
        env=environment(place),
        capture_output=True,
        text=True,
        check=True,
    )
    (host,) = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (host["counts"]["pass"], host["counts"]["fail"], host["counts"]["not_checked"]) == (2, 1, 0)


def test_make_audit_is_interrupted_as_the_command_is(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    out = tmp_path / "out"
    process = subprocess.Popen(
        ["make", "-o", ".venv/bin/rempart", "audit", f"OUT={out}"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert process.returncode != 0, said
    left = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(out).encode() in _read(p)]
    assert left == []  # nobody goes on without make
    if (out / "junit.xml").exists():
        suite = ET.parse(out / "junit.xml").getroot().find("testsuite")
        assert suite is not None
        assert (suite.findtext("system-out") or "").startswith("INTERRUPTED") or "INTERRUPTED" not in said


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
