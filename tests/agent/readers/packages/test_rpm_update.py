"""Table rempart_updates on rpm systems: held against dnf and zypper themselves, and the traps of metadata."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing import rpm
from rempart_testing.outcome import outcome
from rempart_testing.repository import CACHE, HASH, advisory, cached, primary, updateinfo
from rempart_testing.target import lay

from rempart_agent.formats import module_stream, repodata
from rempart_agent.formats.version import compare_rpm
from rempart_agent.source.contract import Constraint, Denied, Malformed, Missing, Query, Unfit
from rempart_agent.tables.linux import rempart_rpm_repositories, rempart_updates
from rempart_agent.targets.root import RootTarget

Files = dict[str, str | bytes]
RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
needs_dnf = pytest.mark.skipif(not rpm.DNF, reason="no dnf and createrepo_c, or not root: there is no real cache")
needs_zypper = pytest.mark.skipif(not rpm.ZYPPER, reason="no zypper, or not root: there is no real cache")

DATABASE = "/var/lib/rpm/rpmdb.sqlite"
REPOS = "/etc/yum.repos.d/system.repo"
JANUARY = 1_767_225_600  # 2026-01-01


def _rows(target: Any, security: str = "", manager: str = "") -> list[dict[str, Any]]:
    asked = {"security": security, "manager": manager}
    constraints = tuple(Constraint(name, "=", (value,)) for name, value in asked.items() if value)
    return [dict(r) for r in rempart_updates.rows(target, Query(frozenset(), constraints))]


def _brief(target: Any, security: str = "") -> list[tuple[str, str, int | None]]:
    return [(r["name"], r["candidate_version"], r.get("security")) for r in _rows(target, security)]


def _repositories(target: Any) -> dict[str, dict[str, Any]]:
    return {r["id"]: dict(r) for r in rempart_rpm_repositories.rows(target, Query())}


def _repo(*ids: str, more: str = "") -> str:
    return "".join(f"[{name}]\nname=The {name}\nbaseurl=https://x.org/{name}\n{more}\n" for name in ids)


@pytest.fixture
def system_of(tmp_path: Path) -> Callable[..., RootTarget]:
    """Make a system of rpm packages, each time anew: its database, its repositories' configuration, and more files."""
    numbers = itertools.count()

    def make(files: Mapping[str, str | bytes], *packages: Any, repos: str = _repo("base")) -> RootTarget:
        tags = [
            p if isinstance(p, dict) else dict(zip(("name", "version", "release"), p.rsplit("-", 2), strict=True))
            for p in packages
        ]
        root = tmp_path / f"system{next(numbers)}"
        lay(root, {DATABASE: rpm.database(tmp_path, *tags), REPOS: repos, **files})
        return RootTarget(str(root))

    return make


SystemOf = Callable[..., RootTarget]


# What package managers themselves make of real packages and repositories.

