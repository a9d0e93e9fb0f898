"""Table crontab: commands with their times, of every table that cron reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import crontab
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _rows(table: Any, target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


def test_commands_with_their_times_and_events() -> None:
    text = (
        "SHELL=/bin/sh\nMAILTO = ops\n# m h\n\n17 *\t* * *  root  cd / && run-parts\n@reboot root /bin/start\n"
        "@daily\n1 2 3 4 5\n  */5 * * * * /poll.sh --x 'a  b'\r"
    )
    assert list(crontab.parse(text)) == [
        {
            "minute": "17",
            "hour": "*",
            "day_of_month": "*",
            "month": "*",
            "day_of_week": "*",
            "command": "root cd / && run-parts",
        },
        {"event": "@reboot", "command": "root /bin/start"},
        {
            "minute": "*/5",
            "hour": "*",
            "day_of_month": "*",
            "month": "*",
            "day_of_week": "*",
            "command": "/poll.sh --x 'a b'",
        },
    ]


def test_all_tables_of_times_are_read_and_nothing_else(root_of: RootOf) -> None:
    line = "1 2 3 4 5 x\n"
    target = root_of(
        {
            "/etc/crontab": line,
            "/etc/cron.d/with.dot": line,
            "/etc/cron.d/.placeholder": line,
            "/etc/cron.d/folder/inside": line,
            "/var/spool/cron/root": line,
            "/var/spool/cron/crontabs/alice": line,
            "/etc/cron.daily/script": line,
        }
    )
    os.mkfifo(target.root + "/etc/cron.d/pipe")
    os.symlink("nowhere", target.root + "/etc/cron.d/broken")
    assert [row["path"] for row in _rows(crontab, target)] == [
        "/etc/crontab",
        "/etc/cron.d/with.dot",
        "/var/spool/cron/root",
        "/var/spool/cron/crontabs/alice",
    ]


def test_a_machine_without_cron_has_no_rows(root_of: RootOf) -> None:
    assert _rows(crontab, root_of({"/etc/": ""})) == []


@pytest.mark.parametrize("path", ["/etc/crontab", "/var/spool/cron/crontabs", "/etc/cron.d/a"])
def test_times_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/crontab": "", "/etc/cron.d/a": "", "/var/spool/cron/crontabs/alice": ""})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(crontab, target)


@given(st.text())
def test_any_text_is_taken_as_times(text: str) -> None:
    for row in crontab.parse(text):
        assert all(value is None or isinstance(value, (str, int)) for value in row.values())
