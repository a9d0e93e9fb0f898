"""A content root of its own, so that the tests of commands don't depend on the checks that come with Rempart."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing import sshd
from rempart_testing.check import write_check, write_profiles
from rempart_testing.ssh_lab import Lab

from rempart_core.content import place

FRAMEWORK = """\
name: {en: House rules, fr: Règles de la maison}
version: "2"
source: https://rules.example
scope: {en: All of them., fr: Toutes.}
requirements:
  "1.1":
    title: {en: Accounts are known, fr: Comptes connus}
    kind: technical
    organisation: [ORG-01]
  "1.2":
    title: {en: People are trained, fr: Personnel formé}
    kind: organisational
    organisation: [ORG-01]
  "1.10":
    title: {en: Clocks agree, fr: Horloges d’accord}
    kind: technical
  "2.1":
    title: {en: Doors are closed, fr: Portes fermées}
    kind: organisational
"""
ORGANISATION = """\
name: {en: Organisational controls, fr: Mesures organisationnelles}
version: "1"
source: Rempart
scope: {en: All., fr: Tous.}
requirements:
  ORG-01:
    title: {en: Training, fr: Formation}
    kind: organisational
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of checks that takes the place of ours: two checks, a framework, the usual profiles."""
    directory = tmp_path / "root/checks"
    for number in (1, 2):
        file = write_check(directory, number, title=f"check {number}", severity=("high", "critical")[number - 1])
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('  gdpr: ["32(1)(b)"]', '  house: ["1.1"]'), encoding="utf-8")
    write_profiles(directory)
    (directory / "frameworks").mkdir()
    (directory / "frameworks/house.yaml").write_text(FRAMEWORK, encoding="utf-8")
    (directory / "frameworks/organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    monkeypatch.setattr(place, "content_root", lambda: str(tmp_path / "root"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return directory


@pytest.fixture(scope="session")
def shared_checks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
def lab(tmp_path: Path, shared_checks: Path) -> Lab:
    """Return a lab whose checks are those of other tests too, so that they are compiled once; see Lab.own_checks."""
    return Lab(tmp_path, shared_checks)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Sshd]:
    with sshd.run_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def heard() -> Iterator[None]:
    """Let children hear Ctrl-C, also where the tests themselves run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
