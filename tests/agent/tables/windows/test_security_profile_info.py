"""Table security_profile_info of Windows."""

import pytest
from rempart_testing.windows_accounts import domain_f, sam
from rempart_testing.windows_disk import WindowsDisk

from rempart_agent.source.contract import Malformed, NotObservable, Query
from rempart_agent.tables.windows import security_profile_info

USERS = {500: ("root", 0x210), 501: ("Guest", 0x215)}


def test_the_policy_and_the_built_in_accounts() -> None:
    policy = domain_f(-90 * 864_000_000_000, 0, 12, 5, 10, 1)
    (row,) = security_profile_info.rows(WindowsDisk(SAM=sam(USERS, {}, policy)), Query())
    assert row == {
        "minimum_password_age": 0,
        "maximum_password_age": 90,
        "minimum_password_length": 12,
        "password_complexity": 1,
        "password_history_size": 5,
        "lockout_bad_count": 10,
        "logon_to_change_password": 0,
        "force_logoff_when_expire": 0,
        "clear_text_password": 0,
        "new_administrator_name": "root",
        "new_guest_name": "Guest",
        "enable_admin_account": 1,
        "enable_guest_account": 0,
    }


@pytest.mark.parametrize("column", ["audit_logon_events", "lsa_anonymous_name_lookup"])
def test_what_the_account_database_does_not_hold_is_not_observable(column: str) -> None:
    asked = Query(frozenset({"enable_guest_account", column}))
    with pytest.raises(NotObservable, match=column):
        list(security_profile_info.rows(WindowsDisk(SAM=sam(USERS, {})), asked))


def test_a_built_in_account_that_is_missing_is_an_error() -> None:
    with pytest.raises(Malformed, match="no account 501"):
        list(security_profile_info.rows(WindowsDisk(SAM=sam({500: ("root", 0x210)}, {})), Query()))
