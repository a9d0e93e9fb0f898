"""A server's directory with its context, and a client of its whole application without a socket."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, NamedTuple

from rempart_server.beginning import Beginning, begin
from rempart_server.opening import open_context

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from rempart_server.context import Context

PATIENCE = 60.0


@cache
def _template() -> Path:
    """Make a server once for all tests of a process: its migrations take most of a second."""
    directory = Path(mkdtemp(prefix="rempart-server-"))
    begin(Beginning(str(directory / "s"), "localhost"))
    return directory / "s"


def a_directory(tmp_path: Path, more: str = "", store: str = "", name: str = "server") -> str:
    """Return the directory of a server that was just begun.

    Args:
        tmp_path: Where it is put, below.
        more: Lines that its ``server.yaml`` has besides.
        store: The URL of an empty database; ``""`` for SQLite.
        name: Of the directory.
    """
    directory = tmp_path / name
    if store:
        begin(Beginning(str(directory), "localhost", store))
    else:
        shutil.copytree(_template(), directory)
    with (directory / "server.yaml").open("a", encoding="utf-8") as file:
        file.write(more)
    return str(directory)


@contextmanager
def a_context(tmp_path: Path, more: str = "") -> Iterator[Context]:
    """Give the context of a server that was just begun; see :func:`a_directory`."""
    with open_context(a_directory(tmp_path, more)) as context:
        yield context


@contextmanager
def client(context: Context, address: str = "127.0.0.1") -> Iterator[TestClient]:
    """Give a client of the whole application, its duties in the background running.

    Args:
        context: Of the server.
        address: From where the client comes.
    """
    from starlette.testclient import TestClient

    from rempart_server.app import build

    with TestClient(build(context), "https://localhost:8443", client=(address, 50000)) as one:
        yield one


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    body: bytes


class Running(NamedTuple):
    """A server process.

    Attributes:
        process: The process, which starts its workers.
        directory: Of the server.
        port: Where it answers.
    """

    process: subprocess.Popen[bytes]
    directory: Path
    port: int

    def tls(self) -> ssl.SSLContext:
        """Return what a client of it needs, which trusts its CA alone."""
        return ssl.create_default_context(cafile=self.directory / "ca.pem")

    def ask(self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Ask it once, over a connection of its own."""
        url = f"https://localhost:{self.port}{path}"
        try:
            request = urllib.request.Request(url, data, headers or {})
            with urllib.request.urlopen(request, timeout=30, context=self.tls()) as got:  # noqa: S310
                return Answer(got.status, got.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read())

    def wait(self, path: str = "/readyz", status: int = 200) -> Answer:
        """Ask until it answers with a status."""
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                if (got := self.ask(path)).status == status:
                    return got
            except OSError as error:
                got = Answer(0, str(error).encode())
            if self.process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"{got} {self.process.poll()} {self.said()}")
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        """Return what it printed."""
        return (self.directory / "said").read_text(encoding="utf-8")


def free_port() -> int:
    """Return a port of the loopback on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(tmp_path: Path, more: str = "", store: str = "", name: str = "server") -> Iterator[Running]:
    """Give a server process that answers, on a free port of the loopback; see :func:`a_directory`."""
    port = free_port()
    a_directory(tmp_path, f"address: 127.0.0.1\nport: {port}\n{more}", store, name)
    with started(tmp_path / name, port) as one:
        yield one


@contextmanager
def started(directory: Path, port: int) -> Iterator[Running]:
    """Give a server process of a directory that is there already, once it answers.

    Args:
        directory: Of the server.
        port: Its port, as ``server.yaml`` says.
    """
    command = [sys.executable, "-m", "rempart_testing.rempart", "server", "run", "--dir", str(directory)]
    with (directory / "said").open("wb") as said:
        support = os.pathsep.join(one for one in sys.path if one)
        environment = {**os.environ, "PYTHONPATH": support}
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment, start_new_session=True)
    one = Running(process, directory, port)
    try:
        one.wait()
        yield one
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # with its workers
        process.wait(PATIENCE)
