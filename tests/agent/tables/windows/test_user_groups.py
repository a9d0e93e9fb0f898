"""Table user_groups of Windows."""

from rempart_testing.windows_accounts import MACHINE, sam
from rempart_testing.windows_disk import WindowsDisk, software

from rempart_agent.source.contract import Query
from rempart_agent.tables.windows import user_groups


def test_members_of_a_directory_are_members_too() -> None:
    people = {500: ("Administrator", 0x211), 1000: ("alice", 0x10)}
    database = sam(people, {544: ("Administrators", [MACHINE + "-500", "S-1-5-21-1-2-3-512"])})
    rows = list(user_groups.rows(WindowsDisk(SAM=database, SOFTWARE=software()), Query()))
    assert rows == [{"uid": 500, "gid": 544}, {"uid": 512, "gid": 544}]
