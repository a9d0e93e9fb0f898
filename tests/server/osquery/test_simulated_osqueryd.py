"""The simulated osqueryd does what a real one does: both are led by one script, and what they send is compared.

The real one takes part where ``REMPART_OSQUERYD`` names it; else its cases are skipped.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.osquery_answers import Answer, Recorded
from rempart_testing.osquery_client import ATTEMPTS, OsqueryClient, Refused, TriedClock, WorkerKilled, encode
from rempart_testing.osquery_script import ScriptedServer, Sent, real_osqueryd
from rempart_testing.osquery_wire import Enrolment, TlsWire, read_enrolment
from rempart_testing.server import a_directory

from rempart_server import tls
from rempart_server.settings import Settings
from rempart_server.settings_file import read_settings

PROGRAM = os.environ.get("REMPART_OSQUERYD", "")
REAL = pytest.param("real", marks=pytest.mark.skipif(not PROGRAM, reason="REMPART_OSQUERYD names no osqueryd"))
QUERIES = {
    "j.2": "SELECT 'two' AS x",
    "j.10": "SELECT NULL AS n, 1 AS a, 2 AS a, X'' AS b, X'4142' AS c",
    "j.1": "SELECT 1 FROM no_such",
    "i.9": "SELECT CAST(X'61ff62' AS TEXT) AS raw",
}
RECORDED = {
    QUERIES["j.2"]: [{"x": "two"}],
    QUERIES["j.10"]: Answer(("n", "a", "a", "b", "c"), [(None, "1", "2", b"", b"AB")]),
    QUERIES["j.1"]: "no such table: no_such",
    QUERIES["i.9"]: Answer(("raw",), [(b"a\xffb",)]),
}
ENROLMENT = Enrolment(
    "localhost", 1, "", "s", {name: f"/{name}" for name in ("enroll", "config", "read", "write", "log")}, {}
)


class Story:
    """Gives work once, refuses its results in four ways, and takes them from the new key with a status of 500."""

    def __init__(self) -> None:
        self.reads = self.writes = self.enrolments = 0
        self.done = False

    def __call__(self, sent: Sent) -> tuple[int, bytes] | None:
        if sent.path == "enroll":
            self.enrolments += 1
            return 200, json.dumps({"node_key": f"key-{self.enrolments}"}).encode()
        if sent.path == "config":
            return 200, b'{"options": {"distributed_interval": 1}}'
        if sent.path == "read":
            self.reads += 1
            self.done = self.writes >= 5
            return 200, json.dumps({"queries": QUERIES, "accelerate": 0} if self.reads == 1 else {}).encode()
        if sent.path == "write":
            self.writes += 1
            answers: list[tuple[int, bytes] | None] = [
                (503, b'{"error": "busy"}'),
                (200, b"<html>bad gateway</html>"),
                None,
                (200, b'{"node_invalid": true}'),
                (500, b""),
            ]
            return answers[self.writes - 1]
        return 200, b"{}"


@pytest.fixture
def certified(tmp_path: Path) -> tuple[tls.Pair, str]:
    directory = a_directory(tmp_path)
    settings: Settings = read_settings(directory)
    return tls.prepare(settings), (Path(directory) / "ca.pem").read_text(encoding="utf-8")


@pytest.fixture
def story(certified: tuple[tls.Pair, str]) -> Iterator[tuple[ScriptedServer, Story, Enrolment]]:
    pair, ca = certified
    told = Story()
    server = ScriptedServer(pair.certificate, pair.key, told)
    yield server, told, server.enrolment(ca)
    server.close()


@pytest.mark.parametrize("which", ["simulated", REAL])
def test_one_story(story: tuple[ScriptedServer, Story, Enrolment], tmp_path: Path, which: str) -> None:
    server, told, enrolment = story
    if which == "real":
        with real_osqueryd(PROGRAM, tmp_path / "osqueryd", enrolment):
            ends = time.monotonic() + 60
            while not told.done and time.monotonic() < ends:
                time.sleep(0.1)
    else:
        clock = TriedClock()
        client = OsqueryClient(enrolment, Recorded(RECORDED), TlsWire(enrolment), clock)
        client.read_config()
        while not told.done:
            clock.sleep(client.step())
        assert clock.slept[:3] == [1, 4, 1]  # after the first and second refusal, then the interval
    assert told.done
    sent = [one for one in server.sent if one.path != "log"]
    writes = [one for one in sent if one.path == "write"]
    assert [one.path for one in sent][:2] == ["enroll", "config"]
    assert [one.body["node_key"] for one in writes] == ["key-1"] * 4 + ["key-2"]
    assert len({one.connection for one in sent}) == len(sent)  # each a connection of its own
    for one in writes:
        assert [*one.body][-1] == "node_key"
        assert list(one.body["queries"]) == ["i.9", "j.1", "j.10", "j.2"]  # sorted by their bytes
        assert one.body["queries"] == {
            "i.9": [{"raw": "a�b"}],
            "j.1": [],
            "j.10": [{"n": "", "a": "2", "b": "", "c": "AB"}],
            "j.2": [{"x": "two"}],
        }
        assert one.body["statuses"] == {"i.9": 0, "j.1": 1, "j.10": 0, "j.2": 0}
        assert one.body["messages"] == {"i.9": "", "j.1": "no such table: no_such", "j.10": "", "j.2": ""}
        assert {*one.body["stats"]["j.2"]} == {"wall_time_ms", "user_time", "system_time", "memory"}
        assert b"a\xffb" in one.raw
    for one in sent:
        if one.path == "enroll":
            continue
        key = f"NodeKey {one.body['node_key']}"
        assert one.headers.get("authorization", key) == key
    enrol = sent[0].body
    assert {*enrol} == {"enroll_secret", "host_identifier", "platform_type", "host_details"}
    assert enrol["platform_type"] == "9"
    assert {*enrol["host_details"]} <= {"os_version", "osquery_info", "system_info", "platform_info"}


class Wire:
    """Answers without a network."""

    def __init__(self, *reads: dict[str, Any]) -> None:
        self.reads = list(reads)
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, path: str, body: bytes, _headers: object) -> bytes:
        self.sent.append((path, json.loads(body)))
        if path == "/enroll":
            return b'{"node_key": "k"}'
        if path == "/read":
            return json.dumps(self.reads.pop(0) if self.reads else {}).encode()
        return b"{}"

    def writes(self) -> list[dict[str, Any]]:
        return [body for path, body in self.sent if path == "/write"]


def test_a_killed_worker_loses_what_was_finished_and_the_next_one_polls_first() -> None:
    wire = Wire({"queries": {"1": "SELECT 1", "2": "heavy", "3": "SELECT 3"}}, {"queries": {"0": "SELECT 0"}})
    clock = TriedClock()
    client = OsqueryClient(ENROLMENT, Recorded({}), wire, clock, kills=lambda sql: sql == "heavy")
    assert client.step() == 0
    assert wire.writes() == []
    client.step()
    assert [list(body["queries"]) for body in wire.writes()] == [["0", "3"]]


def test_what_killed_a_worker_is_denylisted_by_its_text_for_a_day() -> None:
    wire = Wire(*({"queries": {f"{number}": "heavy"}} for number in range(4)))
    clock = TriedClock()
    killing = [True]
    client = OsqueryClient(ENROLMENT, Recorded({"heavy": [{"x": "1"}]}), wire, clock, kills=lambda _sql: killing[0])
    client.step()
    killing[0] = False
    client.step()
    assert wire.writes()[0]["messages"] == {"1": "distributed query is denylisted"}
    assert wire.writes()[0]["statuses"] == {"1": 1}
    assert wire.writes()[0]["stats"] == {"1": {}}
    clock.time += 86_400 - 1
    client.step()
    assert wire.writes()[1]["statuses"] == {"2": 1}
    clock.time += 2
    client.step()
    assert wire.writes()[2]["queries"] == {"3": [{"x": "1"}]}


def test_enrolment_is_tried_twelve_times_with_longer_and_longer_pauses() -> None:
    clock = TriedClock()
    client = OsqueryClient(ENROLMENT, Recorded({}), lambda *_: b'{"node_invalid": true}', clock)
    with pytest.raises(Refused):
        client.read_config()
    assert clock.slept[:11] == [1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121]  # 506 s in all
    assert clock.slept[11] == 1
    assert clock.slept.count(1) == ATTEMPTS + 1


def test_polls_are_five_seconds_apart_while_accelerated() -> None:
    wire = Wire({"accelerate": 12}, {"accelerate": True}, {})
    client = OsqueryClient(ENROLMENT, Recorded({}), wire, TriedClock())
    assert [client.step(), client.step()] == [5, 5]
    client.clock.sleep(13)
    assert client.step() == 60


def test_results_that_were_refused_go_with_those_of_the_next_poll() -> None:
    wire = Wire({"queries": {"1": "a"}}, {"queries": {"2": "b"}})
    refusing = [3]

    def send(path: str, body: bytes, headers: object) -> bytes:
        answer = wire(path, body, headers)
        if path == "/write" and refusing[0]:
            refusing[0] -= 1
            raise ConnectionResetError
        return answer

    client = OsqueryClient(ENROLMENT, Recorded({"a": [], "b": []}), send, TriedClock())
    client.step()
    client.step()
    assert [list(body["queries"]) for body in wire.writes()] == [["1"], ["1"], ["1"], ["1", "2"]]


def test_what_enrol_prints_is_read() -> None:
    text = (
        "# --- osquery.flags ---\n--tls_hostname=a.example:8443\n--enroll_tls_endpoint=/api/osquery/enroll\n--force\n"
    )
    text += (
        "# --- ca.pem ---\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n# --- enroll_secret ---\nabc\n"
    )
    found = read_enrolment(text)
    assert (found.host, found.port, found.secret) == ("a.example", 8443, "abc")
    assert found.paths["enroll"] == "/api/osquery/enroll"
    assert found.flags["force"] == "true"
    assert found.ca.endswith("-----END CERTIFICATE-----\n")


def test_bytes_are_written_as_they_are() -> None:
    assert encode({"a": "é\udcff", "b": b"x\0y"}) == b'{"a":"\xc3\xa9\xff","b":"x"}'
    assert issubclass(WorkerKilled, Exception)
