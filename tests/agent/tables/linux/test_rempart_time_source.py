"""Table rempart_time_source: from where time services take the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_time_source
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
LIB, TIME = "/usr/lib/systemd/system/", "/etc/systemd/timesyncd.conf"
DEBIAN = {"/var/lib/dpkg/status": "x"}
CHRONY = {
    LIB
    + "chrony.service": "[Service]\nEnvironmentFile=-/etc/default/chrony\nExecStart=/usr/sbin/chronyd $DAEMON_OPTS\n"
}
TIMESYNCD = {LIB + "systemd-timesyncd.service": "[Service]\nExecStart=!!/usr/lib/systemd/systemd-timesyncd\n"}
NTPSEC = {LIB + "ntpsec.service": "[Service]\nExecStart=/usr/libexec/ntpsec/ntp-systemd-wrapper\n"}


def _ask(target: RootTarget) -> list[tuple[str, Any, str]]:
    columns = frozenset(c.name for c in rempart_time_source.COLUMNS)
    found = [dict(row) for row in rempart_time_source.rows(target, Query(columns, ()))]
    return [(str(row["source"]), row["usable"], str(row["why"])) for row in found]


def test_chrony_reads_all_that_its_settings_include(root_of: RootOf) -> None:
    text = "# server no.example\nserver a.example iburst\npool b.example\nserver c.example noselect\n"
    text += "server 127.0.0.1\nconfdir /etc/chrony/conf.d\nsourcedir /run/chrony-dhcp /etc/chrony/sources.d\n"
    more = {
        "/etc/chrony/conf.d/x.conf": "refclock PHC /dev/ptp0\n",
        "/etc/chrony/sources.d/y.sources": "peer d.example\n",
        "/etc/chrony/sources.d/z.txt": "peer e.example\n",
    }
    found = _ask(root_of({**DEBIAN, **CHRONY, "/etc/chrony/chrony.conf": text, **more}))
    assert [(source, usable) for source, usable, _ in found] == [
        ("a.example", 1),
        ("b.example", 1),
        ("c.example", 0),
        ("127.0.0.1", 0),
        ("PHC /dev/ptp0", 1),
        ("d.example", 1),
    ]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"/etc/chrony/chrony.conf": "driftfile /x\n! server a.example\nlocal stratum 10\n"}, "no source"),
        ({"/etc/chrony.conf": "server a.example\n"}, "not there"),
        ({"/etc/chrony/chrony.conf": "server a.example\n", "/etc/default/chrony": "DAEMON_OPTS='-F 1 -x'\n"}, "-x"),
        ({"/etc/chrony/chrony.conf": "server a.example\n", "/etc/default/chrony": "DAEMON_OPTS=-f/etc/none\n"}, "none"),
    ],
)
def test_a_chrony_that_keeps_no_time(root_of: RootOf, files: dict[str, str], why: str) -> None:
    [(_, usable, reason)] = _ask(root_of({**DEBIAN, **CHRONY, **files}))
    assert usable == 0
    assert why in reason


def test_a_chrony_whose_unit_starts_something_else_is_not_known(root_of: RootOf) -> None:
    drop = {"/etc/systemd/system/chrony.service.d/x.conf": "[Service]\nExecStart=\nExecStart=/bin/sleep 9\n"}
    target = root_of({**DEBIAN, **CHRONY, **drop, "/etc/chrony/chrony.conf": "server a.example\n"})
    assert _ask(target) == [("", None, "its unit starts /bin/sleep")]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, ("the distribution's servers", 1)),
        ({TIME: "[Time]\n#NTP=\n"}, ("the distribution's servers", 1)),
        ({TIME: "[Time]\nNTP=a.example\nFallbackNTP=\n"}, ("a.example", 1)),
        ({TIME: "[Time]\nFallbackNTP=\n"}, ("", None)),
        ({TIME: "[Time]\nNTP=a.example\n", TIME + ".d/z.conf": "[Time]\nNTP=\nFallbackNTP=::1\n"}, ("::1", 0)),
    ],
)  # fmt: skip
def test_timesyncd_has_the_distribution_s_servers_unless_they_are_taken_away(
    root_of: RootOf, files: dict[str, str], found: tuple[str, Any]
) -> None:
    assert [row[:2] for row in _ask(root_of({**TIMESYNCD, **files}))] == [found]


def test_ntpd_s_own_clock_is_no_source(root_of: RootOf) -> None:
    text = "server 127.127.1.0 # own\nfudge 127.127.1.0 stratum 10\nserver -4 a.example noselect\n"
    found = _ask(root_of({**NTPSEC, "/etc/ntpsec/ntp.conf": text}))
    assert [usable for _, usable, _ in found] == [0, 0]


def test_a_masked_service_has_no_row(root_of: RootOf) -> None:
    target = root_of({**TIMESYNCD, "/etc/systemd/system/systemd-timesyncd.service": ""})
    assert _ask(target) == []
