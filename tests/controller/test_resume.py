"""An audit of a fleet that is interrupted and gone on with, and one that leaves out who answered lately."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rempart_testing import sshd
from rempart_testing.check import COUNT, write_check
from rempart_testing.spaces import plain
from rempart_testing.ssh_lab import Lab

pytestmark = [
    pytest.mark.early,
    pytest.mark.usefixtures("heard"),
    pytest.mark.skipif(not sshd.IS_THERE, reason="needs sshd and ssh-keygen"),
]
NONE = COUNT.replace("count(*) >=", "-1 >=")


class Gate:
    """A host that answers nothing for as long as it is shut."""

    def __init__(self, folder: Path) -> None:
        self._shut = folder / "shut"
        self.script = folder / "gate.sh"
        self.script.write_text(
            f'while test -e {self._shut}; do sleep 0.05; done\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n'
        )
        self.shut()

    def shut(self) -> None:
        self._shut.touch()

    def open(self) -> None:
        self._shut.unlink(missing_ok=True)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path)
    yield made
    made.open()  # nobody stays behind who waits for it


@pytest.fixture
def fleet(lab: Lab, server: sshd.Sshd, gate: Gate, tmp_path: Path) -> Iterator[Lab]:
    """Return a fleet of a host that answers and one that is stuck, in this order."""
    with sshd.run_sshd(tmp_path / "sshd", f"ForceCommand /bin/sh {gate.script}") as stuck:
        lab.add("good", server)
        lab.add("stuck", stuck)
        yield lab


def wait(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 240
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def journals(lab: Lab) -> list[Path]:
    return sorted(lab.folder.rglob("unfinished-audits/*.jsonl"))


def words(lab: Lab, *arguments: str) -> list[str]:
    return lab.command("audit", "--checks-dir", str(lab.checks), "--checks", "TST-*", *arguments)


def begin(lab: Lab, *arguments: str) -> subprocess.Popen[str]:
    """Begin an audit, and return once one host's answer is on disk."""
    process = subprocess.Popen(
        words(lab, *arguments),
        env=lab.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=lab.folder,
    )
    done = re.compile(r'^\["good",.*\]\n', re.MULTILINE)
    wait(lambda: any(done.search(path.read_text()) for path in journals(lab)), process)
    return process


