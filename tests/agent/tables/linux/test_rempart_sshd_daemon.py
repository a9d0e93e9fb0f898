"""Table rempart_sshd_daemon: which SSH servers there are, what each reads, and whether it has read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.sshd import IS_THERE, run_sshd

from rempart_agent.readers.sshd import process
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_sshd_config, rempart_sshd_daemon
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
Machine = Callable[..., RootTarget]
MAIN = "/etc/ssh/sshd_config"
UNIT = "/usr/lib/systemd/system/ssh.service"
# Debian 13's unit, as installed
SERVICE = (
    "[Service]\nEnvironmentFile=-/etc/default/ssh\nExecStartPre=/usr/sbin/sshd -t\n"
    "ExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n"
)
BASE = {MAIN: "PermitRootLogin no\n", UNIT: SERVICE, "/usr/sbin/sshd": "\x7fELF OpenSSH_10.0p2 Debian-7\0"}
SHOW = "systemctl show -p StateChangeTimestampMonotonic ssh.service"


def _link(target: RootTarget, path: str, to: str) -> None:
    where = Path(target.root) / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(to)


def _enable(target: RootTarget, unit: str = "ssh.service", to: str = UNIT, wants: str = "multi-user.target") -> None:
    _link(target, f"/etc/systemd/system/{wants}.wants/{unit}", to)


def _daemons(target: Any) -> list[dict[str, Any]]:
    return [dict(r) for r in rempart_sshd_daemon.rows(target, Query())]


def _root_login(target: Any) -> dict[str, Any]:
    rows = rempart_sshd_config.rows(target, Query())
    return {str(r["daemon"]): r["value"] for r in rows if r["option"] == "permitrootlogin" and not r["match_block"]}


def test_an_enabled_unit_is_a_server(root_of: RootOf) -> None:
    target = root_of(BASE)
    _enable(target)
    (row,) = _daemons(target)
    assert (row["daemon"], row["config"], row["arguments"], row["known"], row["why"]) == (
        "ssh.service",
        MAIN,
        "-D",
        1,
        "",
    )
    assert _root_login(target) == {"ssh.service": "no"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/etc/default/ssh": 'SSHD_OPTS="-o PermitRootLogin=yes"\n'}, "yes"),
        ({"/etc/default/ssh": "SSHD_OPTS='-f /etc/ssh/other'\n", "/etc/ssh/other": "PermitRootLogin yes\n"}, "yes"),
        ({"/etc/default/ssh": 'SSHD_OPTS="-p 2222"\n'}, "no"),
        (
            {"/etc/systemd/system/ssh.service.d/x.conf": "[Service]\nEnvironment=SSHD_OPTS=-oPermitRootLogin=yes\n"},
            "yes",
        ),
        (
            {
                "/run/systemd/system/ssh.service.d/x.conf": "[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -Df /o\n",
                "/o": "PermitRootLogin yes\n",
            },
            "yes",
        ),
        (
            {
                "/usr/local/lib/systemd/system/ssh.service.d/x.conf": "[Service]\nExecStart=\n"
                "ExecStart=-/usr/sbin/sshd -D \\\n# a comment\n  -o 'PermitRootLogin yes'\n"
            },
            "yes",
        ),
        (
            {"/usr/lib/systemd/system/service.d/x.conf": "[Service]\nEnvironment='SSHD_OPTS=-o PermitRootLogin=yes'\n"},
            "yes",
        ),
        ({"/etc/systemd/system/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd -D -oPermitRootLogin=yes\n"}, "yes"),
        (
            {"/etc/systemd/system/ssh.service": "[Service]\nExecStart=@/usr/sbin/sshd sshd -oPermitRootLogin=yes\n"},
            "yes",
        ),
        (
            {"/etc/systemd/system.conf.d/x.conf": "[Manager]\nDefaultEnvironment=SSHD_OPTS=-oPermitRootLogin=yes\n"},
            "yes",
        ),
    ],
)
def test_whatever_decides_the_command_line_counts(root_of: RootOf, files: dict[str, str], expected: str) -> None:
    target = root_of({**BASE, **files})
    _enable(target)
    assert _root_login(target) == {"ssh.service": expected}


def test_a_second_server_and_an_instance_are_servers(root_of: RootOf) -> None:
    target = root_of(
        {
            **BASE,
            "/usr/local/lib/systemd/system/second.service": "[Service]\nExecStart=/usr/sbin/sshd -D -f /etc/two\n",
            "/etc/two": "PermitRootLogin yes\n",
            "/etc/systemd/system/many@.service": "[Service]\nExecStart=/usr/sbin/sshd -D -f /etc/%i.conf\n",
            "/etc/three.conf": "PermitRootLogin forced-commands-only\n",
        }
    )
    _enable(target)
    _enable(target, "second.service", "/usr/local/lib/systemd/system/second.service")
    _enable(target, "many@three.service", "/etc/systemd/system/many@.service")
    assert _root_login(target) == {
        "ssh.service": "no",
        "second.service": "yes",
        "many@three.service": "forced-commands-only",
    }


def test_a_socket_starts_its_service(root_of: RootOf) -> None:
    socket = "/usr/lib/systemd/system/ssh.socket"
    target = root_of(
        {
            **BASE,
            socket: "[Socket]\nListenStream=22\nAccept=yes\n",
            "/usr/lib/systemd/system/ssh@.service": "[Service]\nExecStart=-/usr/sbin/sshd -i -oPermitRootLogin=yes\n",
        }
    )
    _enable(target, "ssh.socket", socket, "sockets.target")
    assert _root_login(target) == {"ssh@.service": "yes"}


def test_a_server_for_each_connection_says_nothing_of_its_own(root_of: RootOf) -> None:
    socket = "/run/systemd/generator/sshd-unix-local.socket"  # systemd-ssh-generator, on every Debian 13
    each = "/usr/lib/systemd/system/sshd@.service"
    files = {socket: "[Socket]\nAccept=yes\nService=sshd@.service\n", each: "[Service]\nExecStart=-/usr/sbin/sshd -i\n"}
    target = root_of({**BASE, **files})
    _enable(target)
    _link(target, "/run/systemd/generator/sockets.target.wants/sshd-unix-local.socket", socket)
    assert {r["daemon"]: r["same_as"] for r in _daemons(target)} == {"ssh.service": "", "sshd@.service": "ssh.service"}
    Path(target.root + each).write_text("[Service]\nExecStart=-/usr/sbin/sshd -i -oPermitRootLogin=yes\n")
    assert {r["same_as"] for r in _daemons(RootTarget(target.root))} == {""}


def test_a_masked_or_disabled_unit_is_none_and_the_installed_server_stands_for_itself(root_of: RootOf) -> None:
    options = {"/etc/default/ssh": "SSHD_OPTS=-oPermitRootLogin=yes\n"}
    assert _root_login(root_of({**BASE, **options})) == {"ssh.service": "yes"}
    target = root_of({**BASE, "/etc/default/ssh": ""})
    _enable(target)
    _link(target, "/etc/systemd/system/ssh.service", "/dev/null")
    target = RootTarget(target.root)
    assert _root_login(target) == {"sshd": "no"}


def test_a_unit_may_run_a_server_as_somebody_else(root_of: RootOf) -> None:
    unit = "[Service]\nUser=bob\nExecStart=/usr/sbin/sshd -D\n"
    target = root_of({**BASE, "/etc/systemd/system/own.service": unit})
    _enable(target)
    _enable(target, "own.service", "/etc/systemd/system/own.service")
    assert {r["daemon"]: r["user"] for r in _daemons(target)} == {"ssh.service": "root", "own.service": "bob"}


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        ("[Service]\nExecStart=/usr/sbin/dropbear -F\n", "dropbear reads no sshd_config"),
        ("[Service]\nExecStart=/bin/sh -c 'exec /usr/sbin/sshd -D -f /x'\n", "starts it by sh"),
        ("[Service]\nExecStart=/usr/sbin/ip netns exec blue /usr/sbin/sshd -D\n", "starts it by ip"),
        ("[Service]\nRootDirectory=/srv/x\nExecStart=/usr/sbin/sshd -D\n", "files of its own"),
        ("[Service]\nExecStart=/usr/sbin/sshd -D -f /none\n", "does not start"),
        ("[Service]\nExecStart=/usr/sbin/sshd -D -Z\n", "unknown option"),
        ("[Service]\nExecStart=/usr/sbin/sshd -D 'x\n", "broken quotes"),
    ],
)
def test_what_is_not_known_of_a_server_is_no_answer(root_of: RootOf, unit: str, why: str) -> None:
    target = root_of({**BASE, "/etc/systemd/system/other.service": unit})
    _enable(target)
    _enable(target, "other.service", "/etc/systemd/system/other.service")
    rows = {r["daemon"]: r for r in _daemons(target)}
    assert why in rows["other.service"]["why"]
    assert rows["other.service"]["known"] is None
    assert _root_login(target) == {"ssh.service": "no", "other.service": None}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups\0\0", ["-D"]),
        ("sshd: /usr/sbin/sshd -D -o PermitRootLogin yes -p 22 [listener] 1 of 10-100 startups", None),
        ("sshd: /usr/sbin/sshd -D -oBanner /etc/a b [listener] 0 of 10-100 startups", ["-D", "-oBanner /etc/a b"]),
        ("/usr/sbin/sshd\0-D\0-f\0/x\0", ["-D", "-f", "/x"]),
        ("/usr/sbin/sshd\0", []),
    ],
)
def test_a_server_that_runs_shows_its_arguments(title: str, expected: list[str] | None) -> None:
    wanted = expected or ["-D", "-o", "PermitRootLogin yes", "-p", "22"]
    assert process.arguments(title) == (expected if expected is not None else wanted)


@pytest.mark.parametrize("title", ["sshd: bob [priv]", "sshd: [accepted]", "/usr/sbin/sshd\0-D\0-R\0"])
def test_one_connection_is_no_server(title: str) -> None:
    assert process.arguments(title) is None


def _running(machine_of: Machine, title: str, changed: str, unit: str = "ssh.service", **more: str) -> Any:
    files = {
        **BASE,
        "/proc/stat": "btime 1000\n",
        "/proc/77/cmdline": title + "\0",
        "/proc/77/comm": "sshd\n",
        "/proc/77/cgroup": f"0::/system.slice/{unit}\n" if unit else "0::/user.slice/user-0.slice/session-1.scope\n",
        "/proc/77/stat": "77 (sshd) S 1 77 77 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0\n",
        "/run/systemd/system/": "",
        **more,
    }
    target = machine_of(files, {SHOW: f"StateChangeTimestampMonotonic={changed}\n".encode()})
    for pid in ("self", "77"):
        _link(target, f"/proc/{pid}/ns/pid", "pid:[1]")
        _link(target, f"/proc/{pid}/ns/mnt", "mnt:[1]")
    _link(target, "/proc/77/exe", "/usr/sbin/sshd")
    _link(target, "/proc/77/cwd", "/")
    _enable(target)
    return target


LISTENER = "sshd: /usr/sbin/sshd -D{} [listener] 0 of 10-100 startups"


def test_files_that_are_older_than_the_last_reload_are_loaded(machine_of: Machine) -> None:
    (row,) = _daemons(_running(machine_of, LISTENER.format(""), "99999999999000000"))
    assert (row["running"], row["stale"], row["why"]) == (1, 0, "")


def test_a_newer_file_is_not_loaded(machine_of: Machine) -> None:
    (row,) = _daemons(_running(machine_of, LISTENER.format(""), "1000"))
    assert (row["stale"], row["why"]) == (1, f"{MAIN} changed after it was started or reloaded")


def test_a_file_that_left_an_included_folder_is_not_unloaded(machine_of: Machine) -> None:
    target = _running(machine_of, LISTENER.format(""), "1000", **{"/etc/ssh/d/x.conf": ""})
    main = Path(target.root + MAIN)
    main.write_text("Include /etc/ssh/d/*.conf\nPermitRootLogin no\n")
    (row,) = _daemons(target)
    assert row["stale"] == 1
    os.unlink(target.root + "/etc/ssh/d/x.conf")


def test_a_process_without_a_unit_may_have_been_reloaded(machine_of: Machine) -> None:
    target = _running(machine_of, LISTENER.format(" -p 2222"), "1000", unit="")
    rows = {r["daemon"]: r for r in _daemons(target)}
    assert set(rows) == {"ssh.service", "/usr/sbin/sshd -D -p 2222"}
    assert rows["/usr/sbin/sshd -D -p 2222"]["stale"] is None


def test_a_process_that_runs_otherwise_than_its_unit_says_is_a_server_of_its_own(machine_of: Machine) -> None:
    target = _running(machine_of, LISTENER.format(" -o PermitRootLogin=yes"), "99999999999000000")
    assert _root_login(target) == {"ssh.service": "no", "ssh.service as it runs": "yes"}


def test_a_process_with_a_mount_namespace_of_its_own_may_read_other_files(machine_of: Machine) -> None:
    target = _running(machine_of, LISTENER.format(""), "99999999999000000")
    os.unlink(target.root + "/proc/77/ns/mnt")
    _link(target, "/proc/77/ns/mnt", "mnt:[2]")
    rows = {r["daemon"]: r for r in _daemons(target)}
    assert "mount namespace" in rows["ssh.service as it runs"]["why"]
    assert rows["ssh.service as it runs"]["known"] is None


def test_where_namespaces_may_not_be_seen_a_server_is_not_passed_over(machine_of: Machine) -> None:
    target = _running(machine_of, LISTENER.format(" -o PermitRootLogin=yes"), "99999999999000000", unit="")
    for kind in ("pid", "mnt"):
        os.unlink(target.root + f"/proc/self/ns/{kind}")
    rows = {r["daemon"]: r for r in _daemons(target)}
    assert "mount namespace" in rows["/usr/sbin/sshd -D -o PermitRootLogin=yes"]["why"]


@pytest.mark.parametrize("options", ["-t", "-T", "-Tf/x", "-G", "-V"])
def test_a_test_of_the_files_is_no_server(machine_of: Machine, options: str) -> None:
    target = _running(machine_of, "/usr/sbin/sshd\0" + options, "1000", unit="")
    assert set(_root_login(target)) == {"ssh.service"}


def test_a_container_is_a_machine_of_its_own(machine_of: Machine) -> None:
    target = _running(machine_of, LISTENER.format(" -o PermitRootLogin=yes"), "99999999999000000", unit="")
    os.unlink(target.root + "/proc/77/ns/pid")
    _link(target, "/proc/77/ns/pid", "pid:[2]")
    assert _root_login(target) == {"ssh.service": "no"}


def test_without_a_server_there_are_no_rows(root_of: RootOf) -> None:
    assert not _daemons(root_of({"/etc/passwd": ""}))


@pytest.mark.skipif(not IS_THERE or os.geteuid() != 0, reason="needs root and an sshd")
def test_a_real_server_is_found_with_what_it_was_started_with(tmp_path: Path) -> None:
    with run_sshd(tmp_path / "server", "PermitRootLogin forced-commands-only") as server:
        target = LiveTarget()
        config = str(tmp_path / "server")
        (row,) = (r for r in _daemons(target) if config in r["config"])
        rows = [r for r in rempart_sshd_config.rows(target, Query()) if r["daemon"] == row["daemon"]]
        values = {str(r["option"]): r["value"] for r in rows if not r["match_block"]}
        assert (values["permitrootlogin"], values["port"]) == ("forced-commands-only", str(server.port))
        assert row["running"] == 1
