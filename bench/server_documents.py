"""Signed documents for ``bench/server.py``: many agents, each with documents as a whole audit gives them."""

import asyncio
import json
import random
import ssl
import time
from pathlib import Path
from typing import NamedTuple

from rempart_testing.answering_node import Osquery, serving, tables_of

from rempart_agent.installed import envelope
from rempart_core.model.result import Run
from rempart_core.signing.key import Key, load_key
from rempart_core.timestamps import write_moment
from rempart_server.osquery import judge
from rempart_store.server import document
from rempart_store.server.document import NewAgent
from rempart_store.server.group import add_group, find_group
from rempart_store.store import Store


class Agent(NamedTuple):
    """One agent.

    Attributes:
        key: What signs.
        machine: The machine's id.
        name: The host's name.
    """

    key: Key
    machine: str
    name: str


def make_agents(folder: Path, place: str, count: int) -> list[Agent]:
    """Let a store know agents, and return them.

    Args:
        folder: Where their keys are kept.
        place: The store's.
        count: How many.
    """
    agents = [Agent(load_key(str(folder / f"{n}.pem")), f"{n:064x}", f"pad-{n:04}") for n in range(count)]
    now = int(time.time())
    with Store.open(place) as store, store.writing() as connection:
        group = add_group(connection, "pads", "server", "", (), now) or find_group(connection, "pads")
        assert group is not None
        for one in agents:
            told = NewAgent(one.key.public, one.machine, one.name, "linux", "Debian GNU/Linux 13", "0.1.0", "192.0.2.1")
            document.enrol_agent(connection, told, group.id, "active", now)
    return agents


async def an_audit(folder: Path) -> Run:
    """Return the run of a whole audit."""
    runs: list[Run] = []
    known = judge.judge_node

    def keep(*given: object) -> Run:
        runs.append(known(*given))  # type: ignore[arg-type]
        return runs[-1]

    judge.judge_node = keep  # type: ignore[assignment]
    try:
        with serving(folder) as one:
            await one.audit(Osquery(tables_of()))
    finally:
        judge.judge_node = known
    return runs[-1]


def seal_runs(run: Run, agents: list[Agent], each: int, most_changed: int = 8) -> list[bytes]:
    """Return documents, oldest first: what checks took differs in each, and some results are the host's own.

    Args:
        run: What all are made of.
        agents: Who sign.
        each: Documents of each.
        most_changed: Results of a host that name it.
    """
    chance, now = random.Random(1), int(time.time())  # noqa: S311 - nothing secret
    sealed = []
    for number in range(1, each + 1):
        for agent in agents:
            results = []
            for place, one in enumerate(run.results):
                evidence = one.evidence
                if evidence is not None and evidence.rows and place % 11 == 0 and place < 11 * most_changed:
                    rows = [{**row, "observed": f"{row.get('observed', '')} {agent.name}"} for row in evidence.rows]
                    evidence = evidence._replace(rows=rows)
                results.append(one._replace(seconds=round(chance.uniform(0.0001, 0.02), 6), evidence=evidence))
            target = run.target._replace(name=agent.name, machine_id=agent.machine, group="local")
            ended = write_moment(now - 3600 * (each - number) - 60)
            sealed.append(
                envelope.seal(
                    run._replace(target=target, results=results, ended=ended, started=ended, proof=""),
                    agent.key,
                    number,
                    0,
                )
            )
    return sealed


async def push_all(
    port: int, context: ssl.SSLContext, bodies: list[bytes], at_once: int, rate: float = 0.0
) -> list[float]:
    """Push documents, and return the seconds that each took until it was confirmed.

    Args:
        port: The server's, on this machine.
        context: Trusts it.
        bodies: The documents.
        at_once: Connections, each kept.
        rate: How many begin a second; 0 for as many as are taken.
    """
    waiting, took, start = iter(enumerate(bodies)), [], time.perf_counter()

    async def some() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
        for number, body in waiting:
            if rate:
                await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
            begun = time.perf_counter()
            head = (
                f"POST /api/rempart/documents HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            said = await reader.readexactly(int(length[15:]))
            if b" 200 " not in answer.split(b"\r\n", 1)[0]:
                raise SystemExit(f"a document was refused: {json.loads(said)}")
            took.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(some() for _ in range(at_once)))
    return took
