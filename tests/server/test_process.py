"""The real process: TLS from 1.2 on, an end with 0, workers that are begun again, a port or a store that is away."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from rempart_testing.postgresql import Cluster
from rempart_testing.server import PATIENCE, Running, a_directory, running, started

from rempart_core.error import ServerError
from rempart_server import process
from rempart_server.probe import PATH
from rempart_server.process import serve


def workers(server: Running) -> set[int]:
    """Return the processes that it started."""
    shown = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], check=False, capture_output=True, text=True
    )
    return {int(one) for one in shown.stdout.split()}


def wait_for(true: object) -> None:
    ends = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_it_answers_and_sigterm_ends_it_with_0(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.ask("/healthz").body == b"ok\n"
        assert b"rempart_server_workers 1.0" in server.ask("/metrics").body
        assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_for_its_whole_group_ends_it_with_0_too(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as server:
        os.killpg(server.process.pid, number)
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_is_of_1_2_or_newer(tmp_path: Path, version: ssl.TLSVersion) -> None:
    with running(tmp_path) as server:
        context = server.tls()
        context.minimum_version = context.maximum_version = version
        with (
            socket.create_connection(("127.0.0.1", server.port), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as one,
        ):
            assert one.version() == version.name.replace("_", ".")
        with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", server.port), PATIENCE) as plain:
            ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def test_a_worker_that_was_killed_is_begun_again(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        before = workers(server)
        for one in before:
            os.kill(one, signal.SIGKILL)
        wait_for(lambda: workers(server) - before)
        server.wait()
        assert server.stop() == 0


def test_no_worker_outlives_a_server_that_was_killed_and_the_next_one_has_its_port(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        left = workers(server)
        server.process.kill()
        server.process.wait(PATIENCE)
        wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in left))
        with started(server.directory, server.port) as again:
            assert again.stop() == 0


def test_a_new_certificate_is_shown_once_workers_are_told(tmp_path: Path) -> None:
    def shown(server: Running) -> bytes:
        pem = ssl.get_server_certificate(("127.0.0.1", server.port), timeout=PATIENCE)
        return ssl.PEM_cert_to_DER_cert(pem)

    with running(tmp_path) as server:
        first = shown(server)
        (server.directory / "server.key").unlink()
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: shown(server) != first)
        server.wait()
        assert server.stop() == 0


def connect(server: Running) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    return server.tls().wrap_socket(plain, server_hostname="localhost")


def begin_body(one: ssl.SSLSocket, size: int) -> None:
    """Send the head of a request and the first three bytes of its body."""
    one.sendall(f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {size}\r\n\r\nabc".encode())


def test_who_is_slow_or_sends_too_much_is_refused_and_hinders_nobody(tmp_path: Path) -> None:
    with running(tmp_path) as server, connect(server) as idle, connect(server) as slow, connect(server) as large:
        begin_body(slow, 1000)
        begin_body(large, 10**12)
        assert large.recv(1000).startswith(b"HTTP/1.1 413 ")
        assert server.ask("/healthz").status == 200
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")
        assert idle.recv(1) == b""


def test_a_request_that_was_begun_is_answered_before_the_server_ends(tmp_path: Path) -> None:
    with running(tmp_path) as server, connect(server) as one:
        begin_body(one, 6)
        server.ask("/healthz")  # the worker has the head by now
        server.process.terminate()
        wait_for(lambda: "Stopping worker-1" in server.said())
        one.sendall(b"def")
        assert b'"size":6' in one.recv(4000)
        assert server.process.wait(PATIENCE) == 0


def test_settings_that_can_not_be_read_replace_no_worker(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        before = workers(server)
        with (server.directory / "server.yaml").open("a", encoding="utf-8") as file:
            file.write("spare: 1\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "spare" in server.said())
        server.wait()
        assert workers(server) == before
        assert server.stop() == 0


def test_several_workers_on_postgresql_are_counted_together_and_come_back_with_their_store(
    tmp_path: Path, postgresql_server: Cluster, database: str
) -> None:
    with running(tmp_path, "workers: 2\n", database) as server:
        wait_for(lambda: b"rempart_server_workers 2.0" in server.ask("/metrics").body)
        postgresql_server.stop()
        try:
            gone = server.wait(status=503)
            assert gone.body == b'{"error":"the store is unavailable"}'
            assert server.ask("/healthz").status == 200
        finally:
            postgresql_server.start()
        for _ in range(8):  # each worker
            server.wait()
        assert server.stop() == 0


def test_a_port_that_is_taken_is_said_before_there_are_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.signal, "signal", lambda *_: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        directory = a_directory(tmp_path, f"address: 127.0.0.1\nport: {taken.getsockname()[1]}\n")
        with pytest.raises(ServerError, match="cannot listen"):
            serve(directory)
