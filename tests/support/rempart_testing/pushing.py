"""An agent that pushes to a real server process: its folder, its documents, and both ended at any moment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from rempart_agent.installed import envelope
from rempart_agent.installed.spool import Bounds, Spool
from rempart_agent.machine_identity import read_identity
from rempart_core.signing.key import load_key
from rempart_store.schema.table import visit
from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret
from rempart_store.store import Store
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.server import PATIENCE, Running, running

AGENT = Path(sys.executable).parent / "rempart-agent"
DAY = 86_400


class Pushing(NamedTuple):
    """A server with the group ``laptops``, and an agent's folder.

    Attributes:
        server: The server process.
        folder: The agent's.
        secret: A file with the group's secret.
    """

    server: Running
    folder: Path
    secret: Path

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start ``rempart-agent``."""
        command = [str(AGENT), *words, "--folder", str(self.folder)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def call(self, *words: str, patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        """Call ``rempart-agent`` and wait for its end, so many seconds at most."""
        command = [str(AGENT), *words, "--folder", str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience)

    def enrol(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Enrol with the server; without words, by the group's secret."""
        url, authorities = f"https://localhost:{self.server.port}", str(self.server.directory / "ca.pem")
        rest = words or ("--secret-file", str(self.secret))
        return self.call("enrol", "--server", url, "--ca", authorities, *rest)

    def put(self, begin: int, count: int) -> list[int]:
        """Put signed documents into the spool, one a day, and return the seconds at which their runs ended."""
        key, machine = load_key(str(self.folder / "key.pem")), read_identity()
        spool, times = Spool(str(self.folder)), [BEGINNING + DAY * day for day in range(begin, begin + count)]
        for time in times:
            run = make_run("host", time, [make_result("AAA-01")], machine_id=machine)
            spool.put(lambda number, gone, run=run: envelope.seal(run, key, number, gone), Bounds(1000))  # type: ignore[misc]
        return times

    def waiting(self) -> int:
        """Return how many documents wait."""
        return len(Spool(str(self.folder)).waiting())

    def stored(self) -> list[int]:
        """Return the seconds at which the runs ended that the store has; one that is there twice twice."""
        with Store.open(str(self.server.directory / "store.db")) as store, store.reading() as connection:
            return sorted(connection.scalars(select(visit.c.time)))

    def restart(self) -> Pushing:
        """Start the server anew in its directory, and return the same with it."""
        command = [
            sys.executable,
            "-m",
            "rempart_testing.rempart",
            "server",
            "run",
            "--dir",
            str(self.server.directory),
        ]
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
        with (self.server.directory / "said").open("ab") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said, env=surroundings, start_new_session=True)
        again = self._replace(server=self.server._replace(process=process))
        again.server.wait()
        return again


@contextmanager
def pushing(tmp_path: Path) -> Iterator[Pushing]:
    """Give a server that answers and an agent's folder."""
    with running(tmp_path) as server:
        with Store.open(str(server.directory / "store.db")) as store, store.writing() as connection:
            group = add_group(connection, "laptops", "workstation", "", (), BEGINNING)
            assert group is not None
            secret = make_secret(connection, group.id, BEGINNING)
        (tmp_path / "secret").write_text(secret + "\n")
        folder = tmp_path / "agent"
        folder.mkdir(mode=0o700)
        yield Pushing(server, folder, tmp_path / "secret")
