"""A service that answers GETs over a Unix socket, as Docker's and LXD's daemons do, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Answers = Callable[[str, dict[str, str]], "tuple[int, Any]"]


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answers: Answers
    asked: list[str]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer from what the daemon holds."""
        self.server.asked.append(self.path)
        parts = urlsplit(self.path)
        status, told = self.server.answers(parts.path, {key: value[0] for key, value in parse_qs(parts.query).items()})
        body = told if isinstance(told, bytes) else json.dumps(told).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who asks may end once it has the status
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class UnixService:
    """The service, within a ``with``; what is sent other than by GET is refused by ``http.server`` (501)."""

    def __init__(self, path: Path, answers: Answers) -> None:
        """Take the socket's path and who answers a path and its query."""
        self.path = path
        self._server = _Server(str(path), _Handler)
        self._server.answers = answers
        self._server.asked = self.asked = []

    def say(self, told: Any, status: int = 200) -> None:
        """Answer this to all that is asked from now on."""
        self._server.answers = lambda _path, _query: (status, told)

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
