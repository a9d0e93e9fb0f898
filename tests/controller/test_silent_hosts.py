"""Hosts that answered once and are silent now, and hosts that never answered, as whoever audits a fleet sees them."""

from __future__ import annotations

import csv
import subprocess
from xml.etree import ElementTree as ET

import pytest
from rempart_testing import sshd
from rempart_testing.check import write_check
from rempart_testing.ssh_lab import BIN, Lab

pytestmark = pytest.mark.skipif(not sshd.IS_THERE, reason="needs sshd and ssh-keygen")
BAD = "SELECT 'door' AS item, 'open' AS observed, 'shut' AS expected, :least > 8 AS ok"


def ask(lab: Lab, *arguments: str, status: int | None = None) -> str:
    done = subprocess.run(
        [str(BIN / "rempart"), *arguments, "--store", "s.db"],
        capture_output=True,
        text=True,
        check=False,
        cwd=lab.folder,
        env=lab.environment,
    )
    assert "Traceback" not in done.stderr
    assert status in {None, done.returncode}
    return done.stdout + done.stderr


def test_what_a_silent_host_left_open_counts_until_it_answers_again(lab: Lab, server: sshd.Sshd) -> None:
    write_check(lab.own_checks(), 2, BAD, title="The door is shut")
    lab.add("web", server)
    assert lab.audit("--store", "s.db").returncode == 1
    good = dict(lab.hosts["web"])
    lab.hosts["web"]["ansible_port"] = 1  # nobody listens there
    lab.add("new", ansible_port=1)
    names = ("junit", "markdown", "html", "csv")
    files = {name: lab.folder / f"report.{name}" for name in names}
    written = [text for name, path in files.items() for text in (f"--{name}", str(path))]
    done = lab.audit("--store", "s.db", *written, "--html-dir", str(lab.folder / "pages"))
    assert done.returncode == 3
    lines = done.stdout.replace("\n      ", " ").splitlines()  # what was folded at 80 columns is one line again
    web = next(line for line in lines if line.startswith("  web"))
    assert "last known findings: 1 high" in web
    new = next(line for line in lines if line.startswith("  new"))
    assert "unknown: it never answered" in new
    assert "Open by the last answer of hosts that gave none now: 1 high on 1 host." in done.stdout
    assert "1 host never answered: nothing is known of it." in done.stdout
    said = {name: path.read_text() for name, path in files.items()}
    said["pages"] = (lab.folder / "pages/index.html").read_text()
    for name in ("markdown", "pages"):
        assert "1 of 2 hosts with open findings (1 high)." in said[name], name
        assert "counted by their last known findings (1 high)" in said[name], name
        assert "1 host never answered" in said[name], name
    outs = {suite.get("hostname"): suite.findtext("system-out") or "" for suite in ET.fromstring(said["junit"])}
    assert "TST-02 The door is shut" in outs["web"]
    assert "It never answered" in outs["new"]
    assert "TST-02 The door is shut" in said["html"]
    known = {row["target"]: row["last_known"] for row in csv.DictReader(said["csv"].splitlines())}
    assert known == {"web": "TST-02", "new": ""}
    fleet = ask(lab, "fleet")
    assert "No open finding" not in fleet
    assert "1 high (by the last answer of silent hosts: 1 high)" in fleet
    assert "never answered, nothing is known of them: 1" in fleet
    lab.hosts["web"] = good
    lab.hosts["new"] = {**good, "rempart_role": "server"}
    again = lab.audit("--store", "s.db")
    assert again.returncode == 1
    assert "Answer again: new, web" in again.stdout
    assert "Got worse" not in again.stdout
    drift = ask(lab, "drift")
    assert "Answer again (2)" in drift
    assert "\nWorse" not in drift

    for day in ("2999-01-01", "2999-01-01T10:00"):  # how a fleet will stand is not told
        assert "this is in the future" in ask(lab, "fleet", "--at", day, status=2)
