"""``rempart schedule`` as a user runs it; what it writes is read back by systemd's and the shell's own rules."""

from __future__ import annotations

import itertools
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="root writes units of the system")


NAMES = ["rempart-audit.service", "rempart-audit.timer"]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    (tmp_path / "units").mkdir()
    return tmp_path / "units"


def environment(units: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "REMPART_STORE"}}
    return kept | {"HOME": str(units.parent), "XDG_DATA_HOME": str(units.parent / "data")}


def schedule(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "rempart"), "schedule", "--out", str(units), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=units.parent, env=environment(units),
        stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def listed(units: Path) -> list[str]:
    return sorted(path.name for path in units.iterdir())


def service(units: Path) -> str:
    return (units / NAMES[0]).read_text()


def command_of(units: Path) -> list[str]:
    (line,) = re.findall(r"^ExecStart=(.*)$", service(units), re.MULTILINE)
    return shlex.split(line.replace("%%", "%").replace("$$", "$"))


def test_units_hold_the_options_of_the_audit_with_whole_paths(units: Path) -> None:
    (units.parent / "hosts.yml").write_text("all: {}\n")
    done = schedule(units, "--yes", "--at", "03:15", "--splay", "40", "--", "-i", "hosts.yml", "-l", "web:!a b", "-b",
                    "--store", "--html", "page.html", "--fail-on", "high", "--checks", "DSK-*",
                    "--stale", "20h")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert listed(units) == NAMES
    here = str(units.parent)
    program, *words = command_of(units)
    assert program == str(BIN / "rempart")
    assert words[0] == "audit"
    pairs = {f"{a} {b}" for a, b in itertools.pairwise(words)}
    assert {f"--inventory {here}/hosts.yml", "--limit web:!a b", f"--store {here}/data/rempart/rempart.db"} <= pairs
    assert {f"--html {here}/page.html", "--fail-on high", "--checks DSK-*", "--stale 20h"} <= pairs
    assert "--become" in words
    timer = (units / NAMES[1]).read_text()
    assert "OnCalendar=*-*-* 03:15:00\n" in timer
    assert "RandomizedDelaySec=40min\n" in timer
    assert "Persistent=yes\n" in timer
    assert done.stdout.count("ExecStart=") == 1  # it was shown


def test_nothing_is_written_unless_the_user_agrees(units: Path) -> None:
    shown = schedule(units, "--show", "--", "--store", "x.db")
    assert (shown.returncode, listed(units)) == (0, [])
    assert "OnCalendar=" in shown.stdout
    unasked = schedule(units, "--", "--store", "x.db")
    assert (unasked.returncode, listed(units)) == (2, [])
    assert "--yes" in unasked.stderr


@pytest.mark.parametrize(("answer", "status", "written"), [("y\n", 0, NAMES), ("n\n", 2, []), ("\n", 2, [])])
def test_on_a_terminal_the_user_is_asked(units: Path, answer: str, status: int, written: list[str]) -> None:
    ours, theirs = pty.openpty()
    command = [str(BIN / "rempart"), "schedule", "--out", str(units), "--", "--store", "x.db"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, cwd=units.parent, env=environment(units)
    ) as child:
        os.write(ours, answer.encode())
        assert child.wait(60) == status
    os.close(ours)
    os.close(theirs)
    assert listed(units) == written


def test_what_is_anothers_is_left_alone(units: Path) -> None:
    (units / NAMES[0]).write_text("[Service]\n")
    done = schedule(units, "--yes", "--", "--store", "x.db")
    assert done.returncode == 3
    assert "not written by rempart schedule" in done.stderr
    assert (listed(units), service(units)) == ([NAMES[0]], "[Service]\n")
    assert schedule(units, "--yes", "--remove").returncode == 3
    assert listed(units) == [NAMES[0]]


def test_what_was_changed_by_hand_or_is_a_link_is_left_alone(units: Path) -> None:
    schedule(units, "--yes", "--", "--store", "x.db")
    path = units / NAMES[1]
    path.write_text(path.read_text().replace("02:30", "04:30"))
    again = schedule(units, "--yes", "--", "--store", "x.db")
    assert again.returncode == 3
    assert "was edited" in again.stderr
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert "not a regular file" in schedule(units, "--yes", "--", "--store", "x.db").stderr


