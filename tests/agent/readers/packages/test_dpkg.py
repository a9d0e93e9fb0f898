"""dpkg's database, its control files, and its order of versions, held against dpkg itself."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.formats.version import compare_dpkg
from rempart_agent.readers.files import deb822
from rempart_agent.readers.packages import dpkg
from rempart_agent.source.contract import Missing
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
STATUS = """Package: openssl
Status: install ok installed
Multi-Arch: foreign
Architecture: amd64
Version: 3.5.1-1
Description: a
 toolkit

Package: libx1
Status: hold ok installed
Source: libx (1.0)
Version: 1.0+b1
Architecture: amd64
Multi-Arch: same

Package: old
Status: deinstall ok config-files
Version: 1
Architecture: all


Package: half
Status: install reinstreq half-installed
Version: 2
Architecture: all
"""


def test_what_is_on_the_system_is_installed(root_of: RootOf) -> None:
    found = list(dpkg.installed(root_of({"/var/lib/dpkg/status": STATUS})))
    assert [(p.name, p.arch, p.version, p.source, p.same) for p in found] == [
        ("openssl", "amd64", "3.5.1-1", "openssl", False),
        ("libx1", "amd64", "1.0+b1", "libx", True),
        ("half", "all", "2", "half", False),
    ]


def test_images_without_dpkg_have_a_file_for_each_package(root_of: RootOf) -> None:
    files = {
        "/var/lib/dpkg/status.d/base": "Package: base-files\nVersion: 13\nArchitecture: amd64\n",
        "/var/lib/dpkg/status.d/base.md5sums": "0 x\n",
    }
    assert [p.name for p in dpkg.installed(root_of(files))] == ["base-files"]


def test_a_system_without_dpkg_has_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(dpkg.installed(root_of({"/var/lib/dpkg/status.d/": "", "/etc/passwd": ""})))


def test_every_field_can_be_asked(root_of: RootOf) -> None:
    first = next(iter(dpkg.packages(root_of({"/var/lib/dpkg/status": STATUS}))))
    assert (first["description"], first["multi-arch"]) == ("a\ntoolkit", "foreign")


def test_one_package_is_found_without_the_others() -> None:
    assert dpkg.find_version(STATUS, "openssl") == ("3.5.1-1",)
    assert dpkg.find_version(STATUS, "libx1") == ("1.0+b1",)
    assert dpkg.find_version(STATUS, "old") == ()
    assert dpkg.find_version(STATUS, "lib") == ()


def test_stanzas_have_lines_comments_and_continuations() -> None:
    text = "# c\nTypes: deb\nURIs: a\n# within\n  b\njunk\n\n \nTypes: x\r\nTypes: y"
    assert list(deb822.stanzas(text)) == [(2, {"types": "deb", "uris": "a\nb"}), (9, {"types": "y"})]


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="dpkg is not installed: there is no real one to ask")
def test_this_machines_packages_are_dpkgs() -> None:
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Architecture} ${Version} ${source:Package} ${db:Status-Status}\n"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    real = sorted(line.rsplit(" ", 1)[0] for line in shown if not line.endswith(("config-files", "not-installed")))
    assert sorted(" ".join(p[:4]) for p in dpkg.installed(LiveTarget())) == real


VERSION = st.one_of(
    st.from_regex(r"\A([0-2]:)?[0-9][0-9a-z.+~]{0,6}(-[0-9a-z.+~]{1,4})?\Z"),
    st.text(alphabet="01a.+~-:", min_size=1, max_size=8).map(lambda t: "0" + t.replace(":", "") + "0"),
)


@pytest.mark.skipif(not shutil.which("dpkg"), reason="dpkg is not installed: there is no real one to ask")
@settings(max_examples=60, deadline=None)
@given(VERSION, VERSION)
def test_versions_have_dpkgs_order(a: str, b: str) -> None:
    order = compare_dpkg(a, b)
    relation = {-1: "lt", 0: "eq", 1: "gt"}[order]
    done = subprocess.run(["dpkg", "--compare-versions", a, relation, b], capture_output=True, check=False)
    assert done.returncode == 0
    assert compare_dpkg(b, a) == -order


@given(st.text())
def test_any_text_parses(text: str) -> None:
    for package in dpkg.parse(text + "\n\nPackage: a\nVersion: 1\n"):
        assert package.name
    for line, fields in deb822.stanzas(text):
        assert line >= 1
        assert fields
