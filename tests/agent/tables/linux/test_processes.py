"""Tables of processes, their namespaces, files and sockets: what /proc shows of the processes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.files import proc
from rempart_agent.readers.kernel import socket_table
from rempart_agent.source.contract import Constraint, Denied, Malformed, Missing, NotObservable, Query, SourceError
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
AGENT = str(Path(__file__).parents[4] / "agent")
STATUS = """\
Name:\t{name}
Umask:\t0022
State:\tS (sleeping)
Tgid:\t{pid}
Pid:\t{pid}
PPid:\t1
Uid:\t1000\t1001\t1002\t1003
Gid:\t100\t101\t102\t103
VmSize:\t    5588 kB
VmRSS:\t    1128 kB
Threads:\t3
"""
STAT = "{pid} ({name}) S 1 {pid} {pid} 0 -1 4194560 1 0 0 0 62 80 0 0 20 -5 3 0 6600 5722112 282 1844 {rest}\n"
TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LISTEN = "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 347991 1 0 100 0\n"
TALK = "   1: 1200007F:0016 0100007F:AC70 01 00000000:00000000 02:000A7214 00000000     0        0 1093688 4 0\n"
LATE = "   2: 0100007F:0016 0100007F:AC71 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0\n"
TCP6 = (
    "   0: 000080FE00000000FF00FC00010000FE:01BB 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 5005 1\n"
    "   1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 5006 1\n"
    "   2: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000100007F:C350 01 0:0 0:0 0 0 0 5007 1\n"
)
UNIX = (
    "Num       RefCount Protocol Flags    Type St Inode Path\n"
    "0000000000000000: 00000002 00000000 00010000 0001 01  1676 /run/my app.sock\n"
    "0000000000000000: 00000003 00000000 00000000 0001 03  1675\n"
)
PACKET = (
    "sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n00000000 3      3    0003   2     1 0      0      777\n"
)


def _process(pid: int, name: str = "sshd") -> dict[str, str]:
    folder = f"/proc/{pid}/"
    return {
        folder + "status": STATUS.format(pid=pid, name=name),
        folder + "stat": STAT.format(pid=pid, name=name, rest="0 " * 20),
        folder + "cmdline": f"/usr/sbin/{name}\0-D\0",
        folder + "cgroup": "0::/system.slice/ssh.service:x\n",
        folder + "io": "rchar: 1\nread_bytes: 139264\nwrite_bytes: 245760\ncancelled_write_bytes: 4096\n",
        folder + "ns/": "",
        folder + "fd/": "",
        folder + "net/tcp": TCP + LISTEN + TALK + LATE,
    }


def _link(target: RootTarget, path: str, to: str) -> None:
    where = Path(target.root + path)
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(to)


def _ask(table: Any, target: RootTarget | LiveTarget, *columns: str, pid: str | None = None) -> list[dict[str, Any]]:
    wanted = frozenset(columns or (c.name for c in table.COLUMNS))
    constraints = (Constraint("pid", "=", (pid,)),) if pid is not None else ()
    return [dict(row) for row in table.rows(target, Query(wanted, constraints))]


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
        _ask(table, RootTarget(str(tmp_path)))


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_proc_is_not_a_machine_without_processes(table: Any, machine_of: Machine) -> None:
    with pytest.raises(Missing, match="mounted"):
        _ask(table, machine_of({"/proc/": ""}))


def test_a_process_as_osquery_shows_it(machine_of: Machine) -> None:
    target = machine_of({**_process(11357), "/proc/uptime": "100.00 0\n", "/usr/sbin/sshd": ""})
    _link(target, "/proc/11357/exe", "/usr/sbin/sshd")
    _link(target, "/proc/11357/cwd", "/var")
    _link(target, "/proc/11357/root", "/")
    (row,) = _ask(processes, target)
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
    files = _process(10, "kworker/0:0H-events_highpri")
    files["/proc/10/status"] = "".join(line for line in STATUS.splitlines(True) if "Vm" not in line).format(
        pid=10, name="kworker/0:0H-events_highpri"
    )
    files["/proc/10/cmdline"] = ""
    (row,) = _ask(processes, machine_of(files), "name", "path", "on_disk", "cmdline", "resident_size")
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
    target = machine_of({**_process(5), **files})
    _link(target, "/proc/5/exe", link)
    if "/box/usr/sbin/boxed" in files:  # a container: the process has another root directory
        _link(target, "/proc/5/root", "/box")
    (row,) = _ask(processes, target, "path", "on_disk")
    assert (row["path"], row["on_disk"]) == (path, on_disk)


def test_a_process_that_ends_meanwhile_is_left_out(machine_of: Machine) -> None:
    target = machine_of({**_process(5), "/proc/6/": ""})
    assert [row["pid"] for row in _ask(processes, target, "name")] == [5]


def test_what_another_user_s_process_hides_stays_unset(machine_of: Machine, deny: Deny) -> None:
    target = machine_of(_process(5))
    for hidden in ("exe", "io", "cwd", "root", "ns", "fd"):
        deny(target, "/proc/5/" + hidden)
    (row,) = _ask(processes, target, "name", "path", "on_disk", "cwd", "disk_bytes_read")
    assert row == {**row, "name": "sshd", "path": "", "on_disk": -1, "cwd": ""}
    assert "disk_bytes_read" not in row


def test_only_what_is_asked_for_is_read(machine_of: Machine) -> None:
    target = machine_of({"/proc/5/cmdline": "/bin/x\0", "/proc/6/cmdline": ""})
    assert [row["cmdline"] for row in _ask(processes, target, "cmdline")] == ["/bin/x", ""]
    assert [row["pid"] for row in _ask(processes, target, "pid", pid="6")] == [6]


def test_a_secret_on_a_command_line_is_masked(machine_of: Machine) -> None:
    target = machine_of({"/proc/5/cmdline": "mysql\0--password=hunter2\0db\0"})
    (answer,) = read(target, [Request("processes", ("pid", "cmdline"), ())])
    assert answer.rows[0]["cmdline"] == "mysql --password=[redacted] db"


def _see_processes() -> dict[str, dict[str, Any]]:
    rows = _ask(processes, LiveTarget(), "pid", "parent", "name", "uid", "pgroup")
    return {str(row["pid"]): row for row in rows}


def list_processes() -> str:
    words = ["ps", "-eo", "pid=,ppid=,ruid=,pgid="]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_this_machine_s_processes_are_those_of_ps() -> None:
    if not shutil.which("ps"):
        pytest.skip("ps is not installed")
    before, listing, after = _see_processes(), list_processes(), _see_processes()
    ours = {pid: row for pid, row in before.items() if after.get(pid) == row}  # some change parent or group meanwhile
    theirs = [line.split() for line in listing.splitlines()]
    known = [line for line in theirs if line[0] in ours]
    assert len(known) >= 0.8 * len(theirs)  # some come and go
    for pid, parent, uid, group in known:
        row = ours[pid]
        assert (str(row["parent"]), str(row["uid"]), str(row["pgroup"])) == (parent, uid, group)


def test_this_machine_s_programs_are_known_by_path(sleeper: subprocess.Popen[bytes]) -> None:
    (row,) = [r for r in _ask(processes, LiveTarget(), "path", "on_disk", "name") if r["pid"] == sleeper.pid]
    assert row["path"] == os.path.realpath("/bin/sleep")
    assert (row["on_disk"], row["name"]) == (1, "sleep")


def test_namespaces_of_this_process() -> None:
    rows = {row["pid"]: row for row in _ask(process_namespaces, LiveTarget())}
    own = rows[os.getpid()]
    for kind in ("net", "mnt", "user", "uts"):
        assert f"{kind}:[{own[kind + '_namespace']}]" == os.readlink(f"/proc/self/ns/{kind}")


@pytest.mark.parametrize("link", ["", "net:[", "net:[]", "net:[4x]", "mnt:[5]", "net:5"])
def test_a_link_that_is_no_namespace_is_unset(link: str) -> None:
    assert proc.parse_namespace(link, "net") == ""


def test_a_hidden_namespace_is_known_by_what_it_shares(machine_of: Machine) -> None:
    """Without root the link of another user's process can't be read; the inode of its network files tells the same."""
    target = machine_of({**_process(1), **_process(5), **_process(9), "/proc/self/ns/": "", "/proc/self/net/": ""})
    _link(target, "/proc/5/ns/net", "net:[4026531833]")
    shared, own = (Path(target.root + f"/proc/{pid}/net/tcp") for pid in (1, 5))
    shared.unlink()
    os.link(own, shared)
    rows = {row["pid"]: row["net_namespace"] for row in _ask(process_namespaces, target)}
    assert rows == {1: "4026531833", 5: "4026531833", 9: ""}
    assert {row["net_namespace"] for row in _ask(listening_ports, target)} == {"4026531833", "0"}


def _network(machine_of: Machine) -> RecordedTarget:
    """A web server and a container with an sshd of its own."""
    files = {**_process(100), **_process(200), **_process(1000)}
    for name, text in (("tcp6", TCP + TCP6), ("unix", UNIX), ("packet", PACKET)):
        files["/proc/100/net/" + name] = text
    files["/proc/200/net/tcp"] = TCP + LISTEN.replace("347991", "900001").replace(":0016", ":1F90")
    target = machine_of(files)
    for pid, number in ((100, "1"), (200, "2"), (1000, "1")):
        _link(target, f"/proc/{pid}/ns/net", f"net:[{number}]")
    _link(target, "/proc/100/fd/7", "socket:[347991]")
    _link(target, "/proc/1000/fd/3", "socket:[347991]")
    _link(target, "/proc/1000/fd/8", "socket:[1093688]")
    _link(target, "/proc/1000/fd/9", "/dev/null")
    _link(target, "/proc/200/fd/4", "socket:[900001]")
    return target


def test_sockets_of_every_network_namespace(machine_of: Machine) -> None:
    rows = _ask(process_open_sockets, _network(machine_of))
    by_inode = {row["socket"]: row for row in rows}
    assert by_inode[1093688] == {
        "pid": 1000,
        "fd": 8,
        "socket": 1093688,
        "family": 2,
        "protocol": 6,
        "local_address": "127.0.0.18",
        "local_port": 22,
        "remote_address": "127.0.0.1",
        "remote_port": 44144,
        "path": "",
        "state": "ESTABLISHED",
        "net_namespace": "1",
    }
    assert (by_inode[900001]["pid"], by_inode[900001]["net_namespace"]) == (200, "2")
    assert (by_inode[0]["pid"], by_inode[0]["fd"], by_inode[0]["state"]) == (-1, -1, "TIME_WAIT")
    assert (by_inode[1676]["family"], by_inode[1676]["path"]) == (1, "/run/my app.sock")
    assert (by_inode[777]["family"], by_inode[777]["protocol"]) == (17, 3)
    assert len(rows) == 10  # a namespace that several processes share is read once


def test_ipv6_addresses_are_written_in_their_shortest_form(machine_of: Machine) -> None:
    addresses = {row["socket"]: row["local_address"] for row in _ask(process_open_sockets, _network(machine_of))}
    assert addresses[5005] == "fe80::fc:ff:fe00:1"
    assert addresses[5006] == "::"
    assert addresses[5007] == "::ffff:127.0.0.1"


def test_the_last_process_that_holds_a_socket_is_its_owner_as_in_osquery(machine_of: Machine) -> None:
    target = _network(machine_of)
    (row,) = [r for r in _ask(process_open_sockets, target) if r["socket"] == 347991]
    assert (row["pid"], row["fd"]) == (1000, 3)
    (row,) = _ask(process_open_sockets, target, pid="100")
    assert (row["pid"], row["fd"], row["socket"]) == (100, 7, 347991)


def test_a_process_that_is_not_there_has_no_sockets(machine_of: Machine) -> None:
    assert _ask(process_open_sockets, _network(machine_of), pid="4242") == []


def test_open_files_are_those_with_a_name(machine_of: Machine) -> None:
    target = _network(machine_of)
    _link(target, "/proc/200/fd/5", "/srv/recordings/call.wav (deleted)")
    _link(target, "/proc/200/fd/6", "pipe:[4711]")
    _link(target, "/proc/200/fd/7", "anon_inode:[eventpoll]")
    assert _ask(process_open_files, target) == [
        {"pid": 1000, "fd": 9, "path": "/dev/null"},
        {"pid": 200, "fd": 5, "path": "/srv/recordings/call.wav (deleted)"},
    ]
    assert [row["fd"] for row in _ask(process_open_files, target, pid="200")] == [5]
    assert _ask(process_open_files, target, pid="4242") == []


def test_a_process_whose_files_may_not_be_seen_is_left_out(machine_of: Machine, deny: Deny) -> None:
    target = _network(machine_of)
    _link(target, "/proc/200/fd/5", "/srv/recordings/call.wav")
    deny(target, "/proc/1000/fd")
    assert [row["pid"] for row in _ask(process_open_files, target)] == [200]


def test_a_file_that_this_process_holds_is_among_its_open_files() -> None:
    with Path(__file__).open() as file:
        rows = _ask(process_open_files, LiveTarget(), pid=str(os.getpid()))
        assert {"pid": os.getpid(), "fd": file.fileno(), "path": str(Path(__file__).resolve())} in rows


def test_what_listens(machine_of: Machine) -> None:
    rows = _ask(listening_ports, _network(machine_of))
    found = {(row["family"], row["address"], row["port"], row["path"]) for row in rows}
    assert found == {
        (2, "0.0.0.0", 22, ""),  # noqa: S104
        (2, "0.0.0.0", 8080, ""),  # noqa: S104
        (10, "fe80::fc:ff:fe00:1", 443, ""),
        (10, "::", 80, ""),
        (1, "", 0, "/run/my app.sock"),
        (17, "", 0, ""),
    }


def test_sockets_of_a_process_that_ended_are_shown_by_the_next_one_of_its_namespace(machine_of: Machine) -> None:
    target = _network(machine_of)
    for name in ("tcp", "tcp6", "unix", "packet"):
        Path(target.root + "/proc/100/net/" + name).unlink()
    assert 347991 in {row["socket"] for row in _ask(listening_ports, target)}


def test_a_network_that_may_not_be_seen_is_not_an_empty_one(machine_of: Machine, deny: Deny) -> None:
    target = machine_of(_process(5))
    deny(target, "/proc/5/net/tcp")
    with pytest.raises(Denied):
        _ask(listening_ports, target)


def test_this_machine_shows_a_port_that_this_test_opens() -> None:
    with socket.socket(socket.AF_INET6) as server:
        server.bind(("::1", 0))
        server.listen()
        port = server.getsockname()[1]
        rows = [row for row in _ask(listening_ports, LiveTarget()) if row["port"] == port]
        assert [(row["address"], row["pid"], row["fd"]) for row in rows] == [("::1", os.getpid(), server.fileno())]
        assert rows[0]["net_namespace"] in os.readlink("/proc/self/ns/net")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv")
def test_without_root_a_port_is_seen_and_its_holder_is_not() -> None:
    code = (
        "from rempart_agent.tables.linux import listening_ports as t, process_namespaces as n\n"
        "from rempart_agent.targets.live import LiveTarget\n"
        "from rempart_agent.source.contract import Query\n"
        "rows = t.rows(LiveTarget(), Query(frozenset(c.name for c in t.COLUMNS)))\n"
        "print([(r['pid'], r['fd']) for r in rows if r['port'] == {}])\n"
    )
    with socket.socket() as server, _public_agent() as agent:
        server.bind(("127.0.0.1", 0))
        server.listen()
        command = ["setpriv", "--reuid", "65534", "--clear-groups", _public_python(), "-c"]
        where = {"PYTHONPATH": agent, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            [*command, code.format(server.getsockname()[1])],
            capture_output=True,
            text=True,
            env=where,
            cwd="/",
            check=False,
        )
    assert done.stdout == "[(-1, -1)]\n", done.stderr


def _public_python() -> str:
    for path in ("/usr/bin/python3", sys.executable):
        command = ["setpriv", "--reuid", "65534", "--clear-groups", path, "-c", ""]
        if shutil.which(path) and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return path
    pytest.skip("no Python that another user may run")


@contextmanager
def _public_agent() -> Iterator[str]:
    """A copy of the agent that another user may read, wherever this checkout is."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        shutil.copytree(os.path.join(AGENT, "rempart_agent"), os.path.join(folder, "rempart_agent"))
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        yield folder


