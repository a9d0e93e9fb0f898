"""Table vscode_extensions: extensions of editors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Malformed, Query
from rempart_agent.tables.linux import vscode_extensions
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
PASSWD = "alice:x:1000:1000::/home/alice:\n"
PATH = "/home/alice/.vscode-server/extensions/extensions.json"
# as the editor writes it (IStoredProfileExtension in extensionsProfileScannerService.ts)
EXTENSION: dict[str, Any] = {
    "identifier": {"id": "ms-python.python"},
    "version": "2024.1.0",
    "location": {"path": "/x"},
    "metadata": {
        "id": "f1f59ae4",
        "publisherDisplayName": "Microsoft",
        "publisherId": "998b010b",
        "installedTimestamp": 1700000000000,
        "isPreReleaseVersion": False,
    },
}


def _rows(target: Any) -> list[dict[str, Any]]:
    return [
        dict(row) for row in vscode_extensions.rows(target, Query(frozenset(), (Constraint("uid", "=", ("1000",)),)))
    ]


def test_an_extension_is_a_row(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/passwd": PASSWD, PATH: json.dumps([EXTENSION])})) == [
        {
            "uid": 1000,
            "vscode_edition": "vscode",
            "name": "ms-python.python",
            "version": "2024.1.0",
            "path": "/x",
            "uuid": "f1f59ae4",
            "publisher": "Microsoft",
            "publisher_id": "998b010b",
            "installed_at": 1700000000000,
            "prerelease": 0,
        }
    ]


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"identifier": {}}]', "[" * 100_000])
def test_a_list_that_can_not_be_understood_raises_and_names_itself(root_of: RootOf, text: str) -> None:
    with pytest.raises(Malformed, match=r"extensions\.json"):
        _rows(root_of({"/etc/passwd": PASSWD, PATH: text}))


def test_a_list_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/passwd": PASSWD, PATH: "[]"})
    assert _rows(target) == []
    deny(target, PATH)
    with pytest.raises(Denied):
        _rows(target)


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)


@given(st.binary(), _JSON)
def test_any_bytes_are_taken_or_refused(data: bytes, value: object) -> None:
    odd = {**EXTENSION, "version": value, "metadata": {"id": value, "installedTimestamp": value}}
    for document in (data, json.dumps([odd]).encode(), json.dumps(value).encode()):
        try:
            assert all(isinstance(row["name"], str) for row in vscode_extensions.parse(document))
        except Malformed:
            continue
