"""Table apt_sources: where apt takes packages from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Malformed, Query
from rempart_agent.tables.linux import apt_sources
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
LIST = "/etc/apt/sources.list"
LISTS = "/var/lib/apt/lists/"
RELEASE = "Origin: Debian\nVersion: 13.1\nCodename: trixie\nArchitectures: amd64\nComponents: main\nSHA256:\n a 1 b\n"


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in apt_sources.rows(target, Query())]


def test_an_archive_is_told_by_its_release_file(root_of: RootOf) -> None:
    files = {
        LIST: "deb [arch=amd64] http://u:p@deb.example/debian/ trixie main\n"
        "deb-src http://deb.example/debian trixie main\n",
        LISTS + "deb.example_debian_dists_trixie_InRelease": "Hash: SHA256\n\n"
        + RELEASE
        + "-----BEGIN PGP SIGNATURE-----\nVersion: 9\n",
    }
    assert _rows(root_of(files)) == [
        {
            "name": "u:p@deb.example/debian trixie",
            "source": LIST,
            "base_uri": "http://u:p@deb.example/debian",
            "release": "trixie",
            "version": "13.1",
            "maintainer": "Debian",
            "components": "main",
            "architectures": "amd64",
        }
    ]


def test_an_archive_without_lists_is_a_row_and_one_that_is_off_is_none(root_of: RootOf) -> None:
    stanza = "Types: deb\nURIs: file:/srv/a\nSuites: ./\n"
    files = {
        "/etc/apt/sources.list.d/a.sources": stanza + "Enabled: yes\n",
        "/etc/apt/sources.list.d/b.sources": stanza + "Enabled: no\n",
        LISTS + "_srv_a_._Release": "Origin: here\n",
    }
    target = root_of(files)
    assert [(row["name"], row["base_uri"], row.get("maintainer")) for row in _rows(target)] == [
        ("/srv/a ./", "file:/srv/a", "here")
    ]
    target = root_of({LIST: "deb http://new.example/x stable main\n"})
    assert "new.example/x stable" in {row["name"] for row in _rows(target)}


def test_a_broken_entry_raises(root_of: RootOf) -> None:
    with pytest.raises(Malformed):
        _rows(root_of({LIST: "deb http://deb.example/debian\n"}))


@pytest.mark.parametrize("path", [LIST, LISTS + "d.example_dists_s_InRelease"])
def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({LIST: "deb http://d.example s main\n", LISTS + "d.example_dists_s_InRelease": RELEASE})
    assert len(_rows(target)) == 1
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


@given(st.binary(), st.text(), st.text())
def test_any_bytes_are_taken(data: bytes, uri: str, suite: str) -> None:
    assert all(isinstance(value, str) for value in apt_sources.parse(data.decode("utf-8", "replace")).values())
    assert "/" not in apt_sources.list_name(uri, suite)
