"""Table process_open_files: what processes hold that has a name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from rempart_testing.proc_files import ask_table, link_in, network_of
from rempart_testing.target import RecordedTarget

from rempart_agent.tables.linux import process_open_files
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]


def test_open_files_are_those_with_a_name(machine_of: Machine) -> None:
    target = network_of(machine_of)
    link_in(target, "/proc/200/fd/5", "/srv/recordings/call.wav (deleted)")
    link_in(target, "/proc/200/fd/6", "pipe:[4711]")
    link_in(target, "/proc/200/fd/7", "anon_inode:[eventpoll]")
    assert ask_table(process_open_files, target) == [
        {"pid": 1000, "fd": 9, "path": "/dev/null"},
        {"pid": 200, "fd": 5, "path": "/srv/recordings/call.wav (deleted)"},
    ]
    assert [row["fd"] for row in ask_table(process_open_files, target, pid="200")] == [5]
    assert ask_table(process_open_files, target, pid="4242") == []


def test_a_process_whose_files_may_not_be_seen_is_left_out(machine_of: Machine, deny: Deny) -> None:
    target = network_of(machine_of)
    link_in(target, "/proc/200/fd/5", "/srv/recordings/call.wav")
    deny(target, "/proc/1000/fd")
    assert [row["pid"] for row in ask_table(process_open_files, target)] == [200]


def test_a_file_that_this_process_holds_is_among_its_open_files() -> None:
    with Path(__file__).open() as file:
        rows = ask_table(process_open_files, LiveTarget(), pid=str(os.getpid()))
        assert {"pid": os.getpid(), "fd": file.fileno(), "path": str(Path(__file__).resolve())} in rows
