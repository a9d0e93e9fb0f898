"""Table etc_protocols: names of protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Missing, Query, Unfit
from rempart_agent.tables.linux import etc_protocols
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def test_protocols_with_an_alias_and_a_comment() -> None:
    text = "# all\nip 0 IP other # internet # protocol\nlone\n icmp 1\n"
    assert list(etc_protocols.parse(text)) == [
        {"name": "ip", "number": "0", "alias": "IP", "comment": "internet # protocol"},
        {"name": "icmp", "number": "1", "alias": "", "comment": ""},
    ]


def test_a_source_that_is_missing_or_no_file_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(etc_protocols.rows(root_of({}), Query()))
    with pytest.raises(Unfit):
        list(etc_protocols.rows(root_of({"/etc/protocols/": ""}), Query()))


def test_a_source_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/protocols": "x 1/tcp"})
    deny(target, "/etc/protocols")
    with pytest.raises(Denied):
        list(etc_protocols.rows(target, Query()))


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    for row in etc_protocols.parse(data.decode("utf-8", "replace")):
        assert all(isinstance(value, str) for value in row.values())
