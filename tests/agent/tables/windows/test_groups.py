"""Table groups of Windows."""

from rempart_testing.windows_accounts import MACHINE, sam
from rempart_testing.windows_disk import WindowsDisk

from rempart_agent.source.contract import Query
from rempart_agent.tables.windows import groups


def test_built_in_groups_and_those_of_the_machine_are_rows() -> None:
    database = sam({}, {544: ("Administratoren", [])}, own_groups={1002: ("Hilfe", [])})
    rows = list(groups.rows(WindowsDisk(SAM=database), Query()))
    assert rows[0] == {
        "gid": 544,
        "gid_signed": 544,
        "groupname": "Administratoren",
        "group_sid": "S-1-5-32-544",
        "comment": "",
    }
    assert [row["group_sid"] for row in rows] == ["S-1-5-32-544", MACHINE + "-1002"]
