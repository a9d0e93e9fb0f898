"""Tables users, groups, user_groups and shadow: the account database as the C library takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.files import account
from rempart_agent.source.contract import Constraint, Denied, Missing, Query
from rempart_agent.tables.linux import groups, shadow, user_groups, users
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]

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


@pytest.mark.parametrize(
    ("line", "account_of_it"),
    [
        # what glibc 2.41 answered for each of these lines
        ("short:x:7:7", ("short", 7, 7, "", "", "")),
        (":x:0:0::/:/bin/sh", ("", 0, 0, "", "/", "/bin/sh")),
        ("more:x:11:11:g:/h:/bin/sh:more", ("more", 11, 11, "g", "/h", "/bin/sh:more")),
        ("crlf:x:12:12:g:/h:/bin/sh\r", ("crlf", 12, 12, "g", "/h", "/bin/sh\r")),
        ("octal:x:010:+9::/:", ("octal", 10, 9, "", "/", "")),
        ("+", ("+", 0, 0, "", "", "")),
        ("+nis::::::", ("+nis", 0, 0, "", "", "")),
        ("blank:x: 9: 9 ::/:/bin/sh", None),
        ("nogid:x:14", None),
        ("emptygid:x:15:", None),
        ("hex:x:0x10:16::/:", None),
        ("negative:x:-2:-2::/:/bin/sh", None),
        ("large:x:4294967296:0::/:/bin/sh", None),
        ("name alone", None),
    ],
)
def test_a_line_counts_where_it_does_for_the_c_library(line: str, account_of_it: tuple[Any, ...] | None) -> None:
    assert list(account.parse_accounts(line)) == ([account_of_it] if account_of_it else [])


def test_groups_are_one_row_an_id() -> None:
    rows = list(groups.parse("root:x:0:\n sudo:x:27:alice\n#no:x:5:\nwheel:x:27:bob\nbad:x:1 2:\nlast:x:4294967295:"))
    assert rows == [
        {"gid": 0, "gid_signed": 0, "groupname": "root"},
        {"gid": 27, "gid_signed": 27, "groupname": "sudo"},
        {"gid": 4294967295, "gid_signed": -1, "groupname": "last"},
    ]


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


def _shadow(line: str) -> dict[str, Any] | None:
    rows = list(shadow.parse(line))
    return rows[0] if rows else None


def test_a_shadow_entry_with_all_fields() -> None:
    assert _shadow("alice:$y$j9T$salt$hash:20100:1:365:14:30:21000:7") == {
        "username": "alice",
        "password_status": "active",
        "hash_alg": "y",
        "last_change": 20100,
        "min": 1,
        "max": 365,
        "warning": 14,
        "inactive": 30,
        "expire": 21000,
        "flag": 7,
    }


@pytest.mark.parametrize(
    ("password", "status", "algorithm"),
    [
        ("", "empty", ""),
        ("!!", "not_set", ""),
        ("!", "locked", ""),
        ("!*", "locked", ""),
        ("*", "locked", ""),
        ("x", "locked", ""),
        ("!$6$salt$hash", "locked", ""),
        ("!!$6$salt$hash", "locked", ""),
        ("$6$salt$hash", "active", "6"),
        ("$2b$10$hash", "active", "2b"),
        ("$gy$j9T$s$h", "active", "gy"),
        ("abJnggxhB/yWI", "active", ""),
    ],
)
def test_the_state_of_a_password(password: str, status: str, algorithm: str) -> None:
    row = _shadow(f"u:{password}:20000:0:99999:7:::")
    assert row
    assert (row["password_status"], row["hash_alg"]) == (status, algorithm)


@pytest.mark.parametrize(
    ("line", "ages"),
    [
        ("u:*:20000:0:99999:7:::", (20000, 0, 99999, 7, -1, -1, None)),
        ("u:*:::::::", (-1, -1, -1, -1, -1, -1, None)),
        ("u:*:20000:1:2", (20000, 1, 2, -1, -1, -1, None)),
        ("u:*:20000:1:2:", (20000, 1, 2, -1, -1, -1, None)),
        ("u:*:::: :::", (-1, -1, -1, -1, -1, -1, None)),
        ("u:*:20000:1:2:3:::5", (20000, 1, 2, 3, -1, -1, 5)),
        ("+", (0, 0, 0, -1, -1, -1, None)),
        ("u:*:20000:1:2:3:", None),
        ("u:*:20000:1:2:3:4", None),
        ("u:*:20000:", None),
        ("u:*", None),
        ("u:*:abc:1:2:3:::", None),
        ("u:*:20000:1:2:3:::5x", None),
        ("u:*:20000:0:99999:7:::\r", None),
    ],
)
def test_a_shadow_line_counts_where_it_does_for_the_c_library(line: str, ages: tuple[Any, ...] | None) -> None:
    row = _shadow(line)
    columns = ("last_change", "min", "max", "warning", "inactive", "expire", "flag")
    assert (tuple(row.get(name) for name in columns) if row else None) == ages


@pytest.mark.parametrize("table", [users, groups, user_groups, shadow])
def test_a_missing_database_raises(root_of: RootOf, table: Any) -> None:
    with pytest.raises(Missing):
        list(table.rows(root_of({"/etc/hostname": ""}), Query()))


def test_a_shadow_file_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/shadow": "root:*:1:1:1:1:1:1:"})
    assert _names(shadow.rows(target, Query())) == ["root"]
    deny(target, "/etc/shadow")
    with pytest.raises(Denied):
        list(shadow.rows(target, Query()))


def test_rows_of_a_whole_tree(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/etc/group": b"root:x:0:\nr\xe9seau:x:7:alice"})
    assert _names(users.rows(target, Query()))[0] == "root"
    assert [row["groupname"] for row in groups.rows(target, Query())] == ["root", "r\ufffdseau"]
    assert {"uid": 1000, "gid": 7} in list(user_groups.rows(target, Query()))


def test_this_machine_has_root() -> None:
    assert ("root", 0) in [(row["username"], row["uid"]) for row in users.rows(LiveTarget(), Query())]
    assert {"uid": 0, "gid": 0} in list(user_groups.rows(LiveTarget(), Query()))


def _homes(target: Any, *uids: str) -> list[tuple[int, str]]:
    return account.homes(target, Query(frozenset(), (Constraint("uid", "=", uids),) if uids else ()))


def test_homes_are_those_of_root_or_of_the_users_that_are_named(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD + "none:x:5:5:::\nroot3:x:0:0::/root/:\nslash:x:6:6::/:"})
    assert _homes(target) == [(0, "/root"), (0, "/root2")]
    assert _homes(target, "1000", "x", "5", "6") == [(6, ""), (1000, "/home/alice")]


def test_homes_on_a_running_machine_are_those_of_the_user_that_runs(
    machine_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 1000)
    assert _homes(machine_of({"/etc/passwd": PASSWD})) == [(1000, "/home/alice")]


@given(st.text(), st.text())
def test_any_text_is_taken(first: str, second: str) -> None:
    for row in (*users.parse(first), *groups.parse(first), *user_groups.parse(first, second), *shadow.parse(second)):
        assert all(isinstance(value, (str, int)) for value in row.values())


@given(st.text(":+-x0 1\n", max_size=60))
def test_any_text_of_colons_and_numbers_is_taken(text: str) -> None:
    for row in (*users.parse(text), *user_groups.parse(text, text), *shadow.parse(text)):
        assert row
