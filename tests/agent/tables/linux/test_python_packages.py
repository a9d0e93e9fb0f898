"""Table python_packages: packages of Python, for all and of users."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import python_packages
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
PASSWD = "root:x:0:0::/root:\nalice:x:1000:1000::/home/alice:\n"
SITE = "/usr/lib/python3/dist-packages"
HEADER = "Metadata-Version: 2.1\nName: six\nVersion: 1.16\nSummary: 2: and 3\nLicense: MIT\nAuthor: B\n"


def _rows(target: Any, column: str = "uid", *values: str) -> list[dict[str, Any]]:
    query = Query(frozenset(), (Constraint(column, "=", values),) if values else ())
    return [dict(row) for row in python_packages.rows(target, query)]


def test_values_are_those_of_the_header_alone(root_of: RootOf) -> None:
    target = root_of(
        {"/etc/passwd": PASSWD, SITE + "/six-1.16.dist-info/METADATA": HEADER + "\nName: other\nVersion: 9\n"}
    )
    assert _rows(target) == [
        {
            "name": "six",
            "version": "1.16",
            "summary": "2: and 3",
            "author": "B",
            "license": "MIT",
            "uid": 0,
            "path": SITE + "/six-1.16.dist-info",
            "directory": SITE + "/",
        }
    ]


def test_places_of_users_are_those_of_the_ones_that_are_named(root_of: RootOf) -> None:
    home = "/home/alice/.pyenv/versions/"
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            home + "3.12/lib/python3.12/site-packages/six.egg-info/PKG-INFO": HEADER,
            "/home/alice/.virtualenvs/vendor/bare.dist-info/": "",
        }
    )
    os.symlink("3.12", target.root + home + "current")
    assert _rows(target) == []
    found = [(row["uid"], row.get("name"), row["directory"]) for row in _rows(target, "uid", "1000")]
    site = home + "3.12/lib/python3.12/site-packages/"
    assert found == [(1000, "six", site), (1000, None, "/home/alice/.virtualenvs/")]


def test_a_directory_that_is_named_is_looked_at_alone(root_of: RootOf) -> None:
    target = root_of({"/srv/app/lib/six.dist-info/METADATA": HEADER})
    assert [row["directory"] for row in _rows(target, "directory", "/srv/app", "/nowhere", "app")] == ["/srv/app"]


@pytest.mark.parametrize("path", [SITE, SITE + "/six.dist-info"])
def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/passwd": PASSWD, SITE + "/six.dist-info/METADATA": HEADER})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    row = python_packages.parse(data.decode("utf-8", "replace"))
    assert row.keys() <= {"name", "version", "summary", "author", "license"}
