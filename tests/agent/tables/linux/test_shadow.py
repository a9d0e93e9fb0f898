"""Table shadow: the state and age of passwords, never a password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Missing, Query
from rempart_agent.tables.linux import shadow
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _names(rows: Any) -> list[str]:
    return [row["username"] for row in rows]


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


def test_a_missing_database_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(shadow.rows(root_of({"/etc/hostname": ""}), Query()))


def test_a_shadow_file_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/shadow": "root:*:1:1:1:1:1:1:"})
    assert _names(shadow.rows(target, Query())) == ["root"]
    deny(target, "/etc/shadow")
    with pytest.raises(Denied):
        list(shadow.rows(target, Query()))


@given(st.text())
def test_any_text_is_taken_as_passwords(text: str) -> None:
    for row in shadow.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())


@given(st.text(":+-x0 1\n", max_size=60))
def test_any_text_of_colons_and_numbers_is_taken_as_passwords(text: str) -> None:
    for row in shadow.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
