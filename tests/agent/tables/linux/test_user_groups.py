"""Table user_groups: the groups that a user gets at login."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import user_groups
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
PASSWD = """\
root:x:0:0:root:/root:/bin/bash
# a comment:x:5:5::/:/bin/sh

  alice:x:1000:1000:Alice Martin,,,:/home/alice:/bin/bash
toor:x:0:0::/root2:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
old:x:4294967294:4294967294::/:/bin/sh
"""


def _memberships(passwd: str, group: str) -> list[tuple[Any, Any]]:
    return [(row["uid"], row["gid"]) for row in user_groups.parse(passwd, group)]


def test_memberships_are_the_primary_group_and_every_line_that_names_the_user() -> None:
    passwd = "root:x:0:0:::\nalice:x:1000:1000:::\n"
    group = "adm:x:4: alice , bob,,alice\nalice:x:1000:alice\nsudo:x:27:alice,root\nsudo:x:27:alice\n"
    assert _memberships(passwd, group) == [(0, 0), (0, 27), (1000, 1000), (1000, 4), (1000, 27), (1000, 27)]


def test_a_comment_in_the_group_file_still_makes_a_member() -> None:
    # getgrouplist(3) of glibc 2.41 takes the line; a check of administrators must see it
    assert _memberships("alice:x:1000:1000:::", "#sudo:x:27:alice") == [(1000, 1000), (1000, 27)]


def test_accounts_that_share_an_id_share_their_groups_once() -> None:
    passwd = "bob:x:1001:1001:::\nbob2:x:1001:1001:::\n"
    assert _memberships(passwd, "adm:x:4:bob,bob2\nsudo:x:27:bob2") == [(1001, 1001), (1001, 4), (1001, 27)]


def test_a_missing_database_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(user_groups.rows(root_of({"/etc/hostname": ""}), Query()))


def test_members_of_a_whole_tree(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/etc/group": b"root:x:0:\nr\xe9seau:x:7:alice"})
    assert {"uid": 1000, "gid": 7} in list(user_groups.rows(target, Query()))


def test_root_of_this_machine_has_its_group() -> None:
    assert {"uid": 0, "gid": 0} in list(user_groups.rows(LiveTarget(), Query()))


@given(st.text(), st.text())
def test_any_text_is_taken_as_members(first: str, second: str) -> None:
    for row in user_groups.parse(first, second):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())


@given(st.text(":+-x0 1\n", max_size=60))
def test_any_text_of_colons_and_numbers_is_taken_as_members(text: str) -> None:
    for row in user_groups.parse(text, text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
