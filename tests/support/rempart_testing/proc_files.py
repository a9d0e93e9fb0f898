"""Files of /proc as a kernel writes them, and a machine with a web server and a container."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rempart_agent.source.contract import Constraint, Query
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget
from rempart_testing.target import RecordedTarget

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


def process_files(pid: int, name: str = "sshd") -> dict[str, str]:
    """Return the files of a process."""
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


def link_in(target: RootTarget, path: str, to: str) -> None:
    """Put a link into a target."""
    where = Path(target.root + path)
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(to)


def ask_table(
    table: Any, target: RootTarget | LiveTarget, *columns: str, pid: str | None = None
) -> list[dict[str, Any]]:
    wanted = frozenset(columns or (c.name for c in table.COLUMNS))
    constraints = (Constraint("pid", "=", (pid,)),) if pid is not None else ()
    return [dict(row) for row in table.rows(target, Query(wanted, constraints))]


def network_of(machine_of: Callable[..., RecordedTarget]) -> RecordedTarget:
    """A web server and a container with an sshd of its own."""
    files = {**process_files(100), **process_files(200), **process_files(1000)}
    for name, text in (("tcp6", TCP + TCP6), ("unix", UNIX), ("packet", PACKET)):
        files["/proc/100/net/" + name] = text
    files["/proc/200/net/tcp"] = TCP + LISTEN.replace("347991", "900001").replace(":0016", ":1F90")
    target = machine_of(files)
    for pid, number in ((100, "1"), (200, "2"), (1000, "1")):
        link_in(target, f"/proc/{pid}/ns/net", f"net:[{number}]")
    link_in(target, "/proc/100/fd/7", "socket:[347991]")
    link_in(target, "/proc/1000/fd/3", "socket:[347991]")
    link_in(target, "/proc/1000/fd/8", "socket:[1093688]")
    link_in(target, "/proc/1000/fd/9", "/dev/null")
    link_in(target, "/proc/200/fd/4", "socket:[900001]")
    return target
