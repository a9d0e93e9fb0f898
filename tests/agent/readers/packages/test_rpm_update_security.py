"""Updates on rpm systems: what says that one is of security, and which packages are compared."""

from __future__ import annotations

import pytest
from rempart_testing.repository import advisory, cached, primary, updateinfo
from rempart_testing.rpm_system import JANUARY, SystemOf, brief_of, repo_of, rows_of

from rempart_agent.formats import repodata
from rempart_agent.source.contract import Missing

# What says that an update is one of security.


@pytest.mark.parametrize("name", ["base", "epel", "epel-next", "EPEL"])
def test_without_advisories_of_the_system_nothing_is_said_about_security(system_of: SystemOf, name: str) -> None:
    advisories = updateinfo(advisory("E", ("addon", "2-1"))) if name != "base" else None
    files = {**cached("base", primary(("a", "2-1"))), **cached(name, primary(("a", "2-1")), advisories)}
    target = system_of(files, "a-1-1", "addon-1-1", repos=repo_of("base", name))
    with pytest.raises(Missing, match="which updates are security ones"):
        rows_of(target, "1")
    expected = [("a", "2-1", None)] + ([("addon", "2-1", 1)] if advisories else [])
    assert brief_of(target) == expected


def test_what_a_repository_without_advisories_adds_is_no_security_update(system_of: SystemOf) -> None:
    files = {**cached("base", primary(), updateinfo()), **cached("docker-ce", primary(("docker-ce", "3:28-1")))}
    target = system_of(files, "docker-ce-27-1", repos=repo_of("base", "docker-ce"))
    assert brief_of(target) == [("docker-ce", "3:28-1", 0)]
    assert rows_of(target, "1") == []


def test_only_security_advisories_that_were_not_retracted_count(system_of: SystemOf) -> None:
    advisories = updateinfo(
        advisory("R", ("a", "2-1"), more='status="retracted"'),
        advisory("B", ("b", "2-1"), kind="bugfix"),
        advisory("N", ("c", "2-1"), kind="newpackage"),
        advisory("S", ("d", "2-1"), kind="Security", more='status="final"'),
    )
    target = system_of(cached("base", primary(), advisories), *(f"{name}-1-1" for name in "abcd"))
    assert brief_of(target, "1") == [("d", "2-1", 1)]