BUILT = (
    *("alpha-1.0-1", "alpha-1.1-1", "alpha-1.2-1", "beta-2:1.0~rc1-3", "beta-2:1.0-1", "gamma-5-1", "gamma-10-1"),
    *("delta-1-1", "kernel-core-5.14.0-1", "kernel-core-5.14.0-2", "kernel-core-5.14.0-3", "epsilon-1.0^git1-1"),
    *("epsilon-1.0-9", "zeta-3-1", "zeta-2-9"),
)
INSTALLED = (
    *("alpha-1.0-1", "beta-2:1.0~rc1-3", "gamma-5-1", "delta-1-1", "kernel-core-5.14.0-1", "kernel-core-5.14.0-2"),
    *("epsilon-1.0-9", "zeta-3-1"),
)
ADVISORIES = updateinfo(
    advisory("A-1", ("alpha.noarch", "1.1-1"), issued="2026-01-01 00:00:00", more="Important"),
    advisory("A-2", ("gamma.noarch", "10-1"), kind="bugfix"),
    advisory("A-3", ("kernel-core.noarch", "5.14.0-2"), issued="2026-01-01", more="Critical"),
    advisory("A-4", ("zeta.noarch", "2-9")),
    advisory("A-5", ("beta.noarch", "2:1.0-1"), issued=str(JANUARY), more="Low"),
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build packages in several versions."""
    if not rpm.CREATEREPO:
        pytest.skip("rpm and createrepo_c are not installed: there are no real packages")
    return rpm.build(tmp_path_factory.mktemp("build"), *BUILT)


@pytest.fixture(scope="module")
def dnf_root(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root filesystem with packages, a repository, and what dnf fetched of it."""
    top = tmp_path_factory.mktemp("dnf")
    rpm.make_repository(top / "repo", packages.values(), ADVISORIES)
    root = top / "root"
    rpm.install(root / "var/lib/rpm", [packages[name] for name in INSTALLED])
    (root / "etc/yum.repos.d").mkdir(parents=True)
    repo = f"[base]\nname=The base\nbaseurl=file://{top / 'repo'}\ngpgcheck=0\n"
    (root / "etc/yum.repos.d/base.repo").write_text(repo + "[off]\nbaseurl=file:///nowhere\nenabled=0\n")
    rpm.fetch_with_dnf(root)
    return root


def _dnf_says(root: Path, *options: str) -> dict[str, str]:
    command = ("dnf", "-q", "-C", f"--installroot={root}", "--releasever=9", "list", "--upgrades", *options)
    lines = [line.split() for line in rpm.run(*command).splitlines()]
    return {words[0].rpartition(".")[0]: words[1] for words in lines if len(words) == 3}


@needs_dnf
def test_dnf_would_upgrade_the_same_packages(dnf_root: Path) -> None:
    ours = {r["name"]: r for r in _rows(RootTarget(str(dnf_root)))}
    real = _dnf_says(dnf_root)
    assert set(ours) == set(real) == {"alpha", "beta", "gamma", "kernel-core", "epsilon"}
    for name, row in ours.items():
        assert compare_rpm(real[name], row["candidate_version"]) == (1 if name == "alpha" else 0)
    assert {n for n, r in ours.items() if r["security"]} == {"alpha", "beta"} == set(_dnf_says(dnf_root, "--security"))
    assert _rows(RootTarget(str(dnf_root)), "1") == [ours["alpha"], ours["beta"]]


@needs_dnf
def test_a_pending_security_update_says_all_there_is_to_know(dnf_root: Path) -> None:
    folder = next((dnf_root / "var/cache/dnf").glob("base-*/repodata"))
    os.utime(folder / "repomd.xml", (5, 1_700_000_000))
    os.utime(next(folder.glob("*-primary.xml*")), (5, 1_750_000_000))
    row = _rows(RootTarget(str(dnf_root)), "1")[0]
    assert row.pop("installed_at") > JANUARY
    assert row == {
        "manager": "rpm",
        "name": "alpha",
        "arch": "noarch",
        "installed_version": "1.0-1",
        "candidate_version": "1.1-1",
        "security": 1,
        "origin": "base",
        "label": "The base",
        "source_package": "alpha",
        "advisory": "A-1",
        "severity": "Important",
        "issued_at": JANUARY,
        "lists_at": 1_750_000_000,
    }
    repositories = _repositories(RootTarget(str(dnf_root)))
    assert repositories["base"]["fetched_at"] == 1_750_000_000
    assert (repositories["base"]["advisories"], repositories["off"]["enabled"]) == (1, 0)


@needs_dnf
@pytest.mark.parametrize("form", ["gz", "xz", "bz2", "zstd", "zck"])
def test_metadata_are_read_in_each_form(packages: dict[str, Path], tmp_path: Path, form: str) -> None:
    options = ("--zck",) if form == "zck" else (f"--compress-type={form}", f"--general-compress-type={form}")
    repo, root = tmp_path / "repo", tmp_path / "root"
    rpm.make_repository(repo, [packages["alpha-1.2-1"]], ADVISORIES, (), *options)
    if form == "zck":  # as Fedora has it: both forms are named, and one is fetched
        for path in (repo / "repodata").glob("*-primary.xml.*"):
            if path.suffix != ".zck":
                path.unlink()
    shutil.copytree(repo / "repodata", root / "var/cache/libdnf5" / (f"base{HASH}".rstrip("/")))
    rpm.install(root / "usr/lib/sysimage/rpm", [packages["alpha-1.0-1"]])
    target = RootTarget(str(root))
    assert _brief(target, "1") == [("alpha", "1.1-1", 1)]
    assert _brief(target) == [("alpha", "1.1-1", 1)]
    (path,) = (root / "var/cache/libdnf5").glob("*/repodata/*-primary.xml.*")
    path.write_bytes(path.read_bytes()[:-9])
    assert _brief(target, "1") == [("alpha", "1.1-1", 1)]
    with pytest.raises(Malformed, match=r"primary\.xml"):
        _rows(target)


@needs_zypper
def test_zypper_would_upgrade_the_same_packages(packages: dict[str, Path], tmp_path: Path) -> None:
    repo, root = tmp_path / "repo", tmp_path / "root"
    rpm.make_repository(repo, packages.values(), ADVISORIES)
    rpm.install(root / "usr/lib/sysimage/rpm", [packages[name] for name in INSTALLED], "ndb")
    (root / "var/lib").mkdir(parents=True)
    (root / "var/lib/rpm").symlink_to("../../usr/lib/sysimage/rpm")
    (root / "etc/zypp/repos.d").mkdir(parents=True)
    name = "main:sp6/pool with blanks"
    text = f"[{name}]\nname=Main\nbaseurl=file://{repo}\ngpgcheck=0\n[off]\nenabled=0\nbaseurl=file:///nowhere\n"
    (root / "etc/zypp/repos.d/main.repo").write_text(text)
    chosen = ("--root", str(root), "--non-interactive", "--no-gpg-checks", "--no-refresh")
    rpm.fetch_with_zypper(root)
    ours = {r["name"]: r for r in _rows(RootTarget(str(root)))}
    lines = [line.split("|") for line in rpm.run("zypper", *chosen, "list-updates", "--all").splitlines()]
    real = {words[2].strip(): words[4].strip() for words in lines if len(words) == 6 and words[0].strip() == "v"}
    assert set(ours) == set(real) - {"Name"}
    assert {n for n, r in ours.items() if r["security"]} == {"alpha", "beta"}
    assert {r["origin"] for r in ours.values()} == {name}


# Which repositories count.


def test_a_disabled_repository_does_not_count(system_of: SystemOf) -> None:
    files = {
        **cached("base", primary(("a", "1-1")), updateinfo()),
        **cached("beta", primary(("a", "2-1")), updateinfo(advisory("B", ("a", "2-1")))),
    }
    for value in ("0", "no", "False", "OFF"):
        target = system_of(files, "a-1-1", repos=_repo("base") + _repo("beta", more=f"enabled = {value}"))
        assert _rows(target) == []
    for value in ("enabled=1", "enabled=TRUE", "", "enabled=perhaps"):
        target = system_of(files, "a-1-1", repos=_repo("base") + _repo("beta", more=value))
        assert _brief(target, "1") == [("a", "2-1", 1)]


def test_dnf5_overrides_what_a_repository_says(system_of: SystemOf) -> None:
    files = {
        **cached("base", primary(), updateinfo(), place="/var/cache/libdnf5/"),
        **cached("updates", primary(("a", "2-1")), place="/var/cache/libdnf5/"),
        "/etc/dnf/repos.override.d/99-config_manager.repo": "[up*]\nenabled=0\n",
    }
    older = system_of(files, "a-1-1", repos=_repo("base", "updates"))  # dnf 4 knows no overrides
    assert {name: r["enabled"] for name, r in _repositories(older).items()} == {"base": 1, "updates": 1}
    target = system_of({**files, "/usr/bin/dnf5": ""}, "a-1-1", repos=_repo("base", "updates"))
    assert _rows(target) == []
    assert {name: r["enabled"] for name, r in _repositories(target).items()} == {"base": 1, "updates": 0}


def test_without_an_enabled_repository_nothing_can_be_said(system_of: SystemOf) -> None:
    files = cached("base", primary(("a", "2-1")), updateinfo())
    with pytest.raises(Missing, match="no repository is enabled"):
        _rows(system_of(files, "a-1-1", repos=_repo("base", more="enabled=0")))


def test_a_repository_that_was_never_fetched_is_no_empty_one(system_of: SystemOf) -> None:
    files = cached("base", primary(), updateinfo())
    target = system_of(files, "a-1-1", repos=_repo("base", "extras"))
    for security in ("", "1"):
        with pytest.raises(Missing, match="repository extras: no metadata: run dnf makecache"):
            _rows(target, security)
    assert "run dnf makecache" in _repositories(target)["extras"]["problem"]
    assert "problem" not in _repositories(target)["base"]


def test_a_repository_is_not_taken_for_one_whose_name_begins_alike(system_of: SystemOf) -> None:
    files = cached("updates-testing", primary(("a", "2-1")), updateinfo())
    with pytest.raises(Missing, match="repository updates: no metadata"):
        _rows(system_of(files, "a-1-1", repos=_repo("updates")))


def test_a_variable_in_a_repositorys_name_stands_for_anything(system_of: SystemOf) -> None:
    files = cached("base-9-x86_64", primary(("a", "2-1")), updateinfo())
    target = system_of(files, "a-1-1", repos=_repo("base-$releasever-${basearch}"))
    assert _brief(target) == [("a", "2-1", 0)]


def test_of_two_caches_of_a_repository_the_newer_counts(system_of: SystemOf) -> None:
    files = cached("base", primary(("a", "2-1")), updateinfo())
    newer = cached("base", primary(("a", "3-1")), updateinfo(), place="/var/cache/libdnf5/")
    target = system_of({**files, **newer}, "a-1-1")
    for path in (*files, *newer):
        os.utime(target.root + path, (5, 1_700_000_000 if path in files else 1_750_000_000))
    assert [(r["candidate_version"], r["lists_at"]) for r in _rows(target)] == [("3-1", 1_750_000_000)]
    touched = next(path for path in files if "primary" in path)
    os.utime(target.root + touched, (5, 1_760_000_000))  # dnf saw that nothing had changed
    assert [(r["candidate_version"], r["lists_at"]) for r in _rows(target)] == [("2-1", 1_760_000_000)]


def test_a_root_filled_from_outside_has_what_lies_in_its_caches(system_of: SystemOf) -> None:
    files = cached("outside", primary(), updateinfo(advisory("O", ("a", "2-1"))))
    files["/var/cache/dnf/outside.solv"] = "x"
    target = system_of(files, "a-1-1", repos="")
    assert _brief(target, "1") == [("a", "2-1", 1)]
    assert _repositories(target)["outside"]["source"] == ""
    with pytest.raises(Missing, match="no repository"):
        _rows(system_of({}, "a-1-1", repos=_repo("x", more="enabled=0")))


def test_microdnf_keeps_its_caches_elsewhere(system_of: SystemOf) -> None:
    folder = "/var/cache/yum/metadata/ubi-9-baseos-9-x86_64/repodata/"
    files = {
        folder + path.rpartition("/")[2]: text
        for path, text in cached("x", primary(("a", "2-1")), updateinfo()).items()
    }
    assert _brief(system_of(files, "a-1-1", repos=_repo("ubi-9-baseos"))) == [("a", "2-1", 0)]


def test_the_configuration_says_where_caches_and_repositories_are(system_of: SystemOf) -> None:
    files: Files = {
        "/etc/dnf/dnf.conf": "[main]\nreposdir=/srv/repos\ncachedir=/srv/cache\n[inline]\nname=Inline\n",
        "/srv/repos/x.repo": _repo("own"),
        **cached("own", primary(("a", "2-1")), updateinfo(), place="/srv/cache/"),
        **cached("inline", primary(("a", "3-1")), place="/srv/cache/"),
    }
    target = system_of(files, "a-1-1", repos="[never")
    assert [(r["candidate_version"], r["label"]) for r in _rows(target)] == [("3-1", "Inline")]


def test_of_two_package_managers_the_one_that_is_installed_counts(system_of: SystemOf) -> None:
    raw = "/var/cache/zypp/raw/oss/repodata/"
    files = {
        **{
            raw + path.rpartition("/")[2]: text
            for path, text in cached("x", primary(("a", "2-1")), updateinfo()).items()
        },
        "/etc/zypp/repos.d/oss.repo": _repo("oss"),
        "/etc/zypp/zypp.conf": "## Configuration\n[main]\n",
        "/usr/bin/zypper": "",
    }
    assert _brief(system_of(files, "a-1-1", repos=_repo("left-over"))) == [("a", "2-1", 0)]
    with pytest.raises(Missing, match="left-over"):
        _rows(system_of({**files, "/usr/bin/dnf": ""}, "a-1-1", repos=_repo("left-over")))


def test_a_configuration_that_nobody_could_read_is_malformed(system_of: SystemOf) -> None:
    with pytest.raises(Malformed, match=r"system\.repo"):
        _rows(system_of(cached("base", primary(), updateinfo()), "a-1-1", repos="[base]\nenabled\n"))


def test_a_cache_that_may_not_be_read_is_no_missing_one(
    system_of: SystemOf, deny: Callable[[RootTarget, str], None]
) -> None:
    target = system_of(cached("base", primary(), updateinfo()), "a-1-1")
    deny(target, "/var/cache/dnf")
    with pytest.raises(Denied):
        _rows(target)
    with pytest.raises(Denied):
        _repositories(target)


# What says that an update is one of security.


@pytest.mark.parametrize("name", ["base", "epel", "epel-next", "EPEL"])
def test_without_advisories_of_the_system_nothing_is_said_about_security(system_of: SystemOf, name: str) -> None:
    advisories = updateinfo(advisory("E", ("addon", "2-1"))) if name != "base" else None
    files = {**cached("base", primary(("a", "2-1"))), **cached(name, primary(("a", "2-1")), advisories)}
    target = system_of(files, "a-1-1", "addon-1-1", repos=_repo("base", name))
    with pytest.raises(Missing, match="which updates are security ones"):
        _rows(target, "1")
    expected = [("a", "2-1", None)] + ([("addon", "2-1", 1)] if advisories else [])
    assert _brief(target) == expected


def test_what_a_repository_without_advisories_adds_is_no_security_update(system_of: SystemOf) -> None:
    files = {**cached("base", primary(), updateinfo()), **cached("docker-ce", primary(("docker-ce", "3:28-1")))}
    target = system_of(files, "docker-ce-27-1", repos=_repo("base", "docker-ce"))
    assert _brief(target) == [("docker-ce", "3:28-1", 0)]
    assert _rows(target, "1") == []


def test_only_security_advisories_that_were_not_retracted_count(system_of: SystemOf) -> None:
    advisories = updateinfo(
        advisory("R", ("a", "2-1"), more='status="retracted"'),
        advisory("B", ("b", "2-1"), kind="bugfix"),
        advisory("N", ("c", "2-1"), kind="newpackage"),
        advisory("S", ("d", "2-1"), kind="Security", more='status="final"'),
    )
    target = system_of(cached("base", primary(), advisories), *(f"{name}-1-1" for name in "abcd"))
    assert _brief(target, "1") == [("d", "2-1", 1)]


def test_the_newest_fix_is_named_with_the_gravest_severity_and_the_first_date(system_of: SystemOf) -> None:
    advisories = updateinfo(
        advisory("OLD", ("a", "1-1"), more="Critical", issued="2020-01-01"),
        advisory("THREE", ("a", "3-1"), more="Low", issued="2026-03-01 10:00:00"),
        advisory("TWO", ("a", "2-1"), more="Important", issued="2026-01-01"),
        advisory("UNDATED", ("a", "2.5-1"), more="unheard of"),
    )
    (row,) = _rows(system_of(cached("base", primary(("a", "4-1")), advisories), "a-1-1"))
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
    assert _rows(system_of(files, "kernel-core-5-2", "kernel-core-5-1")) == []
    assert _brief(system_of(files, "kernel-core-5-1", "kernel-core-5-0")) == [("kernel-core", "5-2", 1)]


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
        rows = _rows(system_of(files, *installed))
        assert [(r["name"], r["arch"], r["candidate_version"]) for r in rows] == expected


def test_a_vendors_key_is_no_package(system_of: SystemOf) -> None:
    key = {"name": "gpg-pubkey", "version": "1", "release": "1", "arch": ""}
    files = cached("base", primary(("gpg-pubkey", "2-1")), updateinfo())
    assert _rows(system_of(files, key, "a-1-1")) == []


def test_the_epoch_counts(system_of: SystemOf) -> None:
    files = cached("base", primary(("a", "1:1-1"), ("b", "2-1")), updateinfo())
    b = {"name": "b", "version": "1", "release": "1", "epoch": 1, "source": "b-libs-1-1.src.rpm", "install_time": 7}
    rows = _rows(system_of(files, "a-9-1", b))
    assert [(r["name"], r["candidate_version"]) for r in rows] == [("a", "1:1-1")]
    files = cached("base", primary(("b", "1:2-1")), updateinfo())
    (row,) = _rows(system_of(files, b))
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
    assert _brief(target, "1") == [("nodejs", "1:18.3-1.module+el8", 1)]
    assert _brief(system_of(cached("base", primary(), advisories, MODULES), _nodejs("18", "")), "1") == [
        ("nodejs", "1:22-1", 1)
    ]


def test_what_the_metadata_leave_out_stands_in_the_description_of_modules(system_of: SystemOf) -> None:
    offers = [("nodejs", "1:20.1-1.module+el8"), ("nodejs", "1:18.2-1.module+el8"), ("nodejs", "1:30-1")]
    for files in (
        cached("base", primary(*offers), updateinfo(), MODULES),
        cached("base", primary(), updateinfo(advisory("N", *offers)), MODULES),
    ):
        assert [r["candidate_version"] for r in _rows(system_of(files, _nodejs()))] == ["1:18.2-1.module+el8"]


@pytest.mark.parametrize("described", [MODULES, "", None])
def test_a_module_of_an_unknown_stream_is_not_passed_over(system_of: SystemOf, described: str | None) -> None:
    advisories = updateinfo(advisory("N", ("nodejs", "1:18.9-1.module+el8")))
    target = system_of(cached("base", primary(), advisories, described), _nodejs())
    assert _brief(target, "1") == [("nodejs", "1:18.9-1.module+el8", 1)]


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
        assert [(r["manager"], r["name"]) for r in _rows(target, "1")] == [("dpkg", "d"), ("rpm", "a")]
    assert [r["name"] for r in _rows(target, "1", "rpm")] == ["a"]
    assert [r["name"] for r in _rows(target, "", "dpkg")] == ["d"]
    assert _rows(target, "", "pacman") == []


def test_what_is_foreign_and_has_no_source_hides_nothing(system_of: SystemOf) -> None:
    target = system_of({**DPKG, **DEBIAN}, "a-1-1", repos=_repo("x", more="enabled=0"))
    assert [r["name"] for r in _rows(target, "1")] == ["d"]
    with pytest.raises(Missing, match="no repository is enabled"):
        _rows(target, "1", "rpm")
    status = {"/var/lib/dpkg/status": DPKG["/var/lib/dpkg/status"]}
    target = system_of({**status, **RPM, **ROCKY}, "a-1-1")
    assert [r["name"] for r in _rows(target, "1")] == ["a"]
    with pytest.raises(Missing, match="run apt-get update"):
        _rows(target, "1", "dpkg")


def test_a_source_that_is_configured_and_missing_is_never_passed_over(system_of: SystemOf) -> None:
    with pytest.raises(Missing, match="repository base: no metadata"):
        _rows(system_of({**DPKG, **DEBIAN}, "a-1-1"), "1")
    status = {"/var/lib/dpkg/status": DPKG["/var/lib/dpkg/status"], "/etc/apt/sources.list": "deb http://x x main\n"}
    with pytest.raises(Missing, match="run apt-get update"):
        _rows(system_of({**status, **RPM, **ROCKY}, "a-1-1"), "1")


def test_the_systems_own_packages_are_always_compared(system_of: SystemOf) -> None:
    with pytest.raises(Missing, match="no repository is enabled"):
        _rows(system_of({**DPKG, **ROCKY}, "a-1-1", repos=_repo("x", more="enabled=0")), "1")
    for own in ({}, {"/etc/os-release": "ID=unheard-of\n"}):  # told by which database holds more
        with pytest.raises(Missing, match="no repository is enabled"):
            _rows(system_of({**DPKG, **own}, "a-1-1", "b-1-1", repos=_repo("x", more="enabled=0")), "1")


def test_an_empty_dpkg_database_is_not_the_system(system_of: SystemOf) -> None:
    assert _brief(system_of({"/var/lib/dpkg/status": "", **RPM}, "a-1-1"), "1") == [("a", "2-1", 1)]


def test_without_any_package_there_is_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing, match="nor an rpm database"):
        _rows(root_of({"/etc/passwd": ""}))


