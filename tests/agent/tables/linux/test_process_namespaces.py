"""Table process_namespaces: which processes see the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from rempart_testing.proc_files import ask_table, link_in, process_files
from rempart_testing.target import RecordedTarget

from rempart_agent.tables.linux import listening_ports, process_namespaces
from rempart_agent.targets.live import LiveTarget

Machine = Callable[..., RecordedTarget]


def test_namespaces_of_this_process() -> None:
    rows = {row["pid"]: row for row in ask_table(process_namespaces, LiveTarget())}
    own = rows[os.getpid()]
    for kind in ("net", "mnt", "user", "uts"):
        assert f"{kind}:[{own[kind + '_namespace']}]" == os.readlink(f"/proc/self/ns/{kind}")


def test_a_hidden_namespace_is_known_by_what_it_shares(machine_of: Machine) -> None:
    """Without root the link of another user's process can't be read; the inode of its network files tells the same."""
    target = machine_of(
        {**process_files(1), **process_files(5), **process_files(9), "/proc/self/ns/": "", "/proc/self/net/": ""}
    )
    link_in(target, "/proc/5/ns/net", "net:[4026531833]")
    shared, own = (Path(target.root + f"/proc/{pid}/net/tcp") for pid in (1, 5))
    shared.unlink()
    os.link(own, shared)
    rows = {row["pid"]: row["net_namespace"] for row in ask_table(process_namespaces, target)}
    assert rows == {1: "4026531833", 5: "4026531833", 9: ""}
    assert {row["net_namespace"] for row in ask_table(listening_ports, target)} == {"4026531833", "0"}