def interrupt(lab: Lab, *arguments: str, by: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    process = begin(lab, *arguments)
    process.send_signal(by)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    return process.returncode, out, err


def logins(server: sshd.Sshd) -> int:
    return server.log.read_text().count("Accepted publickey")


@pytest.mark.parametrize(("by", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_is_finished_is_reported_and_the_rest_is_asked_later(
    fleet: Lab, server: sshd.Sshd, gate: Gate, by: signal.Signals, status: int
) -> None:
    kept = fleet.folder / "kept.jsonl"
    returned, out, err = interrupt(fleet, "--json", str(kept), "--store", "s.db", by=by)
    assert returned == status
    assert "hosts not asked: 1 of 2; the same command with --resume" in err
    stuck, good = [json.loads(line) for line in kept.read_text().splitlines()]
    assert (stuck["target"]["name"], good["target"]["name"]) == ("stuck", "good")
    assert list(stuck)[2] == "unfinished"
    assert stuck["not_checked"]["failure"] == "interrupted"
    assert out.startswith("INTERRUPTED: stopped by")
    assert "1 of 2 hosts not asked" in out.splitlines()[0]
    asked = logins(server)
    gate.open()
    junit = fleet.folder / "junit.xml"
    code, runs = fleet.runs("--resume", "--store", "s.db", "--junit", str(junit))
    assert (code, list(runs)) == (0, ["good", "stuck"])
    assert logins(server) == asked  # who has answered is not asked again
    assert runs["good"] == good
    assert [suite.get("hostname") for suite in ET.parse(junit).getroot()] == ["good", "stuck"]
    hosts = [json.loads(line) for line in fleet_of(fleet, "s.db").splitlines()]
    assert [(host["name"], host["counts"]["pass"]) for host in hosts] == [("good", 1), ("stuck", 1)]
    assert visits(fleet, "s.db") == [("good", 1), ("stuck", 1)]  # nothing is saved twice
    assert journals(fleet) == []
    again = fleet.audit("--resume")
    assert (again.returncode, "nothing to resume" in again.stderr) == (2, True)


def test_every_report_of_an_interrupted_fleet_names_who_was_not_asked(fleet: Lab, gate: Gate) -> None:
    formats = ("junit", "html", "markdown", "csv", "jsonl")
    files = {name: fleet.folder / f"report.{name}" for name in formats}
    written = [text for name, path in files.items() for text in (f"--{name}", str(path))]
    pages, suites = fleet.folder / "pages", fleet.folder / "suites"
    returned, out, _ = interrupt(fleet, *written, "--html-dir", str(pages), "--junit-dir", str(suites))
    gate.open()
    assert returned == 130
    assert re.search(r"^  stuck +not asked$", out, re.MULTILINE)
    assert "1 not asked." in " ".join(out.split())  # lines are folded at 80 columns
    said = {name: path.read_text() for name, path in files.items()}
    said |= {"page": (pages / "index.html").read_text(), "suite": (suites / "TEST-stuck.xml").read_text()}
    for name, text in said.items():
        assert "INTERRUPTED" in text, name
        assert "stuck" in text, name
        assert "is complete" not in text, name
    for document in (said["junit"], said["suite"]):
        (suite,) = [one for one in ET.fromstring(document) if one.get("hostname") == "stuck"]
        assert len(suite.findall("testcase/error")) == len(suite.findall("testcase")) > 0
    assert 'id="unasked"' in said["page"]
    headline = re.search(r'class="headline">([^<]*)', said["page"])
    assert headline
    assert headline[1].startswith("INTERRUPTED: stopped by Ctrl-C (SIGINT). 1 of 2 hosts not asked.")
    assert "No host has an open finding" not in headline[1]
    assert "No open finding on 1 host that answered" in headline[1]


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="mounts a small disk")
@pytest.mark.parametrize("size", ["4k", "8k", "12k", "16k"])
def test_where_answers_find_no_space_every_report_is_written_and_says_so(fleet: Lab, gate: Gate, size: str) -> None:
    gate.open()
    data, out = Path(fleet.data), fleet.folder / "runs.jsonl"
    data.mkdir(parents=True)
    script = f'mount -t tmpfs -o size={size} none {data} && exec "$@"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *words(fleet, "--json", str(out))],
        env=fleet.environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=fleet.folder,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    runs = {run["target"]["name"]: run for run in map(json.loads, out.read_text().splitlines())}
    assert sorted(runs) == ["good", "stuck"]
    cut = [name for name, run in runs.items() if "unfinished" in run]
    assert done.returncode == (3 if cut else 0), done.stderr
    for name in cut:
        assert "no space left on device" in runs[name]["unfinished"]["en"]
        assert runs[name]["not_checked"]["failure"] == "interrupted"
    if cut:
        assert done.stdout.startswith("INTERRUPTED: ")


def fleet_of(lab: Lab, store: str) -> str:
    from rempart_testing.ssh_lab import BIN

    command = [str(BIN / "rempart"), "fleet", "--json", "--store", store]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=lab.folder, env=lab.environment
    ).stdout


def visits(lab: Lab, store: str) -> list[tuple[str, int]]:
    import sqlite3

    connection = sqlite3.connect(lab.folder / store)
    query = "SELECT name, count(*) FROM visit JOIN endpoint e ON e.id = endpoint GROUP BY name ORDER BY name"
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_a_controller_that_is_killed_has_what_was_finished_on_disk(fleet: Lab, server: sshd.Sshd, gate: Gate) -> None:
    process = begin(fleet, "--store", "s.db")
    process.kill()
    assert process.wait(30) == -signal.SIGKILL
    asked = logins(server)
    (journal,) = journals(fleet)
    assert journal.stat().st_mode & 0o077 == 0
    with journal.open("a") as file:
        file.write('["stuck",true,{"ended":"2026-')  # the kill came in the middle of a line
    gate.open()
    process.communicate(timeout=30)  # what it left behind ends as well
    code, runs = fleet.runs("--resume", "--store", "s.db")
    assert (code, list(runs), logins(server)) == (0, ["good", "stuck"], asked)
    assert visits(fleet, "s.db") == [("good", 1), ("stuck", 1)]


def test_what_the_runs_deadline_left_is_gone_on_with(fleet: Lab, server: sshd.Sshd, gate: Gate) -> None:
    code, runs = fleet.runs("--run-deadline", "25")
    assert code == 3
    assert runs["stuck"]["unfinished"]["en"] == "the run's deadline of 25 s was reached"
    assert runs["stuck"]["not_checked"]["failure"] == "interrupted"
    assert runs["good"]["results"][0]["state"] == "pass"
    asked = logins(server)
    gate.open()
    code, runs = fleet.runs("--resume")
    assert (code, runs["stuck"]["results"][0]["state"], logins(server)) == (0, "pass", asked)


def test_the_age_of_what_was_kept_is_told(fleet: Lab, gate: Gate) -> None:
    interrupt(fleet)
    (journal,) = journals(fleet)
    text = journal.read_text()
    journal.write_text(re.sub(r'"ended":\s*"[^"]+"', lambda _: f'"ended": "{ago(3)}"', text))
    gate.open()
    markdown = fleet.folder / "fleet.md"
    done = fleet.audit("--resume", "--markdown", str(markdown))
    assert done.returncode == 0
    assert re.search(r"good +nothing open \(3 hours ago\)\n +stuck  nothing open\n", done.stdout)
    assert "Resumed: 1 of 2 hosts had been done" in done.stdout


def ago(hours: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * 3600 - 60))


