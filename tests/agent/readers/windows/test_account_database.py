"""The account database of Windows: what it says in two places has to be the same, or is not believed."""

import random
import struct

import pytest
from rempart_testing.registry_hive import Tree, hive
from rempart_testing.windows_accounts import MACHINE, alias_c, sam, user_f, user_v
from rempart_testing.windows_disk import WindowsDisk

from rempart_agent.readers.windows import account_database
from rempart_agent.source.contract import Malformed, Missing, NotObservable, SourceError

USERS = {500: ("Administrator", 0x211), 501: ("Guest", 0x215), 1000: ("alice", 0x10)}
GROUPS = {544: ("Administrators", [MACHINE + "-500"]), 545: ("Users", ["S-1-5-11", MACHINE + "-1000"])}


def _account(tree: Tree, name: str = "Account") -> dict:  # type: ignore[type-arg]  # keys of a hive that is being made
    return tree["SAM"]["Domains"][name]  # type: ignore[index,call-overload,no-any-return]


def test_accounts_groups_and_members_are_read_once() -> None:
    target = WindowsDisk(SAM=sam(USERS, GROUPS, own_groups={1001: ("Support", [MACHINE + "-1000"])}))
    found = account_database.read(target)
    assert [(user.rid, user.name) for user in found.users] == [(500, "Administrator"), (501, "Guest"), (1000, "alice")]
    assert [(group.sid, group.name) for group in found.groups] == [
        ("S-1-5-32-544", "Administrators"),
        ("S-1-5-32-545", "Users"),
        (MACHINE + "-1001", "Support"),
    ]
    assert found.groups_of(MACHINE + "-1000") == [545, 1001]
    assert account_database.read(target) is found


def test_who_is_in_a_group_by_the_list_alone_is_a_member() -> None:
    # SAM asks this list when somebody logs on, so that a member that the group's record hides has its rights
    tree = sam(USERS, GROUPS)
    members = _account(tree, "Builtin")["Aliases"]["Members"]
    members[MACHINE]["000003E8"][""] = (2, struct.pack("<2I", 545, 544))
    assert account_database.read(WindowsDisk(SAM=tree)).groups_of(MACHINE + "-1000") == [544, 545]


def test_who_is_in_a_group_by_its_record_alone_is_a_member() -> None:
    tree = sam(USERS, GROUPS)
    _account(tree, "Builtin")["Aliases"]["00000220"] = {"C": alias_c(544, "Administrators", [MACHINE + "-1000"])}
    assert account_database.read(WindowsDisk(SAM=tree)).groups_of(MACHINE + "-1000") == [544, 545]


def test_a_group_in_which_the_primary_group_is_counts() -> None:
    found = account_database.read(WindowsDisk(SAM=sam(USERS, {544: ("Administrators", [MACHINE + "-513"])})))
    assert found.groups_of(MACHINE + "-1000", 513) == [544]
    assert found.groups_of(MACHINE + "-1000") == []


def test_the_accounts_of_a_domain_controller_are_not_observable() -> None:
    system: Tree = {"ControlSet001": {"Control": {"ProductOptions": {"ProductType": "LanmanNT"}}}}
    with pytest.raises(NotObservable, match="directory"):
        account_database.read(WindowsDisk(SYSTEM=system, SAM=sam(USERS, GROUPS)))


def test_a_machine_that_does_not_say_what_it_is_is_an_error() -> None:
    with pytest.raises(Malformed, match="domain controller"):
        account_database.read(WindowsDisk(SYSTEM={}, SAM=sam(USERS, GROUPS)))


def test_a_disk_without_an_account_database_is_an_error() -> None:
    with pytest.raises(Missing):
        account_database.read(WindowsDisk())


def test_a_guest_that_logs_on_as_the_administrator_is_an_error() -> None:
    tree = sam(USERS, GROUPS)
    _account(tree)["Users"]["000001F5"]["F"] = user_f(500)
    with pytest.raises(Malformed, match="account 501 says that it is account 500"):
        account_database.read(WindowsDisk(SAM=tree))


def test_a_name_that_leads_to_another_account_is_an_error() -> None:
    tree = sam(USERS, GROUPS)
    _account(tree)["Users"]["Names"]["alice"] = {"": (500, b"")}
    with pytest.raises(Malformed, match="'alice' leads to account 500"):
        account_database.read(WindowsDisk(SAM=tree))


def test_an_account_that_the_list_of_names_hides_is_there() -> None:
    tree = sam(USERS, GROUPS)
    del _account(tree)["Users"]["Names"]["alice"]
    assert [user.name for user in account_database.read(WindowsDisk(SAM=tree)).users][-1] == "alice"


def test_two_accounts_of_one_name_are_an_error() -> None:
    tree = sam(USERS, GROUPS)
    _account(tree)["Users"]["000003E9"] = {"F": user_f(1001), "V": user_v("ALICE")}
    with pytest.raises(Malformed, match="two accounts"):
        account_database.read(WindowsDisk(SAM=tree))


@pytest.mark.parametrize(
    ("key", "name"), [("Account", "Users"), ("Account", "V"), ("Account", "F"), ("Builtin", "Aliases")]
)
def test_what_is_missing_is_an_error(key: str, name: str) -> None:
    tree = sam(USERS, GROUPS)
    del _account(tree, key)[name]
    with pytest.raises(Malformed, match=name):
        account_database.read(WindowsDisk(SAM=tree))


@pytest.mark.parametrize("member", [("S-1-5", "0000000G"), ("S-1", "0000000B"), ("none", "0000000B")])
def test_a_list_of_members_that_is_not_understood_is_an_error(member: tuple[str, str]) -> None:
    tree = sam(USERS, GROUPS)
    domain, number = member
    _account(tree, "Builtin")["Aliases"]["Members"][domain] = {number: {"": (1, struct.pack("<I", 544))}}
    with pytest.raises(Malformed, match="can't be understood"):
        account_database.read(WindowsDisk(SAM=tree))


def test_members_of_a_group_without_a_record_are_an_error() -> None:
    tree = sam(USERS, GROUPS)
    del _account(tree, "Builtin")["Aliases"]["00000220"]
    with pytest.raises(Malformed, match="group 544 has members and no record"):
        account_database.read(WindowsDisk(SAM=tree))


def test_more_records_or_members_than_may_be_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_database, "MOST", 2)
    with pytest.raises(Malformed, match="more than 2 records in Users"):
        account_database.read(WindowsDisk(SAM=sam(USERS, {})))
    with pytest.raises(Malformed, match="more than 2 members"):
        account_database.read(WindowsDisk(SAM=sam({}, GROUPS)))


@pytest.mark.parametrize("seed", range(3))
def test_a_hive_with_flipped_bytes_is_read_or_one_of_our_errors(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - no secret
    sound = hive(sam(USERS, GROUPS, own_groups={1001: ("Support", [MACHINE + "-1000"])}))
    whole = account_database.read(WindowsDisk(SAM=sound))
    for _ in range(120):
        data = bytearray(sound)
        for _ in range(source.randrange(1, 8)):
            data[source.randrange(4096, len(data))] = source.choice([0, 1, 0x7F, 0xFF, source.randrange(256)])
        try:
            found = account_database.read(WindowsDisk(SAM=bytes(data)))
        except SourceError:
            continue
        assert len(found.users) == len(whole.users)
