"""Table rempart_package_source: trust and wholeness of what apt and dnf take packages from."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.models.apt import release
from rempart_agent.models.apt.word import truth
from rempart_agent.source.contract import Constraint, Query
from rempart_agent.tables.linux import rempart_package_source, rempart_unattended_upgrades, rempart_updates
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
LISTS = "/var/lib/apt/lists/"
NAME = LISTS + "deb.x.org_debian-security_dists_trixie-security_"
STATUS = "Package: dpkg\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
LINE = "deb http://deb.x.org/debian-security trixie-security main\n"
LIST = "Package: dpkg\nVersion: 2\nArchitecture: amd64\n\n"
DEEP = Query(frozenset(["list_state", "list_why"]))


def _release(
    *entries: tuple[str, str], end: str = "-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n"
) -> str:
    lines = [f" {hashlib.sha256(text.encode()).hexdigest()} {len(text)} {name}\n" for name, text in entries]
    head = "Label: Debian-Security\nSuite: stable-security\nCodename: trixie-security\nArchitectures: all amd64\n"
    more = "No-Support-for-Architecture-all: Packages\nSHA256:\n"
    return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + head + more + "".join(lines) + end


WHOLE = {
    NAME + "InRelease": _release(("main/binary-amd64/Packages", LIST)),
    NAME + "main_binary-amd64_Packages": LIST,
}


def _rows(root_of: RootOf, files: Mapping[str, str | bytes], query: Query = DEEP) -> list[dict[str, Any]]:
    target = root_of({"/var/lib/dpkg/status": STATUS, "/etc/apt/sources.list": LINE, **files})
    return [dict(row) for row in rempart_package_source.rows(target, query)]


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({}, "complete"),
        ({NAME + "main_binary-amd64_Packages": ""}, "damaged"),
        ({NAME + "main_binary-amd64_Packages": LIST[:-9]}, "damaged"),
        ({NAME + "main_binary-amd64_Packages": LIST.replace("2", "1")}, "damaged"),
        ({NAME + "InRelease": _release(("main/binary-arm64/Packages", LIST))}, "foreign"),
        ({NAME + "InRelease": _release(("main/binary-amd64/Packages", LIST), end="")}, "damaged"),
        ({NAME + "InRelease": _release()}, None),
        ({"/etc/apt/sources.list": LINE.replace("main", "contrib")}, "foreign"),
        ({"/etc/apt/sources.list": LINE.replace("trixie-", "bookworm-")}, "absent"),
        ({"/etc/apt/sources.list": LINE.replace("deb ", "deb [arch=i386] ")}, "foreign"),
        ({"/etc/apt/sources.list": "# " + LINE, "/etc/apt/sources.list.d/a.list": LINE}, "complete"),
        ({"/etc/apt/apt.conf": 'Dir::State::lists "elsewhere/";\n'}, "absent"),
    ],
)
def test_a_list_is_whole_by_size_and_digest(root_of: RootOf, files: dict[str, str], state: str | None) -> None:
    (row,) = _rows(root_of, {**WHOLE, **files})
    assert row["list_state"] == state
    assert bool(row["list_why"]) == (state != "complete")


def test_a_list_that_is_kept_packed_is_the_same_list(root_of: RootOf) -> None:
    files = {
        NAME + "InRelease": WHOLE[NAME + "InRelease"],
        NAME + "main_binary-amd64_Packages.gz": gzip.compress(LIST.encode()),
    }
    assert [row["list_state"] for row in _rows(root_of, files)] == ["complete"]


def test_a_list_without_its_release_file_proves_nothing(root_of: RootOf) -> None:
    (row,) = _rows(root_of, {NAME + "main_binary-amd64_Packages": LIST})
    assert row["list_state"] is None


def test_an_empty_list_of_an_empty_component_need_not_be_there(root_of: RootOf) -> None:
    (row,) = _rows(root_of, {NAME + "InRelease": _release(("main/binary-amd64/Packages", ""))})
    assert row["list_state"] == "complete"


@pytest.mark.parametrize(
    ("files", "trusted", "weak"),
    [
        ({}, 1, 0),
        ({"/etc/apt/sources.list": LINE.replace("deb ", "deb [trusted=yes] ")}, 0, 0),
        ({"/etc/apt/sources.list": LINE.replace("deb ", "deb [ trusted=1 arch=amd64 ] ")}, 0, 0),
        ({"/etc/apt/sources.list": LINE.replace("deb ", "deb [trusted=no] ")}, 1, 0),
        ({"/etc/apt/sources.list": LINE.replace("deb ", "deb [allow-weak=yes] ")}, 1, 1),
        ({"/etc/apt/sources.list": LINE.replace("deb ", "deb [allow-downgrade-to-insecure=yes] ")}, 1, 1),
        ({"/etc/apt/apt.conf.d/z": 'Acquire { AllowWeakRepositories "on"; };\n'}, 1, 1),
        ({"/etc/apt/apt.conf.d/z": 'Acquire::AllowInsecureRepositories "true";\n'}, 0, 0),
        (
            {
                "/etc/apt/apt.conf.d/z": 'Acquire::AllowInsecureRepositories "true";\n',
                "/etc/apt/sources.list": LINE.replace("deb ", "deb [allow-insecure=no] "),
            },
            1,
            0,
        ),
        (
            {
                "/etc/apt/apt.conf.d/a": 'APT::Get::AllowUnauthenticated "1";',
                "/etc/apt/apt.conf.d/b": "#clear APT::Get;\n",
            },
            1,
            0,
        ),
        ({"/etc/apt/apt.conf.d/a": 'APT { Get { AllowUnauthenticated "1"; }; };\n'}, 0, 0),
        ({"/etc/apt/apt.conf.d/a": '// APT::Get::AllowUnauthenticated "1";\n'}, 1, 0),
    ],
)
def test_how_far_apt_trusts(root_of: RootOf, files: dict[str, str], trusted: int, weak: int) -> None:
    (row,) = _rows(root_of, files, Query())
    assert (row["trusted"], row["weak"]) == (trusted, weak)


def test_sources_lie_where_the_configuration_says(root_of: RootOf) -> None:
    files = {
        "/etc/apt/apt.conf": 'Dir::Etc::sourcelist "/opt/mine.list"; Dir::Etc::sourceparts "/dev/null";\n',
        "/opt/mine.list": LINE.replace("deb ", "deb [trusted=yes] "),
        "/etc/apt/sources.list.d/a.list": LINE,
    }
    (row,) = _rows(root_of, files, Query())
    assert (row["source"], row["trusted"]) == ("/opt/mine.list", 0)


def test_stanzas_and_sources_that_are_off(root_of: RootOf) -> None:
    stanza = "Types: deb deb-src\nURIs: http://deb.x.org/debian\nSuites: trixie\nComponents: main contrib\n"
    rows = _rows(root_of, {"/etc/apt/sources.list": "", "/etc/apt/sources.list.d/a.sources": stanza}, Query())
    assert [(r["type"], r["component"], r["enabled"]) for r in rows] == [
        ("deb", "main", 1),
        ("deb", "contrib", 1),
        ("deb-src", "", 1),
    ]
    off = _rows(
        root_of,
        {"/etc/apt/sources.list": "", "/etc/apt/sources.list.d/a.sources": stanza + "Enabled: no\nTrusted: yes\n"},
        Query(),
    )
    assert {r["enabled"] for r in off} == {0}


def test_only_security_archives_are_asked_for(root_of: RootOf) -> None:
    files = {"/etc/apt/sources.list": LINE + "deb http://deb.x.org/debian trixie main\n"}
    query = Query(frozenset(), (Constraint("security", "=", ("1",)),))
    assert [row["suite"] for row in _rows(root_of, files, query)] == ["trixie-security"]


def test_updates_say_whether_more_may_be_pending(root_of: RootOf) -> None:
    asked = Query(frozenset(["complete"]))
    for files, complete in ((WHOLE, 1), ({**WHOLE, "/etc/apt/sources.list": LINE.replace("main", "main contrib")}, 0)):
        target = root_of({"/var/lib/dpkg/status": STATUS, "/etc/apt/sources.list": LINE, **files})
        assert [row["complete"] for row in rempart_updates.rows(target, asked)] == [complete]


def test_the_source_package_is_not_that_of_the_stanza_before(root_of: RootOf) -> None:
    text = "Package: other\nSource: libother\nVersion: 1\nArchitecture: amd64\n\n" + LIST
    target = root_of(
        {"/var/lib/dpkg/status": STATUS, NAME + "InRelease": _release(), NAME + "main_binary-amd64_Packages": text}
    )
    assert [row["source_package"] for row in rempart_updates.rows(target, Query())] == ["dpkg"]
    above = "Package: other\nVersion: 1\n\nSource: libdpkg\nPackage: dpkg\nVersion: 2\nArchitecture: amd64\n\n"
    target = root_of({NAME + "main_binary-amd64_Packages": above})
    assert [row["source_package"] for row in rempart_updates.rows(target, Query())] == ["libdpkg"]


REPO = "[base]\nname=Base\nbaseurl=https://x.org/base\n"


@pytest.mark.parametrize(
    ("files", "enabled", "trusted", "weak"),
    [
        ({"/etc/yum.repos.d/a.repo": REPO}, 1, 0, 0),
        ({"/etc/yum.repos.d/a.repo": REPO, "/etc/dnf/dnf.conf": "[main]\ngpgcheck=True\n"}, 1, 1, 0),
        ({"/etc/yum.repos.d/a.repo": REPO + "gpgcheck=0\n", "/etc/dnf/dnf.conf": "[main]\ngpgcheck=1\n"}, 1, 0, 0),
        ({"/etc/yum.repos.d/a.repo": REPO + "gpgcheck=1\nsslverify=false\n"}, 1, 1, 1),
        ({"/etc/yum.repos.d/a.repo": REPO + "gpgcheck=1\n", "/etc/dnf/dnf.conf": "[main]\nsslverify=0\n"}, 1, 1, 1),
        ({"/etc/yum.repos.d/a.repo": REPO + "gpgcheck=perhaps\n"}, 1, None, 0),
        ({"/etc/yum.repos.d/a.repo": REPO + "gpgcheck=1\nenabled=0\n"}, 0, 1, 0),
        (
            {
                "/usr/bin/dnf5": "",
                "/etc/yum.repos.d/a.repo": REPO + "gpgcheck=1\n",
                "/etc/dnf/repos.override.d/9.repo": "[b*]\ngpgcheck=0\n",
            },
            1,
            0,
            0,
        ),
        (
            {
                "/usr/bin/dnf5": "",
                "/etc/yum.repos.d/a.repo": REPO + "gpgcheck=1\n",
                "/usr/share/dnf5/repos.override.d/9.repo": "[base]\ngpgcheck=0\n",
                "/etc/dnf/repos.override.d/9.repo": "[base]\nenabled=0\n",  # takes the place of the file of one name
            },
            0,
            1,
            0,
        ),
        (
            {
                "/usr/bin/dnf5": "",
                "/etc/yum.repos.d/a.repo": REPO,
                "/usr/share/dnf5/libdnf.conf.d/20-fedora-defaults.conf": "[main]\ngpgcheck=1\n",
                "/etc/dnf/libdnf5.conf.d/50.conf": "[main]\nsslverify=0\n",
            },
            1,
            1,
            1,
        ),
        ({"/etc/zypp/repos.d/a.repo": REPO}, 1, 1, 0),
        ({"/etc/zypp/repos.d/a.repo": REPO, "/etc/zypp/zypp.conf": "[main]\npkg_gpgcheck = off\n"}, 1, 0, 0),
    ],
)
def test_how_far_dnf_and_zypper_trust(
    root_of: RootOf, files: dict[str, str], enabled: int, trusted: int | None, weak: int
) -> None:
    (row,) = (dict(r) for r in rempart_package_source.rows(root_of({"/etc/": "", **files}), Query()))
    assert (row["enabled"], row["trusted"], row["weak"]) == (enabled, trusted, weak)


@pytest.mark.parametrize(
    ("damage", "state"), [("", "complete"), ("cut", "damaged"), ("other", "damaged"), ("gone", "absent")]
)
def test_metadata_of_dnf_are_held_against_repomd(root_of: RootOf, damage: str, state: str) -> None:
    content = gzip.compress(b"<metadata packages='0'/>", mtime=0)
    digest = hashlib.sha256(content).hexdigest()
    repomd = (
        f'<repomd><data type="primary"><checksum type="sha256">{digest}</checksum>'
        f'<location href="repodata/primary.xml.gz"/><size>{len(content)}</size></data></repomd>'
    )
    written = {"cut": content[:-3], "other": content[:-1] + b"x"}.get(damage, content)
    folder = "/var/cache/dnf/base-0123456789abcdef/repodata/"
    files: dict[str, str | bytes] = {"/etc/yum.repos.d/a.repo": REPO, folder + "repomd.xml": repomd}
    if damage != "gone":
        files[folder + "primary.xml.gz"] = written
    (row,) = (dict(r) for r in rempart_package_source.rows(root_of(files), DEEP))
    assert row["list_state"] == state


@pytest.mark.parametrize(  # as apt-config says of each: apt-config -o X=WORD shell V X/b
    ("word", "expected"),
    [
        ("2", None),
        ("enable", True),
        ("foo", None),
        ("-1", None),
        ("01", True),
        ("TRUE", True),
        ("0x1", True),
        ("yes,", None),
    ],
)
def test_words_of_a_switch_are_apts(word: str, expected: bool | None) -> None:
    assert truth(word) is expected


def test_a_release_file_is_read_up_to_its_signature() -> None:
    said = release.parse(_release(("a", "b")) + " " + "0" * 64 + " 1 later\n", inline=True)
    assert list(said.entries) == ["a"]
    assert said.fields["codename"] == "trixie-security"
    assert not release.parse("Origin: x\nSHA256:\n", inline=True).whole


def test_a_password_in_an_address_is_masked_wherever_it_stands() -> None:
    masked = {column.name for column in rempart_package_source.COLUMNS if column.command}
    assert {"name", "uri"} <= masked
    assert {column.name for column in rempart_unattended_upgrades.COLUMNS if column.command} == {"name"}
