"""Table ssh_configs: options of OpenSSH's client with the block that they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Denied, Missing, Query
from rempart_agent.tables.linux import ssh_configs
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


@pytest.mark.parametrize("path", ["/root", "/root/.ssh/config"])
def test_ssh_configs_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of(FILES)
    deny(target, path)
    with pytest.raises(Denied):
        _rows(ssh_configs, target)


@pytest.mark.parametrize("path", ["/root/.ssh/authorized_keys", "/root/.bash_history"])
def test_ssh_configs_do_not_hang_on_other_files(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of(FILES)
    deny(target, path)
    assert len(_rows(ssh_configs, target)) == 1


def test_without_a_user_database_nobody_can_be_looked_at(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(ssh_configs, root_of({"/root/.bash_history": "x"}))


@given(st.text())
def test_any_text_is_taken_as_options(text: str) -> None:
    for row in ssh_configs.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
