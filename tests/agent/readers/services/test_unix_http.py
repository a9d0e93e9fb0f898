"""Asking a service by HTTP over a Unix socket."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.unix_service import UnixService

from rempart_agent.readers.services import unix_http
from rempart_agent.source.contract import Limit, Malformed, Missing, SourceError

GOOD = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def test_an_answer_has_its_status_and_what_it_holds(tmp_path: Path) -> None:
    with UnixService(tmp_path / "s", lambda path, _query: (404, {"path": path})) as service:
        assert unix_http.get(str(service.path), "/a?b=c") == (404, {"path": "/a"})
        assert service.asked == ["/a?b=c"]


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        unix_http.get(str(tmp_path / "s"), "/")
    (tmp_path / "file").write_text("")
    with pytest.raises(Missing):
        unix_http.get(str(tmp_path / "file"), "/")


def _speak(path: Path, words: bytes, pause: threading.Event | None = None) -> threading.Thread:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def answer() -> None:
        with server:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(words)
                if pause is not None:
                    pause.wait(60)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_who_does_not_end_is_not_waited_for(tmp_path: Path) -> None:
    over = threading.Event()
    thread = _speak(tmp_path / "s", GOOD[:20], over)
    try:
        with pytest.raises(SourceError, match="no answer in time"):
            unix_http.get(str(tmp_path / "s"), "/", 0.2)
    finally:
        over.set()
        thread.join()


def test_more_than_the_limit_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_http, "MOST", 10)
    thread = _speak(tmp_path / "s", GOOD)
    with pytest.raises(Limit):
        unix_http.get(str(tmp_path / "s"), "/")
    thread.join()


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 x\r\n\r\n",
        GOOD[:-1],
        GOOD.replace(b": 2", b": two"),
        GOOD.replace(b": 2", b": 99999999999999999999"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_answer_or_cut_off_raises(words: bytes) -> None:
    with pytest.raises(Malformed):
        unix_http.parse(words)


def test_what_follows_the_answer_is_not_its() -> None:
    assert unix_http.parse(GOOD + b"more") == (200, b"{}")
    assert unix_http.parse(b"HTTP/1.0 200\r\n\r\n[]") == (200, b"[]")


@pytest.mark.parametrize("uri", ["", "info", "/a b", "/a\r\nX: y", "/é"])
def test_what_is_no_resource_is_not_asked_for(uri: str) -> None:
    with pytest.raises(Malformed):
        unix_http.request(uri)


@given(st.binary(), st.integers(0, len(GOOD)))
def test_any_bytes_are_taken_or_refused(data: bytes, at: int) -> None:
    for words in (data, GOOD[:at] + data + GOOD[at:]):
        try:
            assert unix_http.parse(words)[0] >= 0
        except Malformed:
            continue
