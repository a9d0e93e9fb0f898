"""Paths that a statement names: LIKE as osquery expands it."""

from __future__ import annotations

import os
import string
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import Constraint, Denied, Limit, Query, Unfit
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
TREE = {
    "/etc/passwd": "",
    "/etc/pam.d/sshd": "",
    "/etc/pam.d/.hidden": "",
    "/etc/pam.d/sub/deep": "",
    "/home/alice/.ssh/id_rsa": "",
    "/home/Bob/.ssh/": "",
    "/home/file": "",
}


@pytest.mark.parametrize(
    ("like", "expected"),
    [
        ("/etc/pam.d/%", ["/etc/pam.d/sshd", "/etc/pam.d/sub/"]),
        ("/etc/pam.d/%%", ["/etc/pam.d/sshd", "/etc/pam.d/sub/", "/etc/pam.d/sub/deep"]),
        ("/etc/p%", ["/etc/pam.d/", "/etc/passwd"]),
        # hidden names are listed below the first level, as osquery 5.21 and later do
        (
            "/etc/p%%",
            [
                "/etc/pam.d/",
                "/etc/pam.d/.hidden",
                "/etc/pam.d/sshd",
                "/etc/pam.d/sub/",
                "/etc/pam.d/sub/deep",
                "/etc/passwd",
            ],
        ),
        ("/etc/%%/", ["/etc/pam.d/"]),
        ("/etc/%s%d", ["/etc/passwd"]),
        ("/etc/%/", ["/etc/pam.d/"]),
        ("/etc/passwd", ["/etc/passwd"]),
        ("/etc/passwd/%", []),
        ("/etc/passwd/", []),
        ("/etc", ["/etc/"]),
        ("/", ["/"]),
        ("/home/%/.ssh/%", ["/home/alice/.ssh/id_rsa"]),
        ("/home/%", ["/home/Bob/", "/home/alice/", "/home/file"]),
        ("/home/b%", []),
        ("/etc/pass_d", []),
        ("/etc/pam.d/.%", ["/etc/pam.d/../", "/etc/pam.d/./", "/etc/pam.d/.hidden"]),
        ("/etc/%%/deep", []),
        ("%/passwd", ["/etc/passwd"]),
        ("/absent/%%", []),
        ("/etc//pam.d/s%d", ["/etc//pam.d/sshd"]),
    ],
)
def test_a_pattern_stands_for_what_osquery_expands_it_to(root_of: RootOf, like: str, expected: list[str]) -> None:
    assert pattern.expand(root_of(TREE), [like]) == expected


def test_a_class_of_the_shell_matches_nothing_and_the_rest_stands_for_itself(root_of: RootOf) -> None:
    target = root_of({"/tmp/a*b": "", "/tmp/a[1]b": "", "/tmp/a1b": "", "/tmp/axb": "", "/tmp/a[c": "", "/tmp/{}": ""})
    # osquery hands [1] to glob(3), which finds a1b, and SQLite then holds that against the pattern: no match
    assert pattern.expand(target, ["/tmp/a*b", "/tmp/a[1]%"]) == ["/tmp/a*b"]
    assert pattern.expand(target, ["/tmp/{a1b,axb}", "/tmp/a\\*%"]) == []
    assert pattern.expand(target, ["/tmp/a[%", "/tmp/{}"]) == ["/tmp/a[1]b", "/tmp/a[c", "/tmp/{}"]


def test_a_directory_with_two_ways_in_is_listed_once(root_of: RootOf) -> None:
    target = root_of({"/data/one/b": "", "/other/far/q": ""})
    os.symlink("/other/far", target.root + "/data/link")
    os.symlink("/other/far", target.root + "/data/one/again")
    found = pattern.expand(target, ["/data/%%"])
    assert "/data/link/q" in found
    assert "/data/one/again/" in found
    assert "/data/one/again/q" not in found


