"""Table os_version: the name and version of a distribution."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import os_version
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def _rows(table: Any, target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


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


@given(st.text())
def test_any_text_is_taken_as_a_version(text: str) -> None:
    for row in [_version(text=text, release=text)]:
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