def test_it_is_changed_and_taken_away(units: Path) -> None:
    schedule(units, "--yes", "--", "--store", "x.db")
    assert schedule(units, "--yes", "--at", "05:00", "--", "--store", "y.db").returncode == 0
    assert str(units.parent / "y.db") in command_of(units)
    assert schedule(units, "--show", "--remove").returncode == 0
    assert listed(units) == NAMES
    assert schedule(units, "--yes", "--remove").returncode == 0
    assert listed(units) == []
    assert schedule(units, "--yes", "--remove").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--", "-i", "web,", "-k"], "--ask-pass is interactive"),
        (["--", "-i", "web,", "--vault-id", "a@prompt"], "is interactive"),
        (["--", "-i", "nowhere"], "no such file"),
        (["--", "-i", "web,", "--resume"], "--resume resumes one"),
        (["--", "--store", "x.db", "--notify", "json://secret"], "--notify-file"),
        (["--", "--store", "x.db", "--notify-file", "nowhere"], "no such file"),
        (["--", "--nonsense"], "--nonsense"),
        (["--", "--html", "gone/page.html"], "install -d"),
        (["--name", "../x", "--"], "--name"),
        (["--at", "25:00\nExecStart=x", "--"], "--at"),
        (["--cron", "--at", "*-*-*", "--"], "five fields"),
        (["--local-hosts", "--"], "--local-hosts"),
        (["--run-as", "nobody-of-that-name", "--"], "nobody-of-that-name"),
        (["--remove", "--", "--store"], "--remove"),
    ],
)
def test_what_could_not_run_at_night_is_refused_now(units: Path, arguments: list[str], said: str) -> None:
    done = schedule(units, "--yes", *arguments)
    assert (done.returncode, listed(units)) == (2, [])
    assert said in done.stderr


@AS_ROOT
def test_an_audit_of_other_machines_is_shut_in_and_one_of_this_machine_sees_it_as_it_is(units: Path) -> None:
    schedule(units, "--yes", "--run-as", "nobody", "--", "-i", "web,", "--json", "runs.jsonl")
    text = service(units)
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "User=nobody", "CapabilityBoundingSet=",
                 f"ReadWritePaths={units.parent}", "Environment=REMPART_SHUT_IN=yes"):  # fmt: skip
        assert f"{line}\n" in text
    for arguments in (["--"], ["--local-hosts", "--", "-i", "localhost,"]):
        schedule(units, "--yes", *arguments)
        settings = [line for line in service(units).splitlines() if not line.startswith("#")]
        # each of these would give the service mounts of its own
        mounts = ("ProtectSystem", "ProtectHome", "Private", "ReadWrite", "ProtectKernel", "ProtectControl")
        assert not [line for line in settings if line.startswith(mounts)]
        assert "REMPART_SHUT_IN" not in service(units)


def test_a_host_that_is_this_machine_is_silent_where_the_service_is_shut_in(units: Path) -> None:
    (units.parent / "hosts.yml").write_text("all: {hosts: {me: {ansible_connection: local, rempart_role: server}}}\n")
    (units.parent / "hosts.yml").chmod(0o600)
    command = [str(BIN / "rempart"), "audit", "-i", "hosts.yml", "--checks", "FWL-*"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=units.parent, timeout=120,
        env=environment(units) | {"REMPART_SHUT_IN": "yes"},
    )  # fmt: skip
    assert done.returncode == 3
    assert "--local-hosts" in done.stdout


def test_a_scheduled_run_always_ends(units: Path) -> None:
    """A oneshot has no limit of its own in systemd.service(5): a night that hangs would look like no night at all."""
    assert schedule(units, "--yes", "--", "--checks", "DSK-*").returncode == 0
    assert f"TimeoutStartSec={12 * 3600}s\n" in service(units)
    inventory = units.parent / "hosts.ini"
    inventory.write_text("web ansible_connection=local\n")
    inventory.chmod(0o644)
    again = schedule(units, "--yes", "--", "-i", str(inventory), "--run-deadline", "3600")
    assert again.returncode == 0, again.stderr
    assert "TimeoutStartSec=4560s\n" in service(units)


def test_no_password_of_a_store_is_written_into_a_unit(units: Path) -> None:
    for place in ("postgresql://bob:hunter2@127.0.0.1/fleet", "postgresql://127.0.0.1/fleet?user=bob&password=hunter2"):
        refused = schedule(units, "--yes", "--", "--store", place)
        assert refused.returncode == 2
        assert "--store contains a password" in refused.stderr
        assert "hunter2" not in refused.stderr + refused.stdout
    assert listed(units) == []
