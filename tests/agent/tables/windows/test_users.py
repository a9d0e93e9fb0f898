"""Table users of Windows."""

from rempart_testing.windows_accounts import MACHINE, sam
from rempart_testing.windows_disk import WindowsDisk, software

from rempart_agent.source.contract import Query
from rempart_agent.tables.windows import users


def test_an_account_has_a_row_and_no_hash() -> None:
    database = sam({1000: ("alice", 0x10)}, {545: ("Users", [MACHINE + "-1000"])})
    target = WindowsDisk(SAM=database, SOFTWARE=software({MACHINE + "-1000": "C:\\Users\\alice"}))
    (row,) = users.rows(target, Query())
    assert row == {
        "uid": 1000,
        "gid": 545,
        "uid_signed": 1000,
        "gid_signed": 545,
        "username": "alice",
        "description": "",
        "directory": "C:\\Users\\alice",
        "shell": "C:\\Windows\\system32\\cmd.exe",
        "uuid": MACHINE + "-1000",
        "type": "local",
    }


def test_an_account_in_no_local_group_has_its_primary_one() -> None:
    target = WindowsDisk(SAM=sam({1000: ("alice", 0x10)}, {}), SOFTWARE=software({"S-1-5-80-1-4294967295": "C:\\x"}))
    assert [(row["gid"], row["uid_signed"]) for row in users.rows(target, Query())] == [(513, 1000), (4294967295, -1)]
