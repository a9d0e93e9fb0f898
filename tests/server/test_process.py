"""The real process: TLS from 1.2 on, an end with 0, a worker that is begun again, a port that is taken."""

from __future__ import annotations

import signal
import socket
import ssl
from pathlib import Path

import pytest
from rempart_testing.server import PATIENCE, a_directory, running

from rempart_core.error import ServerError
from rempart_server.process import serve


def test_it_answers_and_sigterm_ends_it_with_0(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.ask("/healthz").body == b"ok\n"
        assert b"rempart_server" in server.wait("/metrics").body
        assert server.stop() == 0


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


def test_a_port_that_is_taken_is_said_before_there_are_workers(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        directory = a_directory(tmp_path, f"address: 127.0.0.1\nport: {port}\n")
        before = signal.getsignal(signal.SIGTERM)
        try:
            with pytest.raises(ServerError, match="cannot listen"):
                serve(directory)
        finally:
            signal.signal(signal.SIGTERM, before)
