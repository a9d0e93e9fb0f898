"""The remote engine: the same answers as the embedded one, in few round trips, and nothing taken on trust."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.check import write_check, write_profiles

from rempart_agent.channels.stream import Expired, Gone, Stream
from rempart_agent.engine import Deferred
from rempart_agent.engines.embedded.engine import Embedded
from rempart_agent.engines.remote import travelling_code
from rempart_agent.engines.remote.collector_client import Collector
from rempart_agent.engines.remote.engine import Remote, foresee, open_database
from rempart_agent.source.contract import Constraint
from rempart_agent.tables import read
from rempart_agent.tables.read import Request
from rempart_agent.targets.live import LiveTarget
from rempart_core.error import EndpointError

OLDEST = next(iter(sorted(glob(os.path.expanduser("~/.pyenv/versions/3.8.*/bin/python")))), "")
JOIN = (
    "SELECT u.username, f.mode FROM users u JOIN file f ON f.path = u.directory "
    "WHERE u.uid IN (SELECT uid FROM users WHERE username = 'root') AND EXISTS (SELECT 1 FROM os_version)"
)


class Pipe(Stream):
    """The standard input and output of a process; counts what goes through."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin
        assert self.process.stdout
        self._to, self._from = self.process.stdin.fileno(), self.process.stdout.fileno()
        self.until = time.monotonic() + 60

    def read(self, size: int) -> bytes:
        if not select.select([self._from], [], [], self.rest())[0]:
            raise Expired("too late")
        data = os.read(self._from, size)
        if not data:
            raise Gone("it ended")
        return data

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._to, data) :]

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        self.process.wait(60)


def begin(python: str = sys.executable) -> Pipe:
    return Pipe([python, "-I", "-S", "-c", travelling_code.command()])


@pytest.fixture
def engine() -> Iterator[Remote]:
    opened = Remote(Collector(begin()))
    yield opened
    opened.close()


class Script(Stream):
    """An endpoint that says what it was told to."""

    def __init__(self, *said: bytes) -> None:
        self._said = list(said)
        self.closed = False

    def read(self, size: int) -> bytes:
        if not self._said:
            raise Gone("it ended")
        return self._said.pop(0)

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def frame(value: Any) -> bytes:
    data = zlib.compress(value if isinstance(value, bytes) else json.dumps(value).encode())
    return struct.pack(">I", len(data)) + data


HELLO = {"hello": 1, "python": "3.11.2", "system": "linux", "name": "h", "user": "root", "uid": 0, "machine_id": "ab"}
READ = Request("users", ("uid", "username"), ())


def answer(**changes: Any) -> dict[str, Any]:
    return {"kind": "", "message": "", "columns": ["uid", "username"], "rows": [[0, "root"]], **changes}


@pytest.mark.parametrize(
    "python", [sys.executable, pytest.param(OLDEST, marks=pytest.mark.skipif(not OLDEST, reason="no 3.8"))]
)
def test_it_answers_as_the_embedded_engine_does(python: str) -> None:
    remote, embedded = Remote(Collector(begin(python))), Embedded(LiveTarget, privileged=True)
    try:
        for sql in (
            JOIN,
            "SELECT * FROM users ORDER BY uid",
            "SELECT path, mode, size FROM file WHERE path LIKE '/etc/pass%' ORDER BY path",
            "SELECT * FROM file",
            "SELECT nothing_such FROM users",
            "SELECT * FROM no_such_table",
            "SELECT build_distro FROM osquery_info",
            "SELECT count(*) FROM groups WHERE gid < 0",
        ):
            ours, theirs = remote.query(sql), embedded.query(sql)
            assert (ours.columns, ours.rows, ours.failure) == (theirs.columns, theirs.rows, theirs.failure), sql
    finally:
        embedded.close()  # first, since its worker was forked while the other's pipe was open
        remote.close()


def test_every_table_can_travel() -> None:
    """What a table imports goes with it: a module left behind would be its failure on every endpoint."""
    collector = Collector(begin())
    requests = [Request(name, (column,), ()) for name in read.names() for column in [read.module(name).COLUMNS[0].name]]
    _, answers = collector.begin(requests, 20, True)
    collector.close()
    broken = {
        r.table: a.answer.message
        for r, a in zip(requests, answers, strict=True)
        if a.answer.kind in {"engine", "no_table"}
    }
    assert broken == {}


