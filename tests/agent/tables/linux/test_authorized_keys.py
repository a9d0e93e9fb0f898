"""Table authorized_keys: the keys that sshd takes, of the users that are named."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Missing, Query
from rempart_agent.tables.linux import authorized_keys
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


@pytest.mark.parametrize("path", ["/root", "/root/.ssh/authorized_keys"])
def test_authorized_keys_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of(FILES)
    deny(target, path)
    with pytest.raises(Denied):
        _rows(authorized_keys, target)


@pytest.mark.parametrize("path", ["/root/.ssh/config", "/root/.bash_history"])
def test_authorized_keys_do_not_hang_on_other_files(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of(FILES)
    deny(target, path)
    assert len(_rows(authorized_keys, target)) == 1


def test_without_a_user_database_nobody_can_be_looked_at(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(authorized_keys, root_of({"/root/.bash_history": "x"}))


@given(st.text())
def test_any_text_is_taken_as_keys(text: str) -> None:
    for row in authorized_keys.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())


@given(st.text(st.sampled_from(list("ssh-rsaed25519 \t,\n#=")), max_size=60))
def test_any_key_line_is_taken(text: str) -> None:
    assert all(row["key"] for row in authorized_keys.parse(text))
