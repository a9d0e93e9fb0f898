"""Table firefox_addons: what is loaded into Firefox, and whether it is on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Malformed, Missing, Query
from rempart_agent.tables.linux import firefox_addons
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:1001::/nonexistent:/bin/sh\n"


def _rows(table: Any, target: Any, *uids: str) -> list[dict[str, Any]]:
    constraints = (Constraint("uid", "=", uids),) if uids else ()
    return [dict(row) for row in table.rows(target, Query(frozenset(), constraints))]


FIREFOX = "/home/alice/.mozilla/firefox/abc.default-release/extensions.json"
ADDON = {
    "id": "spy@example",
    "version": "2.0",
    "type": "extension",
    "defaultLocale": {"name": "Spy", "creator": "x", "description": "d"},
    "sourceURI": "https://addons.example/spy.xpi",
    "visible": True,
    "active": True,
    "userDisabled": False,
    "applyBackgroundUpdates": 1,
    "location": "app-profile",
    "path": "/home/alice/spy.xpi",
}


KEYS = st.sampled_from(["addons", "name", "key", "permissions", "background", "persistent", "id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_without_a_user_database_nothing_is_said(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(firefox_addons, root_of({"/home/alice/x": ""}), "1000")


def test_everything_of_an_addon(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, FIREFOX: json.dumps({"schemaVersion": 36, "addons": [ADDON]})})
    assert _rows(firefox_addons, target, "1000") == [
        {
            "uid": 1000,
            "name": "Spy",
            "identifier": "spy@example",
            "creator": "x",
            "type": "extension",
            "version": "2.0",
            "description": "d",
            "source_url": "https://addons.example/spy.xpi",
            "visible": "1",
            "active": "1",
            "disabled": 0,
            "autoupdate": "1",
            "location": "app-profile",
            "path": "/home/alice/spy.xpi",
        }
    ]


@pytest.mark.parametrize("flag", ["userDisabled", "appDisabled", "softDisabled"])
def test_the_ways_in_which_an_addon_is_off(flag: str) -> None:
    (row,) = firefox_addons.parse(json.dumps({"addons": [{**ADDON, "active": False, flag: True}]}))
    assert (row["active"], row["disabled"]) == ("0", 1)


@pytest.mark.parametrize("folder", firefox_addons.FOLDERS)
def test_where_firefox_keeps_its_profiles(root_of: RootOf, folder: str) -> None:
    path = "/home/alice/" + folder + "/p.default/extensions.json"
    target = root_of({"/etc/passwd": PASSWD, path: json.dumps({"addons": [ADDON]})})
    assert [r["name"] for r in _rows(firefox_addons, target, "1000")] == ["Spy"]


@pytest.mark.parametrize("text", ["", "{}", '{"addons": 1}', "[" * 100_000])
def test_a_list_of_addons_that_is_none_raises(root_of: RootOf, text: str) -> None:
    target = root_of({"/etc/passwd": PASSWD, FIREFOX: text})
    with pytest.raises(Malformed, match=r"extensions\.json"):
        _rows(firefox_addons, target, "1000")


def test_an_empty_list_and_a_profile_never_started(root_of: RootOf) -> None:
    files = {"/etc/passwd": PASSWD, FIREFOX: '{"addons": []}', "/home/alice/.mozilla/firefox/new/times.json": "{}"}
    assert _rows(firefox_addons, root_of(files), "1000") == []


@given(JSON)
def test_any_json_gives_addons_or_is_malformed(value: Any) -> None:
    try:
        found = list(firefox_addons.parse(json.dumps(value)))
    except Malformed:
        return
    assert all(isinstance(row["disabled"], int) for row in found)
