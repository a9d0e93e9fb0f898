"""Table kernel_keys: what the kernel keeps for processes and users."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import kernel_keys
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]

# proc_keys_show() in security/keys/proc.c prints the first eight fields, each type's describe() the rest
KEYS = """\
05f6bcd2 I--Q---     1 perm 1f3f0000     0 65534 keyring   _uid_ses.0: 1
0a1b2c3d I------     1 perm 1f030000     0     0 asymmetri Debian Secure Boot CA: 6ccece7e: X509.rsa bb419ea1 []
0b1b2c3d I--Q---    12   3d 3f010000  1000    -1 user      krb_ccache:primary: 12
"""


def test_every_key_is_told(machine_of: MachineOf) -> None:
    rows = [dict(row) for row in kernel_keys.rows(machine_of({"/proc/keys": KEYS}), Query())]
    assert rows[0] == {
        "serial_number": "05f6bcd2",
        "flags": "I--Q---",
        "usage": 1,
        "timeout": "perm",
        "permissions": "1f3f0000",
        "uid": 0,
        "gid": 65534,
        "type": "keyring",
        "description": "_uid_ses.0:1",
    }
    assert rows[1]["description"] == "Debian Secure Boot CA: 6ccece7e: X509.rsa bb419ea1 []"
    assert (rows[2]["usage"], rows[2]["timeout"], rows[2]["gid"]) == (12, "3d", -1)


def test_a_source_that_can_not_be_read_or_understood_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(kernel_keys.rows(machine_of({}), Query()))
    target = machine_of({"/proc/keys": KEYS + "05f6bcd2 I--Q---\n"})
    with pytest.raises(Malformed):
        list(kernel_keys.rows(target, Query()))
    deny(target, "/proc/keys")
    with pytest.raises(Denied):
        list(kernel_keys.rows(target, Query()))


def test_a_root_has_none(root_of: RootOf) -> None:
    with pytest.raises(NotObservable):
        list(kernel_keys.rows(root_of({"/proc/keys": KEYS}), Query()))


@given(st.binary(), st.integers(0, len(KEYS)))
def test_any_bytes_are_taken_or_refused(data: bytes, at: int) -> None:
    text = data.decode("utf-8", "replace")
    for broken in (text, KEYS[:at] + text + KEYS[at:]):
        try:
            assert all(row["serial_number"] for row in kernel_keys.parse(broken))
        except Malformed:
            continue
