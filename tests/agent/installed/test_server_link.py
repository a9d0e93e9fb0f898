"""The way to a server: its own CA alone, its name, deadlines, and nothing that it says is more than data."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from rempart_testing.https_server import Says, https_server
from rempart_testing.server import a_directory

from rempart_agent.installed import server_link
from rempart_agent.installed.server_link import Reply, Server, find_server, post, read_server, say_theirs, write_server
from rempart_core.error import DeliveryError, UsageError
from rempart_core.messages.say import say_both


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (Path(a_directory(tmp_path_factory.mktemp("ca"))) / "ca.pem").read_text()


def send(server: Server) -> Reply:
    return post(server, "/api/rempart/documents", b"body", "application/octet-stream")


def test_what_a_server_says_is_read_as_json_and_bounded(tmp_path: Path) -> None:
    said = {
        b'{"stored": [1]}': Reply(200, {"stored": [1]}, 0),
        b"[1]": Reply(200, {}, 0),
        b"<html>": Reply(200, {}, 0),
        b"[" * 60_000: Reply(200, {}, 0),
        b'{"a": "' + b"x" * 70_000 + b'"}': Reply(200, {}, 0),
    }
    bodies = iter(said)
    with https_server(tmp_path, lambda _: Says(200, next(bodies))) as server:
        for reply in said.values():
            assert send(server) == reply


def test_the_time_to_wait_is_at_most_an_hour(tmp_path: Path) -> None:
    said = {"90": 90, "9999999": 3600, "Fri, 31 Dec 1999 23:59:59 GMT": 0, "-5": 0, "9" * 99: 0}
    waits = iter(said)
    with https_server(tmp_path, lambda _: Says(503, b"{}", (("Retry-After", next(waits)),))) as server:
        for seconds in said.values():
            assert send(server) == Reply(503, {}, seconds)


def test_no_other_authority_and_no_other_name_is_believed(tmp_path: Path) -> None:
    from rempart_server.tls import make_ca

    heard = []
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "named").mkdir()
    make_ca(str(other), "localhost")
    with https_server(tmp_path, heard.append) as server, pytest.raises(DeliveryError, match="certificate"):
        send(server._replace(authorities=(other / "ca.pem").read_text()))
    named = https_server(tmp_path / "named", heard.append, "127.0.0.2")
    with named as server, pytest.raises(DeliveryError, match="certificate"):
        send(server._replace(host="127.0.0.2"))
    assert heard == [], "nothing was sent before the server was known"


def test_a_redirection_is_not_followed(tmp_path: Path) -> None:
    with https_server(tmp_path, lambda _: Says(307, b"", (("Location", "https://localhost:1/"),))) as server:
        assert send(server) == Reply(307, {}, 0)


def test_what_goes_wrong_on_the_way_is_one_error_of_ours(tmp_path: Path, authorities: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        closed = find_server(f"https://localhost:{nobody.getsockname()[1]}", authorities)
    with pytest.raises(DeliveryError, match="https://localhost"):
        send(closed)
    with pytest.raises(DeliveryError):
        send(find_server("https://no-such-host.invalid", authorities))
    with https_server(tmp_path, lambda _: None) as server, pytest.raises(DeliveryError):
        send(server)


def test_a_server_that_speaks_no_tls_or_never_ends_is_left(authorities: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_link, "_WHOLE", 1.0)
    done = threading.Event()

    def mumble(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            while not done.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=mumble, args=(listening,), daemon=True).start()
        try:
            with pytest.raises(DeliveryError):
                send(find_server(f"https://localhost:{listening.getsockname()[1]}", authorities))
        finally:
            done.set()


@pytest.mark.parametrize(
    "url",
    [
        "http://audit.example.org",
        "audit.example.org",
        "https://",
        "https://user:secret@audit.example.org",
        "https://audit.example.org/?a=b",
        "https://audit.example.org:99999",
        "https://audit.example.org/\r\nX: y",
        "https://audit example.org",
        "https://[::1",
    ],
)
def test_what_is_no_address_of_a_server_is_said(url: str, authorities: str) -> None:
    with pytest.raises(UsageError):
        find_server(url, authorities)


def test_what_is_held_of_a_server_is_read_again(tmp_path: Path, authorities: str) -> None:
    with pytest.raises(UsageError, match="rempart-agent enrol"):
        read_server(str(tmp_path))
    for url, whole in {
        "https://audit.example.org": "https://audit.example.org:443",
        "https://audit.example.org:8443/rempart/": "https://audit.example.org:8443/rempart",
        "https://[2001:db8::1]:8443": "https://[2001:db8::1]:8443",
    }.items():
        server = find_server(url, authorities)
        assert server.url == whole
        write_server(str(tmp_path), server)
        assert read_server(str(tmp_path)) == server
    for spoiled in (b"", b"[]", b'{"server": 1}', b'{"server": "http://x"}'):
        (tmp_path / server_link.SETTINGS).write_bytes(spoiled)
        with pytest.raises(UsageError):
            read_server(str(tmp_path))
    write_server(str(tmp_path), server)
    (tmp_path / server_link.AUTHORITIES).write_text("none")
    with pytest.raises(UsageError, match="no certificate"):
        read_server(str(tmp_path))


def test_what_a_server_says_to_people_is_data(authorities: str) -> None:
    said = say_both(say_theirs({"en": "no\x1b[2J\nmore {x}", "fr": "non"}))
    assert "\x1b" not in said.en
    assert "\n" not in said.en
    assert said.fr == "non"
    assert say_both(say_theirs({})).en == "?"
