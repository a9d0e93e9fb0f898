"""Measures ``rempart server``: many osqueryds on TLS, an audit's cost, pages, documents.

    python bench/server.py                              all parts, 1,000 nodes, 2 minutes each
    python bench/server.py --nodes 10000 --minutes 10   the figures that the documentation gives
    python bench/server.py --only enrol,polls,writes    some parts
    python bench/server.py --postgresql --workers 2     on a PostgreSQL of its own, which writes through

Server and load share this machine, so each line also says what the load itself took. Parts:

enrol      all nodes enrol as fast as they are let
polls      idle polls, each a TLS 1.2 handshake
writes     nodes are audited, ``--audits`` of them begin a second: polls, and batches that are judged and saved
outage     the server is killed, stays away, and comes back
judge      one host's whole audit: statements chosen, answers taken, judged and saved, in this process
documents  agents push signed documents of whole audits over connections that they keep

``--pause`` are the seconds between two polls of a node that is audited: osquery's are 5. A fleet of 10,000 in two hours
is 1.4 audits a second.
"""

import argparse
import asyncio
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Self

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "support")]

from server_documents import an_audit, make_agents, push_all, seal_runs
from server_judging import audit
from server_load import Herd, sum_up

REMPART = str(Path(sys.executable).parent / "rempart")
PARTS = ("enrol", "polls", "writes", "outage", "judge", "documents")
TICK = os.sysconf("SC_CLK_TCK")
FAR = int(time.time()) + 2 * 86_400
"""When nodes are due that are to have nothing to do; what is later, the server takes for a clock that was ahead."""


class Spent(NamedTuple):
    """What a process and those that it started took.

    Attributes:
        cpu: Seconds.
        memory: Bytes that are its own, shared ones divided.
    """

    cpu: float
    memory: int


