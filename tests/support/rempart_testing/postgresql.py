"""A real PostgreSQL of our own, on a socket of its own: started, stopped, killed and started again by tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

PATIENCE = 60.0


class Cluster:
    """One server.

    Attributes:
        url: Of its database ``postgres``.
    """

    def __init__(self, place: str, *, durable: bool) -> None:
        """Make the server's files; it is not started yet.

        Args:
            place: A directory of its own.
            durable: Whether it writes through, as one must that is killed.
        """
        self._place = place
        self._durable = durable
        self._user: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://rempart@/postgres?host={place}"
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            shutil.chown(place, "nobody")
            self._user = {"user": "nobody", "group": os.stat(place).st_gid, "extra_groups": []}
        made = [find("initdb"), "-D", f"{place}/data", "-U", "rempart", "-A", "trust", "-E", "UTF8", "--locale=C"]
        made += [] if durable else ["--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd=place, **self._user)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [find("postgres"), "-D", f"{self._place}/data", "-k", self._place, "-c", "listen_addresses="]
        command += [] if self._durable else ["-c", "fsync=off"]
        with open(f"{self._place}/log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._place, **self._user)
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                self.execute("SELECT 1")
            except sqlalchemy.exc.OperationalError:
                said = Path(self._place, "log").read_text(encoding="utf-8", errors="replace")
                assert self._process.poll() is None, said
                assert time.monotonic() < ends, said
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """Stop it as an administrator would who waits for nobody (``pg_ctl stop -m fast``)."""
        if self._process is not None:
            self._process.send_signal(2)  # SIGINT: PostgreSQL 15, 19.5 "Shutting Down the Server"
            self._process.wait(PATIENCE)
            self._process = None

    def kill(self) -> None:
        """Kill it, and wait until none of its processes uses its files."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction."""
        url = self.url.replace("postgresql:", "postgresql+psycopg:")
        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(statement))

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the URL of an empty database of its own."""
        name = f"t{os.urandom(6).hex()}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url.replace("/postgres?", f"/{name}?")
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def find(program: str) -> str:
    """Return the path of one of PostgreSQL's programs; ``""`` where it is not installed."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    return str(places[0]) if places else shutil.which(program) or ""


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Give a server that runs; skip the test where PostgreSQL is not installed.

    Args:
        durable: See :class:`Cluster`.
    """
    if not find("initdb") or not find("postgres"):
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="rempart-pg-") as place:
        one = Cluster(place, durable=durable)
        one.start()
        try:
            yield one
        finally:
            one.stop()