def test_another_question_is_refused_with_all_that_differs(fleet: Lab, gate: Gate) -> None:
    interrupt(fleet)
    gate.open()
    fleet.add("third")
    fleet.hosts["stuck"]["rempart_role"] = "workstation"
    write_check(fleet.own_checks(), 2, NONE)
    refused = fleet.audit("--resume", "--profile", "all")
    assert refused.returncode == 2
    for said in (
        "--profile was not given and is all",
        "checks or profiles have changed",
        "hosts that were not part of the audit: third",
    ):
        assert said in refused.stderr
    assert "inventory says something else of" not in refused.stderr  # --profile alone makes each host's terms differ
    assert "hosts of which the inventory says something else: stuck\n" in fleet.audit("--resume").stderr
    assert len(journals(fleet)) == 1  # it can still be gone on with


def test_an_audit_that_still_runs_is_not_gone_on_with(fleet: Lab, gate: Gate) -> None:
    running = begin(fleet)
    refused = fleet.audit("--resume")
    assert (refused.returncode, "still running" in refused.stderr) == (2, True)
    gate.open()
    assert running.wait(30) == 0
    running.communicate()
    assert journals(fleet) == []


def test_answers_are_kept_until_they_are_reported(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("good", server)
    failed = lab.audit("--junit", "/dev/full")  # a disk that fills up after the audit has begun
    assert failed.returncode == 3
    assert "the answers are kept" in failed.stderr
    asked = logins(server)
    assert lab.runs("--resume")[0] == 0
    assert logins(server) == asked


def test_where_nothing_can_be_kept_the_audit_says_so_and_goes_on(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("good", server)
    lab.data = "/proc/nowhere"
    done = lab.audit()
    assert done.returncode == 0
    assert "this audit cannot be resumed" in done.stderr


def test_what_others_may_write_to_is_not_believed(fleet: Lab, gate: Gate) -> None:
    interrupt(fleet)
    gate.open()
    (journal,) = journals(fleet)
    journal.chmod(0o666)
    refused = fleet.audit("--resume")
    assert (refused.returncode, "other users can write to it" in refused.stderr) == (2, True)


def test_a_whole_audit_takes_the_place_of_an_interrupted_one(fleet: Lab, gate: Gate) -> None:
    interrupt(fleet)
    gate.open()
    assert fleet.audit().returncode == 0
    assert journals(fleet) == []


def test_who_answered_lately_is_left_out_and_counts(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("bad", server, rempart_parameters={"TST-02": {"least": 5}})
    lab.add("off", ansible_port=sshd.free_port())
    write_check(lab.own_checks(), 2, NONE, title="None is enough")
    own = ("--store", "s.db", "--checks-dir", str(lab.checks), "--profile", "all", "--stale", "20h")
    first = lab.run("audit", *own, "--checks", "TST-*", "-l", "bad")
    assert first.returncode == 1
    asked = logins(server)
    lab.hosts["off"] |= lab.hosts["bad"]  # it has come up
    report = lab.folder / "runs.json"
    second = lab.run("audit", *own, "--checks", "TST-01", "--json", str(report))
    assert logins(server) == asked + 1
    assert json.loads(report.read_text())["target"]["name"] == "off"
    assert second.returncode == 1  # what is asked is well, but not all
    assert "Left out: 1 host that answered within 20 hours. By their last answers 1 have findings" in " ".join(
        second.stdout.split()
    )
    none = lab.run("audit", *own, "--checks", "TST-01", "--lang", "fr")
    assert (none.returncode, logins(server)) == (1, asked + 1)
    assert "Laissées de côté : 2 machines" in plain(none.stdout)
    lab.run("audit", *own[:-1], "1m", "--checks", "TST-01")
    assert logins(server) == asked + 1


def test_an_answer_to_some_checks_is_none_to_a_whole_profile(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("one", server)
    profile = lab.own_checks() / "profiles/short.yaml"
    profile.parent.mkdir(exist_ok=True)
    profile.write_text("title: {en: Short, fr: Court}\nall: true\nonly: {areas: [testing]}\n")
    own = ("--store", "s.db", "--checks-dir", str(lab.checks), "--profile", "short")
    assert lab.run("audit", *own, "--checks", "TST-01").returncode == 0
    asked = logins(server)
    lab.run("audit", *own, "--stale", "20h")
    assert logins(server) == asked + 1
    lab.run("audit", *own, "--stale", "20h")
    assert logins(server) == asked + 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stale", "20h"], "--store is missing"),
        (["--stale", "soon", "--store", "s.db"], "give an age as 90m, 20h or 7d"),
        (["--resume"], "nothing to resume"),
    ],
)
def test_what_can_not_be_done_is_said(lab: Lab, arguments: list[str], said: str) -> None:
    lab.add("one")
    done = lab.audit(*arguments)
    assert (done.returncode, said in done.stderr) == (2, True)
    assert journals(lab) == []
