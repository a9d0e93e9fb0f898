"""Table rempart_aide_rule: AIDE's rules, with what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_aide_rule
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def test_a_rule_is_a_row(root_of: RootOf) -> None:
    target = root_of({"/etc/aide.conf": "N = p+acl\n# x\n/usr f N+sha512\n!/usr/src\n"})
    assert list(rempart_aide_rule.rows(target, Query())) == [
        {
            "config": "/etc/aide.conf",
            "line": 3,
            "kind": "",
            "pattern": "/usr",
            "types": "f",
            "expression": "N+sha512",
            "attributes": " acl p sha512 ",
        },
        {
            "config": "/etc/aide.conf",
            "line": 4,
            "kind": "!",
            "pattern": "/usr/src",
            "types": "",
            "expression": "",
            "attributes": "  ",
        },
    ]


def test_what_is_not_plain_is_told(root_of: RootOf) -> None:
    (row,) = rempart_aide_rule.rows(root_of({"/etc/aide/aide.conf": "/usr R\n@@x_include /x\n"}), Query())
    assert row == {"config": "/etc/aide/aide.conf", "why": "not understood: @@x_include /x"}


def test_no_configuration_is_no_row_and_a_shut_one_raises(root_of: RootOf, deny: Deny) -> None:
    assert list(rempart_aide_rule.rows(root_of({}), Query())) == []
    target = root_of({"/etc/aide.conf": ""})
    deny(target, "/etc/aide.conf")
    with pytest.raises(Denied):
        list(rempart_aide_rule.rows(target, Query()))


def test_any_bytes_are_taken(root_of: RootOf) -> None:
    (row,) = rempart_aide_rule.rows(root_of({"/etc/aide.conf": b"\xff\0/\n"}), Query())
    assert row["why"]