def test_what_travels_is_the_same_each_time_and_small() -> None:
    assert travelling_code.modules_for(["users"], set()) == travelling_code.modules_for(["users"], set())
    sent: set[str] = set()
    assert "rempart_agent.tables.linux.users" in travelling_code.modules_for(["users"], sent)
    assert travelling_code.modules_for(["users"], sent) == {}
    assert not any("repodata" in name for name in travelling_code.needs("users"))
    assert "'" not in travelling_code.command()
    assert "!" not in travelling_code.command()


def test_few_round_trips_serve_many_checks(tmp_path: Path, engine: Remote) -> None:
    from rempart_agent.audit.content_cache import load
    from rempart_agent.audit.examine import Circumstances, examine_all
    from rempart_core.model.selection import find_profile, select

    for number in range(1, 21):
        write_check(
            tmp_path, number, f"SELECT '{number}' AS item, 1 AS observed, 1 AS expected, :least > 0 AS ok FROM ({JOIN})"
        )
    write_profiles(tmp_path)
    content = load([str(tmp_path)])
    selected, _ = select(content.checks, find_profile(content.profiles, "all"), "linux")
    results = examine_all(selected, engine, Circumstances("linux", "server", privileged=True))
    assert {result.state.value for result in results} == {"pass"}
    assert engine._collector.round_trips <= 4  # the collector, users, their homes


def test_reads_that_are_foreseen_save_round_trips_and_change_nothing() -> None:
    database = open_database()

    def ask(engine: Any) -> None:
        engine.defer(True)
        for sql in ("SELECT name FROM os_version", JOIN):
            try:
                engine.query(sql)
            except Deferred:
                continue

    first = foresee(ask, database)
    assert {request.table for request in first} == {"os_version", "users"}
    for _ in range(2):  # the same database serves the next endpoint, and knows nothing of the one before
        engine = Remote(Collector(begin()), first, database=database)
        assert engine.query("SELECT name FROM os_version").rows
        assert engine._collector.round_trips == 1
        assert engine.query(JOIN).rows[0][0] == "root"
        engine.close()


def test_secrets_are_redacted_where_they_are_read() -> None:
    child = subprocess.Popen(["sh", "-c", "sleep 60; true", "--password=geheim"])
    try:
        request = Request("processes", ("pid", "cmdline"), (Constraint("pid", "=", (str(child.pid),)),))
        for redact in (True, False):
            collector = Collector(begin())
            _, (told,) = collector.begin([request], 20, redact)
            collector.close()
            assert ("geheim" in str(told.answer.rows)) is not redact
            assert "--password=" in str(told.answer.rows)
    finally:
        child.kill()
        child.wait()


def test_it_ends_with_the_connection_even_while_it_reads() -> None:
    pipe = begin()
    collector = Collector(pipe)
    collector.begin([READ], 20, True)
    children = Path(f"/proc/{pipe.process.pid}/task/{pipe.process.pid}/children").read_text().split()
    assert len(children) == 1
    pipe.close()
    assert pipe.process.returncode == 0
    until = time.monotonic() + 60
    while _runs(children[0]):
        assert time.monotonic() < until
        time.sleep(0.02)


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_table_that_hangs_costs_its_deadline_once(monkeypatch: pytest.MonkeyPatch) -> None:
    real = travelling_code.text_of
    hang = "import time\n\ndef rows(target, query):\n    time.sleep(60)\n"

    def text_of(module: str) -> str:
        return hang if module == "rempart_agent.tables.linux.mounts" else real(module)

    monkeypatch.setattr(travelling_code, "text_of", text_of)
    collector = Collector(begin())
    hanging = Request("mounts", ("path",), ())
    _, answers = collector.begin([READ, hanging, READ, hanging], 3.0, True)  # what does not hang has time
    assert [one.answer.kind for one in answers] == ["", "timeout", "", "timeout"]
    assert "before" in answers[3].answer.message
    assert collector.read([READ], 60.0, True)[0].answer.rows  # it goes on
    collector.close()


def test_a_table_that_kills_its_process_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    real = travelling_code.text_of
    kill = "import os\n\ndef rows(target, query):\n    os._exit(1)\n"
    monkeypatch.setattr(
        travelling_code, "text_of", lambda m: kill if m == "rempart_agent.tables.linux.mounts" else real(m)
    )
    collector = Collector(begin())
    _, answers = collector.begin([Request("mounts", ("path",), ()), READ], 60.0, True)
    collector.close()
    assert [one.answer.kind for one in answers] == ["engine", ""]


def test_the_noise_of_a_login_is_passed_over() -> None:
    script = Script(b"Welcome!\r\nrempart-", b"collector\n" + frame(HELLO)[:9], frame(HELLO)[9:], frame(answer()))
    greeting, answers = Collector(script).begin([READ], 1, True)
    assert (greeting.name, greeting.privileged, greeting.machine_id) == ("h", True, "ab")
    assert answers[0].answer.rows == [{"uid": 0, "username": "root"}]


