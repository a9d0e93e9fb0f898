"""Many osqueryds at once, for ``bench/server.py``: each request a TLS 1.2 handshake of its own, as osquery's are."""

import asyncio
import json
import random
import ssl
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from rempart_testing.answering_node import tables_of

from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.given_rows import CaseReader

EXAMPLE = "4c4c4544-0042-3510-8052-b4c04f4a4d32"
EXAMPLE_HOST = "example-host"
TIMEOUT = 16
RETRIES = (1, 4)  # osquery's pauses after an answer with an error


class Node:
    """One osqueryd.

    Attributes:
        number: Counts them.
        key: Its node key; ``""`` before it enrolled.
        served: When it was answered last.
    """

    __slots__ = ("key", "number", "served")

    def __init__(self, number: int) -> None:
        self.number = number
        self.key = ""
        self.served = 0.0


class Times(NamedTuple):
    """How long requests took, in milliseconds."""

    count: int
    median: float
    p99: float
    worst: float


def sum_up(seconds: list[float]) -> Times:
    """Return median, 99th percentile and worst of some times."""
    if not seconds:
        return Times(0, 0.0, 0.0, 0.0)
    ordered = sorted(seconds)
    at = min(len(ordered) - 1, int(len(ordered) * 0.99))
    return Times(len(ordered), statistics.median(ordered) * 1e3, ordered[at] * 1e3, ordered[-1] * 1e3)