def test_the_newest_fix_is_named_with_the_gravest_severity_and_the_first_date(system_of: SystemOf) -> None:
    advisories = updateinfo(
        advisory("OLD", ("a", "1-1"), more="Critical", issued="2020-01-01"),
        advisory("THREE", ("a", "3-1"), more="Low", issued="2026-03-01 10:00:00"),
        advisory("TWO", ("a", "2-1"), more="Important", issued="2026-01-01"),
        advisory("UNDATED", ("a", "2.5-1"), more="unheard of"),
    )
    (row,) = rows_of(system_of(cached("base", primary(("a", "4-1")), advisories), "a-1-1"))
    assert (row["candidate_version"], row["advisory"], row["severity"]) == ("3-1", "THREE", "Important")
    assert row["issued_at"] == JANUARY


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01", JANUARY),
        ("2026-01-01 00:01:00", JANUARY + 60),
        ("2026-01-01T00:00:01Z", JANUARY + 1),
        ("1767225600", JANUARY),
        ("2026-13-01", None),
        ("yesterday", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_dates_of_advisories(text: str, seconds: int | None) -> None:
    assert repodata.date(text) == seconds


# Which packages are compared.


def test_of_a_kernel_in_several_versions_the_newest_counts(system_of: SystemOf) -> None:
    advisories = updateinfo(advisory("K", ("kernel-core", "5-2"), issued="2026-01-01"))
    files = cached("base", primary(("kernel-core", "5-2")), advisories)
    assert rows_of(system_of(files, "kernel-core-5-2", "kernel-core-5-1")) == []
    assert brief_of(system_of(files, "kernel-core-5-1", "kernel-core-5-0")) == [("kernel-core", "5-2", 1)]


def test_architectures_are_kept_apart(system_of: SystemOf) -> None:
    offers = [
        ("lib.x86_64", "2-1"),
        ("lib.i686", "3-1"),
        ("doc.x86_64", "2-1"),
        ("lib.src", "9-1"),
        ("tool.i686", "9-1"),
    ]
    installed = [
        {"name": "rpm", "version": "4", "release": "1"},
        {"name": "lib", "version": "1", "release": "1"},
        {"name": "lib", "version": "1", "release": "1", "arch": "i686"},
        {"name": "doc", "version": "1", "release": "1", "arch": "noarch"},
        {"name": "tool", "version": "1", "release": "1"},
    ]
    expected = [("doc", "noarch", "2-1"), ("lib", "i686", "3-1"), ("lib", "x86_64", "2-1")]
    for files in (
        cached("base", primary(*offers), updateinfo()),
        cached("base", primary(), updateinfo(advisory("L", *offers))),
    ):
        rows = rows_of(system_of(files, *installed))
        assert [(r["name"], r["arch"], r["candidate_version"]) for r in rows] == expected


def test_a_vendors_key_is_no_package(system_of: SystemOf) -> None:
    key = {"name": "gpg-pubkey", "version": "1", "release": "1", "arch": ""}
    files = cached("base", primary(("gpg-pubkey", "2-1")), updateinfo())
    assert rows_of(system_of(files, key, "a-1-1")) == []


def test_the_epoch_counts(system_of: SystemOf) -> None:
    files = cached("base", primary(("a", "1:1-1"), ("b", "2-1")), updateinfo())
    b = {"name": "b", "version": "1", "release": "1", "epoch": 1, "source": "b-libs-1-1.src.rpm", "install_time": 7}
    rows = rows_of(system_of(files, "a-9-1", b))
    assert [(r["name"], r["candidate_version"]) for r in rows] == [("a", "1:1-1")]
    files = cached("base", primary(("b", "1:2-1")), updateinfo())
    (row,) = rows_of(system_of(files, b))
    assert (row["installed_version"], row["source_package"], row["installed_at"]) == ("1:1-1", "b-libs", 7)


MODULE = '<module name="nodejs" stream="{}" version="8" context="c" arch="x86_64"/>'
MODULES = """---
document: modulemd-defaults
version: 1
data:
  module: nodejs
---
document: modulemd
version: 2
data:
  name: nodejs
  stream: "20"
  version: 1
  artifacts:
    rpms:
    - nodejs-1:20.1-1.module+el8.x86_64
    - other-0:20.1-1.module+el8.x86_64
...
---
document: modulemd
version: 2
data:
  name: nodejs
  stream: 18
  artifacts:
    rpms:
    - nodejs-1:18.2-1.module+el8.x86_64
...
"""


def _nodejs(stream: str = "18", label: str = "nodejs:{}:8:c") -> dict[str, str | int]:
    release = "1.module+el8" if label else "1"
    tags: dict[str, str | int] = {"name": "nodejs", "version": stream + ".1", "release": release, "epoch": 1}
    return {**tags, "module": label.format(stream)} if label else tags


def test_a_module_is_held_against_its_own_stream(system_of: SystemOf) -> None:
    advisories = updateinfo(
        advisory("N20", ("nodejs", "1:20.1-1.module+el8"), module=MODULE.format("20")),
        advisory("N18", ("nodejs", "1:18.3-1.module+el8"), module=MODULE.format("18")),
        advisory("PLAIN", ("nodejs", "1:22-1")),
    )
    target = system_of(cached("base", primary(), advisories, MODULES), _nodejs())
    assert brief_of(target, "1") == [("nodejs", "1:18.3-1.module+el8", 1)]
    assert brief_of(system_of(cached("base", primary(), advisories, MODULES), _nodejs("18", "")), "1") == [
        ("nodejs", "1:22-1", 1)
    ]


def test_what_the_metadata_leave_out_stands_in_the_description_of_modules(system_of: SystemOf) -> None:
    offers = [("nodejs", "1:20.1-1.module+el8"), ("nodejs", "1:18.2-1.module+el8"), ("nodejs", "1:30-1")]
    for files in (
        cached("base", primary(*offers), updateinfo(), MODULES),
        cached("base", primary(), updateinfo(advisory("N", *offers)), MODULES),
    ):
        assert [r["candidate_version"] for r in rows_of(system_of(files, _nodejs()))] == ["1:18.2-1.module+el8"]


@pytest.mark.parametrize("described", [MODULES, "", None])
def test_a_module_of_an_unknown_stream_is_not_passed_over(system_of: SystemOf, described: str | None) -> None:
    advisories = updateinfo(advisory("N", ("nodejs", "1:18.9-1.module+el8")))
    target = system_of(cached("base", primary(), advisories, described), _nodejs())
    assert brief_of(target, "1") == [("nodejs", "1:18.9-1.module+el8", 1)]