@given(st.text())
def test_any_text_gives_sockets_or_a_reason(text: str) -> None:
    parsers: list[tuple[Callable[..., Iterator[socket_table.Socket]], str, int]] = [
        (socket_table.parse_inet, "  sl\n", socket_table.INET),
        (socket_table.parse_unix, "Num\n", socket_table.UNIX),
        (socket_table.parse_packet, "sk\n", socket_table.PACKET),
    ]
    for parse, header, family in parsers:
        for content in (text, header + text):
            found = outcome(partial(parse, content, family, 6, "1"))
            assert isinstance(found, SourceError) or all(each.inode.isdigit() for each in found)


def _one(parse: Callable[[str], dict[str, Any]], text: str) -> list[dict[str, Any]]:
    return [parse(text)]


@given(st.text())
def test_any_text_gives_a_process_or_a_reason(text: str) -> None:
    parsers: list[Callable[[str], dict[str, Any]]] = [processes.parse_stat, processes.parse_status, processes.parse_io]
    for parse in parsers:
        found = outcome(partial(_one, parse, text))
        assert isinstance(found, SourceError) or isinstance(found[0], dict)
    assert isinstance(processes.parse_cgroup(text), str)


@pytest.mark.parametrize(
    "line", ["0: 00:16 00:0 0A", "0: 0000:16 0:0 0A a b c d e 5", "0: 00000000:xx 0:0 0A a b c d e 5"]
)
def test_a_socket_that_can_not_be_read_is_an_error_not_a_gap(line: str) -> None:
    with pytest.raises(Malformed):
        list(socket_table.parse_inet(TCP + line + "\n", socket_table.INET, 6, "1"))
