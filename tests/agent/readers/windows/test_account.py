"""Who a Windows machine knows."""

import pytest
from rempart_testing.windows_accounts import MACHINE, sam
from rempart_testing.windows_disk import WindowsDisk, software

from rempart_agent.readers.windows import account
from rempart_agent.source.contract import Missing, Unfit

DOMAIN = "S-1-5-21-1-2-3"
SAM = sam(
    {500: ("Administrator", 0x211), 1000: ("alice", 0x10), 1001: ("hidden$", 0x80)},
    {544: ("Administrators", [MACHINE + "-500", MACHINE + "-1002", DOMAIN + "-512", "S-1-1-0"])},
)
PROFILES = {
    "S-1-5-18": "%SystemRoot%\\system32\\config\\systemprofile",
    MACHINE + "-1000": "C:\\Users\\alice",
    MACHINE + "-1003": "C:\\Users\\gone",
    DOMAIN + "-1104": "C:\\Users\\bob",
    "S-1-12-1-5-6-7-8": "C:\\Users\\tenant",
}


def _read() -> tuple[account.Account, ...]:
    return account.read(WindowsDisk(SAM=SAM, SOFTWARE=software({**PROFILES, "not a sid": "C:\\x"})))


def test_own_accounts_come_first_those_that_look_like_a_machine_too() -> None:
    assert [(one.name, one.kind, one.folder) for one in _read()[:3]] == [
        ("Administrator", "local", ""),
        ("alice", "local", "C:\\Users\\alice"),
        ("hidden$", "local", ""),
    ]


def test_others_go_by_their_identifier_with_their_profile_or_their_groups() -> None:
    found = {one.name: (one.rid, one.kind, one.folder, one.groups) for one in _read()[3:]}
    assert found == {
        "SYSTEM": (18, "special", PROFILES["S-1-5-18"], ()),
        MACHINE + "-1003": (1003, "roaming", "C:\\Users\\gone", ()),
        DOMAIN + "-1104": (1104, "roaming", "C:\\Users\\bob", ()),
        "S-1-12-1-5-6-7-8": (8, "roaming", "C:\\Users\\tenant", ()),
        DOMAIN + "-512": (512, "roaming", "", (544,)),
        "Everyone": (0, "special", "", (544,)),
    }


def test_a_list_of_profiles_that_is_missing_is_an_error() -> None:
    with pytest.raises(Missing):
        account.read(WindowsDisk(SAM=SAM, SOFTWARE={}))


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("", ""),
        ("C:\\Users\\alice\\", "C:\\Users\\alice"),
        ("%SYSTEMROOT%\\system32\\x", "C:\\Windows\\system32\\x"),
        ("%SystemDrive%\\Users\\a", "C:\\Users\\a"),
    ],
)
def test_a_profile_has_a_path(folder: str, path: str) -> None:
    target = WindowsDisk(SAM=SAM, SOFTWARE=software())
    assert account.home(target, account.Account("S-1", 1, "", "", folder, "local", (), 0)) == path


@pytest.mark.parametrize("folder", ["D:\\Users\\alice", "\\\\server\\alice", "%HOME%\\alice", "C:\\%USER%"])
def test_a_profile_elsewhere_is_an_error_and_not_an_empty_one(folder: str) -> None:
    target = WindowsDisk(SAM=SAM, SOFTWARE=software())
    with pytest.raises(Unfit, match="not on the drive of the system"):
        account.home(target, account.Account("S-1", 1, "", "", folder, "local", (), 0))
