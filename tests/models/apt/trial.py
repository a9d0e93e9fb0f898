"""The trial of the model of apt's sources: apt itself says which lists it wants, where they lie and which it trusts.

``apt-get indextargets`` reads configuration, sources and lists of a tree, with the Release files that are made for it.
Whether a list is complete is known by how it was made: apt itself says "0 upgraded" of an emptied one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from rempart_testing.models import Answer, Trial

from rempart_agent.readers.packages import apt_state
from rempart_agent.source.contract import Malformed, Missing, Query
from rempart_agent.tables.linux import rempart_package_source, rempart_updates
from rempart_agent.targets.root import RootTarget

LISTS = "var/lib/apt/lists"
_URIS = (
    "http://deb.x.org/debian",
    "http://deb.x.org/debian/",
    "https://u:p@mirror.y.org:8080/a_b/~c",
    "file:/srv/repo",
)
_SUITES = ("trixie", "trixie-security", "stable/updates", "./", "rolling+1/")
_OPTIONS = (
    "trusted=yes",
    "trusted=no",
    "allow-insecure=yes",
    "allow-weak=yes",
    "arch=amd64",
    "arch=arm64,amd64",
    "arch-=amd64",
    "arch+=i386",
)
_FIELDS = (
    "Trusted: yes",
    "Trusted: no",
    "Enabled: no",
    "Enabled: yes",
    "Architectures: amd64",
    "Architectures: arm64",
    "# Trusted: yes",
    "Allow-Weak: yes",
)
_CONFIG = (
    'APT::Get::AllowUnauthenticated "true";',
    'Acquire::AllowInsecureRepositories "1";',
    'Acquire { AllowWeakRepositories "yes"; };',
    "#clear Acquire::AllowWeakRepositories;",
    'Dir::Etc::sourceparts "other.d";',
    'Dir::Etc { sourcelist "/dev/null"; };',
    'Dir::Etc::sourcelist "mine.list";',
    '/* Dir::Etc::sourceparts "none"; */',
    '// Dir::Etc::sourceparts "none";',
    'Dir::State::lists "elsewhere/";',
)
_FOLDERS = (
    "etc/apt/preferences.d",
    "var/lib/apt/lists/partial",
    "var/lib/apt/elsewhere/partial",
    "var/lib/dpkg",
    "var/cache/apt",
)
_STATUS = "Package: dpkg\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDescription: x\n\n"
_LIST = "Package: dpkg\nVersion: 2\nArchitecture: amd64\nFilename: {}\nSize: 1\nSHA256: {}\n\n"
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
_RELEASE = (
    "Origin: X\nLabel: X-Security\nSuite: s\nCodename: c\nDate: Wed, 25 Nov 2026 22:33:13 UTC\n"
    "Architectures: amd64 arm64 i386\nComponents: main contrib\nSHA256:\n"
)
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
_DAMAGES = ("", "", "", "", "emptied", "cut", "changed", "absent", "no release", "cut release")


def _line() -> st.SearchStrategy[str]:
    options = st.lists(st.sampled_from(_OPTIONS), max_size=2).map(lambda o: f"[{' '.join(o)}] " if o else "")
    return st.builds(
        lambda off, kind, o, uri, suite, parts: (
            f"{off}{kind} {o}{uri} {suite} {'' if suite.endswith('/') else parts}\n"
        ),
        st.sampled_from(("", "", "", "", "# ")),
        st.sampled_from(("deb", "deb", "deb", "deb-src")),
        options,
        st.sampled_from(_URIS),
        st.sampled_from(_SUITES),
        st.sampled_from(("main", "main contrib")),
    )


def _stanza() -> st.SearchStrategy[str]:
    more = st.lists(st.sampled_from(_FIELDS), max_size=2, unique_by=lambda f: f.split(":")[0])
    return st.builds(
        lambda kinds, uri, suite, parts, more_: "\n".join(
            [
                f"Types: {kinds}",
                f"URIs: {uri}",
                f"Suites: {suite}",
                *([] if suite.endswith("/") else [f"Components: {parts}"]),
                *more_,
                "\n",
            ]
        ),
        st.sampled_from(("deb", "deb", "deb deb-src")),
        st.sampled_from(_URIS),
        st.sampled_from(_SUITES),
        st.sampled_from(("main", "main contrib")),
        more,
    )


def cases() -> st.SearchStrategy[dict[str, Any]]:
    """Return the cases: files below ``etc/apt``, and what is done to the lists."""
    lines = st.lists(_line(), max_size=2).map("".join)
    return st.fixed_dictionaries(
        {
            "sources.list": lines,
            "sources.list.d/a.list": lines,
            "sources.list.d/b.sources": st.lists(_stanza(), max_size=2).map("".join),
            "other.d/c.sources": st.lists(_stanza(), max_size=1).map("".join),
            "mine.list": lines,
            "apt.conf.d/50x": st.lists(st.sampled_from(_CONFIG), max_size=3).map("\n".join),
            "damage": st.sampled_from(_DAMAGES),
        }
    )


@contextlib.contextmanager
def start() -> Iterator[Path]:
    """Make a folder for trees."""
    with tempfile.TemporaryDirectory(prefix="rempart-apt-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _apt(root: Path, *words: str) -> str:
    environment = {**os.environ, "APT_CONFIG": str(root.parent / "apt.conf"), "LC_ALL": "C"}
    (root.parent / "apt.conf").write_text(f'Dir "{root}/"; RootDir "";\n', encoding="utf-8")
    command = ["apt-get", "-o", f"Dir={root}/", "-o", f"Dir::State::status={root}/var/lib/dpkg/status", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return done.stdout if not done.returncode else "refused\n"


def _tree(folder: Path, case: dict[str, Any]) -> Path:
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    for name in _FOLDERS:
        (root / name).mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text(_STATUS, encoding="utf-8")
    for name, text in case.items():
        if name != "damage":
            place = root / "etc/apt" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    return root


def _fill(root: Path, files: list[tuple[str, str]], damage: str) -> None:
    """Make lists and Release files for what apt wants: its file, and the key within the archive."""
    archives: dict[str, dict[str, str]] = {}
    for file, key in files:
        archives.setdefault(file[: -len(key.replace("/", "_"))], {})[key] = file
    for archive, keys in archives.items():
        entries = []
        for key, file in keys.items():
            content = _LIST.format(key, "0" * 64).encode()
            entries.append(f" {hashlib.sha256(content).hexdigest()} {len(content)} {key}\n")
            other = {"emptied": b"", "cut": content[:-20], "changed": content.replace(b"2", b"3")}
            written = other.get(damage, content)
            if damage != "absent":
                Path(file).write_bytes(written)
        text = _SIGNED + _RELEASE + "".join(entries) + _SIGNATURE
        if damage == "cut release":
            text = text[: len(text) // 2]
        if damage != "no release":
            Path(archive + "InRelease").write_text(text, encoding="utf-8")


def judge(folder: Path, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask for the lists that apt wants, and for the state of each."""
    root = _tree(folder, case)
    target = RootTarget(str(root))
    shape = "$(FILENAME)|$(METAKEY)|$(ARCHITECTURE)"
    told = _apt(root, "indextargets", "--no-release-info", "--format", shape, "Created-By: Packages")
    if told == "refused\n":
        try:
            list(rempart_package_source.rows(target, Query()))
        except Malformed:
            return
        return  # apt refuses more than it has to be known of: conflicting values of two entries
    lines = [line.split("|") for line in told.splitlines() if line]
    wanted = [(file, key) for file, key, architecture in lines if architecture != "all"]
    _fill(root, wanted, case["damage"])
    rows = [dict(row) for row in rempart_package_source.rows(RootTarget(str(root)), Query(frozenset(["list_state"])))]
    mine = [row for row in rows if row["type"] == "deb" and row["enabled"] and row.get("architecture")]
    yield Answer("number of lists", len({_identity(row) for row in mine}), len(set(wanted)), told)
    states = {
        "": apt_state.COMPLETE,
        "emptied": apt_state.DAMAGED,
        "cut": apt_state.DAMAGED,
        "changed": apt_state.DAMAGED,
    }
    states.update(absent=apt_state.ABSENT, **{"cut release": apt_state.DAMAGED})
    for row in mine:
        if case["damage"] == "no release":
            yield Answer("complete without a Release file", int(row["list_state"] == apt_state.COMPLETE), 0)
        else:
            yield Answer("complete", int(row["list_state"] == apt_state.COMPLETE), int(not case["damage"]), str(row))
            yield Answer("state", row["list_state"], states.get(case["damage"], apt_state.DAMAGED), str(row))
    yield from _pending(root, case["damage"])
    again = _apt(root, "indextargets", "--format", "$(FILENAME)|$(TRUSTED)", "Created-By: Packages")
    trusted = dict(line.rsplit("|", 1) for line in again.splitlines() if "|" in line)
    for row in mine:
        real = trusted.get(str(root) + str(row["path"])) if row["path"] else None
        if case["damage"] in ("", "emptied", "changed") and real and "trusted=" in row["why"]:
            yield Answer("trusted by its own word", int("trusted=yes" in row["why"]), int(real == "yes"), str(row))


