"""A server on the loopback that says by HTTP or HTTPS what a test wants, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """An answer; ``raw`` goes out as it is, in the place of all else."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""


class Web(NamedTuple):
    """A server: its port, and what it was asked."""

    port: int
    asked: list[Asked]

    def url(self, path: str = "/") -> str:
        """Return the address of a resource, by HTTP."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def web_server(
    answer: Callable[[Asked], Reply], address: tuple[str, int] = ("127.0.0.1", 0), pair: Path | None = None
) -> Iterator[Web]:
    """Give a server.

    Args:
        answer: Is told what is asked.
        address: Where it listens.
        pair: A file of a certificate and its key, for HTTPS.
    """
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(Asked(self.command, self.path, dict(self.headers), body))
            said = answer(asked[-1])
            if said.raw:
                self.wfile.write(said.raw)
                self.close_connection = True
                return
            self.send_response(said.status)
            self.send_header("Content-Length", str(len(said.body)))
            for name, value in said.headers:
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # who asks may have enough of it
                self.wfile.write(said.body)

        do_GET = do_PUT = do_POST = _do  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Pass over clients that go away."""

    server = Quiet(address, Handler)
    if pair is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield Web(server.server_port, asked)
    finally:
        server.shutdown()
        server.server_close()


def make_pair(folder: Path, *options: str, config: str = "") -> Path:
    """Make a certificate that signs itself, and return the file of it and its key.

    Args:
        folder: Where it is put.
        options: For ``openssl req -x509``: the key, the subject, extensions.
        config: Its configuration, where options can't say it.
    """
    if config:
        (folder / "config").write_text(config, encoding="utf-8")
        options = (*options, "-config", str(folder / "config"), "-utf8")
    command = ["openssl", "req", "-x509", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "own.pem", *options]
    subprocess.run(command, check=True, capture_output=True)
    pair = folder / "pair.pem"
    pair.write_text((folder / "key.pem").read_text() + (folder / "own.pem").read_text(), encoding="utf-8")
    return pair
