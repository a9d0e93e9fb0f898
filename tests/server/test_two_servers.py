"""Two servers of four workers on one PostgreSQL, behind nginx: one is killed, and nothing confirmed is lost."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rempart_testing.postgresql import Cluster
from rempart_testing.proxies import block, nginx
from rempart_testing.push_door import know, seal
from rempart_testing.pushing_again import push
from rempart_testing.run import BEGINNING
from rempart_testing.server import PATIENCE, Running, a_directory, free_port, started
from sqlalchemy import func, select

from rempart_core.signing.key import Key, load_key
from rempart_server.context import Context
from rempart_server.opening import open_context
from rempart_store.schema.table import visit
from rempart_store.server.group import add_group
from rempart_store.server.hook import add_hook, list_deliveries, queue

AGENTS = 8
DOCUMENTS = 12
TOLD = 60


@contextmanager
def receiver() -> Iterator[tuple[str, Counter[str]]]:
    """Give the address of one that counts what it is told, by the number of the delivery."""
    heard: Counter[str] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                heard[self.headers["Rempart-Delivery"]] += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def two_servers(tmp_path: Path, database: str) -> Iterator[tuple[Running, Running, int]]:
    """Give two servers on one database, and the port of the nginx that leads to either."""
    ports = free_port(), free_port()
    more = f"address: 127.0.0.1\nport: {ports[0]}\nworkers: 4\ntrusted_proxies: [127.0.0.1]\n"
    first = Path(a_directory(tmp_path, more, database, "first"))
    second = tmp_path / "second"
    shutil.copytree(first, second)
    text = (second / "server.yaml").read_text(encoding="utf-8")
    (second / "server.yaml").write_text(text.replace(f"port: {ports[0]}", f"port: {ports[1]}"), encoding="utf-8")
    upstream = "server 127.0.0.1:8443;"
    text = block("nginx").replace(upstream, f"{upstream}\n    server 127.0.0.1:{ports[1]};")
    with started(first, ports[0]) as one, started(second, ports[1]) as two, nginx(one, tmp_path, text) as port:
        yield one, two, port


def test_jobs_are_done_once_and_one_server_that_is_killed_takes_nothing_with_it(
    tmp_path: Path, postgresql_server: Cluster, database: str
) -> None:
    with (
        two_servers(tmp_path, database) as (one, two, port),
        receiver() as (url, heard),
        open_context(str(one.directory)) as context,
    ):
        with context.store.writing() as connection:
            add_group(connection, "laptops", "workstation", "", (), BEGINNING)
            add_hook(connection, url, ["host.silent"], [], private=True)
            for _ in range(TOLD):
                queue(connection, "host.silent", "laptops", {}, BEGINNING)
        ends = time.monotonic() + 2 * PATIENCE
        while count_untold(context):
            assert time.monotonic() < ends
            time.sleep(0.5)
        with context.store.reading() as connection:
            tries = {str(told.id): told.tries for told in list_deliveries(connection, None, TOLD)}
        assert len(heard) == TOLD
        once = [number for number, count in tries.items() if count == 1]
        assert len(once) > TOLD * 0.8  # a busy machine may break off a few, which are tried again
        assert {heard[number] for number in once} == {1}
        assert all(heard[number] <= count for number, count in tries.items())

        # Only now: hosts that are known and silent are told to the hook too.
        keys = [load_key(str(tmp_path / f"{number}.pem")) for number in range(AGENTS)]
        for number, key in enumerate(keys):
            know(context, key, f"pc{number}", f"{number:064x}")
        halfway = threading.Event()

        def agent(number: int, key: Key) -> None:
            for document in range(1, DOCUMENTS + 1):
                data = seal(key, document, BEGINNING + 60 * document, f"{number:064x}")
                push(port, one.tls(), data, document)
                if document == DOCUMENTS // 2:
                    halfway.set()

        with ThreadPoolExecutor(AGENTS) as pool:
            agents = [pool.submit(agent, number, key) for number, key in enumerate(keys)]
            assert halfway.wait(2 * PATIENCE)
            os.killpg(two.process.pid, signal.SIGKILL)
            two.process.wait(PATIENCE)
            for each in agents:
                each.result(5 * PATIENCE)
        with context.store.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(visit)) == AGENTS * DOCUMENTS
        assert len(context.store.fleet()) == AGENTS


def count_untold(context: Context) -> int:
    """Return how many deliveries are not done yet."""
    with context.store.reading() as connection:
        return sum(told.done is None for told in list_deliveries(connection, None, TOLD))
