"""Table rempart_unattended_upgrades: what unattended-upgrades takes, by its own rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.models import unattended
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_unattended_upgrades
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
# what Debian's own archive says of itself
SECURITY = {
    "origin": "Debian",
    "label": "Debian-Security",
    "suite": "stable-security",
    "codename": "trixie-security",
    "component": "main",
    "site": "deb.debian.org",
}
NAMES = {"distro_id": "Debian", "distro_codename": "trixie"}
RELEASE = "Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\nCodename: trixie-security\nSHA256:\n"
FILES = {
    "/etc/os-release": 'ID=debian\nVERSION_CODENAME="trixie"\n',
    "/etc/apt/sources.list": "deb http://deb.debian.org/debian-security trixie-security main\n",
    "/var/lib/apt/lists/deb.debian.org_debian-security_dists_trixie-security_InRelease": RELEASE,
    "/var/lib/dpkg/status": "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
        for name in ("dpkg", "bash", "linux-image-6", "nano")
    ),
}
PATTERN = "origin=Debian,codename=${distro_codename}-security,label=Debian-Security"
OWN = f'Unattended-Upgrade::Origins-Pattern {{ "{PATTERN}"; }};\n'


def _rows(root_of: RootOf, conf: str, files: Mapping[str, str] = FILES) -> list[dict[str, Any]]:
    target = root_of({**files, "/etc/apt/apt.conf": conf})
    return [dict(row) for row in rempart_unattended_upgrades.rows(target, Query())]


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("origin=Debian,codename=${distro_codename}-security,label=Debian-Security", 1),
        ("origin=Debian,codename=${distro_codename},label=Debian-Security", 0),  # Debian's own file has both
        ("origin=Debian,label=Debian", 0),
        ("o=Nobody,label=Debian-Security", 0),
        ("origin=Debian,codename=buster-security", 0),
        ("origin=*", 1),
        ("o=Debian,a=stable-security,c=main", 1),
        ("o=Debian , l = Debian-Security", 1),
        ("site=*.debian.org,c=contrib", 0),
        ("", 0),
        ("suite=stable-security,nonsense=1", 0),
        ("${distro_id}", 0),
    ],
)
def test_patterns(pattern: str, allowed: int) -> None:
    assert unattended.answer([pattern], SECURITY, NAMES).allowed == allowed


def test_what_is_not_known_is_not_answered() -> None:
    assert unattended.answer(["origin=Debian"], {"suite": "x"}, NAMES).allowed is None
    assert unattended.answer(["n=${distro_codename}-security"], SECURITY, {}).allowed is None
    assert unattended.answer(["origin=Other", "n=trixie-security"], SECURITY, {}).allowed == 1


def test_the_older_form() -> None:
    patterns = unattended.legacy(["${distro_id}:stable-security", "Ubuntu noble-security"])
    assert unattended.answer(patterns, SECURITY, NAMES).allowed == 1
    assert unattended.answer(patterns[1:], SECURITY, NAMES).allowed == 0


def test_an_archive_and_the_packages(root_of: RootOf) -> None:
    archive, packages = _rows(root_of, OWN)
    assert (archive["kind"], archive["allowed"]) == ("archive", 1)
    assert (packages["total"], packages["held"]) == (4, 0)


@pytest.mark.parametrize(
    ("conf", "held"),
    [
        ('Unattended-Upgrade::Package-Blacklist { "linux-"; };', 1),
        ('Unattended-Upgrade::Package-Blacklist { "inux"; };', 0),  # it has to match from the beginning on
        ('Unattended-Upgrade::Package-Blacklist { "[a-z]"; };', 4),
        ('Unattended-Upgrade::Package-Blacklist { "b"; "d"; "l"; "n"; };', 4),
        ('Unattended-Upgrade::Package-Whitelist { "bash$"; };', 3),
        ('Unattended-Upgrade::Package-Blacklist { "("; };', 4),  # unattended-upgrades ends with an error
    ],
)
def test_what_is_left_out(root_of: RootOf, conf: str, held: int) -> None:
    assert _rows(root_of, conf + "\n")[-1]["held"] == held


def test_an_archive_without_its_release_file_is_not_known(root_of: RootOf) -> None:
    files = {name: text for name, text in FILES.items() if "InRelease" not in name}
    archive, _ = _rows(root_of, OWN, files)
    assert archive["allowed"] is None
    assert archive["why"]
