"""Asking a server by HTTP: deadlines, bounds, redirects, and nothing but HTTP."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.web_server import Asked, Reply, make_pair, web_server

from rempart_agent.readers.services import http_client
from rempart_agent.source.contract import Limit, Malformed, Missing, SourceError, Unfit


def _to(location: str, status: int = 302) -> Reply:
    return Reply(status, headers=(("Location", location),))


def test_an_answer_has_its_status_and_body() -> None:
    with web_server(lambda asked: Reply(404, asked.path.encode())) as web:
        answer = http_client.fetch(web.url("/a?b=c#d"), 60, {"User-Agent": "x"}, "PUT", b"content")
        assert answer == (404, b"/a?b=c")
        (asked,) = web.asked
        assert (asked.method, asked.body, asked.headers["User-Agent"]) == ("PUT", b"content", "x")
        assert asked.headers["Host"] == f"127.0.0.1:{web.port}"


def test_chunks_are_put_together() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\n 12\r\n0\r\n\r\n"
    with web_server(lambda _: Reply(raw=raw)) as web:
        assert http_client.fetch(web.url(), 60, {}).body == b"hello 12"


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with web_server(lambda _: Reply(body=b"direct")) as web:
        assert http_client.follow(web.url(), 60, {}).body == b"direct"


def test_redirects_are_followed_ten_times() -> None:
    def answer(asked: Asked) -> Reply:
        number = int(asked.path.strip("/"))
        return Reply(body=b"end") if not number else _to(str(number - 1))

    with web_server(answer) as web:
        assert http_client.follow(web.url("/10"), 60, {}).body == b"end"
        with pytest.raises(SourceError, match="more than 10 redirects"):
            http_client.follow(web.url("/11"), 60, {})
        assert http_client.fetch(web.url("/3"), 60, {}).status == 302


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "http://[/"])
def test_no_redirect_leads_to_anything_but_http(location: str) -> None:
    with web_server(lambda _: _to(location)) as web, pytest.raises(Unfit):
        http_client.follow(web.url(), 60, {})


def test_a_redirect_to_nowhere_is_an_error() -> None:
    with web_server(lambda _: Reply(304)) as web, pytest.raises(Malformed):
        http_client.follow(web.url(), 60, {})


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "http://", "http://a b/", "http://x:99999/", ""])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(Unfit):
        http_client.fetch(url, 60, {})


def test_a_header_of_several_lines_is_refused() -> None:
    with web_server(lambda _: Reply()) as web:
        with pytest.raises(Unfit):
            http_client.fetch(web.url(), 60, {"User-Agent": "x\r\nEvil: 1"})
        assert web.asked == []


def test_what_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "MOST", 1000)
    with web_server(lambda asked: Reply(body=bytes(int(asked.path[1:])))) as web:
        assert len(http_client.fetch(web.url("/1000"), 60, {}).body) == 1000
        with pytest.raises(Limit):
            http_client.fetch(web.url("/1001"), 60, {})


def test_what_is_cut_off_is_no_answer() -> None:
    for raw in (
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
    ):
        with web_server(lambda _, raw=raw: Reply(raw=raw)) as web, pytest.raises(Malformed):
            http_client.fetch(web.url(), 60, {})


def test_who_does_not_answer_is_not_waited_for() -> None:
    over = threading.Event()

    def wait(_: Asked) -> Reply:
        over.wait(60)
        return Reply()

    with web_server(wait) as web:
        with pytest.raises(SourceError, match="no answer in time"):
            http_client.fetch(web.url(), 0.2, {})
        over.set()


def test_who_answers_drop_by_drop_is_not_waited_for_either() -> None:
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        with server, server.accept()[0] as connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            for _ in range(2000):
                if over.wait(0.01):
                    return
                connection.sendall(b"x")

    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=drip, args=(server,), daemon=True)
    thread.start()
    try:
        with pytest.raises(SourceError, match="no answer in time"):
            http_client.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", 0.3, {})
    finally:
        over.set()
        thread.join(60)


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Missing, match="nobody listens"):
            http_client.fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/", 60, {})
    with pytest.raises(Missing, match="no address"):
        http_client.fetch("http://host.invalid/", 60, {})


def test_a_server_is_who_it_should_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = make_pair(tmp_path, "-newkey", "rsa:2048", "-subj", "/CN=x", "-addext", "subjectAltName=DNS:localhost")
    with web_server(lambda _: Reply(body=b"safe"), pair=pair) as web:
        url = f"https://localhost:{web.port}/"
        with pytest.raises(SourceError, match="TLS"):
            http_client.fetch(url, 60, {})
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert http_client.fetch(url, 60, {}).body == b"safe"
        with pytest.raises(SourceError, match="TLS"):
            http_client.fetch(f"https://127.0.0.1:{web.port}/", 60, {})


@settings(max_examples=20)
@given(st.binary(), st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]))
def test_any_answer_is_taken_or_refused(data: bytes, begin: bytes) -> None:
    with web_server(lambda _: Reply(raw=begin + data or b"x")) as web:
        try:
            assert http_client.fetch(web.url(), 60, {}).status >= 0
        except SourceError:
            return
