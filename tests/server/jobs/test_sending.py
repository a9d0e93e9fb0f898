"""A hook is told by one signed POST, to the address that was looked at, and to a private one only where it may be."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rempart_testing.https_server import Says, https_server

from rempart_server.jobs.sending import DELAYS, read_url, send, sign
from rempart_store.server.hook import Delivery

NOW = 1_795_000_000


class Received:
    def __init__(self, status: int) -> None:
        self.status = status
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""


@contextmanager
def receiver(status: int, location: str = "") -> Iterator[Received]:
    received = Received(status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.heard.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(received.status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_port}/in?a=1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()


def delivery(url: str, *, private: bool = True) -> Delivery:
    return Delivery(7, url, "the secret", private, json.dumps({"id": 7, "host": "pc1é"}), NOW, 1)


def test_the_receiver_can_prove_who_sent_it_and_when() -> None:
    with receiver(204) as one:
        assert send(delivery(one.url), NOW) == (True, "204")
    ((path, headers, body),) = one.heard
    assert path == "/in?a=1"
    proof = hmac.new(b"the secret", f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["rempart-signature"] == f"sha256={proof}"
    assert (headers["rempart-timestamp"], headers["rempart-delivery"]) == (str(NOW), "7")
    assert json.loads(body) == {"id": 7, "host": "pc1é"}
    assert sign("the secret", NOW, body.decode()) == proof
    assert sign("the secret", NOW + 1, body.decode()) != proof


@pytest.mark.parametrize("status", [301, 307, 400, 503])
def test_what_is_no_success_is_tried_again_and_no_redirect_is_followed(status: int) -> None:
    with receiver(200) as other, receiver(status, other.url) as one:
        assert send(delivery(one.url), NOW) == (False, str(status))
    assert other.heard == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "0.0.0.0"],  # noqa: S104 - refused
)
def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    assert send(delivery(f"http://{host}:9/", private=False), NOW) == (False, "private address")


def test_a_name_of_which_one_address_is_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 9)) for text in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert send(delivery("http://example.org/", private=False), NOW) == (False, "private address")


def test_nobody_there_and_a_certificate_of_somebody_else(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert send(delivery(f"http://127.0.0.1:{taken.getsockname()[1]}/"), NOW) == (False, "unreachable")
    with https_server(tmp_path, lambda _heard: Says(200)) as server:
        assert send(delivery(f"https://{server.host}:{server.port}/"), NOW) == (False, "tls")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://a/",
        "https://",
        "https://me:secret@a/",
        "https://a/#x",
        "https://a/ b",
        "https://a:70000/",
        "http://é/",
    ],
)
def test_what_is_no_address_of_a_hook(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - ours, and urllib's of a port
        read_url(text)


def test_eight_tries_are_within_a_day() -> None:
    assert len(DELAYS) == 7
    assert sum(DELAYS) <= 86_400
