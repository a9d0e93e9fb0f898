"""Updates on rpm systems: which repositories count, and where their metadata lie."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from rempart_testing.repository import advisory, cached, primary, updateinfo
from rempart_testing.rpm_system import Files, SystemOf, brief_of, repo_of, repositories_of, rows_of

from rempart_agent.source.contract import Denied, Malformed, Missing
from rempart_agent.targets.root import RootTarget

# Which repositories count.


def test_a_disabled_repository_does_not_count(system_of: SystemOf) -> None:
    files = {
        **cached("base", primary(("a", "1-1")), updateinfo()),
        **cached("beta", primary(("a", "2-1")), updateinfo(advisory("B", ("a", "2-1")))),
    }
    for value in ("0", "no", "False", "OFF"):
        target = system_of(files, "a-1-1", repos=repo_of("base") + repo_of("beta", more=f"enabled = {value}"))
        assert rows_of(target) == []
    for value in ("enabled=1", "enabled=TRUE", "", "enabled=perhaps"):
        target = system_of(files, "a-1-1", repos=repo_of("base") + repo_of("beta", more=value))
        assert brief_of(target, "1") == [("a", "2-1", 1)]


def test_dnf5_overrides_what_a_repository_says(system_of: SystemOf) -> None:
    files = {
        **cached("base", primary(), updateinfo(), place="/var/cache/libdnf5/"),
        **cached("updates", primary(("a", "2-1")), place="/var/cache/libdnf5/"),
        "/etc/dnf/repos.override.d/99-config_manager.repo": "[up*]\nenabled=0\n",
    }
    older = system_of(files, "a-1-1", repos=repo_of("base", "updates"))  # dnf 4 knows no overrides
    assert {name: r["enabled"] for name, r in repositories_of(older).items()} == {"base": 1, "updates": 1}
    target = system_of({**files, "/usr/bin/dnf5": ""}, "a-1-1", repos=repo_of("base", "updates"))
    assert rows_of(target) == []
    assert {name: r["enabled"] for name, r in repositories_of(target).items()} == {"base": 1, "updates": 0}


def test_without_an_enabled_repository_nothing_can_be_said(system_of: SystemOf) -> None:
    files = cached("base", primary(("a", "2-1")), updateinfo())
    with pytest.raises(Missing, match="no repository is enabled"):
        rows_of(system_of(files, "a-1-1", repos=repo_of("base", more="enabled=0")))


def test_a_repository_that_was_never_fetched_is_no_empty_one(system_of: SystemOf) -> None:
    files = cached("base", primary(), updateinfo())
    target = system_of(files, "a-1-1", repos=repo_of("base", "extras"))
    for security in ("", "1"):
        with pytest.raises(Missing, match="repository extras: no metadata: run dnf makecache"):
            rows_of(target, security)
    assert "run dnf makecache" in repositories_of(target)["extras"]["problem"]
    assert "problem" not in repositories_of(target)["base"]


def test_a_repository_is_not_taken_for_one_whose_name_begins_alike(system_of: SystemOf) -> None:
    files = cached("updates-testing", primary(("a", "2-1")), updateinfo())
    with pytest.raises(Missing, match="repository updates: no metadata"):
        rows_of(system_of(files, "a-1-1", repos=repo_of("updates")))


def test_a_variable_in_a_repositorys_name_stands_for_anything(system_of: SystemOf) -> None:
    files = cached("base-9-x86_64", primary(("a", "2-1")), updateinfo())
    target = system_of(files, "a-1-1", repos=repo_of("base-$releasever-${basearch}"))
    assert brief_of(target) == [("a", "2-1", 0)]


def test_of_two_caches_of_a_repository_the_newer_counts(system_of: SystemOf) -> None:
    files = cached("base", primary(("a", "2-1")), updateinfo())
    newer = cached("base", primary(("a", "3-1")), updateinfo(), place="/var/cache/libdnf5/")
    target = system_of({**files, **newer}, "a-1-1")
    for path in (*files, *newer):
        os.utime(target.root + path, (5, 1_700_000_000 if path in files else 1_750_000_000))
    assert [(r["candidate_version"], r["lists_at"]) for r in rows_of(target)] == [("3-1", 1_750_000_000)]
    touched = next(path for path in files if "primary" in path)
    os.utime(target.root + touched, (5, 1_760_000_000))  # dnf saw that nothing had changed
    assert [(r["candidate_version"], r["lists_at"]) for r in rows_of(target)] == [("2-1", 1_760_000_000)]


def test_a_root_filled_from_outside_has_what_lies_in_its_caches(system_of: SystemOf) -> None:
    files = cached("outside", primary(), updateinfo(advisory("O", ("a", "2-1"))))
    files["/var/cache/dnf/outside.solv"] = "x"
    target = system_of(files, "a-1-1", repos="")
    assert brief_of(target, "1") == [("a", "2-1", 1)]
    assert repositories_of(target)["outside"]["source"] == ""
    with pytest.raises(Missing, match="no repository"):
        rows_of(system_of({}, "a-1-1", repos=repo_of("x", more="enabled=0")))


def test_microdnf_keeps_its_caches_elsewhere(system_of: SystemOf) -> None:
    folder = "/var/cache/yum/metadata/ubi-9-baseos-9-x86_64/repodata/"
    files = {
        folder + path.rpartition("/")[2]: text
        for path, text in cached("x", primary(("a", "2-1")), updateinfo()).items()
    }
    assert brief_of(system_of(files, "a-1-1", repos=repo_of("ubi-9-baseos"))) == [("a", "2-1", 0)]


def test_the_configuration_says_where_caches_and_repositories_are(system_of: SystemOf) -> None:
    files: Files = {
        "/etc/dnf/dnf.conf": "[main]\nreposdir=/srv/repos\ncachedir=/srv/cache\n[inline]\nname=Inline\n",
        "/srv/repos/x.repo": repo_of("own"),
        **cached("own", primary(("a", "2-1")), updateinfo(), place="/srv/cache/"),
        **cached("inline", primary(("a", "3-1")), place="/srv/cache/"),
    }
    target = system_of(files, "a-1-1", repos="[never")
    assert [(r["candidate_version"], r["label"]) for r in rows_of(target)] == [("3-1", "Inline")]


def test_of_two_package_managers_the_one_that_is_installed_counts(system_of: SystemOf) -> None:
    raw = "/var/cache/zypp/raw/oss/repodata/"
    files = {
        **{
            raw + path.rpartition("/")[2]: text
            for path, text in cached("x", primary(("a", "2-1")), updateinfo()).items()
        },
        "/etc/zypp/repos.d/oss.repo": repo_of("oss"),
        "/etc/zypp/zypp.conf": "## Configuration\n[main]\n",
        "/usr/bin/zypper": "",
    }
    assert brief_of(system_of(files, "a-1-1", repos=repo_of("left-over"))) == [("a", "2-1", 0)]
    with pytest.raises(Missing, match="left-over"):
        rows_of(system_of({**files, "/usr/bin/dnf": ""}, "a-1-1", repos=repo_of("left-over")))


def test_a_configuration_that_nobody_could_read_is_malformed(system_of: SystemOf) -> None:
    with pytest.raises(Malformed, match=r"system\.repo"):
        rows_of(system_of(cached("base", primary(), updateinfo()), "a-1-1", repos="[base]\nenabled\n"))


def test_a_cache_that_may_not_be_read_is_no_missing_one(
    system_of: SystemOf, deny: Callable[[RootTarget, str], None]
) -> None:
    target = system_of(cached("base", primary(), updateinfo()), "a-1-1")
    deny(target, "/var/cache/dnf")
    with pytest.raises(Denied):
        rows_of(target)
    with pytest.raises(Denied):
        repositories_of(target)
