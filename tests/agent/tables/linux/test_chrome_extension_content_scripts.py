"""Table chrome_extension_content_scripts: which scripts extensions run in which pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told

from rempart_agent.source.contract import Constraint, Denied, Malformed, Query
from rempart_agent.tables.linux import chrome_extension_content_scripts
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
PROFILE = "/home/alice/.config/google-chrome/Default"
SCRIPTS = [
    {"matches": ["<all_urls>", "https://a/*"], "js": ["a.js", "b.js"]},
    {"matches": ["x"]},
    {"js": ["y"]},
    {"matches": ["m"], "css": ["c"], "js": ["c.js"]},
]
FILES = {
    "/etc/passwd": "alice:x:1000:1000::/home/alice:/bin/sh\n",
    PROFILE + "/Preferences": json.dumps({"profile": {"name": "P"}, "extensions": {"settings": {}}}),
    PROFILE + "/Secure Preferences": json.dumps({"extensions": {"settings": {}}}),
    PROFILE + "/Extensions/abc/1.0_0/manifest.json": json.dumps(
        {"name": "N", "version": "1.0", "key": "MIIB", "content_scripts": SCRIPTS}
    ),
    PROFILE + "/Extensions/def/1.0_0/manifest.json": json.dumps({"name": "N", "version": "1.0"}),
}
ALICE = Query(frozenset(), (Constraint("uid", "=", ("1000",)),))


def test_a_script_is_a_row_for_each_pattern(root_of: RootOf) -> None:
    rows = [dict(row) for row in chrome_extension_content_scripts.rows(root_of(FILES), ALICE)]
    assert [(row["match"], row["script"]) for row in rows] == [
        ("<all_urls>", "a.js"),
        ("<all_urls>", "b.js"),
        ("https://a/*", "a.js"),
        ("https://a/*", "b.js"),
        ("m", "c.js"),
    ]
    assert (rows[0]["version"], rows[0]["profile_path"], rows[0]["identifier"]) == (
        "1.0",
        PROFILE,
        "mmphcdiakgckcdfplpfehemckifpgpgi",
    )


@BOUND
def test_osquery_says_the_same(root_of: RootOf) -> None:
    sql = "SELECT * FROM chrome_extension_content_scripts WHERE uid = 1000"
    target = root_of(FILES)
    ours = embedded(target, sql)
    for row in ours:
        row["identifier"] = ""  # osquery has the column and does not fill it
    theirs = ask(sql, {f"/{name}": Path(target.root) / name for name in ("etc", "home")})
    assert told(theirs) == told(ours)
    assert len(theirs) == 5


def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of(FILES)
    deny(target, PROFILE)
    with pytest.raises(Denied):
        list(chrome_extension_content_scripts.rows(target, ALICE))


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)


@given(st.text(), _JSON, _JSON)
def test_any_manifest_is_taken_or_refused(text: str, matches: object, scripts: object) -> None:
    for document in (text, json.dumps({"content_scripts": [{"matches": matches, "js": scripts}, matches]})):
        try:
            assert all(match is not None for match, _ in chrome_extension_content_scripts.parse(document))
        except Malformed:
            continue
