"""Table listening_ports: what listens, and who."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rempart_testing.proc_files import ask_table, network_of, process_files
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied
from rempart_agent.tables.linux import listening_ports
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]
AGENT = str(Path(__file__).parents[4] / "agent")


def test_what_listens(machine_of: Machine) -> None:
    rows = ask_table(listening_ports, network_of(machine_of))
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
    target = network_of(machine_of)
    for name in ("tcp", "tcp6", "unix", "packet"):
        Path(target.root + "/proc/100/net/" + name).unlink()
    assert 347991 in {row["socket"] for row in ask_table(listening_ports, target)}


def test_a_network_that_may_not_be_seen_is_not_an_empty_one(machine_of: Machine, deny: Deny) -> None:
    target = machine_of(process_files(5))
    deny(target, "/proc/5/net/tcp")
    with pytest.raises(Denied):
        ask_table(listening_ports, target)


def test_this_machine_shows_a_port_that_this_test_opens() -> None:
    with socket.socket(socket.AF_INET6) as server:
        server.bind(("::1", 0))
        server.listen()
        port = server.getsockname()[1]
        rows = [row for row in ask_table(listening_ports, LiveTarget()) if row["port"] == port]
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
