"""Table rempart_process_program: a process that is called like a scanner, and what it runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Constraint, NotObservable, Query
from rempart_agent.tables.linux import rempart_process_program
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
PROGRAM = b"\x7fELF the scanner"
MD5SUMS = f"{hashlib.md5(PROGRAM).hexdigest()}  usr/sbin/clamd\n"  # noqa: S324 - what dpkg keeps


def _machine(machine_of: Machine, path: str = "/usr/sbin/clamd", content: bytes = PROGRAM, link: str = "") -> Any:
    target = machine_of(
        {
            path: content,
            "/proc/7/comm": "clamd\n",
            "/var/lib/dpkg/info/clamav-daemon.md5sums": MD5SUMS,
            "/var/lib/dpkg/info/clamav-daemon.list": "/usr/sbin/clamd\n/usr/share/doc/clamav-daemon\n",
        }
    )
    Path(target.root, "proc/7/exe").symlink_to(link or path)
    return target


def _ask(target: RootTarget, pid: str = "7") -> list[dict[str, Any]]:
    columns = frozenset(c.name for c in rempart_process_program.COLUMNS)
    query = Query(columns, (Constraint("pid", "=", (pid,)),))
    return [dict(row) for row in rempart_process_program.rows(target, query)]


def test_a_program_of_a_package_is_held_against_the_package(machine_of: Machine) -> None:
    [row] = _ask(_machine(machine_of))
    assert (row["path"], row["package"]) == ("/usr/sbin/clamd", "clamav-daemon")
    assert (row["installed"], row["intact"]) == (1, 1)


def test_another_content_under_the_same_name_is_told(machine_of: Machine) -> None:
    [row] = _ask(_machine(machine_of, content=b"\x7fELF sleep"))
    assert (row["package"], row["installed"], row["intact"]) == ("clamav-daemon", 0, 0)


def test_a_program_of_no_package(machine_of: Machine) -> None:
    [row] = _ask(_machine(machine_of, path="/usr/local/sbin/clamd"))
    assert (row["package"], row["installed"], row["intact"]) == ("", 0, None)
    assert "no package" in row["why"]


def test_a_package_that_keeps_no_digests_has_its_programs_all_the_same(machine_of: Machine) -> None:
    target = _machine(machine_of)
    Path(target.root, "var/lib/dpkg/info/clamav-daemon.md5sums").unlink()
    [row] = _ask(target)
    assert (row["installed"], row["intact"]) == (1, None)


def test_without_a_package_manager_nobody_can_tell(machine_of: Machine) -> None:
    target = machine_of({"/usr/sbin/clamd": PROGRAM, "/proc/7/comm": "clamd\n"})
    Path(target.root, "proc/7/exe").symlink_to("/usr/sbin/clamd")
    [row] = _ask(target)
    assert (row["installed"], row["why"]) == (None, "neither dpkg nor rpm is there to ask")


def test_a_program_that_was_replaced_is_not_known(machine_of: Machine) -> None:
    [row] = _ask(_machine(machine_of, link="/usr/sbin/clamd (deleted)"))
    assert (row["path"], row["replaced"]) == ("/usr/sbin/clamd", 1)
    assert (row.get("installed"), row.get("intact")) == (None, None)
    assert "replaced" in row["why"]


@pytest.mark.skipif(os.geteuid() != 0, reason="files of root are asked for")
@pytest.mark.parametrize(("mode", "answer"), [(0o755, 1), (0o775, 1), (0o757, 0)])
def test_a_program_that_others_can_change(machine_of: Machine, mode: int, answer: int) -> None:
    target = _machine(machine_of)
    Path(target.root, "usr/sbin/clamd").chmod(mode)
    assert _ask(target)[0]["root_only"] == answer


def test_a_program_whose_name_ends_like_the_kernel_s_mark_was_not_replaced(machine_of: Machine) -> None:
    [row] = _ask(_machine(machine_of, path="/opt/x (deleted)"))
    assert (row["path"], row["replaced"]) == ("/opt/x (deleted)", 0)


def test_a_process_with_a_root_of_its_own_is_told(machine_of: Machine) -> None:
    target = _machine(machine_of)
    Path(target.root, "proc/7/root").symlink_to("/")
    assert _ask(target)[0]["own_root"] == 0
    Path(target.root, "proc/7/root").unlink()
    Path(target.root, "proc/7/root").symlink_to("/usr")
    assert _ask(target)[0]["own_root"] == 1


def test_a_process_that_may_not_be_looked_at_says_so(
    machine_of: Machine, deny: Callable[[RootTarget, str], None]
) -> None:
    target = _machine(machine_of)
    deny(target, "/proc/7")
    [row] = _ask(target)
    assert (row.get("installed"), row.get("replaced")) == (None, None)
    assert "may not be read" in row["why"]


def test_a_process_that_has_ended_has_no_row(machine_of: Machine) -> None:
    assert _ask(_machine(machine_of), "8") == []


def test_a_root_filesystem_has_no_processes(root_of: Callable[[Mapping[str, str]], RootTarget]) -> None:
    with pytest.raises(NotObservable):
        _ask(root_of({"/etc/x": ""}))