class Herd:
    """Nodes that enrol, poll and answer.

    Attributes:
        seconds: Path to the times of its requests.
        wrong: What went wrong, counted.
        writes: How many batches were confirmed.
        pause: Seconds between polls of a node that was given work.
    """

    def __init__(self, port: int, ca: str, secret: str, nodes: int, size: int) -> None:
        """Make nodes that have not enrolled.

        Args:
            port: Of the server, on this machine.
            ca: Path of its CA.
            secret: The enrolment secret.
            nodes: How many.
            size: Bytes of a batch's answer.
        """
        self._port = port
        self._secret = secret
        self._size = size
        self._context = ssl.create_default_context(cafile=ca)
        self._context.minimum_version = self._context.maximum_version = ssl.TLSVersion.TLSv1_2
        own = tables_of(host=EXAMPLE_HOST, uuid=EXAMPLE, instance=EXAMPLE)
        self._example = Database(CaseReader("linux", own, live=True))
        self._known: dict[str, tuple[tuple[str, ...], list[dict[str, str]], str]] = {}
        self._chance = random.Random(1)  # noqa: S311 - nothing secret
        self.nodes = [Node(number) for number in range(nodes)]
        self.seconds: dict[str, list[float]] = {}
        self.wrong: Counter[str] = Counter()
        self.writes = 0
        self.pause = 5.0

    def forget(self) -> None:
        """Begin to measure anew."""
        self.seconds, self.wrong, self.writes = {}, Counter(), 0

    async def _send(self, path: str, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._port, ssl=self._context, server_hostname="localhost"
        )
        try:
            head = (
                f"POST /api/osquery/{path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nUser-Agent: osquery/5.23.2\r\n"
            )
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            for line in answer.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    return await reader.readexactly(int(line[15:]))
            return await reader.read()
        finally:
            writer.close()

    async def ask(self, path: str, content: dict[str, object]) -> dict[str, object] | None:
        """Send a request once; None where it came to nothing, which is counted.

        Args:
            path: As ``distributed/read``.
            content: What is sent.
        """
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT):
                raw = await self._send(path, json.dumps(content).encode())
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError) as error:
            self.wrong[f"{path}: {type(error).__name__}"] += 1
            return None
        self.seconds.setdefault(path, []).append(time.perf_counter() - begun)
        try:
            found = json.loads(raw) if raw else {}
        except ValueError:
            self.wrong[f"{path}: no JSON"] += 1
            return None
        if "error" in found or found.get("node_invalid"):
            self.wrong[f"{path}: {found.get('error', 'node_invalid')}"] += 1
            return None
        return dict(found)

    async def _insist(self, path: str, content: dict[str, object]) -> dict[str, object] | None:
        for pause in (*RETRIES, 0):
            if (found := await self.ask(path, content)) is not None:
                return found
            await asyncio.sleep(pause)
        return None

    async def enrol(self, at_once: int = 64) -> float:
        """Let all nodes enrol as fast as they are let; return the seconds that it took."""
        begun = time.perf_counter()
        waiting = iter(self.nodes)

        async def some() -> None:
            for node in waiting:
                while not node.key:
                    found = await self.ask("enroll", self._details(node))
                    node.key = str(found.get("node_key", "")) if found else ""
                    if not node.key:
                        await asyncio.sleep(self._chance.uniform(0.5, 1.5))

        await asyncio.gather(*(some() for _ in range(at_once)))
        return time.perf_counter() - begun

    def _details(self, node: Node) -> dict[str, object]:
        name = f"host-{node.number:05}"
        unique = f"00000000-0000-4000-8000-{node.number:012}"
        return {
            "enroll_secret": self._secret,
            "host_identifier": unique,
            "platform_type": "9",
            "host_details": {
                "os_version": {"name": "Debian GNU/Linux", "version": "12 (bookworm)", "platform": "debian"},
                "osquery_info": {"version": "5.23.2", "instance_id": unique, "uuid": unique},
                "system_info": {"hostname": name, "computer_name": name, "uuid": unique},
                "platform_info": {},
            },
        }

    async def poll(self, seconds: float, interval: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let each node poll at its interval, and answer what it is asked.

        Args:
            seconds: How long.
            interval: Seconds between two polls of a node.
            until: Ends it before.
        """
        ends = time.perf_counter() + seconds

        async def one(node: Node) -> None:
            await asyncio.sleep(self._chance.uniform(0, interval))
            while time.perf_counter() < ends and not until():
                worked = await self._turn(node)
                await asyncio.sleep(self.pause if worked else interval)

        tasks = [asyncio.create_task(one(node)) for node in self.nodes]
        while time.perf_counter() < ends and not until():  # noqa: ASYNC110 - a moment in time is no event
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _turn(self, node: Node) -> bool:
        found = await self._insist("distributed/read", {"node_key": node.key})
        if found is None:
            return False
        node.served = time.perf_counter()
        queries = found.get("queries")
        if not isinstance(queries, dict) or not queries:
            return False
        if await self._insist("distributed/write", self._answer(node, queries)) is not None:
            self.writes += 1
        return True

    def _answer(self, node: Node, queries: dict[str, str]) -> dict[str, object]:
        """Return what a host answers: what every host tells of itself, and made rows for the rest."""
        room = max(self._size // len(queries), 100)
        stats = {"wall_time_ms": 3, "user_time": 3, "system_time": 1, "memory": 65536}
        rows: dict[str, object] = {}
        failed: dict[str, str] = {}
        for id_, sql in queries.items():
            columns, answered, failed[id_] = self._ask_example(sql)
            unique = f"00000000-0000-4000-8000-{node.number:012}"
            told = {EXAMPLE: unique, EXAMPLE_HOST: f"host-{node.number:05}"}
            if answered or failed[id_]:
                rows[id_] = [{name: told.get(cell, cell) for name, cell in row.items()} for row in answered]
            else:
                made = dict.fromkeys(columns, "as it is on many a host")
                rows[id_] = [made] * (room // (30 * len(columns) + 10) + 1)
        return {
            "queries": rows,
            "statuses": {id_: int(bool(why)) for id_, why in failed.items()},
            "messages": failed,
            "stats": dict.fromkeys(queries, stats),
            "node_key": node.key,
        }

    def _ask_example(self, sql: str) -> tuple[tuple[str, ...], list[dict[str, str]], str]:
        if sql not in self._known:
            answer = self._example.query(sql, 10_001)
            rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
            self._known[sql] = (answer.columns, rows, answer.failure.message if answer.failure else "")
        return self._known[sql]
