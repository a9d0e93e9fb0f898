"""auditd.conf as auditd reads it: what it refuses keeps it from starting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.auditd_settings import read

# as Debian's auditd 4.0.2 ships it, comments left out
_DEBIAN = """\
local_events = yes
write_logs = yes
log_file = /var/log/audit/audit.log
log_group = adm
log_format = ENRICHED
flush = INCREMENTAL_ASYNC
freq = 50
max_log_file = 8
num_logs = 5
priority_boost = 4
name_format = NONE
##name = mydomain
max_log_file_action = ROTATE
space_left = 75
space_left_action = SYSLOG
verify_email = yes
action_mail_acct = root
admin_space_left = 50
admin_space_left_action = SUSPEND
disk_full_action = SUSPEND
disk_error_action = SUSPEND
use_libwrap = yes
tcp_listen_queue = 5
tcp_max_per_addr = 1
tcp_client_max_idle = 0
transport = TCP
krb5_principal = auditd
distribute_network = no
q_depth = 2000
overflow_action = SYSLOG
max_restarts = 10
plugin_dir = /etc/audit/plugins.d
end_of_event_timeout = 2
"""
_LEAST = "space_left = 75\nadmin_space_left = 50\n"


def _values(text: str) -> dict[str, str]:
    return {setting.key: setting.value for setting in read(text).settings}


def test_debian_as_it_comes() -> None:
    found = read(_DEBIAN)
    values = {setting.key: (setting.value, setting.line) for setting in found.settings}
    assert not found.refused
    assert values["space_left_action"] == ("syslog", 15)
    assert values["log_group"] == ("adm", 4)


def test_what_is_not_written_is_the_default() -> None:
    values = _values(_LEAST)
    assert (values["disk_full_action"], values["disk_error_action"], values["max_log_file"]) == (
        "ignore",
        "syslog",
        "0",
    )


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("  Space_Left_Action  =  Email", "space_left_action", "email"),
        ("space_left_action = exec /usr/local/bin/alarm", "space_left_action", "exec"),
        ("space_left = 25%", "space_left", "25%"),
        ("#space_left_action = email", "space_left_action", "ignore"),
        ("space_left_action = email " + "x" * 160, "space_left_action", "ignore"),  # too long: skipped
        ("space_left_action = email\nspace_left_action = halt", "space_left_action", "halt"),
    ],
)
def test_a_line(line: str, key: str, value: str) -> None:
    found = read(_LEAST + line + "\n")
    assert not found.refused
    assert {setting.key: setting.value for setting in found.settings}[key] == value


def test_a_last_line_without_its_end_is_skipped() -> None:
    assert _values(_LEAST + "space_left_action = email")["space_left_action"] == "ignore"


@pytest.mark.parametrize(
    "line",
    [
        "space_left_action=email",  # a missing equal sign
        "space_left_action =",
        "space_left_action\t= email",
        "space_left_action = mail",
        "space_left_action = email\r",
        "space_left_action = exec",
        "max_log_file_action = halt",
        "disk_full_action = email",
        "disk_error_action = rotate",
        "max_log_file = 8M",
        "space_left = 125%",
        "num_logs = 1000",
        "no_such = 1",
        "freq = 50 60",
        "admin_space_left = 80",
        "flush = incremental",
        "log_group = adm\nlog_file = /var/log/audit.log",
    ],
)
def test_what_auditd_does_not_start_with(line: str) -> None:
    assert read(_LEAST + line + "\n").refused


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = read(text)
    assert len({setting.key for setting in found.settings}) == len(found.settings)
