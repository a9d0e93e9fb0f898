"""What auditd makes of its configuration (auditd.conf(5)), as ``load_config`` of src/auditd-config.c reads it.

A line is split at spaces alone: a name, ``=``, a value, and of few names an option. A line of more than 158 characters,
and a last line without its end, are skipped. Anything that auditd does not know ends the reading: auditd does not
start. Held against audit 3.0 to 4.2, whose names and values are the same.
"""

from typing import Dict, List, NamedTuple, Optional, Tuple

from rempart_agent.said import Why

_ACTIONS = ("ignore", "syslog", "rotate", "email", "exec", "suspend", "single", "halt")
_YES_NO = ("yes", "no")
_WORDS = {
    "local_events": _YES_NO,
    "write_logs": _YES_NO,
    "log_format": ("raw", "nolog", "enriched"),
    "flush": ("none", "incremental", "incremental_async", "data", "sync"),
    "name_format": ("none", "hostname", "fqd", "numeric", "user"),
    "max_log_file_action": ("ignore", "syslog", "suspend", "rotate", "keep_logs"),
    "space_left_action": _ACTIONS,
    "admin_space_left_action": _ACTIONS,
    "disk_full_action": tuple(word for word in _ACTIONS if word != "email"),
    "disk_error_action": tuple(word for word in _ACTIONS if word not in ("email", "rotate")),
    "overflow_action": ("ignore", "syslog", "suspend", "single", "halt"),
    "verify_email": _YES_NO,
    "use_libwrap": _YES_NO,
    "distribute_network": _YES_NO,
    "transport": ("tcp", "krb5"),
}
_NUMBERS = {
    "freq": 2147483647,
    "num_logs": 999,
    "max_log_file": 2**63,
    "space_left": 2**63,
    "admin_space_left": 2**63,
    "priority_boost": 2**31,
    "q_depth": 99999,
    "max_restarts": 2**31,
}
_TEXTS = (
    *("log_file", "log_group", "dispatcher", "name", "disp_qos", "action_mail_acct", "tcp_listen_port"),
    *("tcp_listen_queue", "tcp_max_per_addr", "tcp_client_ports", "tcp_client_max_idle", "enable_krb5"),
    *("krb5_principal", "krb5_key_file", "plugin_dir", "end_of_event_timeout"),
)
_WITH_OPTION = ("space_left_action", "admin_space_left_action", "disk_full_action", "disk_error_action")
_PERCENT = ("space_left", "admin_space_left")
_LONGEST = 158
DEFAULTS = {
    "local_events": "yes",
    "write_logs": "yes",
    "log_file": "/var/log/audit/audit.log",
    "log_format": "enriched",
    "log_group": "root",
    "flush": "none",
    "freq": "0",
    "num_logs": "0",
    "name_format": "none",
    "max_log_file": "0",
    "max_log_file_action": "ignore",
    "space_left": "0",
    "space_left_action": "ignore",
    "action_mail_acct": "root",
    "verify_email": "yes",
    "admin_space_left": "0",
    "admin_space_left_action": "ignore",
    "disk_full_action": "ignore",
    "disk_error_action": "syslog",
    "overflow_action": "syslog",
    "q_depth": "2000",
    "plugin_dir": "/etc/audit/plugins.d",
}
"""What holds where the file says nothing (``clear_config``)."""


class Setting(NamedTuple):
    """One setting in force.

    Attributes:
        key: Its name.
        value: Its value; words in small letters.
        line: Where it is written; None for a default.
    """

    key: str
    value: str
    line: Optional[int]


class Read(NamedTuple):
    """A configuration.

    Attributes:
        settings: Those in force.
        refused: Why auditd does not start with it; ``""`` where it does.
    """

    settings: List[Setting]
    refused: str


def read(text: str) -> Read:
    """Read a configuration."""
    found: Dict[str, Setting] = {key: Setting(key, value, None) for key, value in DEFAULTS.items()}
    refused = ""
    for number, line in enumerate(text.split("\n")[:-1], 1):
        words = [word for word in line.split(" ") if word] if len(line) <= _LONGEST else []
        if not words or words[0].startswith("#"):
            continue
        key = words[0].lower()
        value = _value(key, words)
        if value is None:
            refused = refused or Why("auditd does not start: line {number} is not understood", number=number)
            continue
        found[key] = Setting(key, value, number)
    # what is not written at all is not looked at either
    return Read(list(found.values()), refused or (_contradiction(found) if "\n" in text else ""))


def _value(key: str, words: List[str]) -> Optional[str]:
    """Return the value of a line; None where auditd refuses it."""
    if len(words) not in (3, 4) or words[1] != "=" or (len(words) == 4 and key not in _WITH_OPTION):
        return None
    value = words[2]
    if key in _WORDS:
        word = value.lower()
        fits = word in _WORDS[key] and (word != "exec" or len(words) == 4)
        return word if fits else None
    if key in _NUMBERS:
        digits = value[:-1] if key in _PERCENT and value.endswith("%") else value
        plain = digits.isascii() and digits.isdigit() and int(digits) <= (_NUMBERS[key] if digits == value else 99)
        return value if plain else None
    return value if key in _TEXTS else None


def _contradiction(found: Dict[str, Setting]) -> str:
    """Return which settings auditd does not take together."""
    left, admin = found["space_left"].value, found["admin_space_left"].value
    if _number(left)[1] == _number(admin)[1] == "" and _number(left)[0] <= _number(admin)[0]:
        return Why("auditd does not start: space_left is not more than admin_space_left")
    if found["flush"].value.startswith("incremental") and found["freq"].value.strip("0") == "":
        return Why("auditd does not start: flush is incremental and freq is 0")
    if found["log_group"].value != "root" and found["log_file"].value.rpartition("/")[0] == "/var/log":
        return Why("auditd does not start: log_file lies in /var/log itself")
    return ""


def _number(value: str) -> Tuple[int, str]:
    """Return a number, and ``%`` where it is a percentage that is not 0."""
    digits = value.rstrip("%")
    return (int(digits), "%") if digits != value and int(digits) else (0 if digits != value else int(digits), "")