def _pending(root: Path, damage: str) -> Iterator[Answer]:
    """Ask both whether an update is pending, where the lists are whole."""
    if damage:
        return
    says = _apt(root, "-s", "-o", "APT::Get::AllowUnauthenticated=1", "dist-upgrade")
    if says == "refused\n":
        return
    try:
        told = {row["name"] for row in rempart_updates.rows(RootTarget(str(root)), Query())}
    except Missing:  # no list of a security archive
        told = set()
    yield Answer("pending", int("dpkg" in told), int("Inst dpkg " in says), says)


def _identity(row: dict[str, Any]) -> tuple[object, ...]:
    return (str(row["uri"]).rstrip("/"), row["suite"], row["component"], row["architecture"])


def constructs(case: dict[str, Any]) -> list[str]:
    """Return what a case uses."""
    text = "\n".join(str(value) for value in case.values())
    words = (
        "trusted=",
        "Trusted:",
        "Enabled: no",
        "allow-",
        "arch",
        "./",
        "#clear",
        "sourceparts",
        "sourcelist",
        "Dir::State",
        "/*",
    )
    return [word for word in words if word in text] + ([case["damage"]] if case["damage"] else [])


TRIAL = Trial(
    name="apt", cases=cases(), start=start, judge=judge, constructs=constructs, programs=("apt-get",), full=200
)
