"""PostgreSQL and workers that are killed while documents are pushed: what was confirmed is there, once.

``REMPART_KILLS=100`` tries it often; ``make kills`` does.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rempart_testing.postgresql import cluster
from rempart_testing.push_door import know, seal
from rempart_testing.pushing_again import push
from rempart_testing.run import BEGINNING
from rempart_testing.server import PATIENCE, Running, running
from sqlalchemy import func, select

from rempart_core.signing.key import Key, load_key
from rempart_server.opening import open_context
from rempart_store.schema.table import link, visit
from rempart_store.server.group import add_group

KILLS = int(os.environ.get("REMPART_KILLS", "4"))
AGENTS = 4
APART = 6.0
"""Seconds between two kills: granian ends a server whose workers end twice within 5.5 s."""


def kill_a_worker(server: Running, chance: random.Random) -> None:
    """Kill one of a server's workers."""
    words = ["ps", "-o", "pid=", "--ppid", str(server.process.pid)]
    shown = subprocess.run(words, check=True, capture_output=True, text=True)
    os.kill(chance.choice([int(one) for one in shown.stdout.split()]), signal.SIGKILL)


def test_what_was_confirmed_is_there_once_whatever_is_killed(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("REMPART_SEED", "1")))  # noqa: S311 - no secret
    confirmed: list[tuple[int, int]] = []
    over = threading.Event()

    def agent(server: Running, number: int, key: Key) -> None:
        document = 0
        while not over.is_set():
            document += 1
            data = seal(key, document, BEGINNING + 60 * document, f"{number:064x}")
            push(server.port, server.tls(), data, document)
            confirmed.append((number, document))

    with (
        cluster(durable=True) as database,
        database.database() as url,
        running(tmp_path, "workers: 2\n", url) as server,
    ):
        keys = [load_key(str(tmp_path / f"{number}.pem")) for number in range(AGENTS)]
        with open_context(str(server.directory)) as context:
            with context.store.writing() as connection:
                add_group(connection, "laptops", "workstation", "", (), BEGINNING)
            for number, key in enumerate(keys):
                know(context, key, f"pc{number}", f"{number:064x}")
        with ThreadPoolExecutor(AGENTS) as pool:
            agents = [pool.submit(agent, server, number, key) for number, key in enumerate(keys)]
            try:
                for kill in range(KILLS):
                    time.sleep(chance.random())  # at any moment of a commit
                    if kill % 2:
                        kill_a_worker(server, chance)
                    else:
                        database.kill()
                        database.start()
                    before, ends = len(confirmed), time.monotonic() + 2 * PATIENCE
                    while len(confirmed) < before + 2 * AGENTS:
                        assert server.process.poll() is None, server.said()
                        assert time.monotonic() < ends, server.said()
                        time.sleep(0.1)
                    time.sleep(APART)
            finally:
                over.set()
            for each in agents:
                each.result(3 * PATIENCE)
        with open_context(str(server.directory)) as context, context.store.reading() as connection:
            visits = connection.scalar(select(func.count()).select_from(visit))
            links = connection.scalar(select(func.count()).select_from(link))
    assert visits == links == len(confirmed) == len(set(confirmed))
