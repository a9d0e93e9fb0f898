"""Table groups: which lines are groups, as the C library reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import groups
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def test_groups_are_one_row_an_id() -> None:
    rows = list(groups.parse("root:x:0:\n sudo:x:27:alice\n#no:x:5:\nwheel:x:27:bob\nbad:x:1 2:\nlast:x:4294967295:"))
    assert rows == [
        {"gid": 0, "gid_signed": 0, "groupname": "root"},
        {"gid": 27, "gid_signed": 27, "groupname": "sudo"},
        {"gid": 4294967295, "gid_signed": -1, "groupname": "last"},
    ]


def test_a_missing_database_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(groups.rows(root_of({"/etc/hostname": ""}), Query()))


def test_groups_of_a_whole_tree(root_of: RootOf) -> None:
    target = root_of({"/etc/group": b"root:x:0:\nr\xe9seau:x:7:alice"})
    assert [row["groupname"] for row in groups.rows(target, Query())] == ["root", "r\ufffdseau"]


@given(st.text())
def test_any_text_is_taken_as_groups(text: str) -> None:
    for row in groups.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
