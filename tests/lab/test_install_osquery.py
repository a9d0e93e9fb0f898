"""The playbook that installs osquery, on a real machine, with a package of the test's own in osquery's place."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing import nspawn
from rempart_testing.fix_lab import SOUND, FixLab
from rempart_testing.sshd import make_key

pytestmark = pytest.mark.lab
_CONTROL = "Package: osquery\nVersion: 5.23.1\nArchitecture: all\nMaintainer: lab\nDescription: in osquery's place\n"
_UNIT = "[Service]\nExecStart=/usr/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FixLab]:
    folder = tmp_path_factory.mktemp("osquery")
    tree = nspawn.expect_tree()
    with nspawn.make_world(tree, folder, nspawn.expect_offer(tree)) as world:
        key = make_key(folder / "key")
        machine = world.boot("watched", SOUND.format(key=(folder / "key.pub").read_text().strip()), size="512m")
        machine.connect()
        machine.await_boot()
        yield FixLab(world, folder, machine, key, {})


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    for place, text in (("DEBIAN/control", _CONTROL), ("usr/lib/systemd/system/osqueryd.service", _UNIT)):
        (folder / "tree" / place).parent.mkdir(parents=True)
        (folder / "tree" / place).write_text(text)
    words = ["dpkg-deb", "--root-owner-group", "--build", str(folder / "tree"), str(folder / "osquery.deb")]
    subprocess.run(words, check=True, capture_output=True)
    return folder / "osquery.deb"


def _install(lab: FixLab, **variables: str) -> list[str]:
    events = lab.play("install_osquery.yml", {}, words=["--extra-vars", json.dumps(variables)])
    return [event.message for event in events if event.outcome == "failed"]


def test_nothing_is_installed_that_was_not_verified(lab: FixLab, package: Path) -> None:
    assert "osquery_sha256" in _install(lab, osquery_package=str(package))[0]
    assert "another SHA-256" in _install(lab, osquery_package=str(package), osquery_sha256="0" * 64)[0]
    assert "not installed" in lab.machine.run("dpkg-query -W -f '${Status}' osquery 2>&1 || echo not installed")


def test_a_package_whose_sum_was_named_is_installed_and_runs_by_a_configuration(lab: FixLab, package: Path) -> None:
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    assert _install(lab, osquery_package=str(package), osquery_sha256=digest) == []
    assert lab.machine.run("systemctl is-enabled osqueryd && systemctl is-active osqueryd").split() == [
        "enabled",
        "active",
    ]
    assert '"schedule"' in lab.machine.run("cat /etc/osquery/osquery.conf")
