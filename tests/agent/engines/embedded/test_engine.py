"""The embedded engine's worker: a deadline that really ends the wait, and a run that goes on after it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rempart_agent.engines.embedded.engine import Embedded
from rempart_agent.source.contract import Denied, Unfit
from rempart_agent.targets.root import RootTarget

PASSWD = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/sh\n"


class StuckTarget(RootTarget):
    """A root filesystem one of whose files never comes, as on a dead network mount."""

    def __init__(self, root: str, stuck: str) -> None:
        super().__init__(root)
        self._stuck = stuck

    def read(self, path: str, limit: int = 1 << 20) -> bytes:
        """Read, or hang in a way that no interrupt ends."""
        while path == self._stuck:
            time.sleep(0.01)
        return super().read(path, limit)


@pytest.fixture
def engine_of(root_of: Callable[[Any], RootTarget]) -> Iterator[Callable[..., Embedded]]:
    opened: list[Embedded] = []

    def make(stuck: str = "") -> Embedded:
        target = root_of({"/etc/passwd": PASSWD, "/etc/hosts": "127.0.0.1 localhost\n"})
        engine = Embedded(lambda: StuckTarget(target.root, stuck), privileged=True)
        opened.append(engine)
        return engine

    yield make
    for engine in opened:
        engine.close()


def test_it_answers(engine_of: Callable[..., Embedded]) -> None:
    answer = engine_of().query("SELECT username, uid FROM users ORDER BY uid")
    assert answer.failure is None
    assert answer.columns == ("username", "uid")
    assert answer.rows == [("root", "0"), ("alice", "1000")]


def test_columns_of_other_systems_are_answered_empty_as_osquery_does(engine_of: Callable[..., Embedded]) -> None:
    engine = engine_of()
    answer = engine.query("SELECT is_hidden, username, typeof(is_hidden) AS kind FROM users WHERE uid = 0")
    assert answer.rows == [("", "root", "null")]
    assert engine.query("SELECT attributes, bsd_flags FROM file WHERE path = '/etc/hosts'").rows == [("", "")]
    assert "is_hidden" not in engine.query("SELECT * FROM users").columns


def test_it_says_what_it_is(engine_of: Callable[..., Embedded]) -> None:
    engine = engine_of()
    identity = engine.identity()
    assert identity.name == "embedded"
    answer = engine.query("SELECT version, build_platform FROM osquery_info")
    assert answer.rows == [(identity.version, "rempart")]
    known = engine.query(
        "SELECT name FROM osquery_registry WHERE registry = 'table' AND active = 1 AND name IN ('users', 'nope')"
    )
    assert known.rows == [("users",)]
    watching = engine.query("SELECT name FROM osquery_events WHERE active = 1 AND subscriptions > 0")
    assert (watching.failure, watching.rows) == (None, [])


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
        "SELECT regex_match('" + "a" * 40 + "!', '^(a|a?)+$', 0)",  # Python code that an interrupt does not reach
    ],
)
def test_the_deadline_ends_a_statement_and_the_next_one_is_answered(
    engine_of: Callable[..., Embedded], sql: str
) -> None:
    engine = engine_of()
    answer = engine.query(sql, deadline=0.3)
    assert answer.failure is not None
    assert answer.failure.kind == "timeout"
    assert engine.query("SELECT username FROM users WHERE uid = 0").rows == [("root",)]


def test_a_stuck_table_costs_one_deadline_and_not_one_for_each_statement(engine_of: Callable[..., Embedded]) -> None:
    engine = engine_of("/etc/passwd")
    first = engine.query("SELECT username FROM users", deadline=5)
    assert first.failure is not None
    assert first.failure.kind == "timeout"
    assert "users" in first.failure.message
    second = engine.query("SELECT uid FROM users", deadline=3600)  # answered at once, or the test never ends
    assert second.failure is not None
    assert second.failure.kind == "timeout"
    assert engine.query("SELECT address FROM etc_hosts").rows == [("127.0.0.1",)]


def test_a_worker_that_dies_is_an_engine_failure_and_the_next_statement_is_answered(
    engine_of: Callable[..., Embedded],
) -> None:
    engine = engine_of()
    worker = engine._worker
    assert worker is not None
    os.kill(worker._pid, signal.SIGKILL)
    answer = engine.query("SELECT 1")
    assert answer.failure is not None
    assert answer.failure.kind == "engine"
    assert engine.query("SELECT 1").rows == [("1",)]


def test_no_worker_outlives_its_engine(engine_of: Callable[..., Embedded]) -> None:
    engine = engine_of()
    worker = engine._worker
    assert worker is not None
    engine.query("SELECT 1")
    engine.close()
    engine.close()
    with pytest.raises(ChildProcessError):  # it has ended, and was waited for; its number may be another's by now
        os.waitpid(worker._pid, os.WNOHANG)


@pytest.mark.parametrize(
    ("error", "kind"), [(Denied("/etc/shadow: may not be read"), "denied"), (Unfit("/x"), "unfit")]
)
def test_what_a_table_raises_fails_the_statement(
    engine_of: Callable[..., Embedded], monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str
) -> None:
    def fail(self: Any, path: str, limit: int = 0) -> bytes:
        raise error

    monkeypatch.setattr(StuckTarget, "read", fail)
    answer = engine_of().query("SELECT count(*) FROM users")
    assert answer.rows == []
    assert tuple(answer.failure or ())[:2] == (kind, str(error))


def test_a_large_answer_comes_whole(engine_of: Callable[..., Embedded]) -> None:
    answer = engine_of().query(
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000) "
        "SELECT x, printf('%01000d', x) FROM c"
    )
    assert answer.failure is None
    assert len(answer.rows) == 5000
    assert {len(row[1]) for row in answer.rows} == {1000}


def test_reasons_of_tables_come_with_what_they_say_each_once(root_of: Callable[[Any], RootTarget]) -> None:
    header = b"ClamAV-VDB:28 Nov 2026 08-00 +0000:1:2:90:x:y:z:1764316800".ljust(512)
    target = root_of({"/a.cld": header, "/b.cld": "no", "/c": "no"})
    engine = Embedded(lambda: target, privileged=True)
    try:
        sql = "SELECT why, CASE WHEN why = '' THEN 1 END AS x FROM rempart_signatures WHERE whole = 0 AND path IN ({})"
        small = engine.query(sql.format("'/a.cld'"))
        assert small.rows == [("512 bytes hold no day's signatures", "")]
        said = ("{size} bytes hold no day's signatures", {"size": 512})
        assert small.whys == {"512 bytes hold no day's signatures": said}
        both = engine.query(sql.format("'/b.cld', '/a.cld'"))
        assert both.whys == {**small.whys, "no header of ClamAV": ("no header of ClamAV", {})}
        assert engine.query("SELECT 1").whys == both.whys  # of the run, not of the statement
    finally:
        engine.close()
