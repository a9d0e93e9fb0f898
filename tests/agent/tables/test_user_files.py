"""Tables authorized_keys, ssh_configs and shell_history: files in the homes of users."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import REDACTED, Constraint, Denied, Missing, Query
from rempart_agent.tables import read
from rempart_agent.tables.linux import authorized_keys, shell_history, ssh_configs
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


# authorized_keys

ED = "AAAAC3NzaC1lZDI1NTE5AAAAIAbc"


def test_the_parts_of_a_key_line() -> None:
    text = (
        f"# admin\nssh-ed25519 {ED} admin@console\n"
        f'from="10.0.0.*",no-pty ssh-rsa \t AAAAB3Nz two  words\n  ecdsa-sha2-nistp256 AAAAE2\t\tone\ttab \r\n'
    )
    assert list(authorized_keys.parse(text)) == [
        {"algorithm": "ssh-ed25519", "options": "", "key": ED, "comment": "admin@console"},
        {"algorithm": "ssh-rsa", "options": 'from="10.0.0.*",no-pty', "key": "AAAAB3Nz", "comment": "two  words"},
        {"algorithm": "ecdsa-sha2-nistp256", "options": "", "key": "AAAAE2", "comment": "one\ttab"},
    ]


def test_a_security_key_opens_the_account_and_is_a_row() -> None:
    (row,) = authorized_keys.parse("sk-ssh-ed25519@openssh.com AAAAGnNr alice")
    assert (row["algorithm"], row["key"]) == ("sk-ssh-ed25519@openssh.com", "AAAAGnNr")


@pytest.mark.parametrize("line", ["ssh-dss AAAAB3Nz old", "ssh-rsa", "ssh-rsa-cert-v01@openssh.com AAAA", "garbage"])
def test_what_sshd_does_not_take_is_no_row(line: str) -> None:
    assert list(authorized_keys.parse(line)) == []


def test_keys_of_the_users_that_are_named(root_of: RootOf) -> None:
    line = f"ssh-ed25519 {ED} "
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            "/root/.ssh/authorized_keys": line + "r",
            "/home/alice/.ssh/authorized_keys": line + "a",
            "/home/alice/.ssh/authorized_keys2": line + "a2",
        }
    )

    def found(*uids: str) -> list[tuple[Any, ...]]:
        return [(r["uid"], r["key_file"], r["comment"]) for r in _rows(authorized_keys, target, *uids)]

    assert found() == [(0, "/root/.ssh/authorized_keys", "r")]
    assert found("0", "1000", "1001", "65534") == [
        (0, "/root/.ssh/authorized_keys", "r"),
        (1000, "/home/alice/.ssh/authorized_keys", "a"),
        (1000, "/home/alice/.ssh/authorized_keys2", "a2"),
    ]


def test_a_pipe_in_place_of_the_keys_neither_blocks_nor_counts(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/root/.ssh/": ""})
    os.mkfifo(target.root + "/root/.ssh/authorized_keys")
    assert _rows(authorized_keys, target) == []


# ssh_configs


def test_options_with_their_block(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            "/etc/ssh/ssh_config": "# all\nHost *\n    SendEnv LANG\n",
            "/home/bob/.ssh/config": "ForwardAgent Yes\nMatch user Bob\n\tPort 22",
        }
    )
    assert _rows(ssh_configs, target, "1001") == [
        {"uid": 1001, "block": "", "option": "forwardagent yes", "ssh_config_file": "/home/bob/.ssh/config"},
        {"uid": 1001, "block": "match user bob", "option": "port 22", "ssh_config_file": "/home/bob/.ssh/config"},
        {"uid": 0, "block": "host *", "option": "sendenv lang", "ssh_config_file": "/etc/ssh/ssh_config"},
    ]


# shell_history


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


# all of them

TABLES = [authorized_keys, ssh_configs, shell_history]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("path", ["/root", "/root/.ssh/authorized_keys", "/root/.ssh/config", "/root/.bash_history"])
def test_a_file_that_may_not_be_read_raises(root_of: RootOf, deny: Deny, table: Any, path: str) -> None:
    line = f"ssh-ed25519 {ED} x"
    target = root_of(
        {
            "/etc/passwd": PASSWD,
            "/root/.ssh/authorized_keys": line,
            "/root/.ssh/config": "a b",
            "/root/.bash_history": "ls",
        }
    )
    deny(target, path)
    other = {"authorized_keys": authorized_keys, "config": ssh_configs, ".bash_history": shell_history}
    if path != "/root" and other[path.rpartition("/")[2]] is not table:
        assert len(_rows(table, target)) == 1
    else:
        with pytest.raises(Denied):
            _rows(table, target)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_user_database_nobody_can_be_looked_at(root_of: RootOf, table: Any) -> None:
    with pytest.raises(Missing):
        _rows(table, root_of({"/root/.bash_history": "x"}))


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    rows = [*authorized_keys.parse(text), *ssh_configs.parse(text), *shell_history.parse(text)]
    assert all(value is None or isinstance(value, (str, int)) for row in rows for value in row.values())


@given(st.text(st.sampled_from(list("ssh-rsaed25519 \t,\n#=")), max_size=60))
def test_any_key_line_is_taken(text: str) -> None:
    assert all(row["key"] for row in authorized_keys.parse(text))