# Metadata that nobody vouches for.

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><updates>&b;</updates>'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>captive portal</body></html>",
        "<updates>",
        "<updates><update></updates>",
        "not XML",
        BOMB,
        "<updates>" + "<a>" * 40,
        "<updates><update type='security'>"
        + advisory("x", ("a", "-")).replace('version=""', "")
        + "</update></updates>",
        updateinfo(advisory("x", ("a", "9" * 2000 + "-1"))),
        '<?xml version="1.0" encoding="nonsense"?><updates/>',
        "<updates><update type='security'><id " + "x" * (5 << 20) + "='1'/></update></updates>",
    ],
    ids=[
        *("empty", "html", "cut", "nested", "text", "entities", "deep", "versionless", "long", "encoding", "attribute")
    ],
)
def test_advisories_that_are_none_are_malformed(system_of: SystemOf, text: str) -> None:
    files = cached("base", primary(), text or " ")
    with pytest.raises(Malformed, match=r"1-updateinfo\.xml: "):
        _rows(system_of(files, "a-1-1"), "1")


@pytest.mark.parametrize(
    "text", ["<updates/>", "<metadata><package><name>a</name></package></metadata>", "<metadata>", BOMB]
)
def test_packages_that_are_none_are_malformed(system_of: SystemOf, text: str) -> None:
    target = system_of(cached("base", text, updateinfo()), "a-1-1")
    assert _rows(target, "1") == []
    with pytest.raises(Malformed, match=r"1-primary\.xml: "):
        _rows(target)


