"""Verdicts that are remembered are those that would have been found: whatever differs on a host, in time, in terms."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.check import write_check, write_profiles

from rempart_agent.audit import content_cache
from rempart_agent.audit.examine import Circumstances
from rempart_agent.audit.planner import Planner
from rempart_agent.audit.request import Request as Wanted
from rempart_agent.audit.settings import HostSettings
from rempart_agent.engine import Deferred
from rempart_agent.engines.remote.collector_client import Collector, Greeting, Reply
from rempart_agent.engines.remote.engine import Remote, open_database
from rempart_agent.engines.sql.database import NOW
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.tables import read
from rempart_agent.tables.read import Request
from rempart_controller.fleet import verdict_cache as memos
from rempart_controller.fleet.audit_worker import _Judging
from rempart_controller.fleet.verdict_cache import Learned, VerdictCache
from rempart_core.content.casefile import locate_cases, read_cases
from rempart_core.content.place import check_directories
from rempart_core.model.result import Failure

NOON = 1_764_072_000
Tables = dict[str, Any]


class Scripted(Collector):
    """A collector on an endpoint that has the rows of a case."""

    def __init__(self, tables: Tables, *, privileged: bool = True) -> None:
        self.round_trips = self.taken = 0
        self._reader = CaseReader("linux", tables, live=True)
        self._privileged = privileged

    def begin(self, reads: Sequence[Request], deadline: float, redact: bool) -> tuple[Greeting, list[Reply]]:
        """See Collector.begin."""
        return Greeting("", "", self._privileged, "", ""), self.read(reads, deadline, redact)

    def read(self, reads: Sequence[Request], deadline: float, redact: bool) -> list[Reply]:
        """See Collector.read."""
        self.round_trips += 1
        known = set(read.names())
        replies = []
        for one in reads:
            answer = self._reader.read([one])[0] if one.table in known else read.Answer((), "no_table", "none")
            rows = [{name: row.get(name) for name in one.columns} for row in answer.rows]
            plain = read.Answer(rows, answer.kind, answer.message)
            replies.append(Reply(hashlib.sha256(repr(plain).encode()).digest(), b"", one, plain))
        return replies

    def close(self) -> None:
        """See Collector.close."""


class Fleet:
    """Hosts that are judged one after the other, with one memo or with none."""

    def __init__(self, planner: Planner, terms: HostSettings | None = None) -> None:
        self.planner = planner
        self.terms = terms or HostSettings("server", "all", (), {}, (), "", "auto")
        self.memo = VerdictCache()
        self.database = open_database()
        self.recalled = 0

    def judge(self, tables: Tables, terms: HostSettings | None = None, *, privileged: bool = True) -> list[Any]:
        """Return what each check came to on a host."""
        plan = self.planner.select(terms or self.terms)
        engine = Remote(Scripted(tables, privileged=privileged), database=self.database)
        judging = _Judging(plan, self.planner, engine, Circumstances("linux", plan.role, privileged), self.memo)
        judging.run()
        engine.close()
        self.recalled += sum(seconds == 0.0 for seconds, _ in judging.told.values())
        return [self.memo.told(one) if isinstance(one, int) else plain(one) for _, one in judging.results()]

    def alone(self, tables: Tables, terms: HostSettings | None = None, *, privileged: bool = True) -> list[Any]:
        """Return the same where nothing is remembered of any other host."""
        return Fleet(self.planner, terms or self.terms).judge(tables, privileged=privileged)


def plain(value: Any) -> Any:
    """Return a value as JSON gives it back."""
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time stands, at the moment that this holds."""
    now = [float(NOON)]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(content_cache.load(check_directories(())), Wanted(profile="all"))


@pytest.fixture(scope="module")
def cases(planner: Planner) -> list[Tables]:
    """The tables of every case of every check of ours for a running Linux."""
    found = []
    for check in planner.content.checks:
        path = locate_cases(check.path)
        if path and os.path.exists(path):
            found += [one.tables for one in read_cases(path, check, NOON) if one.platform == "linux" and one.live]
    return found


