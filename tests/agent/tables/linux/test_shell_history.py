"""Table shell_history: commands and their times, which no audit sees."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import REDACTED, Constraint, Denied, Missing, Query
from rempart_agent.tables import read
from rempart_agent.tables.linux import shell_history
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
PASSWD = (
    "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root/:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
    "bob:x:1001:1001::/home/bob:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n"
)


def _rows(table: Any, target: Any, *uids: str) -> list[dict[str, Any]]:
    constraints = (Constraint("uid", "=", uids),) if uids else ()
    return [dict(row) for row in table.rows(target, Query(frozenset(), constraints))]


ED = "AAAAC3NzaC1lZDI1NTE5AAAAIAbc"
FILES: dict[str, str | bytes] = {
    "/etc/passwd": PASSWD,
    "/root/.ssh/authorized_keys": f"ssh-ed25519 {ED} x",
    "/root/.ssh/config": "a b",
    "/root/.bash_history": "ls",
}


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("ls\n\nmake all\n", [(0, "ls"), (0, ""), (0, "make all")]),
        ("#1760000000\nmake\n#note\nlast", [(1760000000, "make"), (0, "#note"), (0, "last")]),
        ("#1\n#2\n#3\n", [(1, "#2")]),
        (": 1700000000:0;ls -l;pwd\n:   7:12;x\n: bad;y", [(1700000000, "ls -l;pwd"), (7, "x"), (0, ": bad;y")]),
        ("#" + "9" * 30 + "\nx", [(None, "x")]),
        ("", []),
    ],
)
def test_commands_and_their_times(text: str, commands: list[tuple[Any, str]]) -> None:
    assert [(row["time"], row["command"]) for row in shell_history.parse(text)] == commands


def test_the_history_files_of_all_shells(root_of: RootOf) -> None:
    names = [".bash_history", ".zsh_history", ".zhistory", ".history", ".sh_history", ".ash_history"]
    files = {f"/home/alice/{name}": "ls\n" for name in names}
    files["/home/alice/.bash_sessions/A.history"] = "ls\n"
    files["/home/alice/.bash_sessions/A.historynew"] = "ls\n"
    target = root_of({"/etc/passwd": PASSWD, **files})
    assert [row["history_file"] for row in _rows(shell_history, target, "1000")] == [
        *(f"/home/alice/{name}" for name in names),
        "/home/alice/.bash_sessions/A.history",
    ]
    assert _rows(shell_history, target) == []


def test_a_history_that_leads_to_a_device_is_none(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/root/": ""})
    os.mkfifo(target.root + "/root/.bash_history")
    assert _rows(shell_history, target) == []


def test_an_audit_sees_no_command(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/root/.bash_history": "mysql -psecret\n"})
    (answer,) = read.read(target, [read.Request("shell_history", ("command", "history_file"), ())])
    assert [row["command"] for row in answer.rows] == [REDACTED]


@pytest.mark.parametrize("path", ["/root", "/root/.bash_history"])
def test_shell_history_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of(FILES)
    deny(target, path)
    with pytest.raises(Denied):
        _rows(shell_history, target)


@pytest.mark.parametrize("path", ["/root/.ssh/authorized_keys", "/root/.ssh/config"])
def test_shell_history_do_not_hang_on_other_files(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of(FILES)
    deny(target, path)
    assert len(_rows(shell_history, target)) == 1


def test_without_a_user_database_nobody_can_be_looked_at(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(shell_history, root_of({"/root/.bash_history": "x"}))


@given(st.text())
def test_any_text_is_taken_as_commands(text: str) -> None:
    for row in shell_history.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
