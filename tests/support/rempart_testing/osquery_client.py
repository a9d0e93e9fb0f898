"""A simulated osqueryd: TLS remote API as osquery 5.23 speaks it, the server's side of which is to be tried.

Each behaviour names the place in osquery's source that it follows. It answers from recorded rows or from this
machine's embedded engine (``osquery_answers``). Time, sleeping and the wire are arguments, so no test waits.

``PYTHONPATH=tests/support python -m rempart_testing.osquery_client --enrol FILE --embedded --once``
takes the output of ``rempart server enrol`` and reports once what this machine answers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from rempart_testing.osquery_answers import Answer, Answers, Cell, Embedded
from rempart_testing.osquery_wire import Enrolment, TlsWire, read_enrolment

VERSION = "5.23.2"
DENYLIST_SECONDS = 86_400  # osquery/distributed/distributed.cpp, distributed_denylist_duration
ATTEMPTS = 3  # plugins/distributed/tls_distributed.cpp, distributed_tls_max_attempts; config_tls_max_attempts
ENROL_ATTEMPTS = 12  # plugins/remote/enroll/tls_enroll.cpp, tls_enroll_max_attempts
ENROL_INTERVAL = 600  # the same, tls_enroll_max_interval
INTERVAL = 60  # osquery/dispatcher/distributed_runner.cpp, distributed_interval
ACCELERATED = 5  # the same, kDistributedAccelerationInterval
PLATFORM_TYPE = {"linux": "9", "darwin": "21", "windows": "2"}  # osquery/utils/info/platform_type.h


class Clock(Protocol):
    """Time, as the client sees it."""

    def now(self) -> float:
        """Return seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class RealClock:
    """The machine's time."""

    def now(self) -> float:
        """See Clock.now."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        time.sleep(seconds)


class TriedClock:
    """A clock for tests: sleeping moves it, and is written down."""

    def __init__(self, now: float = 1_800_000_000) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> float:
        """See Clock.now."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        self.slept.append(seconds)
        self.time += seconds


Wire = Callable[[str, bytes, Mapping[str, str]], bytes]
"""Sends a body to a path and returns the body that comes back, whatever the status; OSError where none comes."""


class Refused(Exception):
    """A request came to nothing: what osquery calls a status that is not ok."""


class WorkerKilled(Exception):
    """The watchdog killed the worker in the middle of a statement."""


class Counts(NamedTuple):
    """What was done so far.

    Attributes:
        statements: How many were run or refused.
        batches: How many reads brought some.
        written: How many writes were confirmed.
    """

    statements: int
    batches: int
    written: int