def mix(cases: Sequence[Tables], chance: random.Random) -> Tables:
    """Return a machine that has some tables of one case, some of another."""
    tables: Tables = {}
    for _ in range(12):
        tables |= chance.choice(cases)
    return {name: rows if isinstance(rows, Failure) else list(rows) for name, rows in tables.items()}


def mutate(tables: Tables, cases: Sequence[Tables], chance: random.Random) -> Tables:
    """Return a machine that differs in one thing: a cell, a row, a whole table, or nothing at all."""
    changed = dict(tables)
    name = chance.choice(sorted(tables))
    rows = tables[name]
    match chance.randrange(5):
        case 0 if isinstance(rows, list) and rows:
            place = chance.randrange(len(rows))
            column = chance.choice(sorted(rows[place]))
            values = [row[column] for one in cases for row in rows_of(one, name) if column in row] or [""]
            changed[name] = [*rows[:place], {**rows[place], column: chance.choice(values)}, *rows[place + 1 :]]
        case 1 if isinstance(rows, list) and rows:
            changed[name] = rows[1:]
        case 2:
            changed |= chance.choice(cases)
        case 3:
            changed[name] = Failure("denied", "no")
        case _:
            pass
    return changed


def rows_of(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = tables.get(name, ())
    return [] if isinstance(rows, Failure) else list(rows)


@pytest.mark.parametrize("seed", range(4))
def test_a_remembered_verdict_is_the_one_that_would_be_found(
    planner: Planner, cases: list[Tables], clock: list[float], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    fleet = Fleet(planner)
    tables = mix(cases, chance)
    for _ in range(12):
        tables = mutate(tables, cases, chance)
        clock[0] += chance.choice([0, 0, 0, 3600, 40 * 86_400])
        privileged = chance.random() < 0.8
        assert fleet.judge(tables, privileged=privileged) == fleet.alone(tables, privileged=privileged)
    assert fleet.recalled > 300  # of 12 hosts: else nothing was proven


def test_hosts_that_are_alike_run_no_sql_twice(planner: Planner, cases: list[Tables], clock: list[float]) -> None:
    fleet = Fleet(planner)
    tables = mix(cases, random.Random(7))  # noqa: S311 - no secret
    first = fleet.judge(tables)
    fleet.recalled = 0
    assert fleet.judge(tables) == first
    assert fleet.recalled > 0.9 * len(first)


def judge_one(
    tmp_path: Path, sql: str, hosts: Sequence[Tables], parameters: Sequence[int] = (), clock: Any = None
) -> tuple[list[str], int]:
    """Return what a check of one statement observed on each host, and how often it was remembered."""
    write_check(tmp_path, 1, sql)
    write_profiles(tmp_path)
    planner = Planner(content_cache.load([str(tmp_path)]), Wanted(profile="all"))
    fleet = Fleet(planner)
    seen = []
    for number, tables in enumerate(hosts):
        values: dict[str, Any] = {"TST-01": {"least": parameters[number]}} if parameters else {}
        (told,) = fleet.judge(tables, fleet.terms._replace(values=values))
        seen.append(told[3][0][0]["observed"])
        if clock is not None:
            clock[0] += 60
    return seen, fleet.recalled


ONE = {"users": [{"uid": 0, "username": "root"}]}
TWO = {"users": [{"uid": 0, "username": "root"}, {"uid": 1, "username": "daemon"}]}


@pytest.mark.parametrize(
    ("observed", "hosts", "seen", "recalled"),
    [
        ("count(*)", [ONE, TWO, ONE, TWO], ["1", "2", "1", "2"], 2),
        ("count(*) || (SELECT max(username) FROM users)", [ONE, TWO, TWO], ["1root", "2root", "2root"], 1),
        # the second read follows from the first: the same users, other files
        (
            "(SELECT group_concat(size) FROM file WHERE path IN (SELECT '/' || username FROM users))",
            [{**ONE, "file": [{"path": "/root", "size": size}]} for size in (1, 2, 1)],
            ["1", "2", "1"],
            1,
        ),
        # two scans whose rows must not be taken for the same, where one of them is as on the host before
        (
            "(SELECT count(*) || max(size) FROM file WHERE path = '/a' OR directory = '/b')",
            [
                {**ONE, "file": [{"path": "/a", "size": 1}, {"path": "/b/c", "directory": "/b", "size": size}]}
                for size in (2, 3)
            ],
            ["22", "23"],
            0,
        ),
    ],
)
def test_each_answer_counts(
    tmp_path: Path, clock: list[float], observed: str, hosts: list[Tables], seen: list[str], recalled: int
) -> None:
    sql = f"SELECT 'x' AS item, {observed} AS observed, :least AS expected, 1 AS ok FROM users"
    assert judge_one(tmp_path, sql, hosts) == (seen, recalled)


def test_values_count(tmp_path: Path, clock: list[float]) -> None:
    sql = "SELECT 'x' AS item, :least AS observed, 1 AS expected, 1 AS ok FROM users"
    assert judge_one(tmp_path, sql, [ONE] * 4, [1, 2, 1, 2]) == (["1", "2", "1", "2"], 2)


@pytest.mark.parametrize("time_of", ["datetime('now')", "CURRENT_TIMESTAMP", "unixepoch()", "strftime('%s', 'now')"])
def test_time_counts_where_it_plays_a_part(tmp_path: Path, clock: list[float], time_of: str) -> None:
    sql = f"SELECT 'x' AS item, {time_of} AS observed, :least AS expected, 1 AS ok FROM users"
    same, recalled = judge_one(tmp_path, sql, [ONE] * 3)
    assert (len(set(same)), recalled) == (1, 2)
    moved, recalled = judge_one(tmp_path / "later", sql, [ONE] * 3, clock=clock)
    assert (len(set(moved)), recalled) == (3, 0)


def test_time_is_no_difference_where_nobody_asks(tmp_path: Path, clock: list[float]) -> None:
    sql = "SELECT 'x' AS item, count(*) AS observed, :least AS expected, 1 AS ok FROM users"
    assert judge_one(tmp_path, sql, [ONE] * 3, clock=clock) == (["1"] * 3, 2)


@pytest.mark.parametrize(
    "chance", ["random()", '"random"()', "hex(randomblob(4))", "(SELECT pid FROM osquery_info)", "_key"]
)
def test_what_is_no_matter_of_rows_is_never_remembered(tmp_path: Path, clock: list[float], chance: str) -> None:
    sql = f"SELECT 'x' AS item, {chance} AS observed, :least AS expected, 1 AS ok FROM users"
    assert judge_one(tmp_path, sql, [{**ONE, "os_version": []}] * 3)[1] == 0


class Answers:
    """An engine that knows the answers to some reads."""

    def __init__(self, known: Mapping[Request, bytes]) -> None:
        self.known = known
        self.wanted: list[Request] = []

    def digest(self, request: Request) -> bytes | None:
        """See Remote.digest."""
        return self.known.get(request)

    def want(self, requests: Any) -> None:
        """See Remote.want."""
        self.wanted += requests


KEY = b"k" * 32
READS = tuple(Request(name, ("uid",), ()) for name in ("users", "groups", "mounts"))


def test_what_a_statement_looked_at_elsewhere_is_asked_in_one_round() -> None:
    memo = VerdictCache()
    memo.learn([Learned(KEY, [READS[:1], READS[1:]], [b"1", b"2", b"3"], ["pass"])])
    engine = Answers({})
    with pytest.raises(Deferred):
        memo.recall(KEY, engine)
    assert engine.wanted == list(READS[:1])  # only the first statement's: it may decide that the second is not asked
    engine = Answers({READS[0]: b"1"})
    with pytest.raises(Deferred):
        memo.recall(KEY, engine)
    assert engine.wanted == list(READS[1:])
    place = memo.recall(KEY, Answers(dict(zip(READS, (b"1", b"2", b"3"), strict=True))))
    assert place is not None
    assert memo.told(place) == ["pass"]
    assert memo.recall(KEY, Answers({READS[0]: b"other"})) is None


def test_time_among_the_reads_is_never_asked_of_a_host() -> None:
    engine = Remote(Scripted({}), database=open_database())
    engine.want([NOW, READS[0]])
    assert list(engine._reader.wanted) == [READS[0]]


def test_what_leads_elsewhere_from_the_same_answers_is_not_believed() -> None:
    memo = VerdictCache()
    memo.learn([Learned(KEY, [READS[:2]], [b"1", b"2"], "one")])
    memo.learn([Learned(KEY, [(READS[0], READS[2])], [b"1", b"3"], "two")])
    assert memo.recall(KEY, Answers({READS[0]: b"1", READS[2]: b"3", READS[1]: b"9"})) is None


def test_workers_share_what_they_learn_and_one_that_is_killed_spoils_nothing() -> None:
    memo = VerdictCache()
    first = os.fork()
    if first == 0:
        memo.learn([Learned(KEY, [READS[:1]], [b"1"], "from a worker")])
        os._exit(0)
    os.waitpid(first, 0)
    second = os.fork()
    if second == 0:  # it dies while it writes: what it wrote is not counted yet
        memos._END = type("Dying", (), {"size": 8, "unpack": memos._END.unpack, "pack": lambda _self, _n: die()})()
        memo.learn([Learned(b"d" * 32, [READS[:1]], [b"1"], "half")])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(second, 0)[1]) == -signal.SIGKILL
    place = memo.recall(KEY, Answers({READS[0]: b"1"}))
    assert place is not None
    assert memo.told(place) == "from a worker"
    assert memo.recall(b"d" * 32, Answers({READS[0]: b"1"})) is None
    (place,) = memo.learn([Learned(b"e" * 32, [READS[:1]], [b"1"], "after")])
    assert place is not None
    assert memo.told(place) == "after"


def test_nobody_waits_long_for_what_another_worker_is_about_to_learn() -> None:
    memo = VerdictCache()
    told, telling = os.pipe()
    leader = os.fork()
    if leader == 0:
        memo.begin_turn([KEY])
        os.write(telling, b"x")
        signal.pause()  # until it is killed
    assert os.read(told, 1) == b"x"
    memo.begin_turn([KEY])  # it waits, and goes on by itself
    assert not memo._leads
    memo.begin_turn([KEY])  # and never again for the same
    os.kill(leader, signal.SIGKILL)
    os.waitpid(leader, 0)
    memo.begin_turn([b"e" * 32])
    assert memo._leads  # a worker that dies holds nobody up
    memo.end_turn()
    memo.learn([Learned(b"f" * 32, [READS[:1]], [b"1"], "known")])
    memo.begin_turn([b"f" * 32])
    assert not memo._leads
    for descriptor in (told, telling):
        os.close(descriptor)


def die() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def test_a_check_that_differs_on_each_host_is_not_learned_for_ever() -> None:
    memo = VerdictCache()
    for number in range(100):
        memo.learn([Learned(KEY, [READS[:1]], [b"%d" % number], number)])
    assert memo._links < 20


def test_a_host_has_the_time_of_its_walk_on_top_and_only_where_it_walks() -> None:
    content = content_cache.load(check_directories([]))
    plain = HostSettings("server", "", (), {}, (), "", "auto")
    slow = plain._replace(values={"FIL-03": {"walk_seconds": 600}})

    def seconds(terms: HostSettings, **asked: Any) -> float:
        return Planner(content, Wanted(**asked)).walk_seconds(terms)

    assert seconds(plain) == 0
    assert seconds(plain, walk=True) == 110
    assert seconds(slow, walk=True) == 620
    assert seconds(slow, walk=True, walk_seconds=30) == 50
    assert seconds(plain._replace(profile="image")) == 110
    assert seconds(plain._replace(profile="image"), walk=False) == 0
