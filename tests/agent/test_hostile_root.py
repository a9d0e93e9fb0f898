"""An audit of an image that was made to do harm: it ends, nothing of it passes unseen, and nothing gets out of it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
SYSTEM = "ID=debian\nNAME=Debian\nVERSION_ID=13\nVERSION='13 (trixie)'\n"
PLACES = [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/group",
    "/etc/sudoers",
    "/etc/login.defs",
    "/etc/ssh/sshd_config",
    "/etc/pam.d",
    "/etc/fstab",
    "/etc/crypttab",
    "/var/lib/dpkg/status",
    "/etc/apt/sources.list",
    "/etc/machine-id",
    "/etc/security/pwquality.conf",
    "/root",
    "/home",
    "/etc/systemd/system",
    "/etc/cron.d",
    "/var/lib/apt/lists",
    "/etc/dconf",
]


def fifo(path: Path) -> None:
    os.mkfifo(path)


def zero(path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can make a device")
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 42)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def climb(path: Path) -> None:
    path.symlink_to("../" * 30 + f"etc/{path.name}")


def absolute(path: Path) -> None:
    path.symlink_to("/proc/self/root/etc/passwd")


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 4000)


def lines(path: Path) -> None:
    path.write_bytes(b"a:b:c:d:e:f:g\n" * 50_000 + b"\\\n" * 50_000 + b"include x\n" * 1000)


def nested(path: Path) -> None:
    path.mkdir()
    here = path
    for _ in range(300):
        here = here / "d"
        here.mkdir()
    for number in range(50):
        (path / f"link{number}").symlink_to("..")


@pytest.mark.parametrize("make", [fifo, zero, huge, loop, climb, absolute, noise, lines, nested])
def test_an_audit_of_a_hostile_image_ends_and_says_what_it_could_not_see(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    root = tmp_path / "root"
    for place in PLACES:
        path = root / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.is_symlink():
            make(path)
    (root / "etc" / "os-release").write_text(SYSTEM)
    done = subprocess.run(
        [str(BIN / "rempart-agent"), "run", "--root", str(root), "--profile", "all", "--deadline", "15"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in {1, 3}
    run = json.loads(done.stdout)
    text = done.stdout
    host = Path("/etc/machine-id")
    if host.exists() and host.read_text().strip():
        assert host.read_text().strip() not in text
    states = {result["check"]: result["state"] for result in run["results"]}
    # what looks at these places alone can't be right about them
    for check in ("ACC-01", "ACC-02", "PRV-03"):
        assert states[check] != "pass", (check, make.__name__)
    assert not [r["check"] for r in run["results"] if r["failure"] == "engine"]
