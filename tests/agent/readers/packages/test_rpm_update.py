"""Table rempart_updates on rpm systems: held against dnf and zypper themselves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from rempart_testing import rpm
from rempart_testing.repository import HASH, advisory, updateinfo
from rempart_testing.rpm_system import JANUARY, brief_of, repositories_of, rows_of

from rempart_agent.formats.version import compare_rpm
from rempart_agent.source.contract import Malformed
from rempart_agent.targets.root import RootTarget

needs_dnf = pytest.mark.skipif(not rpm.DNF, reason="no dnf and createrepo_c, or not root: there is no real cache")
needs_zypper = pytest.mark.skipif(not rpm.ZYPPER, reason="no zypper, or not root: there is no real cache")


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
    ours = {r["name"]: r for r in rows_of(RootTarget(str(dnf_root)))}
    real = _dnf_says(dnf_root)
    assert set(ours) == set(real) == {"alpha", "beta", "gamma", "kernel-core", "epsilon"}
    for name, row in ours.items():
        assert compare_rpm(real[name], row["candidate_version"]) == (1 if name == "alpha" else 0)
    assert {n for n, r in ours.items() if r["security"]} == {"alpha", "beta"} == set(_dnf_says(dnf_root, "--security"))
    assert rows_of(RootTarget(str(dnf_root)), "1") == [ours["alpha"], ours["beta"]]


@needs_dnf
def test_a_pending_security_update_says_all_there_is_to_know(dnf_root: Path) -> None:
    folder = next((dnf_root / "var/cache/dnf").glob("base-*/repodata"))
    os.utime(folder / "repomd.xml", (5, 1_700_000_000))
    os.utime(next(folder.glob("*-primary.xml*")), (5, 1_750_000_000))
    row = rows_of(RootTarget(str(dnf_root)), "1")[0]
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
    repositories = repositories_of(RootTarget(str(dnf_root)))
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
    assert brief_of(target, "1") == [("alpha", "1.1-1", 1)]
    assert brief_of(target) == [("alpha", "1.1-1", 1)]
    (path,) = (root / "var/cache/libdnf5").glob("*/repodata/*-primary.xml.*")
    path.write_bytes(path.read_bytes()[:-9])
    assert brief_of(target, "1") == [("alpha", "1.1-1", 1)]
    with pytest.raises(Malformed, match=r"primary\.xml"):
        rows_of(target)


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
    ours = {r["name"]: r for r in rows_of(RootTarget(str(root)))}
    lines = [line.split("|") for line in rpm.run("zypper", *chosen, "list-updates", "--all").splitlines()]
    real = {words[2].strip(): words[4].strip() for words in lines if len(words) == 6 and words[0].strip() == "v"}
    assert set(ours) == set(real) - {"Name"}
    assert {n for n, r in ours.items() if r["security"]} == {"alpha", "beta"}
    assert {r["origin"] for r in ours.values()} == {name}
