"""How a server is reached: directly, and through real proxies, in order and not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.proxies import block, haproxy, nginx
from rempart_testing.server import Running, free_port, running

from rempart_core.error import ServerError, UsageError
from rempart_server.probe import PATH
from rempart_server.reachability import Finding, Place, examine, read_place


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("reached"), "trusted_proxies: [127.0.0.1]\n") as one:
        yield one


def look(server: Running, port: int) -> dict[str, bool | None]:
    """Return what was found: which message, and whether it is good."""
    found: list[Finding] = list(examine(Place("localhost", port, str(server.directory / "ca.pem"))))
    return {one.message.id.removeprefix("server.check_"): one.good for one in found}


def test_without_a_proxy_all_is_well_and_what_a_proxy_would_say_is_not_known(server: Running) -> None:
    assert look(server, server.port) == {"tls": True, "reached": True, "size": True, "no_proxy": None}


def test_the_block_of_nginx_is_in_order(server: Running, tmp_path: Path) -> None:
    with nginx(server, tmp_path, block("nginx")) as port:
        assert look(server, port) == {"tls": True, "reached": True, "size": True, "failure": True}


def test_the_block_of_haproxy_is_in_order(server: Running, tmp_path: Path) -> None:
    with haproxy(server, tmp_path, block("haproxy")) as port:
        assert look(server, port) == {"tls": True, "reached": True, "size": True, "failure": True}


def test_nobody_is_taken_for_another_address_than_the_one_that_the_proxy_saw(server: Running, tmp_path: Path) -> None:
    with nginx(server, tmp_path, block("nginx")) as one, haproxy(server, tmp_path, block("haproxy")) as other:
        for port in (one, other):
            got = server._replace(port=port).ask(PATH, b"", {"x-forwarded-for": "203.0.113.9"})
            assert json.loads(got.body)["address"] == "127.0.0.1"


def test_nginx_without_the_block_s_limit_refuses_large_bodies_for_ever(server: Running, tmp_path: Path) -> None:
    text = re.sub(".*client_max_body_size.*\n", "", block("nginx"))
    with nginx(server, tmp_path, text) as port:
        assert look(server, port)["size_refused"] is False


@pytest.mark.parametrize("said", ["{}", '{"status": "down"}'])
def test_a_failure_that_osqueryd_takes_for_success_is_found(server: Running, tmp_path: Path, said: str) -> None:
    text = block("haproxy").replace("""'{"error": "the server is unavailable"}'""", f"'{said}'")
    with haproxy(server, tmp_path, text) as port:
        assert look(server, port)["failure_lost"] is False


def test_an_empty_answer_of_a_proxy_is_found(server: Running, tmp_path: Path) -> None:
    text = re.sub("return 503 .*;", "return 200 '';", block("nginx"))
    with nginx(server, tmp_path, text) as port:
        assert look(server, port)["failure_lost"] is False


def test_a_failure_in_html_makes_osqueryd_try_again(server: Running, tmp_path: Path) -> None:
    text = re.sub(".*error_page.*\n", "", block("nginx"))
    with nginx(server, tmp_path, text) as port:
        assert look(server, port)["failure"] is True


def test_a_server_that_is_down_behind_a_proxy_is_none_of_ours(server: Running, tmp_path: Path) -> None:
    gone = server._replace(port=free_port())
    with nginx(gone, tmp_path, block("nginx")) as port, pytest.raises(ServerError, match="status 503"):
        look(server, port)


def test_a_certificate_that_is_not_trusted_is_said_with_the_remedy(server: Running) -> None:
    with pytest.raises(ServerError, match="--ca"):
        list(examine(Place("localhost", server.port)))


def test_nobody_there_is_said() -> None:
    with pytest.raises(ServerError, match="refused"):
        list(examine(Place("localhost", free_port())))


@pytest.mark.parametrize(
    "url", ["http://a", "a", "https://", "https://a:x", "https://a:99999", "https://u@a", "https://a/b", "https://[a"]
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        read_place(url)


def test_an_address_without_a_port_means_that_of_https(tmp_path: Path) -> None:
    assert read_place("https://audit.example.org") == Place("audit.example.org", 443)
    with pytest.raises(UsageError, match="no file"):
        read_place("https://audit.example.org:8443/", str(tmp_path / "ca.pem"))
