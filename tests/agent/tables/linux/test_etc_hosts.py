"""Table etc_hosts: names and addresses of hosts(5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import etc_hosts
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def _rows(table: Any, target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


def test_names_of_hosts() -> None:
    text = "# all\n127.0.0.1\tlocalhost\n\n  10.1.2.3  crm.example crm # the CRM\r\n::1\n10.0.0.1#x y\n#z"
    assert [(r["address"], r["hostnames"]) for r in etc_hosts.parse(text)] == [
        ("127.0.0.1", "localhost"),
        ("10.1.2.3", "crm.example crm"),
        ("::1", ""),
        ("10.0.0.1#x", "y"),
    ]


def test_a_missing_hosts_file_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(etc_hosts, root_of({"/etc/": ""}))


@given(st.text())
def test_any_text_is_taken_as_hosts(text: str) -> None:
    for row in etc_hosts.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
