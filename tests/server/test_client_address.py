"""A client's address is the connection's; what a proxy says of it counts only where the proxy is trusted."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from rempart_server.client_address import address_of, is_in


def request(here: str, *said: str) -> Request:
    headers = [(b"x-forwarded-for", one.encode()) for one in said]
    return Request({"type": "http", "headers": headers, "client": (here, 1) if here else None})


@pytest.mark.parametrize(
    ("here", "said", "trusted", "address"),
    [
        ("192.0.2.1", ["198.51.100.1"], [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.1"], ["192.0.2.0/24"], "198.51.100.1"),
        ("192.0.2.1", ["203.0.113.5, 198.51.100.1"], ["192.0.2.0/24"], "198.51.100.1"),
        ("192.0.2.1", ["203.0.113.5, 192.0.2.9"], ["192.0.2.0/24"], "203.0.113.5"),
        ("192.0.2.1", ["203.0.113.5", "192.0.2.9"], ["192.0.2.0/24"], "203.0.113.5"),
        ("192.0.2.1", ["\x1b[31m"], ["192.0.2.1"], "192.0.2.1"),
        ("203.0.113.5", ["198.51.100.1"], ["192.0.2.1"], "203.0.113.5"),
        ("::ffff:192.0.2.1", ["198.51.100.1"], ["192.0.2.1"], "198.51.100.1"),
        ("", ["198.51.100.1"], ["192.0.2.1"], ""),
    ],
)
def test_the_last_address_that_is_no_trusted_proxy_counts(
    here: str, said: list[str], trusted: list[str], address: str
) -> None:
    assert address_of(request(here, *said), trusted) == address


def test_an_address_that_is_not_known_is_in_no_network() -> None:
    assert is_in("10.1.2.3", ["10.0.0.0/8"])
    assert not is_in("", ["0.0.0.0/0"])
