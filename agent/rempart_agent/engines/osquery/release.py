"""Since which release osquery has a table or a column, where that is later than 5.0.0.

Source: osquery's change log and table specifications.
"""

from rempart_agent.engines.sql import dialect

TABLES = {
    "deviceguard_status": "5.14.0",
    "password_policy": "5.4.0",
    "security_profile_info": "5.7.0",
    "windows_update_history": "5.4.0",
}
COLUMNS = {
    ("authorized_keys", "comment"): "5.5.0",
    ("bitlocker_info", "protector_types"): "later than 5.23.1",
    ("file", "symlink_target_path"): "5.17.0",
    ("password_policy", "policy_parameters"): "5.21.0",
    ("platform_info", "firmware_type"): "5.6.0",
    ("secureboot", "description"): "5.11.0",
    ("systemd_units", "unit_file_state"): "5.8.0",
    ("yum_sources", "source"): "5.13.0",
}
PLATFORM_TABLES = {
    ("certificates", "linux"): "5.3.0",
    ("secureboot", "darwin"): "5.8.0",
}


def needed(lacking: str, sql: str, platform: str) -> str:
    """Return what needs which release of osquery (``file.symlink_target_path needs osquery 5.17.0``), or ``""``.

    Args:
        lacking: The table or column that osquery said it does not have, as it said it: ``u.unit_file_state``.
        sql: The statement.
        platform: ``linux``, ``darwin`` or ``windows``.
    """
    name = lacking.rpartition(".")[2].strip('"`[]').lower()
    since = TABLES.get(name) or PLATFORM_TABLES.get((name, platform))
    if since:
        return f"{name} needs osquery {since}"
    words = {text.lower() for kind, text in dialect.tokens(sql) if kind == "name"}
    for (table, column), release in COLUMNS.items():
        if column == name and table in words:
            return f"{table}.{column} needs osquery {release}"
    return ""
