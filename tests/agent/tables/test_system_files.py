"""Tables etc_hosts, dns_resolvers, crontab and os_version: single files of /etc."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Missing, Query
from rempart_agent.tables.linux import crontab, dns_resolvers, etc_hosts, os_version
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _rows(table: Any, target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


# etc_hosts


def test_names_of_hosts() -> None:
    text = "# all\n127.0.0.1\tlocalhost\n\n  10.1.2.3  crm.example crm # the CRM\r\n::1\n10.0.0.1#x y\n#z"
    assert [(r["address"], r["hostnames"]) for r in etc_hosts.parse(text)] == [
        ("127.0.0.1", "localhost"),
        ("10.1.2.3", "crm.example crm"),
        ("::1", ""),
        ("10.0.0.1#x", "y"),
    ]


def test_a_missing_hosts_file_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(etc_hosts, root_of({"/etc/": ""}))


# dns_resolvers: what glibc 2.41 made of each file


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


# crontab


def test_commands_with_their_times_and_events() -> None:
    text = (
        "SHELL=/bin/sh\nMAILTO = ops\n# m h\n\n17 *\t* * *  root  cd / && run-parts\n@reboot root /bin/start\n"
        "@daily\n1 2 3 4 5\n  */5 * * * * /poll.sh --x 'a  b'\r"
    )
    assert list(crontab.parse(text)) == [
        {
            "minute": "17",
            "hour": "*",
            "day_of_month": "*",
            "month": "*",
            "day_of_week": "*",
            "command": "root cd / && run-parts",
        },
        {"event": "@reboot", "command": "root /bin/start"},
        {
            "minute": "*/5",
            "hour": "*",
            "day_of_month": "*",
            "month": "*",
            "day_of_week": "*",
            "command": "/poll.sh --x 'a b'",
        },
    ]


def test_all_tables_of_times_are_read_and_nothing_else(root_of: RootOf) -> None:
    line = "1 2 3 4 5 x\n"
    target = root_of(
        {
            "/etc/crontab": line,
            "/etc/cron.d/with.dot": line,
            "/etc/cron.d/.placeholder": line,
            "/etc/cron.d/folder/inside": line,
            "/var/spool/cron/root": line,
            "/var/spool/cron/crontabs/alice": line,
            "/etc/cron.daily/script": line,
        }
    )
    os.mkfifo(target.root + "/etc/cron.d/pipe")
    os.symlink("nowhere", target.root + "/etc/cron.d/broken")
    assert [row["path"] for row in _rows(crontab, target)] == [
        "/etc/crontab",
        "/etc/cron.d/with.dot",
        "/var/spool/cron/root",
        "/var/spool/cron/crontabs/alice",
    ]


def test_a_machine_without_cron_has_no_rows(root_of: RootOf) -> None:
    assert _rows(crontab, root_of({"/etc/": ""})) == []


@pytest.mark.parametrize("path", ["/etc/crontab", "/var/spool/cron/crontabs", "/etc/cron.d/a"])
def test_times_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/crontab": "", "/etc/cron.d/a": "", "/var/spool/cron/crontabs/alice": ""})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(crontab, target)


# os_version

DEBIAN = 'PRETTY_NAME="Debian"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\nID=debian\n'
UBUNTU = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n'
ROCKY = 'NAME="Rocky Linux"\nVERSION="9.4 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n'


def _version(**sources: str) -> dict[str, Any]:
    return os_version.parse(sources.get("text", ""), sources.get("release"), sources.get("platform", ""))


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (
            {"text": DEBIAN},
            {"name": "Debian GNU/Linux", "major": "13", "minor": "0", "platform": "debian", "version": "13 (trixie)"},
        ),
        (
            {"text": UBUNTU},
            {"major": "24", "minor": "04", "platform": "ubuntu", "platform_like": "debian", "codename": "noble"},
        ),
        ({"text": 'VERSION_ID="12.4.1.2"'}, {"major": "12", "minor": "4", "patch": "1.2", "name": "Unknown"}),
        ({"text": "NAME='Single'\nID = spaced\nBUILD_ID=rolling"}, {"name": "'Single'", "platform": "spaced"}),
        ({"text": ""}, {"name": "Unknown", "platform": "posix", "major": "0"}),
        (
            {"text": ROCKY, "release": "Rocky Linux release 9.4 (Blue Onyx)\n", "platform": "rhel"},
            {
                "name": "Rocky Linux",
                "major": "9",
                "minor": "4",
                "patch": "0",
                "platform": "rhel",
                "platform_like": "rhel",
                "version": "Rocky Linux release 9.4 (Blue Onyx)",
            },
        ),
        (
            {"release": "CentOS Linux release 7.9.2009 (Core)", "platform": "rhel"},
            {"name": "CentOS Linux", "major": "7", "minor": "9", "patch": "2009"},
        ),
        (
            {"text": 'NAME="Fedora Linux"\nVERSION_ID=39', "release": "Fedora release 39 (Thirty Nine)"},
            {"name": "Fedora Linux", "major": "39", "minor": "0"},
        ),
    ],
)
def test_the_version_of_a_distribution(sources: dict[str, str], expected: dict[str, str]) -> None:
    row = _version(**sources)
    assert {name: row[name] for name in expected} == expected
    assert row["arch"] == os.uname().machine


def test_os_release_is_found_where_systemd_looks(root_of: RootOf) -> None:
    (row,) = _rows(os_version, root_of({"/usr/lib/os-release": DEBIAN}))
    assert row["platform"] == "debian"


def test_an_old_red_hat_without_os_release_is_known(root_of: RootOf) -> None:
    (row,) = _rows(os_version, root_of({"/etc/redhat-release": "CentOS release 6.10 (Final)\n"}))
    assert (row["name"], row["major"], row["platform"]) == ("CentOS", "6", "rhel")


def test_no_operating_system_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(os_version, root_of({"/etc/": ""}))


def test_this_machine_answers() -> None:
    assert _rows(os_version, LiveTarget())[0]["name"] != "Unknown"
    assert any(row["type"] == "nameserver" for row in _rows(dns_resolvers, LiveTarget()))


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    rows = [*etc_hosts.parse(text), *dns_resolvers.parse(text), *crontab.parse(text), _version(text=text, release=text)]
    assert all(value is None or isinstance(value, (str, int)) for row in rows for value in row.values())


@given(st.lists(st.sampled_from(["nameserver", "search", "options", "sortlist", " ", "\t", "1.2.3.4", "/", "é", "\0"])))
def test_any_resolv_conf_is_taken(words: list[str]) -> None:
    for line in ("".join(words), " ".join(words)):
        assert _servers(line)
