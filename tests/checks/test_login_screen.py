"""LCK-05 on databases that dconf itself compiled."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks

from rempart_agent.audit.examine import Circumstances, examine
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECK = next(check for check in own_checks() if check.id == "LCK-05")
GREETER = {"banner-message-enable": "true", "banner-message-text": "'Staff only.'", "disable-user-list": "true"}
SCREEN = "org/gnome/login-screen"
MEDIA = {"automount": "false", "automount-open": "false", "autorun-never": "true"}
USERS = {"org/gnome/desktop/media-handling": MEDIA, "org/gnome/desktop/screensaver": {"lock-enabled": "true"}}

pytestmark = pytest.mark.skipif(not shutil.which("dconf"), reason="needs dconf-cli")


def judge(machine: Machine) -> Result:
    defaults = {name: parameter.default for name, parameter in CHECK.parameters.items()}
    with closing(TreeEngine(machine.offline())) as engine:
        chosen = Selected(CHECK, CHECK.severity, defaults)
        return examine(chosen, engine, Circumstances("linux", "image", privileged=True))


def failing(machine: Machine) -> set[str]:
    return {str(row["item"]) for row in judge(machine).evidence.rows if row["ok"] == "0"}


def write(machine: Machine, database: str, keys: dict[str, dict[str, str]]) -> None:
    text = "".join(f"[{path}]\n" + "".join(f"{k}={v}\n" for k, v in own.items()) for path, own in keys.items())
    machine.file(f"/etc/dconf/db/{database}.d/00-own", text)
    locks = "".join(f"/{path}/{key}\n" for path, own in keys.items() for key in own)
    machine.file(f"/etc/dconf/db/{database}.d/locks/00-own", locks)


def compile_all(machine: Machine) -> None:
    for database in ("gdm", "local"):
        path = machine.root / "etc/dconf/db" / database
        subprocess.run(["dconf", "compile", path, f"{path}.d"], check=True, capture_output=True)


def test_the_login_screen_and_sessions_are_judged_by_their_own_databases(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    machine.file("/usr/sbin/gdm3", "program\n", 0o755)
    machine.file("/usr/share/wayland-sessions/gnome.desktop", "[Desktop Entry]\n")
    machine.file("/etc/dconf/profile/user", "user-db:user\nsystem-db:local\n")
    machine.file("/etc/dconf/profile/gdm", "user-db:user\nsystem-db:gdm\n")
    write(machine, "gdm", {SCREEN: GREETER})
    write(machine, "local", USERS)
    assert failing(machine) >= {f"{SCREEN}/disable-user-list", "/etc/dconf/db/gdm", "/etc/dconf/db/local"}
    compile_all(machine)
    assert judge(machine).state.value == "pass"
    # what stands in the database of sessions does not count for the login screen
    write(machine, "gdm", {"org/other": {"key": "true"}})
    write(machine, "local", {**USERS, SCREEN: GREETER})
    compile_all(machine)
    assert failing(machine) == {f"{SCREEN}/{key}" for key in GREETER}


def test_a_value_that_users_may_change_fails(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    machine.file("/usr/share/wayland-sessions/gnome.desktop", "[Desktop Entry]\n")
    machine.file("/etc/dconf/profile/user", "user-db:user\nsystem-db:local\n")
    write(machine, "gdm", {})
    write(machine, "local", USERS)
    machine.file("/etc/dconf/db/local.d/locks/00-own", "/org/gnome/desktop/screensaver/lock-enabled\n")
    compile_all(machine)
    assert failing(machine) == {f"org/gnome/desktop/media-handling/{key}" for key in MEDIA}
