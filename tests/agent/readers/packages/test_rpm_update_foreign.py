"""Updates on systems with packages of both kinds."""

from __future__ import annotations

import pytest
from rempart_testing.repository import advisory, cached, primary, updateinfo
from rempart_testing.rpm_system import Files, RootOf, SystemOf, brief_of, repo_of, rows_of

from rempart_agent.source.contract import Missing

# Systems with packages of both kinds.

DPKG: Files = {
    "/var/lib/dpkg/status": "Package: d\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n",
    "/var/lib/apt/lists/x_dists_trixie-security_InRelease": "Suite: stable-security\n",
    "/var/lib/apt/lists/x_dists_trixie-security_main_binary-amd64_Packages": "Package: d\nVersion: 2\n",
}
DEBIAN: Files = {"/etc/os-release": "ID=debian\n"}
ROCKY: Files = {"/etc/os-release": 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\n'}
RPM = cached("base", primary(), updateinfo(advisory("A", ("a", "2-1"))))


def test_packages_of_both_kinds_count(system_of: SystemOf) -> None:
    for system in (DEBIAN, ROCKY, {}):
        target = system_of({**DPKG, **RPM, **system}, "a-1-1")
        assert [(r["manager"], r["name"]) for r in rows_of(target, "1")] == [("dpkg", "d"), ("rpm", "a")]
    assert [r["name"] for r in rows_of(target, "1", "rpm")] == ["a"]
    assert [r["name"] for r in rows_of(target, "", "dpkg")] == ["d"]
    assert rows_of(target, "", "pacman") == []


def test_what_is_foreign_and_has_no_source_hides_nothing(system_of: SystemOf) -> None:
    target = system_of({**DPKG, **DEBIAN}, "a-1-1", repos=repo_of("x", more="enabled=0"))
    assert [r["name"] for r in rows_of(target, "1")] == ["d"]
    with pytest.raises(Missing, match="no repository is enabled"):
        rows_of(target, "1", "rpm")
    status = {"/var/lib/dpkg/status": DPKG["/var/lib/dpkg/status"]}
    target = system_of({**status, **RPM, **ROCKY}, "a-1-1")
    assert [r["name"] for r in rows_of(target, "1")] == ["a"]
    with pytest.raises(Missing, match="run apt-get update"):
        rows_of(target, "1", "dpkg")


def test_a_source_that_is_configured_and_missing_is_never_passed_over(system_of: SystemOf) -> None:
    with pytest.raises(Missing, match="repository base: no metadata"):
        rows_of(system_of({**DPKG, **DEBIAN}, "a-1-1"), "1")
    status = {"/var/lib/dpkg/status": DPKG["/var/lib/dpkg/status"], "/etc/apt/sources.list": "deb http://x x main\n"}
    with pytest.raises(Missing, match="run apt-get update"):
        rows_of(system_of({**status, **RPM, **ROCKY}, "a-1-1"), "1")


def test_the_systems_own_packages_are_always_compared(system_of: SystemOf) -> None:
    with pytest.raises(Missing, match="no repository is enabled"):
        rows_of(system_of({**DPKG, **ROCKY}, "a-1-1", repos=repo_of("x", more="enabled=0")), "1")
    for own in ({}, {"/etc/os-release": "ID=unheard-of\n"}):  # told by which database holds more
        with pytest.raises(Missing, match="no repository is enabled"):
            rows_of(system_of({**DPKG, **own}, "a-1-1", "b-1-1", repos=repo_of("x", more="enabled=0")), "1")


def test_an_empty_dpkg_database_is_not_the_system(system_of: SystemOf) -> None:
    assert brief_of(system_of({"/var/lib/dpkg/status": "", **RPM}, "a-1-1"), "1") == [("a", "2-1", 1)]


def test_without_any_package_there_is_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing, match="nor an rpm database"):
        rows_of(root_of({"/etc/passwd": ""}))
