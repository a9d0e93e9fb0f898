"""A table that is not there: the answer says who has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rempart_agent.engines import absent_table
from rempart_agent.engines.absent_table import explain, explain_failure, table_of
from rempart_agent.engines.embedded.own_table import OWN_TABLES
from rempart_agent.tables import read
from rempart_core.messages.say import say
from rempart_core.model.result import Failure

FACTS = Path(absent_table.__file__).parent / "osquery-tables.json"


@pytest.mark.parametrize(
    ("table", "engine", "platform", "expected"),
    [
        ("registry", "embedded", "linux", "osquery has registry on Windows only."),
        ("alf", "osqueryd", "linux", "osquery has alf on macOS only."),
        ("carves", "embedded", "linux", "use a real osquery with --engine osqueryd or --engine osqueryi"),
        ("battery", "embedded", "linux", "osquery has battery on macOS, Windows only."),
        ("rempart_pam", "osqueryi", "linux", "osquery gets it from `rempart-agent extension`"),
        ("rempart_pam", "osqueryi", "darwin", "a table of Rempart for Linux only"),
        ("proceses", "embedded", "linux", "did you mean processes"),
        ("qqqqqqqq", "embedded", "linux", "Neither Rempart nor osquery 5.23 has a table of this name."),
    ],
)
def test_it_says_who_has_the_table(table: str, engine: str, platform: str, expected: str) -> None:
    assert expected in str(explain(table, engine, platform))


EVENTS = (
    *("apparmor_events", "file_events", "hardware_events", "process_events", "process_file_events", "seccomp_events"),
    *("selinux_events", "socket_events", "syslog_events", "user_events", "yara_events"),
)
OF_OSQUERY = ("carves", "osquery_extensions", "osquery_flags", "osquery_packs", "osquery_schedule")
LEFT_OUT = ("augeas", "prometheus_metrics", "device_file", "device_hash", "device_partitions")


@pytest.mark.parametrize("table", [*EVENTS, *OF_OSQUERY, *LEFT_OUT])
def test_each_table_of_osquery_that_is_left_out_says_who_answers(table: str) -> None:
    failure = explain_failure(Failure("no_table", f"no such table: {table}"), "embedded", "linux")
    assert f"osquery has {table} on this system: use a real osquery with --engine osqueryd" in failure.message
    with pytest.raises(read.UnknownTable):
        read.module(table)


def test_no_other_table_of_osquery_is_left_out() -> None:
    names = json.loads(FACTS.read_text(encoding="utf-8"))
    linux = {name for name, systems in names.items() if "linux" in systems.split()}
    assert linux - {*read.names(), *OWN_TABLES} == {*EVENTS, *OF_OSQUERY, *LEFT_OUT}


def test_the_name_is_taken_from_the_message_alone() -> None:
    assert table_of("no such table: nope") == "nope"
    assert table_of("Error: no such table: nope") == "nope"
    assert not table_of("near 'x': syntax error")
    assert not table_of("SELECT 'no such table: x'")
    assert table_of("no such table: rempart_lines; the extra tables are not there") == "rempart_lines"


def test_a_check_of_ones_own_is_told_which_engine_would_answer() -> None:
    told = explain_failure(Failure("no_table", "no such table: carves"), "embedded", "linux")
    assert told.kind == "no_table"
    assert told.message.startswith("carves. osquery has carves on this system: use a real osquery with --engine")
    assert told.said is not None
    assert say(told.said, "fr").startswith("carves. osquery a carves")
    more = Failure("no_table", "no such table: carves; it is switched off")
    assert explain_failure(more, "osqueryd", "linux") == more
