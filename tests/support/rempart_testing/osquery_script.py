"""A TLS server that answers an osqueryd by a script and writes down what it sent, whether real or simulated."""

from __future__ import annotations

import http.server
import json
import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rempart_testing.osquery_wire import Enrolment

FLAGS = {
    "host_identifier": "uuid",
    "enroll_tls_endpoint": "/api/osquery/enroll",
    "config_plugin": "tls",
    "config_tls_endpoint": "/api/osquery/config",
    "disable_distributed": "false",
    "distributed_plugin": "tls",
    "distributed_tls_read_endpoint": "/api/osquery/distributed/read",
    "distributed_tls_write_endpoint": "/api/osquery/distributed/write",
    "logger_tls_endpoint": "/api/osquery/log",
}
SECRET = "of-the-script"


class Sent(NamedTuple):
    """One request.

    Attributes:
        path: Its last part, as ``write``.
        body: What was sent, with U+FFFD for what is no UTF-8.
        raw: As it came.
        headers: Names in small letters.
        connection: Counts connections.
    """

    path: str
    body: dict[str, Any]
    raw: bytes
    headers: dict[str, str]
    connection: int


Script = Callable[[Sent], tuple[int, bytes] | None]
"""Returns the status and the body of the answer; None to close the connection without one."""


class ScriptedServer:
    """Listens on the loopback."""

    def __init__(self, certificate: str, key: str, script: Script) -> None:
        self.sent: list[Sent] = []
        self._connections = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                outer._connections += 1
                self.number = outer._connections

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                body = json.loads(raw.decode("utf-8", "replace"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                one = Sent(self.path.rpartition("/")[2], body, raw, headers, self.number)
                answer = script(one)
                outer.sent.append(one)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def enrolment(self, ca: str) -> Enrolment:
        """Return what an osqueryd has to be told."""
        flags = FLAGS | {"tls_hostname": f"localhost:{self.port}"}
        paths = {name: f"/api/osquery/{path}" for name, path in _PATHS.items()}
        return Enrolment("localhost", self.port, ca, SECRET, paths, flags)

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


_PATHS = {
    "enroll": "enroll",
    "config": "config",
    "read": "distributed/read",
    "write": "distributed/write",
    "log": "log",
}


@contextmanager
def real_osqueryd(program: str, directory: Path, enrolment: Enrolment) -> Iterator[subprocess.Popen[bytes]]:
    """Run a real osqueryd with what ``rempart server enrol`` printed, and end it.

    Args:
        program: Its path.
        directory: Where its files lie.
        enrolment: What it is told.
    """
    directory.mkdir(exist_ok=True)
    (directory / "ca.pem").write_text(enrolment.ca, encoding="utf-8")
    (directory / "enroll_secret").write_text(enrolment.secret + "\n", encoding="utf-8")
    (directory / "log").mkdir(exist_ok=True)
    own = {
        "tls_server_certs": directory / "ca.pem",
        "enroll_secret_path": directory / "enroll_secret",
        "pidfile": directory / "pid",
        "database_path": directory / "db",
        "extensions_socket": directory / "em",
        "logger_path": directory / "log",
        "disable_watchdog": "true",
        "logger_plugin": "filesystem",
    }
    told = enrolment.flags | {name: str(value) for name, value in own.items()}
    (directory / "flags").write_text("".join(f"--{name}={value}\n" for name, value in told.items()), encoding="utf-8")
    with (directory / "said").open("wb") as said:
        process = subprocess.Popen(
            [program, f"--flagfile={directory / 'flags'}", "--force"],
            stdout=said,
            stderr=said,
            env={"PATH": os.defpath, "HOME": str(directory)},
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)
