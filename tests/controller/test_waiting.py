"""Since when updates wait: what the store saw counts in the next audit, of a root filesystem and of a fleet."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import lay
from rempart_testing.tree_files import in_release

BIN = Path(sys.executable).parent
DAY = 86_400
PACKAGE = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\nDescription: x\n\n"
LISTS = "/var/lib/apt/lists/deb.example_dists_trixie-security_"
RELEASE = "Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\nCodename: trixie-security\n"
OFFER = "Package: {}\nArchitecture: amd64\nVersion: {}\nFilename: pool/x.deb\n\n"


class Machine:
    """A root filesystem of Debian, with openssl and curl installed 200 days ago and an archive of security updates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.root.mkdir()
        self.offer()
        self.install(200)

    def offer(self, *packages: str) -> None:
        """Let newer versions of packages be offered."""
        listed = "".join(OFFER.format(name, "99") for name in packages)
        lay(
            self.root,
            {
                "/etc/os-release": "ID=debian\nNAME=Debian\nVERSION_ID=13\nVERSION_CODENAME=trixie\n",
                "/etc/apt/sources.list": "deb http://deb.example/ trixie-security main\n",
                "/var/lib/dpkg/status": PACKAGE.format("openssl", "3.0.1") + PACKAGE.format("curl", "8.1"),
                f"{LISTS}InRelease": in_release(RELEASE, {"main/binary-amd64/Packages": listed}),
                f"{LISTS}main_binary-amd64_Packages": listed,
            },
        )

    def install(self, days: int) -> None:
        """Let the packages have been installed so many days ago."""
        for name in ("openssl", "curl"):
            path = self.root / f"var/lib/dpkg/info/{name}.list"
            path.parent.mkdir(exist_ok=True)
            path.write_text("/.\n")
            os.utime(path, (time.time() - days * DAY,) * 2)

    def audit(self) -> dict[str, Any]:
        """Return the result of PAT-01."""
        report = self.folder / "run.json"
        command = [str(BIN / "rempart"), "audit", "--root", str(self.root), "--role", "server", "--checks", "PAT-01"]
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder)}
        done = subprocess.run(
            [*command, "--store", str(self.store), "--json", str(report), "--quiet"],
            capture_output=True, text=True, check=False, env=environment, timeout=120,
        )  # fmt: skip
        assert done.returncode in {0, 1}, done.stderr
        (result,) = json.loads(report.read_text())["results"]
        assert isinstance(result, dict)
        return result

    @property
    def store(self) -> Path:
        return self.folder / "store.db"

    def pass_days(self, days: int) -> None:
        """Let the store's past be so many days older."""
        connection = sqlite3.connect(self.store)
        with connection:
            for table, columns in {
                "pending": ("first_seen", "absent", "gone"),
                "endpoint": ("first_seen", "seen", "answered", "listed"),
                "visit": ("time",),
                "interval": ("since", "until", "failing_since"),
                "run": ("started", "ended"),
            }.items():
                for column in columns:
                    connection.execute(f"UPDATE {table} SET {column} = {column} - {days * DAY}")
        connection.close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def waits(result: dict[str, Any]) -> dict[str, str]:
    return {row["item"]: row["ok"] for row in result["evidence"]["rows"] if " waits " in row["observed"]}


def test_an_update_that_was_seen_long_ago_is_overdue_though_the_package_was_installed_anew(machine: Machine) -> None:
    machine.offer("openssl")
    machine.install(2)
    assert (machine.audit()["state"], machine.audit()["state"]) == ("pass", "pass")
    machine.pass_days(40)
    machine.offer("openssl")
    result = machine.audit()
    assert (result["state"], waits(result)) == ("fail", {"openssl 3.0.1": "0"})


def test_an_update_that_was_not_there_yesterday_is_young_however_old_the_package_is(machine: Machine) -> None:
    assert machine.audit()["state"] == "pass"
    machine.pass_days(1)
    machine.offer("openssl", "curl")
    for days in (0, 28):
        machine.pass_days(days)
        machine.offer("openssl", "curl")
        result = machine.audit()
        assert (result["state"], set(waits(result).values())) == ("pass", {"1"})
    machine.pass_days(2)
    machine.offer("openssl", "curl")
    assert machine.audit()["state"] == "fail"


def test_what_waited_when_the_history_began_is_as_old_as_its_installation(machine: Machine) -> None:
    machine.offer("openssl")
    assert machine.audit()["state"] == "fail"
    machine.pass_days(1)
    assert machine.audit()["state"] == "fail"
