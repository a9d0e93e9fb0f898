"""Table rempart_chrony, beside chronyd itself where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.source.contract import Query, SourceError
from rempart_agent.tables.linux import rempart_chrony
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
UNIT = "/usr/lib/systemd/system/chrony.service"
START = "[Service]\nEnvironmentFile=-/etc/default/chrony\nExecStart=/usr/sbin/chronyd $DAEMON_OPTS\n"
FILES = {"/var/lib/dpkg/status": "x", UNIT: START}
CONF = "/etc/chrony/chrony.conf"
CHRONYD = shutil.which("chronyd") or shutil.which("chronyd", path="/usr/sbin")


def ask(target: RootTarget) -> list[tuple[object, object, object]]:
    return [(row.get("setting"), row.get("value"), row["path"]) for row in rempart_chrony.rows(target, Query())]


def test_settings_come_in_the_order_in_which_chronyd_reads_them(root_of: RootOf) -> None:
    text = "! no\nPort 123\nconfdir /etc/chrony/conf.d\nport 0\nUSER _chrony\npool a.example iburst maxpoll 9\n"
    more = {"/etc/chrony/conf.d/b.conf": "cmdport 0\n", "/etc/default/chrony": 'DAEMON_OPTS="-F 1 -4u bob"\n'}
    assert ask(root_of({**FILES, CONF: text, **more})) == [
        ("user", "bob", "command line"),
        ("port", "123", CONF),
        ("cmdport", "0", "/etc/chrony/conf.d/b.conf"),
        ("port", "0", CONF),
        ("user", "_chrony", CONF),
        ("pool", "a.example iburst maxpoll 9", CONF),
    ]


@pytest.mark.parametrize("options", ["-u bob", "-ubob", "-n -u bob", "-4nu bob"])
def test_the_user_of_the_command_line_is_found(root_of: RootOf, options: str) -> None:
    target = root_of({**FILES, CONF: "", "/etc/default/chrony": f'DAEMON_OPTS="{options}"\n'})
    assert ask(target) == [("user", "bob", "command line")]


def test_settings_that_are_not_there_are_told(root_of: RootOf) -> None:
    [row] = rempart_chrony.rows(root_of(FILES), Query())
    assert row.get("setting") is None
    assert "not there" in str(row["why"])
    other = {**FILES, UNIT: "[Service]\nExecStart=/bin/true\n"}
    [row] = rempart_chrony.rows(root_of(other), Query())
    assert "/bin/true" in str(row["why"])


@pytest.mark.skipif(not CHRONYD, reason="chrony is not installed: chronyd -p prints the settings it has read")
def test_chronyd_reads_the_same_lines(root_of: RootOf) -> None:
    target = root_of(
        {
            **FILES,
            "/etc/chrony/conf.d/b.conf": "cmdport 0\n",
            "/etc/chrony/conf.d/a.conf": "server a.example maxpoll 7\n",
            "/etc/chrony/more.conf": "maxdistance 3\n",
        }
    )
    folder, conf = target.root + "/etc/chrony", Path(target.root + CONF)
    text = "# c\nport 123\nconfdir {0}/conf.d\ninclude {0}/more.conf\nport 0\n"
    conf.write_text(text.format(folder), encoding="utf-8")
    assert CHRONYD
    said = subprocess.run([CHRONYD, "-p", "-f", conf], check=True, capture_output=True, text=True).stdout
    conf.write_text(text.format("/etc/chrony"), encoding="utf-8")
    ours = [f"{setting} {value}" for setting, value, _ in ask(target)]
    assert [re.sub(r"\s+", " ", line).strip() for line in said.splitlines() if line.strip()] == ours


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_an_error(root_of: RootOf, data: bytes) -> None:
    try:
        assert isinstance(ask(root_of({**FILES, CONF: data})), list)
    except SourceError:
        pass