def test_links_are_entered_once_and_broken_ones_are_listed(root_of: RootOf) -> None:
    target = root_of({"/srv/a/one": "", "/opt/two": ""})
    for name, to in (("loop", "loop"), ("self", "."), ("out", "/opt"), ("broken", "nowhere")):
        os.symlink(to, target.root + "/srv/" + name)
    assert pattern.expand(target, ["/srv/%%"]) == [
        "/srv/a/",
        "/srv/a/one",
        "/srv/broken",
        "/srv/loop",
        "/srv/out/",
        "/srv/out/two",
        "/srv/self/",
        # the directory is seen through the link too, and what is below it was entered already
        "/srv/self/a/",
        "/srv/self/broken",
        "/srv/self/loop",
        "/srv/self/out/",
        "/srv/self/self/",
    ]


def test_a_link_never_leads_out_of_the_root(root_of: RootOf, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").touch()
    target = root_of({"/srv/": ""})
    os.symlink(str(tmp_path / "secret"), target.root + "/srv/out")
    os.symlink("../../../secret", target.root + "/srv/up")
    assert pattern.expand(target, ["/srv/%%"]) == ["/srv/out", "/srv/up"]


def test_a_directory_that_can_not_be_listed_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/srv/closed/file": "", "/srv/file": ""})
    deny(target, "/srv/closed")
    assert pattern.expand(target, ["/srv/%"]) == ["/srv/closed/", "/srv/file"]
    for like in ("/srv/%%", "/srv/%/%", "/srv/closed/file"):
        with pytest.raises(Denied):
            pattern.expand(target, [like])


def test_an_input_error_is_not_taken_for_nothing(root_of: RootOf) -> None:
    class Broken(RootTarget):
        def entries(self, path: str, wanted: object = None) -> list[tuple[str, str]]:
            raise Unfit(f"{path}: Input/output error")

    with pytest.raises(Unfit):
        pattern.expand(Broken(root_of({"/srv/a": ""}).root), ["/srv/%"])


def test_the_number_of_paths_is_bounded(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    target = root_of({f"/srv/{n}/{m}": "" for n in range(3) for m in range(3)})
    monkeypatch.setattr(pattern, "MAX_PATHS", 10)
    with pytest.raises(Limit):
        pattern.expand(target, ["/srv/%%"])
    assert len(pattern.expand(target, ["/srv/%"])) == 3


def test_paths_of_a_statement_are_sorted_and_unique(root_of: RootOf) -> None:
    query = Query(
        frozenset(), (Constraint("path", "=", ("/z", "/etc/passwd")), Constraint("path", "LIKE", ("/etc/p%",)))
    )
    assert pattern.paths(root_of(TREE), query) == ["/etc/pam.d/", "/etc/passwd", "/z"]


def test_texts_are_those_of_files_that_exist(root_of: RootOf) -> None:
    target = root_of({"/a/one": "1", "/a/sub/": "", "/a/two": b"\xff"})
    os.symlink("nowhere", target.root + "/a/broken")
    query = Query(frozenset(), (Constraint("path", "=", ("/a", "/absent")), Constraint("path", "LIKE", ("/a/%",))))
    assert list(pattern.texts(target, query)) == [("/a/one", "1"), ("/a/two", "�")]


def test_texts_of_something_that_is_no_file_raise(root_of: RootOf) -> None:
    target = root_of({"/a/": ""})
    os.mkfifo(target.root + "/a/pipe")
    with pytest.raises(Unfit):
        list(pattern.texts(target, Query(frozenset(), (Constraint("path", "LIKE", ("/a/%",)),))))


@given(st.text(string.ascii_lowercase + "%", max_size=8), st.text(string.ascii_lowercase[:3], max_size=6))
def test_a_name_fits_as_sqlite_would_say(like: str, name: str) -> None:
    import sqlite3
    from contextlib import closing

    if "%" not in like:
        like += "%"
    with closing(sqlite3.connect(":memory:")) as connection:
        expected = connection.execute("SELECT ? LIKE ?", (name, like)).fetchone()[0]
    assert pattern.fits(name, like.split("%")) == bool(expected)
