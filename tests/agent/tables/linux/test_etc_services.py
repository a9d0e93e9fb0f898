"""Table etc_services: names of ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Missing, Query, Unfit
from rempart_agent.tables.linux import etc_services
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def test_services_with_aliases_and_comments() -> None:
    text = "# all\nhttp\t80/tcp www web # World # Wide\nlone\nbad 1/2/3\n ssh 22/tcp\n"
    assert list(etc_services.parse(text)) == [
        {"name": "http", "port": "80", "protocol": "tcp", "aliases": "www web", "comment": "World # Wide"},
        {"name": "ssh", "port": "22", "protocol": "tcp", "aliases": "", "comment": ""},
    ]


def test_a_source_that_is_missing_or_no_file_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(etc_services.rows(root_of({}), Query()))
    with pytest.raises(Unfit):
        list(etc_services.rows(root_of({"/etc/services/": ""}), Query()))


def test_a_source_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/services": "x 1/tcp"})
    deny(target, "/etc/services")
    with pytest.raises(Denied):
        list(etc_services.rows(target, Query()))


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    for row in etc_services.parse(data.decode("utf-8", "replace")):
        assert all(isinstance(value, str) for value in row.values())
