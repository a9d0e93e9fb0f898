"""Table rempart_rsyslog_setting, and how rsyslogd makes files, beside rsyslogd itself where it is installed."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.source.contract import Query, SourceError
from rempart_agent.tables.linux import rempart_rsyslog_action, rempart_rsyslog_setting
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
MAIN = "/etc/rsyslog.conf"
RSYSLOGD = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin")


def ask(target: RootTarget) -> list[tuple[object, object, object]]:
    return [(r.get("kind"), r.get("name"), r.get("value")) for r in rempart_rsyslog_setting.rows(target, Query())]


def test_modules_and_settings_of_both_forms_are_found(root_of: RootOf) -> None:
    text = (
        '/* module(load="imrelp") */ module(load="imudp")\n$ModLoad imtcp.so\n$FileCreateMode 0644\n#$ModLoad imptcp\n'
    )
    text += '$IncludeConfig /etc/rsyslog.d/*.conf\nglobal(DefaultNetstreamDriver="gtls")\n*.* /var/log/all\n'
    found = ask(root_of({MAIN: text, "/etc/rsyslog.d/a.conf": "$FileCreateMode 0640\n"}))
    assert found == [
        ("module", "imtcp", ""),
        ("module", "imudp", ""),
        ("setting", "defaultnetstreamdriver", "gtls"),
        ("setting", "filecreatemode", "0640"),
    ]


def test_what_is_not_understood_is_told(root_of: RootOf) -> None:
    [row] = rempart_rsyslog_setting.rows(root_of({MAIN: "if $msg then {"}), Query())
    assert row.get("kind") is None
    assert row["why"]


def test_without_a_main_file_there_are_no_rows(root_of: RootOf) -> None:
    assert ask(root_of({"/etc/": ""})) == []


LINES = (  # rsyslogd 8.2504 makes each of these files with the mode that the table tells (tried below)
    '*.* action(type="omfile" file="{0}/early")',
    '$FileCreateMode 0600\n*.* {0}/old\n*.* action(type="omfile" file="{0}/new")',
    '*.* action(type="omfile" file="{0}/own" fileCreateMode="0604")',
    'module(load="builtin:omfile" fileCreateMode="0620")\n*.* action(type="omfile" file="{0}/module")',
    '*.* action(type="omfile" file="{0}/both" fileCreateMode="0640")',
    "$FileCreateMode 0666\n*.* {0}/wide",
)
MODES = {"early": "0644", "old": "0600", "new": "0644", "own": "0604", "module": "0620", "both": "0640", "wide": "0666"}


def told(root_of: RootOf, folder: str) -> dict[str, object]:
    text = 'module(load="imuxsock")\n' + "\n".join(LINES).format(folder) + "\n"
    rows = rempart_rsyslog_action.rows(root_of({MAIN: text}), Query())
    return {str(row["target"]).rpartition("/")[2]: row["create_mode"] for row in rows}


def test_the_mode_of_a_file_follows_from_the_form_of_its_line(root_of: RootOf) -> None:
    assert told(root_of, "/var/log") == MODES


@pytest.mark.skipif(not RSYSLOGD or os.geteuid() != 0, reason="needs rsyslogd and root")
def test_rsyslogd_makes_files_with_the_same_modes(tmp_path: Path) -> None:
    conf, door, pid = tmp_path / "conf", tmp_path / "door", tmp_path / "pid"
    head = f'module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="{door}")\n'
    conf.write_text(f"{head}$Umask 0000\n" + "\n".join(LINES).format(tmp_path) + "\n")
    assert RSYSLOGD
    server = subprocess.Popen([RSYSLOGD, "-n", "-f", conf, "-i", pid], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not all((tmp_path / name).exists() for name in MODES):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
                try:
                    client.sendto(b"<13>tag: hello", str(door))
                except OSError:
                    pass
            time.sleep(0.1)
    finally:
        server.terminate()
        said = server.communicate(timeout=60)[0]
    made = {
        name: f"{stat.S_IMODE((tmp_path / name).stat().st_mode):04o}" for name in MODES if (tmp_path / name).exists()
    }
    assert made == MODES, said


def test_how_messages_are_sealed_is_found_in_both_forms(root_of: RootOf) -> None:
    text = "*.* @@before.example\n$DefaultNetstreamDriver gtls\n$ActionSendStreamDriverMode 1\n"
    text += "$ActionSendStreamDriverAuthMode x509/name\n*.* @@old.example:6514\n*.* @udp.example\n"
    text += '*.* action(type="omfwd" target="new.example" protocol="tcp" StreamDriver="ossl" StreamDriverMode="1")\n'
    text += '*.* action(type="omfwd" target="plain.example" protocol="tcp" StreamDriver="ptcp" StreamDriverMode="1")\n'
    rows = rempart_rsyslog_action.rows(root_of({MAIN: text}), Query())
    found = {row["target"]: (row["stream_driver"], row["stream_mode"], row["auth_mode"]) for row in rows}
    assert found == {
        "before.example": ("gtls", "0", ""),
        "old.example": ("gtls", "1", "x509/name"),
        "udp.example": ("", "0", "x509/name"),
        "new.example": ("ossl", "1", ""),
        "plain.example": ("", "0", ""),
    }


@pytest.mark.parametrize(("mode", "counts"), [("0640", "0640"), ("00640", "0640"), ("640", None), ("0689", None)])
def test_what_is_no_mode_is_unknown(root_of: RootOf, mode: str, counts: str | None) -> None:
    rows = rempart_rsyslog_action.rows(root_of({MAIN: f"$FileCreateMode {mode}\n*.* /var/log/all\n"}), Query())
    assert [row["create_mode"] for row in rows] == [counts]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_an_error(root_of: RootOf, data: bytes) -> None:
    try:
        assert isinstance(ask(root_of({MAIN: data})), list)
    except SourceError:
        pass
