"""Tables of processes, their namespaces, files and sockets: what /proc shows of the processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.proc_files import STAT, STATUS, ask_table, link_in, process_files
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Missing, NotObservable, SourceError
from rempart_agent.tables.linux import (
    listening_ports,
    process_namespaces,
    process_open_files,
    process_open_sockets,
    processes,
)
from rempart_agent.tables.read import Request, read
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]

TABLES = [processes, process_namespaces, process_open_files, process_open_sockets, listening_ports]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose executable can be told from others."""
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        while Path(f"/proc/{process.pid}/comm").read_text() != "sleep\n":  # the kernel names it last
            time.sleep(0.001)
        yield process
        process.kill()


@pytest.mark.parametrize("table", TABLES)
def test_a_root_filesystem_runs_nothing(table: Any, tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        ask_table(table, RootTarget(str(tmp_path)))


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_proc_is_not_a_machine_without_processes(table: Any, machine_of: Machine) -> None:
    with pytest.raises(Missing, match="mounted"):
        ask_table(table, machine_of({"/proc/": ""}))


def test_a_process_as_osquery_shows_it(machine_of: Machine) -> None:
    target = machine_of({**process_files(11357), "/proc/uptime": "100.00 0\n", "/usr/sbin/sshd": ""})
    link_in(target, "/proc/11357/exe", "/usr/sbin/sshd")
    link_in(target, "/proc/11357/cwd", "/var")
    link_in(target, "/proc/11357/root", "/")
    (row,) = ask_table(processes, target)
    assert row.pop("start_time") > 1_700_000_000
    assert row == {
        "pid": 11357,
        "name": "sshd",
        "path": "/usr/sbin/sshd",
        "cmdline": "/usr/sbin/sshd -D",
        "state": "S",
        "cwd": "/var",
        "root": "/",
        "uid": 1000,
        "euid": 1001,
        "suid": 1002,
        "gid": 100,
        "egid": 101,
        "sgid": 102,
        "on_disk": 1,
        "wired_size": 0,
        "resident_size": 1155072,
        "total_size": 5722112,
        "user_time": 620,
        "system_time": 800,
        "disk_bytes_read": 139264,
        "disk_bytes_written": 241664,
        "parent": 1,
        "pgroup": 11357,
        "threads": 3,
        "nice": -5,
        "cgroup_path": "/system.slice/ssh.service:x",
    }


def test_a_name_may_hold_anything(machine_of: Machine) -> None:
    row = processes.parse_stat(STAT.format(pid=7, name="a) R 1 (b", rest="0 " * 20))
    assert row["pgroup"] == 7
    assert processes.parse_status(STATUS.format(pid=7, name="Uid: 0"))["uid"] == 1000


def test_a_kernel_thread_has_neither_memory_nor_program(machine_of: Machine) -> None:
    files = process_files(10, "kworker/0:0H-events_highpri")
    files["/proc/10/status"] = "".join(line for line in STATUS.splitlines(True) if "Vm" not in line).format(
        pid=10, name="kworker/0:0H-events_highpri"
    )
    files["/proc/10/cmdline"] = ""
    (row,) = ask_table(processes, machine_of(files), "name", "path", "on_disk", "cmdline", "resident_size")
    assert (row["name"], row["path"], row["on_disk"]) == ("kworker/0:0H-events_highpri", "", -1)
    assert row["cmdline"] == ""
    assert "resident_size" not in row


@pytest.mark.parametrize(
    ("link", "files", "path", "on_disk"),
    [
        ("/usr/sbin/gone (deleted)", {}, "/usr/sbin/gone", 0),
        ("/memfd:sealed (deleted)", {}, "/memfd:sealed", 0),
        ("/usr/sbin/odd (deleted)", {"/usr/sbin/odd (deleted)": ""}, "/usr/sbin/odd (deleted)", 1),
        ("/usr/sbin/here", {"/usr/sbin/here": ""}, "/usr/sbin/here", 1),
        ("/usr/sbin/elsewhere", {}, "/usr/sbin/elsewhere", 0),
        ("/usr/sbin/boxed", {"/box/usr/sbin/boxed": ""}, "/usr/sbin/boxed", 1),
    ],
)
def test_whether_the_program_is_still_on_disk(
    machine_of: Machine, link: str, files: dict[str, str], path: str, on_disk: int
) -> None:
    target = machine_of({**process_files(5), **files})
    link_in(target, "/proc/5/exe", link)
    if "/box/usr/sbin/boxed" in files:  # a container: the process has another root directory
        link_in(target, "/proc/5/root", "/box")
    (row,) = ask_table(processes, target, "path", "on_disk")
    assert (row["path"], row["on_disk"]) == (path, on_disk)


def test_a_process_that_ends_meanwhile_is_left_out(machine_of: Machine) -> None:
    target = machine_of({**process_files(5), "/proc/6/": ""})
    assert [row["pid"] for row in ask_table(processes, target, "name")] == [5]


def test_what_another_user_s_process_hides_stays_unset(machine_of: Machine, deny: Deny) -> None:
    target = machine_of(process_files(5))
    for hidden in ("exe", "io", "cwd", "root", "ns", "fd"):
        deny(target, "/proc/5/" + hidden)
    (row,) = ask_table(processes, target, "name", "path", "on_disk", "cwd", "disk_bytes_read")
    assert row == {**row, "name": "sshd", "path": "", "on_disk": -1, "cwd": ""}
    assert "disk_bytes_read" not in row


def test_only_what_is_asked_for_is_read(machine_of: Machine) -> None:
    target = machine_of({"/proc/5/cmdline": "/bin/x\0", "/proc/6/cmdline": ""})
    assert [row["cmdline"] for row in ask_table(processes, target, "cmdline")] == ["/bin/x", ""]
    assert [row["pid"] for row in ask_table(processes, target, "pid", pid="6")] == [6]


def test_a_secret_on_a_command_line_is_masked(machine_of: Machine) -> None:
    target = machine_of({"/proc/5/cmdline": "mysql\0--password=hunter2\0db\0"})
    (answer,) = read(target, [Request("processes", ("pid", "cmdline"), ())])
    assert answer.rows[0]["cmdline"] == "mysql --password=[redacted] db"


def _see_processes() -> dict[str, dict[str, Any]]:
    rows = ask_table(processes, LiveTarget(), "pid", "parent", "name", "uid", "pgroup")
    return {str(row["pid"]): row for row in rows}


def list_processes() -> str:
    words = ["ps", "-eo", "pid=,ppid=,ruid=,pgid="]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_this_machine_s_processes_are_those_of_ps(sleeper: subprocess.Popen[bytes]) -> None:
    if not shutil.which("ps"):
        pytest.skip("ps is not installed")
    before, listing, after = _see_processes(), list_processes(), _see_processes()
    asked = ("parent", "uid", "pgroup")  # its times go on meanwhile; some change parent or group
    ours = {pid: row for pid, row in before.items() if all(row[one] == after.get(pid, {}).get(one) for one in asked)}
    known = [fields for fields in (line.split() for line in listing.splitlines()) if fields[0] in ours]
    there = {"1", str(os.getpid()), str(os.getppid()), str(sleeper.pid)}  # of the others any may come and go
    assert there <= {fields[0] for fields in known}
    for pid, parent, uid, group in known:
        row = ours[pid]
        assert (str(row["parent"]), str(row["uid"]), str(row["pgroup"])) == (parent, uid, group)


def test_this_machine_s_programs_are_known_by_path(sleeper: subprocess.Popen[bytes]) -> None:
    (row,) = [r for r in ask_table(processes, LiveTarget(), "path", "on_disk", "name") if r["pid"] == sleeper.pid]
    assert row["path"] == os.path.realpath("/bin/sleep")
    assert (row["on_disk"], row["name"]) == (1, "sleep")


def _one(parse: Callable[[str], dict[str, Any]], text: str) -> list[dict[str, Any]]:
    return [parse(text)]


@given(st.text())
def test_any_text_gives_a_process_or_a_reason(text: str) -> None:
    parsers: list[Callable[[str], dict[str, Any]]] = [processes.parse_stat, processes.parse_status, processes.parse_io]
    for parse in parsers:
        found = outcome(partial(_one, parse, text))
        assert isinstance(found, SourceError) or isinstance(found[0], dict)
    assert isinstance(processes.parse_cgroup(text), str)