def test_a_file_that_is_named_and_not_there_is_no_empty_one(system_of: SystemOf) -> None:
    for files, kind in (
        (cached("base", primary(), ""), "updateinfo"),
        (cached("base", "", updateinfo()), "primary"),
        (cached("base", None, updateinfo()), "primary"),
    ):
        target = system_of(files, "a-1-1")
        with pytest.raises(Missing, match=f"its {kind} is not in the cache"):
            _rows(target, "1")


def test_a_list_of_files_that_is_none_is_malformed(system_of: SystemOf) -> None:
    path = CACHE + "base" + HASH + "repomd.xml"
    for text in (
        "",
        "<x/>",
        "<repomd>",
        "<repomd>" + '<data type="a"><location href="b"/></data>' * 1001 + "</repomd>",
    ):
        target = system_of({path: text}, "a-1-1")
        with pytest.raises(Malformed, match=r"repomd\.xml"):
            _rows(target)
        assert "repomd.xml" in _repositories(target)["base"]["problem"]


def test_no_path_leads_out_of_the_cache(system_of: SystemOf) -> None:
    files = cached("base", primary(), updateinfo())
    path = CACHE + "base" + HASH + "repomd.xml"
    files[path] = str(files[path]).replace("repodata/1-primary.xml", "../../../../etc/secret")
    with pytest.raises(Missing, match="its primary is not in the cache"):
        _rows(system_of({**files, "/etc/secret": primary(("a", "2-1"))}, "a-1-1"))


