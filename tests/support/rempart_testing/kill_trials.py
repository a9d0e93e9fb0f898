"""Kills a server at random while simulated osqueryds report, starts it again, and looks for what was lost or is twice.

``python -m rempart_testing.kill_trials --trials 100`` does so often; the tests do it a few times. What osquery was told
to be written must never be asked again in the same audit, each host must be judged as if nothing had happened, and the
signed chain must be whole.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret
from rempart_store.store import Store
from rempart_testing.answering_node import tables_of
from rempart_testing.osquery_answers import Answer, unwrap
from rempart_testing.osquery_client import OsqueryClient, RealClock, Refused, host_details
from rempart_testing.osquery_script import FLAGS
from rempart_testing.osquery_wire import Enrolment, TlsWire
from rempart_testing.server import a_directory, free_port

PATIENCE = 180.0
_AT_ONCE = 12
_UNCHECKED = "not_checked"
"""What a statement comes to that was lent twice in vain: it claims nothing."""
_ONE_BY_ONE = threading.Lock()
_OF_EACH_BATCH = re.compile(r"\b(osquery_info|rempart_errors)\b")


class Found(NamedTuple):
    """What came of it.

    Attributes:
        kills: How often the server was killed.
        hosts: How many hosts were judged.
        confirmed: How many writes were confirmed.
        lost: Statements that were asked again though their answer was confirmed.
        unlike: Verdicts of a host that are not those of the others, though it lost one answer to a poll at most.
        runs: How many runs the store has, and how many hosts they have in all.
    """

    kills: int
    hosts: int
    confirmed: int
    lost: list[str]
    unlike: list[str]
    runs: tuple[int, int]


class HurriedClock(RealClock):
    """Waits a fiftieth of what it is told, and never long."""

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        time.sleep(min(seconds, 10) / 50)


class Reporting(threading.Thread):
    """A host that reports until it is judged, or told to stop.

    Attributes:
        confirmed: Writes that were confirmed.
        unread: Polls that the server may have answered, and whose answer did not come.
        lost: Statements that were asked again after their answer was confirmed.
    """

    def __init__(self, enrolment: Enrolment, engine: Engine, number: int, ended: threading.Event) -> None:
        super().__init__(daemon=True, name=f"host-{number}")
        self._engine = engine
        self._look = 0.0
        self._enrolment = enrolment
        self._ended = ended
        self._taken: set[str] = set()
        self._waiting: list[str] = []
        self._wire = TlsWire(enrolment)
        self.confirmed = 0
        self.unread = 0
        self.lost: list[str] = []

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        try:
            return self._wire(path, body, headers)
        except ConnectionRefusedError:
            raise
        except OSError:
            self.unread += path.endswith("read")
            raise

    def run(self) -> None:
        details = host_details(self.name)
        own = tables_of(
            host=self.name, uuid=details["system_info"]["uuid"], instance=details["osquery_info"]["instance_id"]
        )
        with closing(Database(CaseReader("linux", own, live=True))) as database:

            def answer(sql: str) -> Answer:
                with _ONE_BY_ONE:  # tables are imported when they are asked, by one thread
                    found = database.query(sql, 10_001)
                return Answer(found.columns, found.rows, found.failure.message if found.failure else "")

            client = OsqueryClient(self._enrolment, answer, TlsWire(self._enrolment), HurriedClock(), details=details)
            while not self._ended.is_set():
                with suppress(Refused):
                    client.read_config()
                    break
            while not self._ended.is_set() and not (client.results == [] and self._is_judged()):
                self._step(client)

    def _is_judged(self) -> bool:
        if time.monotonic() < self._look:
            return False
        self._look = time.monotonic() + 1
        with self._engine.connect() as connection:
            asked = text("SELECT count(*) FROM server_node WHERE name = :name AND audited IS NOT NULL")
            return bool(connection.execute(asked, {"name": self.name}).scalar_one())

    def _step(self, client: OsqueryClient) -> None:
        """Poll; what a confirmed write answered of the batch that was out may not come again."""
        written = client.counts.written
        asked: list[str] = []
        answers = client.answers

        def listen(sql: str) -> Answer:
            asked.append(unwrap(sql))
            return answers(sql)

        client.answers = listen
        pause = client.step()
        client.answers = answers
        self.lost += [f"{self.name}: {sql}" for sql in asked if sql in self._taken and not _OF_EACH_BATCH.search(sql)]
        self._waiting = asked or self._waiting  # a new batch makes what is left of the one before late
        if client.counts.written > written:
            self.confirmed += 1
            self._taken.update(self._waiting)
            self._waiting = []
        client.clock.sleep(pause)


class Killed:
    """A server process that is killed and started again."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory = directory
        self._port = port
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "rempart_testing.rempart", "server", "run", "--dir", str(self._directory)]
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
        with (self._directory / "said").open("ab") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said, env=surroundings, start_new_session=True)
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return process
            time.sleep(0.02)
        raise AssertionError((self._directory / "said").read_text(encoding="utf-8"))

    def kill(self) -> None:
        """Kill it with its workers, and start it again."""
        self.end()
        self.process = self._start()

    def end(self) -> None:
        """Kill it with its workers."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


class Hurry(threading.Thread):
    """Lets two minutes go by for a batch that nobody answers: the answer to a poll was lost, and its lease is long."""

    def __init__(self, directory: Path, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self._place = f"sqlite:///{directory}/store.db"
        self._ended = ended

    def run(self) -> None:
        """Look every few seconds which batches are out still."""
        engine = create_engine(self._place)
        before: set[tuple[int, int]] = set()
        while not self._ended.wait(12):
            with suppress(OperationalError), engine.begin() as connection:
                out = text("SELECT id, sequence FROM server_audit WHERE leased > 0")
                now = {(row.id, row.sequence) for row in connection.execute(out)}
                for number, _ in now & before:
                    connection.execute(text("UPDATE server_audit SET leased = 0 WHERE id = :id"), {"id": number})
                before = now - before
        engine.dispose()


@contextmanager
def _enrolled(directory: Path, port: int) -> Iterator[Enrolment]:
    with Store.open(str(directory / "store.db")) as store:
        now = int(time.time())
        with store.writing() as connection:
            group = add_group(connection, "here", "server", "", (), now)
            assert group is not None
            secret = make_secret(connection, group.id, now)
    paths = {
        "enroll": FLAGS["enroll_tls_endpoint"],
        "config": FLAGS["config_tls_endpoint"],
        "read": FLAGS["distributed_tls_read_endpoint"],
        "write": FLAGS["distributed_tls_write_endpoint"],
        "log": FLAGS["logger_tls_endpoint"],
    }
    ca = (directory / "ca.pem").read_text(encoding="utf-8")
    yield Enrolment("localhost", port, ca, secret, paths, dict(FLAGS))


def try_kills(folder: Path, trials: int, seed: int) -> Found:
    """Let hosts report to a server that is killed so many times.

    Args:
        folder: Where its directory is put.
        trials: How often.
        seed: Chooses the moments.
    """
    chance = random.Random(seed)  # noqa: S311 - moments of a trial
    port = free_port()
    directory = Path(a_directory(folder, f"address: 127.0.0.1\nport: {port}\n"))
    ended = threading.Event()
    with _enrolled(directory, port) as enrolment:
        engine = create_engine(f"sqlite:///{directory}/store.db")
        hosts: list[Reporting] = []
        server = Killed(directory, port)
        try:
            Hurry(directory, ended).start()
            for _ in range(trials):
                while sum(host.is_alive() for host in hosts) < _AT_ONCE:
                    hosts.append(Reporting(enrolment, engine, len(hosts), ended))
                    hosts[-1].start()
                time.sleep(chance.uniform(0.05, 1.0))
                server.kill()
            _wait(directory, len(hosts))
        finally:
            ended.set()
            for host in hosts:
                host.join(60)
            server.end()
            engine.dispose()
    return _find(directory, hosts, trials)


def _wait(directory: Path, hosts: int) -> None:
    engine = create_engine(f"sqlite:///{directory}/store.db")
    ends = time.monotonic() + PATIENCE
    count = 0
    while time.monotonic() < ends:
        with engine.connect() as connection:
            count = connection.execute(text("SELECT count(*) FROM server_node WHERE audited IS NOT NULL")).scalar_one()
        if count >= hosts:
            break
        time.sleep(0.1)
    engine.dispose()
    assert count >= hosts, f"{count} of {hosts} hosts were judged"


def _find(directory: Path, hosts: list[Reporting], trials: int) -> Found:
    with Store.open(str(directory / "store.db")) as store:
        verdicts: dict[str, dict[str, str]] = {}
        for one in store.standings():
            verdicts.setdefault(one.host, {})[one.check] = one.state.value
        runs = store.runs()
    twice = {host.name for host in hosts if host.unread > 1}  # what is lent twice in vain is not checked
    usual = max(verdicts.values(), key=lambda own: list(verdicts.values()).count(own), default={})
    return Found(
        kills=trials,
        hosts=len(verdicts),
        confirmed=sum(host.confirmed for host in hosts),
        lost=[text for host in hosts for text in host.lost],
        unlike=sorted(
            f"{name}: {check}: {state}, elsewhere {usual.get(check)}"
            for name, own in verdicts.items()
            for check, state in own.items()
            if state not in {usual.get(check), _UNCHECKED} and name not in twice
        ),
        runs=(len(runs), sum(run.hosts for run in runs)),
    )


def main(arguments: list[str] | None = None) -> int:
    """Kill a server so many times, and print what was lost."""
    parser = argparse.ArgumentParser(prog="kill_trials", description=main.__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    with TemporaryDirectory(prefix="rempart-kills-") as folder:
        found = try_kills(Path(folder), options.trials, options.seed)
    print(f"{found.kills} kills, {found.hosts} hosts, {found.confirmed} writes confirmed")
    print(
        f"{len(found.lost)} lost, {len(found.unlike)} judged otherwise, {found.runs[0]} runs of {found.runs[1]} hosts"
    )
    for told in (*found.lost[:20], *found.unlike[:20]):
        print(told)
    return int(bool(found.lost or found.unlike or found.runs[1] != found.hosts))


if __name__ == "__main__":
    sys.exit(main())
