"""Table known_hosts: the hosts whose keys users have accepted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Missing, Query
from rempart_agent.tables.linux import known_hosts
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
PASSWD = "root:x:0:0::/root:\nalice:x:1000:1000::/home/alice:\n"


def _rows(target: Any, *uids: str) -> list[tuple[Any, ...]]:
    query = Query(frozenset(), (Constraint("uid", "=", uids),) if uids else ())
    return [(row["uid"], row["key"], row["key_file"]) for row in known_hosts.rows(target, query)]


def test_lines_of_the_users_that_are_named(root_of: RootOf) -> None:
    files = {
        "/etc/passwd": PASSWD,
        "/home/alice/.ssh/known_hosts": "# mine\n\n a.example ssh-rsa A \n|1|x= ssh-rsa B\n",
    }
    target = root_of(files)
    path = "/home/alice/.ssh/known_hosts"
    assert _rows(target, "0", "1000") == [(1000, "a.example ssh-rsa A", path), (1000, "|1|x= ssh-rsa B", path)]
    assert _rows(target) == []


def test_what_is_no_file_is_passed_over_and_what_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/home/alice/.ssh/known_hosts": "a b c", "/root/.ssh/": ""})
    os.mkfifo(target.root + "/root/.ssh/known_hosts")
    assert len(_rows(target, "0", "1000")) == 1
    deny(target, "/home/alice/.ssh/known_hosts")
    with pytest.raises(Denied):
        _rows(target, "1000")


def test_no_user_database_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(root_of({}))


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    assert all(key and not key.startswith("#") for key in known_hosts.parse(data.decode("utf-8", "replace")))
