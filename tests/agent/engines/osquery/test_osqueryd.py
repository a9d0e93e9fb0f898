"""The engine on a daemon that misbehaves: it loses the statement concerned, says why, and goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.osquery_tables import Given, write_given
from rempart_testing.osqueryd import MISBEHAVIOURS
from rempart_testing.osqueryd import Osqueryd as Daemon

from rempart_agent.channels import unix_socket
from rempart_agent.channels.stream import Expired, Gone
from rempart_agent.engines.osquery import osqueryd
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_core.error import EngineError
from rempart_core.messages.say import say

HOSTS = "SELECT address FROM etc_hosts"
USERS = "SELECT username FROM users WHERE uid = 0"
LINES = "SELECT text FROM rempart_lines WHERE path = '{}/one'"


@pytest.mark.parametrize(
    ("misbehaviour", "kind", "said"),
    [
        ("slow", "", ""),
        ("twice", "", ""),
        ("stuck", "timeout", "did not answer within 0.8 s"),
        ("drip", "timeout", "did not answer within 0.8 s"),
        ("die", "engine", "went away while it answered, twice"),
        ("half", "engine", "went away while it answered, twice"),
        ("garbage", "engine", "no valid answer"),
        ("wrong number", "engine", "number"),
        ("wrong method", "engine", "belongs to other"),
        ("not whole", "engine", "unknown result"),
        ("no status", "engine", "without a status"),
        ("no rows field", "engine", "without rows"),
        ("exception", "engine", "oops"),
        ("error", "sql", "the table broke"),
        ("error without words", "sql", "without a reason"),
        ("endless text", "limit", "2,147,483,647 bytes"),
        ("endless rows", "limit", "2,147,483,647 rows"),
        ("flood", "limit", "MiB"),
    ],
)
def test_a_misbehaviour_costs_one_statement_and_is_said(
    daemon: Daemon, connect: Callable[[], Osqueryd], place: Path, misbehaviour: str, kind: str, said: str
) -> None:
    (place / "one").write_text("first\n")
    engine = connect()
    daemon.on("etc_hosts", misbehaviour)
    answer = engine.query(HOSTS, deadline=0.8 if kind == "timeout" else 20)
    if kind:
        assert answer.rows == []
        assert answer.failure is not None
        assert answer.failure.kind == kind
        assert said in answer.failure.message
    else:
        assert answer.rows == [("127.0.0.1",)]
    assert engine.query(USERS).rows == [("root",)]
    assert engine.query(LINES.format(place)).rows == [("first",)]


def test_every_misbehaviour_is_tried() -> None:
    tried = {case[0] for case in test_a_misbehaviour_costs_one_statement_and_is_said.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert tried | {"dead"} == set(MISBEHAVIOURS)


def test_a_daemon_that_restarts_is_asked_again_and_gets_the_extra_tables_again(
    daemon: Daemon, connect: Callable[[], Osqueryd], place: Path
) -> None:
    (place / "one").write_text("first\n")
    engine = connect()
    assert engine.query(LINES.format(place)).rows == [("first",)]
    daemon.restart()
    assert engine.query(LINES.format(place)).rows == [("first",)]
    daemon.stop()
    threading.Timer(0.5, daemon.start).start()
    assert engine.query(USERS).rows == [("root",)]


def test_a_daemon_that_dies_in_the_middle_of_a_statement_is_waited_for_and_asked_again(
    daemon: Daemon, connect: Callable[[], Osqueryd]
) -> None:
    engine = connect()
    daemon.on("etc_hosts", "die")
    threading.Timer(0.1, daemon.on, ("etc_hosts", "")).start()  # it is back after 0.2 s
    assert engine.query(HOSTS).rows == [("127.0.0.1",)]


def test_a_daemon_that_is_gone_for_good_fails_each_statement_and_does_not_cost_a_deadline_each(
    daemon: Daemon, connect: Callable[[], Osqueryd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osqueryd, "PATIENCE", 0.5)
    engine = connect()
    daemon.on("etc_hosts", "dead")
    for _ in range(3):
        answer = engine.query(HOSTS, deadline=60)  # answered long before
        assert answer.failure is not None
        assert answer.failure.kind == "engine"
        assert "does not answer any more" in answer.failure.message
    monkeypatch.setattr(osqueryd, "_QUICK", 60.0)  # how fast this machine is decides nothing
    daemon.start()
    assert engine.query(USERS).rows == [("root",)]


@pytest.fixture
def process(place: Path) -> Iterator[tuple[str, Callable[[], subprocess.Popen[str]]]]:
    """Run the stand-in as a process of its own, which can be killed and frozen."""
    path = str(place / "own.em")
    (place / "own.json").write_text(write_given({"users": [{"uid": 0, "username": "root"}]}))
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "rempart_testing.osqueryd", "--socket", path, "--tables", f"{place}/own.json"]
        support = str(Path(__file__).parents[3] / "support")
        started.append(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": support},
            )
        )
        assert started[-1].stdout is not None
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    start()
    yield path, start
    for one in started:
        one.kill()
        one.communicate()


def test_a_daemon_that_freezes_costs_a_deadline_and_answers_again_once_it_thaws(
    process: tuple[str, Any], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osqueryd, "PATIENCE", 0.5)
    path, _ = process
    (place / "one").write_text("first\n")
    engine = Osqueryd(path)
    pid = int(engine.query("SELECT pid FROM osquery_info").rows[0][0])
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)  # once it has really stopped
    first = engine.query(USERS, deadline=0.5)
    second = engine.query(USERS, deadline=60)
    monkeypatch.setattr(osqueryd, "_QUICK", 60.0)
    os.kill(pid, signal.SIGCONT)
    assert first.failure is not None
    assert first.failure.kind == "timeout"
    assert second.failure is not None
    assert second.failure.kind == "engine"
    assert engine.query(USERS).rows == [("root",)]
    assert engine.query(LINES.format(place)).rows == [("first",)]
    engine.close()


def test_a_daemon_that_is_killed_and_started_again_goes_on(process: tuple[str, Any], place: Path) -> None:
    path, start = process
    (place / "one").write_text("first\n")
    engine = Osqueryd(path)
    os.kill(int(engine.query("SELECT pid FROM osquery_info").rows[0][0]), signal.SIGKILL)
    start()
    assert engine.query(LINES.format(place)).rows == [("first",)]
    engine.close()


def test_an_old_osquery_is_told_what_it_lacks(place: Path) -> None:
    lacking = {"systemd_units.unit_file_state", "systemd_units.fragment_path", "mounts"}
    daemon = Daemon(str(place / "osquery.em"), Given({}), version="5.5.1", lacking=lacking)
    engine = Osqueryd(daemon.path)
    answer = engine.query("SELECT u.unit_file_state FROM systemd_units u")
    other = engine.query("SELECT fragment_path FROM systemd_units")
    table = engine.query("SELECT device FROM mounts")
    engine.close()
    daemon.stop()
    assert answer.failure is not None
    assert answer.failure.kind == "no_column"
    assert answer.failure.message.endswith("systemd_units.unit_file_state needs osquery 5.8.0, this is 5.5.1")
    assert tuple(other.failure or ())[:2] == ("no_column", "no such column: fragment_path")
    assert tuple(table.failure or ())[:2] == ("no_table", "no such table: mounts")


def test_a_socket_that_goes_away_while_it_is_examined_is_gone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_socket.file_owner, "check_place", lambda path: path)
    with pytest.raises(Gone, match="no such file"):
        unix_socket.check_trust(str(place / "osquery.em"))


def test_a_socket_that_others_could_answer_is_refused(place: Path) -> None:
    path = str(place / "osquery.em")
    daemon = Daemon(path, mode=0o777)
    place.chmod(0o755)
    with pytest.raises(EngineError, match="others can write it") as caught:
        Osqueryd(path)
    assert say(caught.value.message, "fr") == f"osqueryd\u00a0: {path}\u00a0: d’autres peuvent y écrire (mode 0777)"
    place.chmod(0o700)  # as osqueryi's own folder: what umask 0002 makes of the socket in it is nobody else's business
    Osqueryd(path).close()
    os.chmod(path, 0o700)
    place.chmod(0o777)
    with pytest.raises(EngineError, match="others can write /"):
        Osqueryd(path)
    place.chmod(0o1777)
    Osqueryd(path).close()
    daemon.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_socket_of_another_user_is_refused(place: Path) -> None:
    path = str(place / "osquery.em")
    daemon = Daemon(path)
    os.chown(path, 12345, -1)
    with pytest.raises(EngineError, match="belongs to user 12345"):
        Osqueryd(path)
    os.chown(path, 0, -1)
    os.chown(place, 12345, -1)
    with pytest.raises(EngineError, match="belongs to user 12345"):
        Osqueryd(path)
    os.chown(place, 0, -1)
    daemon.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_listener_of_another_user_is_refused_whatever_its_socket_looks_like(place: Path) -> None:
    path = str(place / "osquery.em")
    program = (
        "import os, socket, sys\n"
        "one = socket.socket(socket.AF_UNIX); one.bind(sys.argv[1]); os.setuid(12345); one.listen(1)\n"
        "print('ready', flush=True); one.accept(); sys.stdin.read()"
    )
    command = [sys.executable, "-S", "-c", program, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.chmod(path, 0o700)
        with pytest.raises(EngineError, match="user 12345 listens there"):
            Osqueryd(path)
        process.kill()


def test_what_is_no_osquery_is_refused(place: Path) -> None:
    path = str(place / "osquery.em")
    with pytest.raises(EngineError, match="no such file"):
        Osqueryd(path)
    (place / "file").write_text("")
    with pytest.raises(EngineError, match="no socket"):
        Osqueryd(str(place / "file"))
    daemon = Daemon(path)
    daemon.on("osquery_info", "error")
    with pytest.raises(EngineError, match="no osquery"):
        Osqueryd(path)
    daemon.on("osquery_info", "garbage")
    with pytest.raises(EngineError, match="no valid answer"):
        Osqueryd(path)
    daemon.stop()
    left = socket.socket(socket.AF_UNIX)
    left.bind(path)
    left.close()
    os.chmod(path, 0o700)
    with pytest.raises(EngineError, match="refused"):
        Osqueryd(path)


def test_the_answer_of_osquery_about_columns_gives_their_order(connect: Callable[[], Osqueryd]) -> None:
    engine = connect()
    assert engine.query("SELECT * FROM etc_hosts").columns == ("address", "hostnames")
    rows, _ = engine.records("SELECT uid, * FROM users WHERE uid = 0")
    assert list(rows[0])[:3] == ["uid", "gid", "uid_signed"]


def test_a_connection_holds_to_its_deadline_whatever_the_pauses(place: Path) -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    stream = unix_socket.UnixStream(one, time.monotonic() + 0.3)
    other.send(b"a")
    assert stream.read(10) == b"a"
    with pytest.raises(Expired):
        stream.read(10)
    with pytest.raises(Expired):
        stream.write(b"x" * 10_000_000)
    assert stream.peer() == os.geteuid()
    stream.close()
    stream.close()
    other.close()
