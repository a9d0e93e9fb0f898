"""Hosts that are silent, strange, slow or not let in harm only themselves."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rempart_testing import sshd
from rempart_testing.check import write_check
from rempart_testing.ssh_lab import BIN, Lab, reason_of

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a mount namespace")
pytestmark = [pytest.mark.early, pytest.mark.skipif(not sshd.IS_THERE, reason="needs sshd and ssh-keygen")]


def test_a_silent_host_is_a_result_and_the_others_go_on(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("good", server)
    lab.add("off", ansible_port=sshd.free_port())
    status, runs = lab.runs()
    assert status == 3
    assert "connection refused" in reason_of(runs["off"])
    assert runs["good"]["results"][0]["state"] == "pass"


def test_an_unknown_key_is_refused_and_the_command_accepts_it(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("new", server, known=False)
    status, runs = lab.runs()
    assert status == 3
    reason = reason_of(runs["new"])
    assert "is unknown" in reason
    command = reason[reason.index("echo ") :]
    subprocess.run(["sh", "-c", command], check=True, env=lab.environment)
    assert lab.runs()[0] == 0


def test_a_changed_key_is_refused_and_both_commands_accept_it(lab: Lab, server: sshd.Sshd, tmp_path: Path) -> None:
    other = sshd.make_key(tmp_path / "other").with_suffix(".pub").read_text().split()
    lab.know(f"[127.0.0.1]:{server.port} {other[0]} {other[1]}\n")
    lab.add("changed", server, known=False)
    status, runs = lab.runs()
    assert status == 3
    reason = reason_of(runs["changed"])
    assert "CHANGED" in reason
    subprocess.run(["sh", "-c", reason[reason.index("ssh-keygen ") :]], check=True, env=lab.environment)
    assert lab.runs()[0] == 0


def test_hashed_known_hosts_are_read(lab: Lab, server: sshd.Sshd) -> None:
    lab.add("one", server)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(lab.folder / "home/.ssh/known_hosts")], check=True)
    assert "127.0.0.1" not in (lab.folder / "home/.ssh/known_hosts").read_text()
    assert lab.runs()[0] == 0


def test_who_is_not_let_in_says_so(lab: Lab, tmp_path: Path) -> None:
    with sshd.run_sshd(tmp_path / "sshd", lets_in=False) as strict:
        lab.add("strict", strict)
        status, runs = lab.runs()
    assert status == 3
    assert "login failed" in reason_of(runs["strict"])


def test_a_key_that_others_may_read_is_not_used(lab: Lab, server: sshd.Sshd, tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.write_bytes(server.key.read_bytes())
    loose.chmod(0o644)
    lab.add("one", server, ansible_ssh_private_key_file=str(loose))
    assert "other users can read it" in reason_of(lab.runs()[1]["one"])


def test_an_endpoint_without_python_says_so(lab: Lab, tmp_path: Path) -> None:
    with sshd.run_sshd(tmp_path / "sshd", "SetEnv PATH=/nowhere") as bare:
        lab.add("bare", bare)
        assert "python3 is not installed" in reason_of(lab.runs()[1]["bare"])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cat /dev/urandom", "no collector greeting"),
        ("yes", "no collector greeting"),
        ("printf 'rempart-collector\\n\\377\\377\\377\\377'", "exceeds 24 MiB"),
        ("printf 'rempart-collector\\n\\0\\0\\0\\4abcd'", "cannot be read"),
        ("printf 'rempart-collector\\n'", "connection was lost"),
        ("sleep 60", "before the deadline"),
        ("true", "the collector could not be started"),
    ],
)
def test_a_hostile_endpoint_harms_only_itself(
    lab: Lab, server: sshd.Sshd, tmp_path: Path, command: str, said: str
) -> None:
    with sshd.run_sshd(tmp_path / "sshd", f"ForceCommand {command}") as bad:
        lab.add("good", server)
        lab.add("bad", bad)
        status, runs = lab.runs("--host-deadline", "10" if "deadline" in said else "60")  # the others end by themselves
    assert status == 3
    assert said in reason_of(runs["bad"])
    assert runs["good"]["results"][0]["state"] == "pass"


def test_one_that_dies_in_the_middle_is_silent(lab: Lab, server: sshd.Sshd) -> None:
    with sshd.run_relay(server.port, sshd.cut_after(4000)) as port:
        lab.add("good", server)
        lab.add("dying", server, ansible_port=port)
        kind, key = server.known.split()[1:]
        lab.know(f"[127.0.0.1]:{port} {kind} {key}\n")
        status, runs = lab.runs()
    assert status == 3
    reason_of(runs["dying"])
    assert runs["good"]["results"][0]["state"] == "pass"


def test_what_a_host_answered_before_it_died_stands(lab: Lab, server: sshd.Sshd, tmp_path: Path) -> None:
    second = "SELECT 'homes' AS item, count(*) AS observed, :least AS expected, 1 AS ok FROM file"
    write_check(lab.own_checks(), 2, f"{second} WHERE path IN (SELECT directory FROM users)", title="Homes are there")
    program = tmp_path / "dies.py"
    program.write_text(sshd.DIES_BEFORE_ITS_SECOND_ANSWER)
    store = ("--store", str(tmp_path / "store.db"))
    with sshd.run_sshd(tmp_path / "sshd", f"ForceCommand {sys.executable} -u {program}") as half:
        lab.add("good", server)
        lab.add("dies", half)
        status, runs = lab.runs("--junit", str(tmp_path / "junit.xml"), *store)
    assert status == 3
    judged, left = runs["dies"]["results"]
    assert (judged["state"], judged["evidence"]["passing"]) == ("pass", 1)
    assert judged["evidence"] == runs["good"]["results"][0]["evidence"]
    assert (left["state"], left["failure"]) == ("not_checked", "silent")
    assert "connection was lost" in left["reason"]["en"]
    assert (runs["dies"]["engine"]["name"], runs["dies"]["target"]["system"]) == ("embedded", judged_on(runs["good"]))
    suite = ET.parse(tmp_path / "junit.xml").getroot().findall("testsuite")[1]
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("2", "1", "0")
    lab.add("dies", server)  # it is asked again, and asked whole
    done = lab.audit(*store)
    assert "1 silent" not in done.stdout
    told = subprocess.run(
        [str(BIN / "rempart"), "drift", "--json", *store], capture_output=True, text=True, check=False
    )
    drift = json.loads(told.stdout)
    assert drift["silent"] == drift["returned"] == []  # it was never silent
    assert [(one["host"], one["check"]) for one in drift["changes"]] == [("dies", "TST-02")]


def judged_on(run: dict[str, Any]) -> str:
    return str(run["target"]["system"])


def test_one_that_answers_at_a_crawl_meets_its_deadline(lab: Lab, server: sshd.Sshd) -> None:
    with sshd.run_relay(server.port, sshd.drip) as port:
        lab.add("good", server)
        lab.add("slow", server, ansible_port=port)
        status, runs = lab.runs("--host-deadline", "2")
    assert status == 3
    assert any(word in reason_of(runs["slow"]) for word in ("deadline", "too long", "does not answer"))
    assert runs["good"]["results"][0]["state"] == "pass"


def test_a_connection_that_is_dropped_before_the_banner_is_tried_again(lab: Lab, server: sshd.Sshd) -> None:
    dropped: list[int] = []

    def drop_twice(client: socket.socket, to: socket.socket) -> None:
        if len(dropped) < 2:
            dropped.append(1)
            return
        sshd.cut_after(1 << 30)(client, to)

    with sshd.run_relay(server.port, drop_twice) as port:
        kind, key = server.known.split()[1:]
        lab.know(f"[127.0.0.1]:{port} {kind} {key}\n")
        lab.add("busy", server, ansible_port=port)
        assert lab.runs()[0] == 0
    assert len(dropped) == 2
