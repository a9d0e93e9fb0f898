"""Table users: which lines are accounts, as the C library reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import users
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


def _names(rows: Any) -> list[str]:
    return [row["username"] for row in rows]


def test_each_account_is_a_row_and_the_second_of_uid_0_too() -> None:
    rows = list(users.parse(PASSWD))
    assert _names(rows) == ["root", "alice", "toor", "nobody", "old"]
    assert rows[1] == {
        "uid": 1000,
        "gid": 1000,
        "uid_signed": 1000,
        "gid_signed": 1000,
        "username": "alice",
        "description": "Alice Martin,,,",
        "directory": "/home/alice",
        "shell": "/bin/bash",
    }
    assert (rows[4]["uid"], rows[4]["uid_signed"]) == (4294967294, -2)


def test_a_missing_database_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(users.rows(root_of({"/etc/hostname": ""}), Query()))


def test_accounts_of_a_whole_tree(root_of: RootOf) -> None:
    assert _names(users.rows(root_of({"/etc/passwd": PASSWD}), Query()))[0] == "root"


def test_this_machine_has_root() -> None:
    assert ("root", 0) in [(row["username"], row["uid"]) for row in users.rows(LiveTarget(), Query())]


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    for row in users.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())


@given(st.text(":+-x0 1\n", max_size=60))
def test_any_text_of_colons_and_numbers_is_taken(text: str) -> None:
    for row in users.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
