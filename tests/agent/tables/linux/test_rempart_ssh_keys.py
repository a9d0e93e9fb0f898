"""Table rempart_ssh_keys: the keys that open an account, wherever sshd looks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import rempart_ssh_keys
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1 kim@laptop\n"
PEOPLE = {"/etc/passwd": "root:x:0:0::/root:/bin/sh\nkim:x:1000:1000::/home/kim:/bin/bash\n"}


def _keys(target: Any) -> list[tuple[str, str, int | None]]:
    return [(r["username"], str(r.get("key_file", "")), r["live"]) for r in rempart_ssh_keys.rows(target, Query())]


def test_keys_of_homes_count_without_settings(root_of: RootOf) -> None:
    target = root_of({**PEOPLE, "/home/kim/.ssh/authorized_keys": "# none\n" + KEY, "/root/.ssh/authorized_keys2": KEY})
    assert _keys(target) == [
        ("root", "/root/.ssh/authorized_keys2", 1),
        ("kim", "/home/kim/.ssh/authorized_keys", 1),
    ]


def test_sshd_may_look_elsewhere(root_of: RootOf) -> None:
    files = {
        **PEOPLE,
        "/etc/ssh/sshd_config": "AuthorizedKeysFile /etc/keys/%u .ssh/more\nMatch User root\n"
        "AuthorizedKeysFile %h/k%%\n",
        "/etc/keys/kim": KEY,
        "/home/kim/.ssh/more": KEY,
        "/home/kim/.ssh/authorized_keys": KEY,
        "/root/k%": KEY,
    }
    assert sorted(_keys(root_of(files))) == [
        ("kim", "/etc/keys/kim", 1),
        ("kim", "/home/kim/.ssh/authorized_keys", 0),
        ("kim", "/home/kim/.ssh/more", 1),
        ("root", "/root/k%", 1),
    ]


@pytest.mark.parametrize(
    ("options", "live"),
    [
        ('expiry-time="20200101" ', 0),
        ('no-pty,expiry-time="202001010101Z" ', 0),
        ('expiry-time="29990101" ', 1),
        ('command="expiry-time" ', 1),
    ],
)
def test_a_key_may_have_expired(root_of: RootOf, options: str, live: int) -> None:
    assert [k[2] for k in _keys(root_of({**PEOPLE, "/home/kim/.ssh/authorized_keys": options + KEY}))] == [live]


def test_keys_may_be_switched_off(root_of: RootOf) -> None:
    files = {**PEOPLE, "/etc/ssh/sshd_config": "PubkeyAuthentication no\n", "/home/kim/.ssh/authorized_keys": KEY}
    assert [k[2] for k in _keys(root_of(files))] == [0]
    files["/etc/ssh/sshd_config"] += "Match User kim\nPubkeyAuthentication yes\n"
    assert [k[2] for k in _keys(root_of(files))] == [1]


@pytest.mark.parametrize(
    "setting", ["AuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys\n", "TrustedUserCAKeys /etc/ssh/ca.pub\n"]
)
def test_what_can_not_be_listed_is_a_row_without_an_answer(root_of: RootOf, setting: str) -> None:
    assert _keys(root_of({**PEOPLE, "/etc/ssh/sshd_config": setting})) == [("*", "", None)]


def test_settings_that_sshd_refuses_leave_every_key_open(root_of: RootOf) -> None:
    files = {**PEOPLE, "/etc/ssh/sshd_config": 'Port "22\n', "/home/kim/.ssh/authorized_keys": KEY}
    assert {k[2] for k in _keys(root_of(files))} == {None}


def test_no_accounts_are_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _keys(root_of({"/etc/hosts": ""}))


def test_a_file_that_can_not_be_read_hides_no_other(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    """A person may put anything there: what it is stays unknown for that account alone."""
    files = {**PEOPLE, "/root/.ssh/authorized_keys": KEY, "/home/kim/.ssh/authorized_keys": KEY}
    target = root_of({**files, "/home/kim/.ssh/authorized_keys2": "x" * 5_000_000})
    deny(target, "/home/kim/.ssh/authorized_keys")
    assert _keys(target) == [
        ("root", "/root/.ssh/authorized_keys", 1),
        ("kim", "/home/kim/.ssh/authorized_keys", None),
        ("kim", "/home/kim/.ssh/authorized_keys2", None),
    ]