BOMB = zlib.compress(b" " * (70 << 20))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ([b"command not found"], "refused"),
        ([b"x" * 70_000], "protocol"),
        ([travelling_code.MAGIC, struct.pack(">I", 1 << 31)], "protocol"),
        ([travelling_code.MAGIC, frame({**HELLO, "python": "3.6.9"})], "no_python"),
        ([travelling_code.MAGIC, frame({**HELLO, "system": "darwin"})], "system"),
        ([travelling_code.MAGIC, frame({**HELLO, "name": 7})], "protocol"),
        ([travelling_code.MAGIC, frame([1])], "protocol"),
        ([travelling_code.MAGIC, frame(b"[" * 100_000)], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(b"{")], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), b"\0\0\0\4abcd"], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), struct.pack(">I", len(BOMB)) + BOMB], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(answer(kind="fine"))], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(answer(kind=["x"]))], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(answer(columns=["uid"]))], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(answer(rows=[[0]]))], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(answer(rows=[[0, {"a": 1}]]))], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO), frame(answer(rows={"a": 1}))], "protocol"),
        ([travelling_code.MAGIC, frame(HELLO)], "ended"),
    ],
)
def test_what_is_no_answer_is_never_taken_for_one(said: list[bytes], kind: str) -> None:
    with pytest.raises(EndpointError) as caught:
        Collector(Script(*said)).begin([READ], 1, True)
    assert caught.value.kind == kind


def follow(engine: Remote) -> None:
    """Ask for what was never asked before, again and again."""
    for number in range(100):
        with pytest.raises(Deferred):
            engine.query(f"SELECT path FROM file WHERE path = '/{number}'")
        engine.settle()


def test_an_endpoint_whose_answers_lead_on_and_on_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(Collector):
        def read(self, reads: Any, deadline: float, redact: bool) -> Any:
            self.round_trips += 1
            return [
                read.Answer([{"uid": self.round_trips, "username": "x", "directory": f"/{self.round_trips}"}])
                for _ in reads
            ]

    engine = Remote(Endless(Script(travelling_code.MAGIC + frame(HELLO))))
    engine.defer(True)
    with pytest.raises(EndpointError, match="follow-up reads"):
        follow(engine)


def test_a_statement_that_never_ends_meets_its_deadline(engine: Remote) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    failure = engine.query(endless, deadline=0.2).failure
    assert failure is not None
    assert failure.kind == "timeout"
    assert engine.query("SELECT 1").rows == [("1",)]


def test_a_walk_is_asked_after_all_else_and_has_more_time(engine: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], float]] = []
    real = engine._collector.read

    def read(reads: Any, deadline: float, redact: bool) -> Any:
        asked.append(([one.table for one in reads], deadline))
        return real(reads, deadline, redact)

    monkeypatch.setattr(engine._collector, "read", read)
    walk = "SELECT complete FROM rempart_walk WHERE kind = 'witness' AND max_entries = 50 AND max_seconds = 77"
    engine.defer(True)
    for sql in (walk, "SELECT uid FROM users"):
        with pytest.raises(Deferred):
            engine.query(sql)
    engine.settle()
    assert [tables for tables, _ in asked] == [["users"], ["rempart_walk"]]
    assert asked[1][1] >= 77
    answer = engine.query(walk)
    assert answer.failure is None
    assert {str(row[0]) for row in answer.rows} == {"0"}


def test_reasons_of_an_endpoints_tables_come_with_what_they_say(engine: Remote, tmp_path: Path) -> None:
    (tmp_path / "a.cld").write_bytes(b"no")
    answer = engine.query(f"SELECT why FROM rempart_signatures WHERE path = '{tmp_path}/a.cld'")
    assert answer.rows == [("no header of ClamAV",)]
    assert answer.whys == {"no header of ClamAV": ["no header of ClamAV", {}]}


@pytest.mark.parametrize("whys", [None, [], "x", {"root": 7}, {str(n): "x" for n in range(5_000)}])
def test_reasons_that_are_none_do_no_harm(whys: Any) -> None:
    said = frame(answer(whys=whys))
    _, (reply,) = Collector(Script(travelling_code.MAGIC + frame(HELLO), said)).begin([READ], 1, True)
    assert reply.answer.rows == [{"uid": 0, "username": "root"}]
    assert reply.answer.whys == (whys if whys == {"root": 7} else {})
