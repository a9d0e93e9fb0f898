"""Table hash: digests of regular files, and an error for what can't be read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Constraint, Denied, Query, Unfit
from rempart_agent.tables.linux import hash as hash_table
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _ask(target: Any, columns: str = "md5 sha1 sha256", **asked: list[str]) -> list[dict[str, Any]]:
    constraints = tuple(
        Constraint(name.partition("_")[0], "LIKE" if "_" in name else "=", tuple(values))
        for name, values in asked.items()
    )
    return [dict(row) for row in hash_table.rows(target, Query(frozenset(columns.split()), constraints))]


def test_the_digests_of_a_file_of_several_parts(root_of: RootOf) -> None:
    content = bytes(range(256)) * 9000
    target = root_of({"/srv/big": content})
    assert _ask(target, path=["/srv/big", "/absent"]) == [
        {
            "path": "/srv/big",
            "directory": "/srv",
            "md5": hashlib.md5(content).hexdigest(),  # noqa: S324 - what the table gives
            "sha1": hashlib.sha1(content).hexdigest(),  # noqa: S324 - what the table gives
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    ]


def test_only_what_is_asked_for_is_worked_out(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/hostname": "a"})
    assert set(_ask(target, "sha256", path=["/etc/hostname"])[0]) == {"path", "directory", "sha256"}
    deny(target, "/etc/hostname")
    assert _ask(target, "path", path=["/etc/hostname"]) == [{"path": "/etc/hostname", "directory": "/etc"}]


def test_only_regular_files_are_rows_and_links_to_them(root_of: RootOf) -> None:
    target = root_of({"/srv/a": "", "/srv/dir/b": ""})
    os.symlink("a", target.root + "/srv/link")
    os.symlink("nowhere", target.root + "/srv/broken")
    os.mkfifo(target.root + "/srv/pipe")
    assert [(r["path"], r["directory"]) for r in _ask(target, directory=["/srv"])] == [
        ("/srv/a", "/srv"),
        ("/srv/link", "/srv"),
    ]
    assert [r["path"] for r in _ask(target, path_like=["/srv/%%"])] == ["/srv/a", "/srv/dir/b", "/srv/link"]


def test_a_file_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/shadow": "x"})
    deny(target, "/etc/shadow")
    with pytest.raises(Denied):
        _ask(target, path=["/etc/shadow"])


def test_a_file_larger_than_the_bound_raises(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hash_table, "MAX_BYTES", 10)
    target = root_of({"/srv/a": b"0" * 11, "/srv/b": b"0" * 10})
    assert len(_ask(target, path=["/srv/b"])) == 1
    with pytest.raises(Unfit, match="too large"):
        _ask(target, path=["/srv/a"])
