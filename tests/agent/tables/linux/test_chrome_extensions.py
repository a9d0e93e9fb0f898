"""Table chrome_extensions: what is loaded into Chromium and its kin, and whether it is on."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import property_tree
from rempart_agent.source.contract import Constraint, Denied, Malformed, Missing, Query
from rempart_agent.tables.linux import chrome_extensions
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:1001::/nonexistent:/bin/sh\n"
CHROME = "/home/alice/.config/google-chrome/Default"
KEY = base64.b64encode(b"a public key").decode()
ID = "".join(chr(97 + int(c, 16)) for c in hashlib.sha256(b"a public key").hexdigest()[:32])
MANIFEST = {
    "name": "__MSG_appName__",
    "version": "1.2",
    "description": "Reads pages",
    "default_locale": "fr",
    "key": KEY,
    "author": "x",
    "update_url": "https://example/u",
    "background": {"persistent": True},
    "permissions": ["tabs", "<all_urls>", {"fileSystem": ["write"]}],
    "optional_permissions": [],
    "manifest_version": 3,
}


def _rows(table: Any, target: Any, *uids: str) -> list[dict[str, Any]]:
    constraints = (Constraint("uid", "=", uids),) if uids else ()
    return [dict(row) for row in table.rows(target, Query(frozenset(), constraints))]


def _profile(**settings: Any) -> str:
    return json.dumps({"profile": {"name": "Work"}, "extensions": {"settings": settings}})


def _tree(**more: str) -> dict[str, str | bytes]:
    folder = CHROME + "/Extensions/" + ID + "/1.2_0"
    entry = {"path": ID + "/1.2_0", "from_webstore": True, "state": 1, "install_time": "13300000000000000"}
    return {
        "/etc/passwd": PASSWD,
        CHROME + "/Preferences": _profile(),
        CHROME + "/Secure Preferences": _profile(**{ID: entry}),
        folder + "/manifest.json": json.dumps(MANIFEST),
        folder + "/_locales/fr/messages.json": json.dumps({"APPNAME": {"message": "Lecteur"}}),
        **more,
    }


KEYS = st.sampled_from(["addons", "name", "key", "permissions", "background", "persistent", "id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_everything_of_an_extension(root_of: RootOf) -> None:
    (row,) = _rows(chrome_extensions, root_of(_tree()), "1000")
    assert row == {
        "browser_type": "chrome",
        "uid": 1000,
        "name": "Lecteur",
        "profile": "Work",
        "profile_path": CHROME,
        "referenced_identifier": ID,
        "identifier": ID,
        "version": "1.2",
        "description": "Reads pages",
        "default_locale": "fr",
        "update_url": "https://example/u",
        "author": "x",
        "persistent": 1,
        "path": CHROME + "/Extensions/" + ID + "/1.2_0",
        "permissions": "tabs, <all_urls>",
        "permissions_json": '["tabs","<all_urls>",{"fileSystem":["write"]}]\n',
        "optional_permissions": "",
        "optional_permissions_json": '""\n',
        "manifest_hash": hashlib.sha256(json.dumps(MANIFEST).encode()).hexdigest(),
        "referenced": 1,
        "from_webstore": "true",
        "state": "1",
        "install_time": "13300000000000000",
        "install_timestamp": 1655526400,
        "manifest_json": property_tree.write(property_tree.parse(json.dumps(MANIFEST))),
        "key": KEY,
    }
    assert '"update_url":"https:\\/\\/example\\/u"' in row["manifest_json"]
    assert '"manifest_version":"3"' in row["manifest_json"]


def test_an_extension_loaded_from_a_folder_anywhere(root_of: RootOf) -> None:
    settings = {"abc": {"path": "/home/alice/work/spy", "state": 1, "from_webstore": False}}
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            "/home/alice/.config/chromium/Profile 1/Preferences": _profile(**settings),
            "/home/alice/work/spy/manifest.json": '{"name": "spy", "version": "1"}',
        }
    )
    (row,) = _rows(chrome_extensions, target, "1000")
    assert (row["browser_type"], row["name"], row["identifier"]) == ("chromium", "spy", "")
    assert (row["referenced_identifier"], row["referenced"], row["from_webstore"]) == ("abc", 1, "false")


def test_what_lies_in_the_profile_and_is_not_loaded(root_of: RootOf) -> None:
    folder = CHROME + "/Extensions/old/1_0"
    target = root_of(_tree(**{folder + "/manifest.json": '{"name": "old"}'}))
    assert [(r["name"], r["referenced"]) for r in _rows(chrome_extensions, target, "1000")] == [
        ("old", 0),
        ("Lecteur", 1),
    ]


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({"state": 0}, "0"),
        ({"disable_reasons": [1]}, "0"),
        ({"disable_reasons": 8}, "0"),
        ({"disable_reasons": []}, ""),
        ({"disable_reasons": 0}, ""),
        ({}, ""),
        ({"state": 1, "disable_reasons": 8}, "1"),
    ],
)
def test_whether_an_extension_is_on(root_of: RootOf, entry: dict[str, Any], state: str) -> None:
    target = root_of(_tree(**{CHROME + "/Secure Preferences": _profile(**{ID: {"path": ID + "/1.2_0", **entry}})}))
    (row,) = _rows(chrome_extensions, target, "1000")
    assert row["state"] == state


def test_the_settings_that_chromium_156_writes(root_of: RootOf) -> None:
    entry = {"path": ID + "/1.2_0", "disable_reasons": [], "first_install_time": "13440088860162119", "location": 8}
    target = root_of(_tree(**{CHROME + "/Secure Preferences": _profile(**{ID: entry})}))
    (row,) = _rows(chrome_extensions, target, "1000")
    assert (row["state"], row["install_timestamp"], row["referenced"]) == ("", 1795615260, 1)


@pytest.mark.parametrize(
    ("folder", "browser"),
    [
        (".config/opera", "opera"),  # the browser's folder is the profile
        ("snap/chromium/common/chromium/Default", "chromium"),
        (".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser/Default", "brave"),
        (".config/microsoft-edge/Default", "edge"),
    ],
)
def test_browsers_and_where_they_keep_their_profiles(root_of: RootOf, folder: str, browser: str) -> None:
    path = "/home/alice/" + folder
    settings = json.dumps({"extensions": {"opsettings": {"x": {"path": "x/1", "state": "1"}}}})
    files = {
        "/etc/passwd": PASSWD,
        path + "/Preferences": settings,
        path + "/Extensions/x/1/manifest.json": '{"name": "x"}',
    }
    assert [r["browser_type"] for r in _rows(chrome_extensions, root_of(files), "1000")] == [browser]


def test_a_manifest_that_is_no_json_does_not_hide_its_extension(root_of: RootOf) -> None:
    folder = CHROME + "/Extensions/" + ID + "/1.2_0"
    (row,) = _rows(chrome_extensions, root_of(_tree(**{folder + "/manifest.json": "{broken"})), "1000")
    assert (row["path"], row["referenced_identifier"], row["state"]) == (folder, ID, "1")


def test_a_manifest_may_begin_with_a_mark_of_its_encoding(root_of: RootOf) -> None:
    folder = CHROME + "/Extensions/" + ID + "/1.2_0"
    (row,) = _rows(chrome_extensions, root_of(_tree(**{folder + "/manifest.json": '\ufeff{"name": "n"}'})), "1000")
    assert row["name"] == "n"


def test_words_of_a_language_that_is_missing_stay_as_they_are(root_of: RootOf) -> None:
    folder = CHROME + "/Extensions/" + ID + "/1.2_0"
    manifest = json.dumps({"name": "__MSG_a__", "default_locale": "../../../x"})
    (row,) = _rows(chrome_extensions, root_of(_tree(**{folder + "/manifest.json": manifest})), "1000")
    assert row["name"] == "__MSG_a__"


def test_settings_that_are_no_json_raise(root_of: RootOf) -> None:
    with pytest.raises(Malformed, match="Secure Preferences"):
        _rows(chrome_extensions, root_of(_tree(**{CHROME + "/Secure Preferences": '{"extensions": '})), "1000")


def test_a_profile_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of(_tree())
    deny(target, CHROME)
    with pytest.raises(Denied):
        _rows(chrome_extensions, target, "1000")


def test_users_without_a_home_or_a_browser_are_no_row(root_of: RootOf) -> None:
    assert _rows(chrome_extensions, root_of({"/etc/passwd": PASSWD, "/home/alice/x": ""}), "0", "1000", "1001") == []


def test_without_a_user_database_nothing_is_said(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(chrome_extensions, root_of({"/home/alice/x": ""}), "1000")


@given(JSON)
def test_any_json_gives_a_manifest_or_is_malformed(value: Any) -> None:
    try:
        found = chrome_extensions.parse(json.dumps(value))
    except Malformed:
        return
    assert isinstance(found, dict)