class OsqueryClient:
    """One osqueryd: what it keeps in its database, and what its worker does.

    ``node_key``, ``pending`` and ``running`` are in osquery's database and outlive a worker; ``results`` do not.
    """

    def __init__(
        self,
        enrolment: Enrolment,
        answers: Answers,
        wire: Wire,
        clock: Clock,
        *,
        details: Mapping[str, Mapping[str, str]] | None = None,
        platform: str = "linux",
        kills: Callable[[str], bool] = lambda _sql: False,
    ) -> None:
        """Make one that has not enrolled.

        Args:
            enrolment: What ``rempart server enrol`` printed.
            answers: Answers statements.
            wire: Sends.
            clock: Tells the time and waits.
            details: Of the host, as :func:`host_details` returns them; None for made ones.
            platform: ``linux``, ``darwin`` or ``windows``.
            kills: Tells which statements get the worker killed.
        """
        self.enrolment = enrolment
        self.answers = answers
        self.wire = wire
        self.clock = clock
        self.details = details or host_details("host-1", platform)
        self.platform = platform
        self.kills = kills
        self.node_key = ""
        self.pending: dict[str, str] = {}
        self.running: dict[str, float] = {}
        self.results: list[tuple[str, int, str, list[dict[str, Cell]], dict[str, int]]] = []
        self.accelerated_until = 0.0
        self.config: dict[str, Any] = {}
        self.counts = Counts(0, 0, 0)
        self.enrolments = 0

    # osquery/remote/utility.h, TLSRequestHelper::go with attempts: 1 s after the first, 4 s after the second
    def go(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request, up to three times.

        Raises:
            Refused: None of them came to anything.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._request(path, params)
            except Refused:
                if attempt == ATTEMPTS:
                    raise
                self.clock.sleep(attempt * attempt)
        raise AssertionError

    # the same, TLSRequestHelper::go without attempts; addCopy moves node_key to the end (osquery/utils/json/json.cpp)
    def _request(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        key = self._get_key()
        body = {name: value for name, value in params.items() if name != "node_key"} | {"node_key": key}
        output = self._send(path, body, {"Authorization": f"NodeKey {key}"} if key else {})
        if output.get("node_invalid") is True:
            self.node_key = ""  # asked for anew by the next attempt, 1 s later
            raise Refused("Invalid node key")
        if "error" in output:
            raise Refused(str(output["error"]))
        return output

    # osquery/remote/transports/tls.cpp, sendRequest: the status is not looked at; json.cpp, deserialize: empty is fine
    def _send(self, path: str, body: Mapping[str, Any], more: Mapping[str, str]) -> dict[str, Any]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"osquery/{VERSION}",
            **more,
        }
        try:
            answer = self.wire(path, encode(body), headers)
        except OSError as error:
            raise Refused(f"Request error: {error}") from error
        if not answer:
            return {}
        try:
            found = json.loads(answer)
        except ValueError as error:
            raise Refused("Error parsing JSON") from error
        if not isinstance(found, dict):
            raise Refused("Error parsing JSON")
        return found

    # osquery/remote/enroll/enroll.cpp, getNodeKey
    def _get_key(self) -> str:
        if not self.node_key:
            self.node_key = self._enrol()
        return self.node_key

    # plugins/remote/enroll/tls_enroll.cpp, enroll and requestKey: 1, 4, 9 … 100 s between, then an empty key
    def _enrol(self) -> str:
        body = {
            "enroll_secret": self.enrolment.secret,
            "host_identifier": self._identifier(),
            "platform_type": PLATFORM_TYPE[self.platform],
            "host_details": self.details,
        }
        for attempt in range(1, ENROL_ATTEMPTS + 1):
            try:
                answer = self._send(self.enrolment.paths["enroll"], body, {})
            except Refused:
                answer = {}
            key = answer.get("node_key", answer.get("id"))
            if isinstance(key, str) and key:
                self.enrolments += 1
                return key
            if attempt < ENROL_ATTEMPTS:
                self.clock.sleep(min(attempt * attempt, ENROL_INTERVAL))
        return ""

    # osquery/core/system.cpp, getHostIdentifier
    def _identifier(self) -> str:
        chosen = self.enrolment.flags.get("host_identifier", "hostname")
        system, info = self.details["system_info"], self.details["osquery_info"]
        return {"uuid": system["uuid"], "instance": info["instance_id"]}.get(chosen, system["hostname"])

    # plugins/config/tls_config.cpp, genConfig
    def read_config(self) -> None:
        """Fetch the configuration.

        Raises:
            Refused: It was not to be had.
        """
        self.config = self.go(self.enrolment.paths["config"], {})

    # osquery/dispatcher/distributed_runner.cpp, start: what is there is run even where nothing could be read
    def step(self) -> float:
        """Poll, run what there is, write once for all of it.

        Returns:
            The seconds until the next poll.
        """
        try:
            self._accept(self.go(self.enrolment.paths["read"], {}))
        except Refused:
            pass
        try:
            self._run()
            self._flush()
        except Refused:
            pass  # the results stay in memory, and go with those of the next poll
        except WorkerKilled:
            self.results = []  # the next worker polls first, then runs the rest
            return 0
        self._clean_denylist()
        return ACCELERATED if self.clock.now() <= self.accelerated_until else self._interval()

    def _interval(self) -> float:
        told = self.config.get("options", {}).get(
            "distributed_interval", self.enrolment.flags.get("distributed_interval")
        )
        return float(told or INTERVAL)

    # osquery/distributed/distributed.cpp, acceptWork
    def _accept(self, work: Mapping[str, Any]) -> None:
        queries = work.get("queries")
        if isinstance(queries, dict):
            if queries:
                self.counts = self.counts._replace(batches=self.counts.batches + 1)
            for id_, sql in queries.items():
                if not isinstance(sql, str) or not sql or not id_:
                    raise Refused("Distributed query is not a string")
                self.pending[id_] = sql
        accelerate = work.get("accelerate")
        if isinstance(accelerate, int) and not isinstance(accelerate, bool):
            self.accelerated_until = self.clock.now() + accelerate

    # the same, runQueries: keys of RocksDB come sorted by their bytes
    def _run(self) -> None:
        for id_ in sorted(self.pending, key=str.encode):
            sql = self.pending.pop(id_)
            self.counts = self.counts._replace(statements=self.counts.statements + 1)
            digest = hashlib.sha256(sql.encode()).hexdigest()
            if digest in self.running and self.clock.now() <= self.running[digest] + DENYLIST_SECONDS:
                self.results.append((id_, 1, "distributed query is denylisted", [], {}))
                continue
            self.running.setdefault(digest, int(self.clock.now()))
            if self.kills(sql):
                raise WorkerKilled(sql)
            answer = self.answers(sql)
            del self.running[digest]
            self.results.append((id_, int(bool(answer.message)), answer.message, rows_of(answer), _stats(answer)))

    # the same, serializeResults and flushCompleted: asked after each poll, and nothing is sent where there is nothing
    def _flush(self) -> None:
        if not self.results:
            return
        body = {
            "queries": {id_: rows for id_, _, _, rows, _ in self.results},
            "statuses": {id_: status for id_, status, _, _, _ in self.results},
            "messages": {id_: message for id_, _, message, _, _ in self.results},
            "stats": {id_: stats for id_, _, _, _, stats in self.results},
        }
        self.go(self.enrolment.paths["write"], body)
        self.results = []
        self.counts = self.counts._replace(written=self.counts.written + 1)

    # the same, cleanupExpiredRunningQueries
    def _clean_denylist(self) -> None:
        self.running = {
            digest: begun for digest, begun in self.running.items() if self.clock.now() <= begun + DENYLIST_SECONDS
        }

    # plugins/logger/tls_logger.cpp and buffered.cpp
    def log(self, lines: list[dict[str, Any]], kind: str = "status") -> None:
        """Send lines of a log.

        Raises:
            Refused: They were not taken.
        """
        self.go(self.enrolment.paths["log"], {"log_type": kind, "data": lines})

    def run(self, polls: int) -> None:
        """Poll so many times, with the pauses between."""
        for _ in range(polls):
            self.clock.sleep(self.step())


# osquery/sql/sqlite_util.cpp, readRows: a row is a map, so of equal names the last is left; NULL is the empty text
def rows_of(answer: Answer) -> list[dict[str, Cell]]:
    """Return the rows of an answer as they are written."""
    return [
        {name: "" if cell is None else cell for name, cell in zip(answer.columns, row, strict=True)}
        for row in answer.rows
    ]


def _stats(answer: Answer) -> dict[str, int]:
    milliseconds = int(answer.seconds * 1000)
    return {
        "wall_time_ms": milliseconds,
        "user_time": milliseconds,
        "system_time": 0,
        "memory": answer.memory,
    }


# RapidJSON writes texts as they are: bytes that are no UTF-8 among them, which Python's surrogates stand for
def encode(body: Mapping[str, Any]) -> bytes:
    """Return a body as osquery writes it: no blanks, and bytes of a cell raw."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return text.encode("utf-8", "surrogateescape")


def _as_text(value: object) -> str:
    assert isinstance(value, bytes)
    return value.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


# osquery/remote/enroll/enroll.cpp, kEnrollHostDetails
def host_details(
    hostname: str, platform: str = "linux", machine: str = "", instance: str = ""
) -> dict[str, dict[str, str]]:
    """Return what a host tells of itself when it enrols.

    Args:
        hostname: Its name.
        platform: ``linux``, ``darwin`` or ``windows``.
        machine: Its hardware UUID; ``""`` for one that follows from the name.
        instance: The id of its osquery database; ``""`` for one that follows from the name.
    """
    systems = {
        "linux": {"name": "Debian GNU/Linux", "version": "12 (bookworm)", "platform": "debian", "major": "12"},
        "darwin": {"name": "macOS", "version": "15.1", "platform": "darwin", "major": "15"},
        "windows": {"name": "Microsoft Windows 11 Pro", "version": "10.0.26100", "platform": "windows", "major": "10"},
    }
    space = uuid.UUID(int=0)
    return {
        "os_version": systems[platform],
        "osquery_info": {
            "version": VERSION,
            "build_platform": platform,
            "instance_id": instance or str(uuid.uuid5(space, f"{hostname} database")),
            "uuid": machine or str(uuid.uuid5(space, hostname)),
        },
        "system_info": {
            "hostname": hostname,
            "computer_name": hostname,
            "uuid": machine or str(uuid.uuid5(space, hostname)),
        },
        "platform_info": {"vendor": "", "version": ""},
    }


def report_once(client: OsqueryClient, patience: int = 60) -> Counts:
    """Poll until the server has nothing more to ask: two polls in a row bring nothing.

    Args:
        client: The client.
        patience: Seconds to wait for the first statements.

    Raises:
        Refused: The server did not take the node, asked it nothing, or did not take what was written.
    """
    client.read_config()
    waited = 0
    while waited < (2 if client.counts.batches else patience):
        before = client.counts
        client.step()
        if client.results:
            raise Refused("the results were not taken")
        if client.counts.batches > before.batches:
            waited = 0
            continue
        client.clock.sleep(1)
        waited += 1
    if not client.counts.batches:
        raise Refused("nothing was asked")
    return client.counts


def main(arguments: list[str] | None = None) -> int:
    """Enrol this machine and report once."""
    parser = argparse.ArgumentParser(prog="osquery_client", description=main.__doc__)
    parser.add_argument("--enrol", metavar="FILE", required=True, help="the output of rempart server enrol")
    parser.add_argument("--embedded", action="store_true", required=True, help="answer with this machine's rows")
    parser.add_argument("--once", action="store_true", required=True, help="report once, then end")
    parser.add_argument("--stock", action="store_true", help="answer without Rempart's own tables")
    parser.add_argument("--name", default=socket.gethostname(), help="the host's name (default: this machine's)")
    options = parser.parse_args(arguments)
    enrolment = read_enrolment(Path(options.enrol).read_text(encoding="utf-8"))
    details = host_details(options.name)
    answers = Embedded(
        stock=options.stock,
        uuid=details["system_info"]["uuid"],
        instance_id=details["osquery_info"]["instance_id"],
    )
    client = OsqueryClient(enrolment, answers, TlsWire(enrolment), RealClock(), details=details)
    try:
        counts = report_once(client)
    except Refused as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    finally:
        answers.close()
    if not client.node_key:
        print("not enrolled", file=sys.stderr)
        return 1
    print(f"enrolled; {counts.statements} statements in {counts.batches} batches; written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
