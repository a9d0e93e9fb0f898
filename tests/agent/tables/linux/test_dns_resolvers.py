"""Table dns_resolvers: what glibc 2.41 makes of resolv.conf(5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import dns_resolvers
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _rows(table: Any, target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


def _servers(text: str, domain: str = "") -> list[str]:
    return [str(r["address"]) for r in dns_resolvers.parse(text, domain) if r["type"] == "nameserver"]


def _search(text: str, domain: str = "") -> list[tuple[Any, Any]]:
    return [(r["id"], r["address"]) for r in dns_resolvers.parse(text, domain) if r["type"] == "search"]


def test_a_server_and_a_search_domain() -> None:
    assert list(dns_resolvers.parse("nameserver 10.0.0.53\nsearch example\n")) == [
        {"id": 0, "type": "nameserver", "address": "10.0.0.53", "netmask": "32", "options": 705},
        {"id": 0, "type": "search", "address": "example", "options": 705},
    ]


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("", ["127.0.0.1"]),
        ("nameserver ::1\nnameserver 1.2.3.4\nnameserver 1.2.3.5\nnameserver 1.2.3.6", ["::1", "1.2.3.4", "1.2.3.5"]),
        ("nameserver fe80::1%eth0", ["fe80::1%eth0"]),
        ("nameserver\t8.8.8.8 # x\nnameserver bad\nnameserver 10.1", ["8.8.8.8", "10.0.0.1"]),
        (" nameserver 9.9.9.9\n#nameserver 1.1.1.1\nNAMESERVER 1.1.1.1\nnameserver 7.7.7.7#x", ["127.0.0.1"]),
        ("nameserver 1.2.3.4\r\n", ["127.0.0.1"]),
    ],
)
def test_servers_are_those_that_the_c_library_takes(text: str, servers: list[str]) -> None:
    assert _servers(text) == servers


def test_the_last_of_domain_and_search_counts_and_its_first_name_stands_in_each_row() -> None:
    assert _search("domain x.y z\nsearch a b\tc d e f g\n") == [(n, "a") for n in range(6)]
    assert _search("search a b\ndomain x.y z") == [(0, "x.y")]
    assert _search("search\n", "own.example") == [(0, "own.example")]
    assert _search("search " + "a" * 160 + " " + "b" * 117 + " c") == [(0, "a" * 160)]


def test_options_are_bits() -> None:
    def options(text: str) -> Any:
        return next(iter(dns_resolvers.parse(text)))["options"]

    assert options("options rotate") == 17089
    assert options("options single-request-reopen") == 4195009
    assert options("options single-request trust-ad") == 705 | 0x200000 | 0x4000000
    assert options("options edns0\noptions ndots:3 debug use-vc") == 705 | 0x100000 | 8


def test_sorting_rules() -> None:
    rows = list(dns_resolvers.parse("sortlist 130.155.160.0/255.255.240.0 130.155.0.0 x ::1"))
    assert [(r["address"], r["netmask"]) for r in rows if r["type"] == "sortlist"] == [
        ("130.155.160.0", "15794175"),
        ("130.155.0.0", "65535"),
    ]


def test_a_machine_without_resolv_conf_asks_itself(root_of: RootOf) -> None:
    target = root_of({"/etc/hostname": "crm.example.org\n"})
    assert [(r["type"], r["address"]) for r in _rows(dns_resolvers, target)] == [
        ("nameserver", "127.0.0.1"),
        ("search", "example.org"),
    ]


def test_a_resolv_conf_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/resolv.conf": ""})
    deny(target, "/etc/resolv.conf")
    with pytest.raises(Denied):
        _rows(dns_resolvers, target)


def test_this_machine_asks_somebody() -> None:
    assert any(row["type"] == "nameserver" for row in _rows(dns_resolvers, LiveTarget()))


@given(st.text())
def test_any_text_is_taken_as_servers(text: str) -> None:
    for row in dns_resolvers.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())


@given(st.lists(st.sampled_from(["nameserver", "search", "options", "sortlist", " ", "\t", "1.2.3.4", "/", "é", "\0"])))
def test_any_resolv_conf_is_taken(words: list[str]) -> None:
    for line in ("".join(words), " ".join(words)):
        assert _servers(line)
