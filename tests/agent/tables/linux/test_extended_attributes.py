"""Table extended_attributes: what files carry beside their content."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told

from rempart_agent.source.contract import Constraint, Denied, NotObservable, Query
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import extended_attributes
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
VALUES = {
    "user.text": b"plain\0",
    "user.bare": b"plain",
    "user.none": b"",
    "user.bytes": b"\x01\x02\xff\0",
    "user.tab": b"a\tb\0",
    "user.nul": b"\0",
}
CAPABILITIES = ("cap_net_raw=ep", "cap_net_admin,cap_net_raw+ep", "cap_net_raw=ei", "=ep", "=ep cap_kill-ep")


def _rows(target: Target, **asked: str) -> list[dict[str, Any]]:
    named = tuple(Constraint(column, "LIKE" if "%" in value else "=", (value,)) for column, value in asked.items())
    return [dict(row) for row in extended_attributes.rows(target, Query(frozenset(), named))]


def _fill(folder: Path) -> None:
    for name, value in VALUES.items():
        os.setxattr(folder / "file", name, value)
    os.setxattr(folder, "user.folder", b"yes\0")
    (folder / "link").symlink_to("file")
    (folder / "nowhere").symlink_to("absent")


def test_a_value_is_text_only_where_it_is_printed_whole(root_of: RootOf) -> None:
    target = root_of({"/srv/file": ""})
    _fill(Path(target.root, "srv"))
    rows = {row["key"]: (row["value"], row["base64"]) for row in _rows(target, path="/srv/file")}
    assert rows == {
        "user.text": ("plain", 0),
        "user.bare": (base64.b64encode(b"plain").decode(), 1),
        "user.none": ("", 1),
        "user.bytes": (base64.b64encode(b"\x01\x02\xff").decode(), 1),
        "user.tab": (base64.b64encode(b"a\tb").decode(), 1),
        "user.nul": ("", 0),
    }


def test_links_are_followed_and_folders_are_listed(root_of: RootOf) -> None:
    target = root_of({"/srv/file": "", "/srv/bare": ""})
    _fill(Path(target.root, "srv"))
    assert {row["path"] for row in _rows(target, directory="/srv")} == {"/srv/file", "/srv/link"}
    assert [row["directory"] for row in _rows(target, path="/srv/link")] == ["/srv"] * len(VALUES)
    assert [(row["key"], row["directory"]) for row in _rows(target, path="/srv")] == [("user.folder", "/")]
    assert _rows(target, path="/srv/nowhere") == []


def test_no_link_leads_out_of_a_root(root_of: RootOf, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("")
    os.setxattr(outside, "user.ours", b"x\0")
    target = root_of({"/srv/": ""})
    Path(target.root, "srv/out").symlink_to(outside)
    assert _rows(target, path="/srv/out") == []


def test_what_may_not_be_listed_raises(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    target = root_of({"/srv/file": ""})

    def refuse(*_: object, **__: object) -> list[str]:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "listxattr", refuse)
    with pytest.raises(Denied):
        _rows(target, path="/srv/file")


def test_a_target_that_lists_no_attributes_says_so() -> None:
    class Image(Target):
        def realpath(self, path: str) -> str:
            return path

    with pytest.raises(NotObservable):
        _rows(Image(), path="/srv/file")


@BOUND
def test_osquery_says_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").touch()
    _fill(folder)
    for number, text in enumerate(CAPABILITIES):
        (folder / str(number)).touch()
        subprocess.run(["setcap", text, folder / str(number)], check=True)
    for sql in (
        f"SELECT * FROM extended_attributes WHERE path LIKE '{folder}/%'",
        f"SELECT * FROM extended_attributes WHERE path IN ('{folder}', '{folder}/link', '{folder}/nowhere', '/absent')",
    ):
        theirs = ask(sql)
        assert told(theirs) == told(embedded(LiveTarget(), sql))
        assert theirs


@given(st.binary(max_size=64))
def test_any_value_is_told(value: bytes) -> None:
    row = extended_attributes.describe("user.x", value)
    kept = row["value"] if row["base64"] == 0 else base64.b64decode(str(row["value"])).decode("latin-1")
    assert kept == value.removesuffix(b"\0").decode("latin-1")
    assert isinstance(extended_attributes.describe(extended_attributes.CAPABILITY, value)["value"], str)
