"""An HTTPS server that says what a test wants, with the certificate of a Rempart server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from rempart_agent.installed.server_link import Server, find_server
from rempart_testing.server import a_directory

Heard = tuple[str, bytes]


class Says(NamedTuple):
    """What is said to a request: status, body, further headers."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@contextmanager
def https_server(folder: Path, answer: Callable[[Heard], Says | None], address: str = "127.0.0.1") -> Iterator[Server]:
    """Give a server that answers each POST by a function, or, where that gives None, closes the connection.

    Args:
        folder: Where CA and certificate are put.
        answer: Is told the path and the body.
        address: Where it listens; its certificate is of ``localhost``, 127.0.0.1 and ::1.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = answer((self.path, body))
            if said is None:
                self.connection.close()
                return
            self.send_response(said.status)
            self.send_header("Content-Length", str(len(said.body)))
            for name, value in said.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Pass over clients that go away."""

    directory = Path(a_directory(folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "server.pem", directory / "server.key")
    server = Quiet((address, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield find_server(f"https://localhost:{server.server_port}", (directory / "ca.pem").read_text())
    finally:
        server.shutdown()
        server.server_close()
