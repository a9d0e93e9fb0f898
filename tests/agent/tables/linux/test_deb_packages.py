"""Table deb_packages: what dpkg knows, or an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Malformed, Missing, Query
from rempart_agent.tables.linux import deb_packages
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]

SUDO = """\
Package: sudo
Status: hold ok installed
Priority: optional
Section: admin
Installed-Size: 104
Maintainer: A Person <a@example.org>
Architecture: amd64
Multi-Arch: foreign
Source: sudo-src (2.4)
Version: 1.9.16p2-3
Depends: libc6
Description: a package
 Version: 9 in a long text
 .
 Status: more
"""


def _package(name: str, version: str = "1.0", status: str = "install ok installed", arch: str = "amd64") -> str:
    return f"Package: {name}\nStatus: {status}\nArchitecture: {arch}\nVersion: {version}\n"


def _rows(target: Any, **asked: str) -> list[dict[str, Any]]:
    constraints = tuple(Constraint(name, "=", (value,)) for name, value in asked.items())
    return [dict(row) for row in deb_packages.rows(target, Query(frozenset(), constraints))]


def _one(text: str) -> dict[str, Any]:
    (row,) = deb_packages.parse(text).values()
    return row


def test_a_package_with_all_fields(root_of: RootOf) -> None:
    assert _rows(root_of({"/var/lib/dpkg/status": SUDO})) == [
        {
            "name": "sudo",
            "version": "1.9.16p2-3",
            "revision": "3",
            "arch": "amd64",
            "status": "hold ok installed",
            "priority": "optional",
            "section": "admin",
            "size": "104",
            "maintainer": "A Person <a@example.org>",
            "source": "sudo-src (2.4)",
            "admindir": "/var/lib/dpkg",
        }
    ]


@pytest.mark.parametrize(
    ("written", "version", "revision"),
    [
        ("1.0", "1.0", ""),
        ("5.2.37-2+b5", "5.2.37-2+b5", "2+b5"),
        ("1:10.0p1-7", "1:10.0p1-7", "7"),
        ("0:1.0-1", "1.0-1", "1"),
        ("1.0-rc1-2", "1.0-rc1-2", "2"),
    ],
)
def test_versions_and_revisions(written: str, version: str, revision: str) -> None:
    row = _one(_package("a", written))
    assert (row["version"], row["revision"]) == (version, revision)


def test_what_is_not_given_is_said_in_dpkgs_words() -> None:
    row = _one("Package: a\nStatus: deinstall ok config-files\nVersion: 1\n")
    assert (row["arch"], row["priority"], row["status"]) == ("<empty>", "unknown", "deinstall ok config-files")
    assert "section" not in row


def test_a_stanza_in_another_hand_is_read_all_the_same() -> None:
    row = _one("package:Odd\nSTATUS: Install  OK  postinst-failed\nversion :2-1\nClass:Required\nArchitecture:all\n")
    assert row == {
        "name": "odd",
        "status": "install ok half-configured",
        "version": "2-1",
        "revision": "1",
        "priority": "required",
        "arch": "all",
    }


def test_packages_are_sorted_and_those_not_installed_are_none(root_of: RootOf) -> None:
    status = "\n".join(
        [
            _package("zsh"),
            _package("libc6", arch="i386"),
            _package("gone", status="unknown ok not-installed"),
            "Package: bare\nVersion: 1\n",
            _package("libc6", arch="amd64"),
            "\n\n" + _package("half", "1.0", "install reinstreq half-installed"),
        ]
    )
    rows = _rows(root_of({"/var/lib/dpkg/status": status}))
    assert [(r["name"], r["arch"]) for r in rows] == [
        ("half", "amd64"),
        ("libc6", "amd64"),
        ("libc6", "i386"),
        ("zsh", "amd64"),
    ]


def test_the_journal_comes_after_the_status(root_of: RootOf) -> None:
    target = root_of(
        {
            "/var/lib/dpkg/status": _package("a") + "\n" + _package("b"),
            "/var/lib/dpkg/updates/0000": _package("a", "1.1", "install ok unpacked"),
            "/var/lib/dpkg/updates/0001": _package("a", "1.2") + "\n" + _package("b", "1", "purge ok not-installed"),
            "/var/lib/dpkg/updates/tmp.i": "garbage",
        }
    )
    assert [(r["name"], r["version"]) for r in _rows(target)] == [("a", "1.2")]


def test_an_image_without_dpkg_has_one_file_a_package(root_of: RootOf) -> None:
    target = root_of(
        {
            "/var/lib/dpkg/status.d/base": "Package: base-files\nVersion: 13.8\nArchitecture: amd64\n",
            "/var/lib/dpkg/status.d/base.md5sums": "0123  etc/x\n",
            "/var/lib/dpkg/status.d/libc6": "Package: libc6\nVersion: 2.41-12\nArchitecture: amd64",
        }
    )
    assert [(r["name"], r["status"], r["revision"]) for r in _rows(target)] == [
        ("base-files", "install ok installed", ""),
        ("libc6", "install ok installed", "12"),
    ]


def test_another_database_can_be_named(root_of: RootOf) -> None:
    target = root_of({"/srv/dpkg/status": _package("a")})
    assert [(r["name"], r["admindir"]) for r in _rows(target, admindir="/srv/dpkg")] == [("a", "/srv/dpkg")]
    assert _rows(target, admindir="/absent") == []


def test_a_machine_without_dpkg_has_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/var/lib/rpm/": ""})) == []


def test_a_directory_without_its_database_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(root_of({"/var/lib/dpkg/info/": ""}))


@pytest.mark.parametrize("path", ["/var/lib/dpkg", "/var/lib/dpkg/status", "/var/lib/dpkg/status.d/b"])
def test_a_database_that_may_not_be_read_raises(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/var/lib/dpkg/status": _package("a"), "/var/lib/dpkg/status.d/b": _package("b")})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


@pytest.mark.parametrize(
    "text",
    [
        "garbage",
        "\0\0\0\0",
        "Status: install ok installed\nVersion: 1\n",
        "Package: a\nStatus: installed\nVersion: 1\n",
        "Package: a\nStatus: install ok maybe\nVersion: 1\n",
        "Package: a\nStatus: install ok installed\n",
        _package("a") + "\nPackage: b\nSta",
    ],
)
def test_a_database_that_can_not_be_understood_raises(text: str) -> None:
    with pytest.raises(Malformed):
        deb_packages.parse(text, "/var/lib/dpkg/status")


@given(st.text(st.sampled_from("Package:Status Version\n -1") | st.characters(), max_size=80))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        packages = deb_packages.parse(text)
    except Malformed:
        return
    assert all(row == {} or row["version"] for row in packages.values())


def test_a_database_that_is_cut_off_in_a_line_is_an_error(root_of: RootOf) -> None:
    """dpkg refuses it too: end of file before value of field (missing final newline)."""
    whole = _package("aa") + "\n" + _package("bb")
    assert len(list(deb_packages.rows(root_of({"/var/lib/dpkg/status": whole}), Query()))) == 2
    with pytest.raises(Malformed):
        list(deb_packages.rows(root_of({"/var/lib/dpkg/status": whole[:-5]}), Query()))
