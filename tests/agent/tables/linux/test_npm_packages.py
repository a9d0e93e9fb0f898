"""Table npm_packages: packages of Node.js."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Malformed, Query
from rempart_agent.tables.linux import npm_packages
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
MODULES = "/usr/lib/node_modules"
MANIFEST = json.dumps({"name": "npm", "version": "9.1.0", "author": {"name": "Ann"}, "license": {"url": "http://l"}})


def _rows(target: Any, **asked: str) -> list[dict[str, Any]]:
    query = Query(frozenset(), tuple(Constraint(name, "=", (value,)) for name, value in asked.items()))
    return [dict(row) for row in npm_packages.rows(target, query)]


def test_a_package_is_a_row(root_of: RootOf) -> None:
    assert _rows(root_of({MODULES + "/npm/package.json": MANIFEST})) == [
        {
            "name": "npm",
            "version": "9.1.0",
            "description": "",
            "homepage": "",
            "author": "Ann",
            "license": "http://l",
            "path": MODULES + "/npm/package.json",
            "directory": "/usr/lib/",
            "depth": 0,
            "max_depth": 100,
        }
    ]


def test_packages_within_packages_are_found_down_to_a_depth(root_of: RootOf) -> None:
    inner = "/srv/node_modules/@sc/out/node_modules/in"
    target = root_of(
        {"/srv/node_modules/@sc/out/package.json": MANIFEST, inner + "/package.json": "{", inner + "/node_modules/": ""}
    )
    os.symlink("../../../../..", target.root + inner + "/node_modules/again")
    found = [(row["depth"], row.get("name")) for row in _rows(target, directory="/srv")]
    assert found == [(0, "npm"), (1, None)]
    assert len(_rows(target, directory="/srv", max_depth="0")) == 1
    assert len(_rows(target, directory="/srv", max_depth="-1")) == 2
    assert _rows(target, directory="srv") == []


@pytest.mark.parametrize("path", [MODULES, MODULES + "/npm/package.json"])
def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({MODULES + "/npm/package.json": MANIFEST})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)


@given(st.binary(), _JSON)
def test_any_bytes_are_taken_or_refused(data: bytes, value: object) -> None:
    odd = {"name": value, "author": value, "license": {"url": value}}
    for document in (data, json.dumps(odd).encode(), json.dumps(value).encode()):
        try:
            assert all(isinstance(text, str) for text in npm_packages.parse(document).values())
        except Malformed:
            continue