class Server:
    """A server process in a directory of its own."""

    def __init__(self, directory: Path, store: str, workers: int = 1) -> None:
        self.directory = directory
        self.port = _free_port()
        named = ["--store", store] if store else []
        _run("init", "--name", "localhost", *named, "--dir", str(directory))
        with (directory / "server.yaml").open("a", encoding="utf-8") as file:
            file.write(f"port: {self.port}\nworkers: {workers}\n")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.directory / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [REMPART, "server", "run", "--dir", str(self.directory)],
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit((self.directory / "said").read_text(encoding="utf-8"))

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it and its workers."""
        if self.process is not None:
            os.killpg(self.process.pid, number)
            self.process.wait(60)
            self.process = None

    def spent(self) -> Spent:
        """Return what it took until now."""
        assert self.process is not None
        cpu, memory = 0.0, 0
        for pid in _family(self.process.pid):
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                cpu += (int(fields[11]) + int(fields[12])) / TICK
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
                    if line.startswith("Pss:"):
                        memory += int(line.split()[1]) << 10
        return Spent(cpu, memory)

    def ask(self, *words: str) -> str:
        """Run a command on its directory, and return what it prints."""
        return _run(*words, "--dir", str(self.directory))


def _run(*words: str) -> str:
    done = subprocess.run([REMPART, "server", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"rempart server {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))


class Watch:
    """Watches a server while something is measured."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.most = 0
        self.cores = self.own = 0.0

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        self._begun, self._first, self._own = time.perf_counter(), self._server.spent(), _own_cpu()
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Sum up."""
        self._task.cancel()
        last, seconds = self._server.spent(), time.perf_counter() - self._begun
        self.cores = (last.cpu - self._first.cpu) / seconds
        self.own = (_own_cpu() - self._own) / seconds
        self.most = max(self.most, last.memory)

    async def _look(self) -> None:
        while True:
            self.most = max(self.most, self._server.spent().memory)
            await asyncio.sleep(2)

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.cores:.2f} cores, {self.most / 2**20:.0f} MiB at most (load: {self.own:.2f} cores)"


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _set_due(store: str, due: int) -> None:
    """Let all nodes be audited from a moment on."""
    from sqlalchemy import create_engine, text

    engine = create_engine(store if "://" in store else f"sqlite:///{store}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE server_node SET due = :due"), {"due": due})
        connection.execute(text("DELETE FROM server_answer"))
        connection.execute(text("DELETE FROM server_audit"))
    engine.dispose()


def _say(part: str, told: str, target: str) -> None:
    print(f"{part:8} {told}\n{'':8} target: {target}", flush=True)


async def enrol(server: Server, herd: Herd) -> None:
    """Measure enrolment."""
    async with Watch(server) as watch:
        seconds = await herd.enrol()
    count = len(herd.nodes)
    times = sum_up(herd.seconds.get("enroll", []))
    told = f"{count} nodes in {seconds:.0f} s, {count / seconds:.0f}/s, median {times.median:.0f} ms; {watch}; "
    _say("enrol", told + _wrong(herd), "10,000 in 4 minutes, 400 MiB")


async def polls(server: Server, herd: Herd, seconds: float) -> None:
    """Measure polls that bring nothing."""
    herd.forget()
    async with Watch(server) as watch:
        await herd.poll(seconds, 60)
    times = sum_up(herd.seconds.get("distributed/read", []))
    told = f"{times.count / seconds:.0f} polls/s, median {times.median:.1f} ms, p99 {times.p99:.1f} ms; {watch}; "
    _say("polls", told + _wrong(herd), "10,000 nodes: 0.5 cores, 250 MiB, no errors")


async def writes(server: Server, herd: Herd, audits: float) -> None:
    """Measure audits: each node is due once, so many begin a second."""
    herd.forget()
    seconds = len(herd.nodes) / audits
    async with Watch(server) as watch:
        await herd.poll(seconds, seconds)
    times = sum_up(herd.seconds.get("distributed/write", []))
    reads = sum_up(herd.seconds.get("distributed/read", []))
    told = (
        f"{audits:.0f} audits/s begin: {herd.writes / seconds:.1f} writes/s committed, median {times.median:.1f} ms, "
        f"p99 {times.p99:.1f} ms; {reads.count / seconds:.0f} polls/s, p99 {reads.p99:.1f} ms; {watch}; "
    )
    _say("writes", told + _wrong(herd), "p99 50 ms")


async def outage(server: Server, herd: Herd, away: float) -> None:
    """Measure how long it takes until each node was served again."""
    server.stop(signal.SIGKILL)
    herd.forget()
    back = float("inf")
    task = asyncio.create_task(herd.poll(away + 300, 60, lambda: all(node.served > back for node in herd.nodes)))
    await asyncio.sleep(away)
    await asyncio.to_thread(server.start)
    back = time.perf_counter()
    herd.forget()
    async with Watch(server) as watch:
        await task
    served = sum(node.served > back for node in herd.nodes)
    seconds = max((node.served for node in herd.nodes), default=back) - back
    told = f"{served} of {len(herd.nodes)} served within {seconds:.0f} s after {away:.0f} s away; {watch}; "
    _say("outage", told + _wrong(herd), "all within 2 minutes, 400 MiB")


def _wrong(herd: Herd) -> str:
    if not herd.wrong:
        return "no errors"
    return ", ".join(f"{count} × {what}" for what, count in herd.wrong.most_common(4))


async def judge(hosts: int, place: str) -> None:
    """Measure an audit, from the first poll to the saved run, without the wire."""
    days = sorted(await audit(1, 20, place=place))
    alone = days[len(days) // 2]
    told = (
        f"{alone.milliseconds:.1f} ms of CPU for a machine's audit in {alone.batches:.1f} batches, each committed alone"
    )
    _say("judge", told, "8 ms")
    first, *_, last = await audit(hosts, 3, place=place)
    told = (
        f"{last.milliseconds:.1f} ms for each of {hosts} audits, 40 at a time, in {last.batches:.1f} batches; "
        f"on the first day {first.milliseconds:.1f} ms in {first.batches:.1f} batches"
    )
    _say("judge", told, "8 ms")


async def documents(server: Server, place: str, folder: Path) -> None:
    """Measure documents that agents push, each confirmed once it is committed."""
    run = await an_audit(folder)
    agents = make_agents(folder, place, 200)
    bodies = seal_runs(run, agents, 6)
    trust = ssl.create_default_context(cafile=str(server.directory / "ca.pem"))
    await push_all(server.port, trust, bodies[:200], 32)
    async with Watch(server) as watch:
        begun = time.perf_counter()
        took = await push_all(server.port, trust, bodies[200:800], 32)
        seconds = time.perf_counter() - begun
    size = sum(map(len, bodies)) / len(bodies) / 1e3
    most = len(took) / seconds
    told = (
        f"{most:.0f} documents/s committed ({len(run.results)} results, {size:.0f} kB packed), as fast as "
        f"they are taken; {watch}, {watch.cores * seconds / len(took) * 1e3:.1f} ms each"
    )
    _say("documents", told, "500/s, PostgreSQL")
    times = sum_up(await push_all(server.port, trust, bodies[800:], 32, most / 2))
    told = f"half as many: median {times.median:.0f} ms, p99 {times.p99:.0f} ms"
    _say("documents", told, "p99 50 ms")


@contextmanager
def _served(store: str, workers: int = 1) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder:
        server = Server(Path(folder) / "s", store, workers)
        server.start()
        try:
            yield server
        finally:
            server.stop()


async def _measure(options: argparse.Namespace, parts: list[str]) -> None:
    if "judge" in parts:
        await judge(100, "")
    if "documents" in parts:
        with _served(options.store, options.workers) as server, tempfile.TemporaryDirectory() as folder:
            await documents(server, options.store or str(server.directory / "store.db"), Path(folder))
    if not {*parts} - {"judge", "documents"}:
        return
    from rempart_testing.osquery_wire import read_enrolment

    with _served(options.store, options.workers) as server:
        server.ask("group", "add", "bench", "--profile", "server")
        enrolment = read_enrolment(server.ask("enrol", "bench"))
        herd = Herd(server.port, str(server.directory / "ca.pem"), enrolment.secret, options.nodes, options.size)
        herd.pause = options.pause
        await enrol(server, herd)
        place = options.store or str(server.directory / "store.db")

        def again(due: int) -> None:
            server.stop()
            _set_due(place, due)
            server.start()

        seconds = options.minutes * 60
        steps: list[tuple[str, int, Callable[[], object]]] = [
            ("polls", FAR, lambda: polls(server, herd, seconds)),
            ("writes", 0, lambda: writes(server, herd, options.audits)),
            ("outage", FAR, lambda: outage(server, herd, options.away)),
        ]
        for name, due, step in steps:
            if name in parts:
                await asyncio.to_thread(again, due)
                await step()  # type: ignore[misc]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=2.0, help="of polls")
    parser.add_argument("--away", type=float, default=60.0, help="seconds of the outage")
    parser.add_argument("--size", type=int, default=20_000, help="bytes of a written batch")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between polls of a node that is audited")
    parser.add_argument("--audits", type=float, default=20.0, help="that begin a second")
    parser.add_argument("--postgresql", action="store_true", help="start one, which needs initdb")
    parser.add_argument("--store", default="", help="PostgreSQL's address (default: SQLite)")
    parser.add_argument("--workers", type=int, default=1, help="of the server; more than one need PostgreSQL")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    print(
        f"{os.cpu_count()} cores; {options.nodes} nodes; store: "
        f"{'postgresql' if options.postgresql else options.store.partition(':')[0] or 'sqlite'}",
        flush=True,
    )
    parts = options.only.split(",")
    if not options.postgresql:
        asyncio.run(_measure(options, parts))
        return
    from rempart_testing.postgresql import cluster

    with cluster(durable=True) as postgresql:
        for part in [[one] for one in ("judge", "documents") if one in parts] + [
            [one for one in parts if one not in {"judge", "documents"}]
        ]:
            with postgresql.database() as options.store:
                asyncio.run(_measure(options, part))


if __name__ == "__main__":
    main()
