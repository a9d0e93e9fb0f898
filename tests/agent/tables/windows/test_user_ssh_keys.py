"""Table user_ssh_keys of Windows."""

import pytest
from rempart_testing.windows_accounts import MACHINE, sam
from rempart_testing.windows_disk import WindowsDisk, software

from rempart_agent.source.contract import Constraint, Query, Unfit
from rempart_agent.tables.windows import user_ssh_keys

KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
    "-----END RSA PRIVATE KEY-----\n"
)
ALICE, BOB = "C:\\Users\\alice\\.ssh", "C:\\Users\\bob\\.ssh"


def _target(folder: str = "C:\\Users\\bob") -> WindowsDisk:
    people = {1000: ("alice", 0x10), 1001: ("bob", 0x10), 1002: ("none", 0x10)}
    profiles = {MACHINE + "-1000": "C:\\Users\\alice", MACHINE + "-1001": folder, MACHINE + "-1002": "C:\\Users\\none"}
    files = {ALICE + "\\id_rsa": KEY, ALICE + "\\config": "Host x\n", BOB + "\\odd name": KEY}
    return WindowsDisk(files, SAM=sam(people, {}), SOFTWARE=software(profiles))


def test_keys_of_all_accounts_by_their_content() -> None:
    rows = list(user_ssh_keys.rows(_target(), Query()))
    assert [(row["uid"], row["path"], row["encrypted"]) for row in rows] == [
        (1000, ALICE + "\\id_rsa", 1),
        (1001, BOB + "\\odd name", 1),
    ]


def test_keys_of_the_accounts_that_are_asked_for() -> None:
    asked = Query(frozenset(), (Constraint("uid", "=", ("1001", "7")),))
    assert [row["uid"] for row in user_ssh_keys.rows(_target(), asked)] == [1001]


def test_a_profile_on_a_disk_that_is_not_here_is_an_error() -> None:
    with pytest.raises(Unfit):
        list(user_ssh_keys.rows(_target("D:\\Users\\bob"), Query()))