def test_a_device_in_place_of_metadata_is_refused(system_of: SystemOf) -> None:
    target = system_of(cached("base", primary(), updateinfo()), "a-1-1")
    path = Path(target.root + CACHE + "base" + HASH + "1-updateinfo.xml")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unfit):
        _rows(target)


NAMES = ("a", "b")
PIECES = st.sampled_from(
    [
        *(
            "<updates>",
            "</updates>",
            "<metadata>",
            "</metadata>",
            "<update type='security'>",
            "</update>",
            "<id>x</id>",
        ),
        *("<pkglist><collection>", "</collection></pkglist>", "<package name='a' version='1' arch='x'/>", "<package>"),
        *(
            "<name>a</name>",
            "<arch>x</arch>",
            "<version ver='1' epoch='2'/>",
            "</package>",
            "<issued date='1'/>",
            "&lt;",
        ),
        *("<repomd>", "</repomd>", "<data type='primary'>", "<location href='x/y'/>", "</data>", "<!--", "-->", "\0"),
    ]
)
TEXTS = st.one_of(st.binary(), st.lists(PIECES, max_size=20).map(lambda found: "".join(found).encode()))


@given(TEXTS, st.integers(1, 50))
def test_any_metadata_parse_or_are_malformed(data: bytes, step: int) -> None:
    parts = [data[at : at + step] for at in range(0, len(data), step)]
    for parse in (repodata.packages, repodata.security_updates):
        found = outcome(lambda parse=parse: parse(parts, NAMES))  # type: ignore[misc]
        assert isinstance(found, Malformed) or all(offer.name in NAMES for offer in found)  # type: ignore[union-attr]
    assert isinstance(outcome(lambda: repodata.files(parts).items()), (list, Malformed))


LINES = st.sampled_from(
    ["---", "document: modulemd", "data:", "  name: a", "  stream: '1'", "  artifacts:", "    rpms:", "    - a-0:1-1.x"]
)


@given(st.one_of(st.binary(), st.lists(LINES).map(lambda found: "\n".join(found).encode())))
def test_any_description_of_modules_parses_or_is_malformed(data: bytes) -> None:
    found = outcome(lambda: module_stream.streams([data[:7], data[7:]], NAMES).items())
    assert isinstance(found, (list, Malformed))
