"""Table rempart_updates: what is pending by apt's lists, held against apt itself where it is installed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.formats.version import compare_dpkg
from rempart_agent.readers.packages import dpkg_update
from rempart_agent.readers.packages.apt_list import is_security
from rempart_agent.source.contract import Constraint, Malformed, Missing, Query, Unfit
from rempart_agent.tables.linux import rempart_updates
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Files = dict[str, str | bytes]
RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
LISTS = "/var/lib/apt/lists/"
MAIN = LISTS + "deb.x.org_debian_dists_trixie_"
SECURITY = LISTS + "deb.x.org_debian-security_dists_trixie-security_"
STATUS = "/var/lib/dpkg/status"
SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
MAIN_RELEASE = "Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: trixie\nSHA256:\n 00 1 x\n"
SECURITY_RELEASE = "Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\nCodename: trixie-security\n"


def _package(name: str, version: str, arch: str = "amd64", more: str = "") -> str:
    file = f"Filename: x.deb\nSize: 1\nSHA256: {'0' * 64}\n"
    return f"Package: {name}\n{more}Version: {version}\nArchitecture: {arch}\n{file}\n"


def _installed(name: str, version: str, arch: str = "amd64", status: str = "install ok installed") -> str:
    return _package(name, version, arch, f"Status: {status}\n")


def _tree(status: str, main: str = "", security: str = "") -> Files:
    return {
        STATUS: status,
        MAIN + "InRelease": SIGNED + MAIN_RELEASE,
        MAIN + "main_binary-amd64_Packages": main,
        SECURITY + "InRelease": SIGNED + SECURITY_RELEASE,
        SECURITY + "main_binary-amd64_Packages": security,
    }


def _rows(target: Any, security: str = "") -> list[dict[str, Any]]:
    constraints = (Constraint("security", "=", (security,)),) if security else ()
    return [dict(r) for r in rempart_updates.rows(target, Query(frozenset(), constraints))]


def _brief(target: Any, security: str = "") -> list[tuple[str, str, int]]:
    return [(r["name"], r["candidate_version"], r["security"]) for r in _rows(target, security)]


def test_a_pending_security_update_says_all_there_is_to_know(root_of: RootOf) -> None:
    target = root_of(
        {
            **_tree(
                _installed("libssl3", "3.0.1-1", status="hold ok installed").replace(
                    "\nVersion", "\nMulti-Arch: same\nVersion"
                ),
                _package("libssl3", "3.0.1-1"),
                _package("libssl3", "3.0.1-1+deb13u1", more="Source: openssl (3.0.1)\n"),
            ),
            "/var/lib/dpkg/info/libssl3:amd64.list": "/.\n",
        }
    )
    os.utime(target.root + "/var/lib/dpkg/info/libssl3:amd64.list", (5, 1_700_000_000))
    os.utime(target.root + SECURITY + "main_binary-amd64_Packages", (5, 1_750_000_000))
    assert _rows(target) == [
        {
            "manager": "dpkg",
            "name": "libssl3",
            "arch": "amd64",
            "installed_version": "3.0.1-1",
            "candidate_version": "3.0.1-1+deb13u1",
            "origin": "Debian",
            "label": "Debian-Security",
            "suite": "stable-security",
            "codename": "trixie-security",
            "component": "main",
            "security": 1,
            "source_package": "openssl",
            "installed_at": 1_700_000_000,
            "lists_at": 1_750_000_000,
        }
    ]
    assert _rows(target, "1") == _rows(target)


def test_only_what_is_on_the_system_and_older_is_pending(root_of: RootOf) -> None:
    status = "".join(
        [
            _installed("a", "1.0"),
            _installed("b", "2.0"),
            _installed("c", "1.0", status="deinstall ok config-files"),
            _installed("d", "1:0.1"),
            _installed("e", "1.0", status="install ok half-configured"),
            _installed("f", "1.0~rc1"),
            _installed("gone", "1.0"),
        ]
    )
    lists = "".join(_package(name, "1.0") for name in "abcdef") + _package("e", "1.1") + _package("e", "1.0.5")
    target = root_of(_tree(status, lists, _package("b", "1.9")))
    assert _brief(target) == [("e", "1.1", 0), ("f", "1.0", 0)]
    assert _brief(target, "1") == []


def test_a_security_archive_wins_even_where_another_is_newer(root_of: RootOf) -> None:
    target = root_of(_tree(_installed("a", "1"), _package("a", "3"), _package("a", "2")))
    assert _brief(target) == [("a", "2", 1)]
    assert _brief(target, "1") == [("a", "2", 1)]


def test_architectures_are_kept_apart(root_of: RootOf) -> None:
    status = (
        _installed("dpkg", "1")
        + _installed("lib", "1")
        + _installed("lib", "1", "i386")
        + _installed("doc", "1", "all")
    )
    tree = _tree(status, security=_package("lib", "2") + _package("doc", "2"))
    tree[SECURITY + "main_binary-i386_Packages"] = _package("lib", "3", "i386")
    assert [(r["name"], r["arch"], r["candidate_version"]) for r in _rows(root_of(tree))] == [
        ("doc", "all", "2"),
        ("lib", "amd64", "2"),
        ("lib", "i386", "3"),
    ]


def test_stanzas_are_found_whatever_their_order_of_fields(root_of: RootOf) -> None:
    security = "Version: 2\nArchitecture: amd64\nPackage: a\n\nPackage:  b\nArchitecture: all\nVersion: 2"
    target = root_of(_tree(_installed("a", "1") + _installed("b", "1", "all"), security=security))
    assert _brief(target) == [("a", "2", 1), ("b", "2", 1)]


def test_components_and_flat_archives_have_their_names(root_of: RootOf) -> None:
    tree = _tree(_installed("a", "1") + _installed("b", "1"))
    tree[SECURITY + "updates_non-free-firmware_binary-amd64_Packages"] = _package("a", "2")
    tree[LISTS + "_srv_repo_._Packages"] = _package("b", "2")
    tree[LISTS + "_srv_repo_._Release"] = "Origin: here\nLabel: ours\n"
    assert [(r["name"], r["component"], r["origin"]) for r in _rows(root_of(tree))] == [
        ("a", "updates/non-free-firmware", "Debian"),
        ("b", "", "here"),
    ]


def test_without_its_release_file_an_archive_is_known_by_name(root_of: RootOf) -> None:
    tree = _tree(_installed("a", "1"), security=_package("a", "2"))
    del tree[SECURITY + "InRelease"], tree[MAIN + "InRelease"]
    assert [(r["suite"], r["component"], r["security"]) for r in _rows(root_of(tree))] == [
        ("trixie-security", "main", 1)
    ]


def test_no_security_lists_is_never_nothing_pending(root_of: RootOf) -> None:
    tree = _tree(_installed("a", "1"), _package("a", "2"))
    del tree[SECURITY + "main_binary-amd64_Packages"]
    target = root_of(tree)
    for security in ("", "1"):
        with pytest.raises(Missing, match="run apt-get update"):
            _rows(target, security)


def test_slim_images_have_no_lists_at_all(root_of: RootOf) -> None:
    with pytest.raises(Missing, match="run apt-get update"):
        _rows(root_of({STATUS: _installed("a", "1")}))


def test_without_dpkg_there_is_no_answer(root_of: RootOf) -> None:
    tree = _tree("")
    del tree[STATUS]
    with pytest.raises(Missing, match="dpkg/status"):
        _rows(root_of(tree))


LZ4 = bytes.fromhex("04224d184040c0") + (0x80000000 | 74).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".xz", lzma.compress),
        (".bz2", bz2.compress),
        (".lz4", lambda d: LZ4[:7] + (len(d) | 1 << 31).to_bytes(4, "little") + d + bytes(4)),
    ],
)
def test_packed_lists_are_read_and_damaged_ones_refused(
    root_of: RootOf, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    tree = _tree(_installed("a", "1"))
    packed = pack(_package("a", "2").encode())
    del tree[SECURITY + "main_binary-amd64_Packages"]
    path = SECURITY + "main_binary-amd64_Packages" + suffix
    assert _brief(root_of({**tree, path: packed})) == [("a", "2", 1)]
    for damaged in (packed[:-6], b"garbage" + packed, b""):
        with pytest.raises((Malformed, Unfit)):
            _rows(root_of({**tree, path: damaged}), "1")


def test_a_list_that_is_no_list_is_refused(root_of: RootOf) -> None:
    with pytest.raises(Malformed):
        _rows(root_of(_tree(_installed("a", "1"), security="<html>captive portal</html>")))


@pytest.mark.parametrize(
    ("label", "suite", "codename", "security"),
    [
        ("Debian-Security", "stable", "x", True),
        ("Debian", "stable-security", "trixie-security", True),
        ("Debian-Security", "oldstable/updates", "buster/updates", True),
        ("Ubuntu", "noble-security", "noble", True),
        ("Ubuntu", "noble-infra-security", "noble", True),
        ("Debian", "stable-updates", "trixie-updates", False),
        ("Ubuntu", "noble-updates", "noble", False),
        ("", "", "", False),
    ],
)
def test_archives_of_security_updates_are_told_by_their_release(
    label: str, suite: str, codename: str, *, security: bool
) -> None:
    assert is_security(label, suite, codename) is security


VERSIONS = st.sampled_from(["1.0", "1.0~rc1", "1.0-1", "1.0-1+deb13u1", "1.1~bpo13+1", "1:0.5", "1.10", "1.9"])
LIST = st.lists(st.tuples(st.sampled_from("abcd"), VERSIONS), max_size=6, unique=True)


@pytest.mark.skipif(not shutil.which("apt-get"), reason="apt-get is not installed: there is no real apt to ask")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=LIST, main=LIST, security=LIST, backports=LIST)
def test_apt_would_upgrade_the_same_packages(
    status: list[tuple[str, str]],
    main: list[tuple[str, str]],
    security: list[tuple[str, str]],
    backports: list[tuple[str, str]],
    root_of: RootOf,
) -> None:
    place = LISTS + "deb.x.org_debian_dists_trixie-backports_"
    head = "Origin: Debian\nSuite: stable-backports\nNotAutomatic: yes\nButAutomaticUpgrades: yes\n"
    texts = ["".join(_package(*p) for p in packages) for packages in (main, security, backports)]
    tree = _tree("".join(_installed(n, v) for n, v in dict(status).items()), *texts[:2])
    del tree[MAIN + "InRelease"], tree[SECURITY + "InRelease"]  # apt wants a real signature in these
    target = root_of(
        {
            **tree,
            MAIN + "Release": MAIN_RELEASE,
            SECURITY + "Release": SECURITY_RELEASE,
            place + "Release": head,
            place + "main_binary-amd64_Packages": texts[2],
            "/etc/apt/sources.list": "deb [trusted=yes] http://deb.x.org/debian trixie main\n"
            "deb [trusted=yes] http://deb.x.org/debian-security trixie-security main\n"
            "deb [trusted=yes] http://deb.x.org/debian trixie-backports main\n",
            "/etc/apt/apt.conf": "",
            "/var/cache/apt/archives/partial/": "",
            LISTS + "partial/": "",
            "/apt": "",
        }
    )
    Path(target.root, "apt").write_text(
        f'Dir "{target.root}/"; Dir::State::status "{target.root}{STATUS}"; APT::Architecture "amd64";\n'
        'APT::Architectures { "amd64"; }; Debug::NoLocking "1"; Acquire::Languages "none";\n'
        'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n'
    )
    done = subprocess.run(
        ["apt-get", "-s", "dist-upgrade"],
        env={"APT_CONFIG": target.root + "/apt", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    real = dict(re.findall(r"^Inst (\S+) \[[^]]*\] \((\S+) ", done.stdout, re.MULTILINE))
    ours = {r["name"]: r for r in _rows(target)}
    assert set(ours) == set(real)
    for name, row in ours.items():
        order = compare_dpkg(real[name], row["candidate_version"])
        assert order >= 0 if row["security"] else order == 0
    newer = {n for n, v in dict(status).items() if any(m == n and compare_dpkg(w, v) > 0 for m, w in security)}
    assert {n for n, r in ours.items() if r["security"]} == newer


@pytest.mark.skipif(not os.path.exists(STATUS), reason="no dpkg on this machine")
def test_this_machine_answers() -> None:
    try:
        rows = _rows(LiveTarget(), "1")
    except Missing:
        pytest.skip("apt has no security lists on this machine")
    for row in rows:
        assert compare_dpkg(row["candidate_version"], row["installed_version"]) > 0


@given(st.binary())
def test_any_list_parses_or_is_malformed(data: bytes) -> None:
    try:
        for name, _ in dpkg_update.parse(data + b"\nPackage: a\nVersion: 1\n", {"a": []}):
            assert name == "a"
    except Malformed:
        pass
