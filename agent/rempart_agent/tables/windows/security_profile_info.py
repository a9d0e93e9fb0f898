"""Table security_profile_info: the password policy of the machine, and whether its built-in accounts are enabled.

Source: the account database, from which osquery's source (``SceGetSecurityProfileInfo``) takes them too. What is
audited, and whether names can be looked up anonymously, stands elsewhere: a statement that asks for it by name is not
observable.
"""

from typing import Dict, Iterator

from rempart_agent.formats import sam
from rempart_agent.readers.windows import account_database
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, NotObservable, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("minimum_password_age", INTEGER),
    Column("maximum_password_age", INTEGER),
    Column("minimum_password_length", INTEGER),
    Column("password_complexity", INTEGER),
    Column("password_history_size", INTEGER),
    Column("lockout_bad_count", INTEGER),
    Column("logon_to_change_password", INTEGER),
    Column("force_logoff_when_expire", INTEGER),
    Column("new_administrator_name", TEXT),
    Column("new_guest_name", TEXT),
    Column("clear_text_password", INTEGER),
    Column("lsa_anonymous_name_lookup", INTEGER, costly=True, alone=True, hidden=True),
    Column("enable_admin_account", INTEGER),
    Column("enable_guest_account", INTEGER),
    Column("audit_system_events", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_logon_events", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_object_access", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_privilege_use", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_policy_change", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_account_manage", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_process_tracking", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_ds_access", INTEGER, costly=True, alone=True, hidden=True),
    Column("audit_account_logon", INTEGER, costly=True, alone=True, hidden=True),
)
_ADMINISTRATOR, _GUEST = 500, 501


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row."""
    unknown = sorted(name for name in query.columns if name.startswith(("audit_", "lsa_")))
    if unknown:
        raise NotObservable("{unknown}: is not read from a disk", unknown=", ".join(unknown))
    database = account_database.read(target)
    policy = database.policy
    row: Dict[str, Value] = {
        "minimum_password_age": policy.minimum_age,
        "maximum_password_age": policy.maximum_age,
        "minimum_password_length": policy.minimum_length,
        "password_complexity": int(policy.complexity),
        "password_history_size": policy.history,
        "lockout_bad_count": policy.lockout,
        "logon_to_change_password": int(policy.logon_to_change),
        "force_logoff_when_expire": int(policy.force_logoff),
        "clear_text_password": int(policy.clear_text),
    }
    for number, name in ((_ADMINISTRATOR, "administrator"), (_GUEST, "guest")):
        found = next((user for user in database.users if user.rid == number), None)
        if found is None:
            raise Malformed("SAM: there is no account {number}", number=number)
        row["new_{}_name".format(name)] = found.name
        short = "admin" if number == _ADMINISTRATOR else name
        row["enable_{}_account".format(short)] = int(not found.flags & sam.DISABLED)
    yield row
