"""Table rempart_rsyslog_action: where messages really go, in comments, dead blocks and rulesets too."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.rsyslog import parser
from rempart_agent.models.rsyslog.lexer import Unclear
from rempart_agent.readers.files.host_name import Names
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_rsyslog_action
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]

HEAD = 'module(load="imuxsock")\nmodule(load="imklog")\n'
JOURNALD = {
    "/usr/lib/systemd/systemd-journald": "",
    "/usr/lib/systemd/journald.conf.d/syslog.conf": "[Journal]\nForwardToSyslog=yes\n",  # Debian's own
}


def _rows(root_of: RootOf, text: str, **files: str) -> list[dict[str, Any]]:
    target = root_of({"/etc/rsyslog.conf": HEAD + text, **JOURNALD, **files})
    return [dict(row) for row in rempart_rsyslog_action.rows(target, Query())]


def _answers(rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [(row["remote"], row["login"], row["privilege"]) for row in rows]


SENT = [(1, 1, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*.* @@logs.example.org:514\n", SENT),
        ("*.* @(z5)[2001:db8::1]:514;RSYSLOG_SyslogProtocol23Format # away\n", SENT),
        ('action(type="omfwd" target="logs.example.org" port="514" protocol="tcp")\n', SENT),
        ("auth,authpriv.info @@logs.example.org\n", SENT),
        ("# *.* @@logs.example.org\n", []),
        ("/* a\n*.* @@logs.example.org\n*/\n", []),
        ('action(type="omfwd" target="logs.example.org" config.enabled="off")\n', []),
        ("*.* /var/log/all\n& stop\n*.* @@logs.example.org\n", [(0, 1, 1), (1, 0, 0)]),
        ("*.* ~\n*.* @@logs.example.org\n", [(1, 0, 0)]),
        ('ruleset(name="never") {\n*.* @@logs.example.org\n}\n', [(1, 0, 0)]),
        ('ruleset(name="used") {\n*.* @@logs.example.org\n}\ncall used\n', SENT),
        ('if $msg contains "zzz" then {\n*.* @@logs.example.org\n}\n', [(1, 0, 0)]),
        ('if not ($msg contains "zzz") then {\n@@logs.example.org\n}\n', SENT),
        ('if $hostname == "other" then {\n@@logs.example.org\n}\n', [(1, None, None)]),
        (':programname, isequal, "sshd" stop\n*.* @@logs.example.org\n', [(1, 0, 1)]),
        (':msg, contains, "noise of a program" stop\n*.* @@logs.example.org\n', SENT),
        ("mail.* @@logs.example.org\n", [(1, 0, 0)]),
        ("*.*;authpriv.none @@logs.example.org\n", [(1, 0, 0)]),
        ("*.err @@logs.example.org\n", [(1, 0, 0)]),
        (
            "*.* @127.0.0.1\n*.* @localhost:514\n*.* @@[::1]\n*.* @127.1\n*.* @2130706433\n*.* @0.0.0.0\n",
            [(0, 1, 1)] * 6,
        ),
        ("*.* @@me.example.org\n*.* @@me\n*.* @@looped\n", [(0, 1, 1)] * 3),
        ('action(type="omfwd" target="a" action.execOnlyWhenPreviousIsSuspended="on")\n', [(1, None, None)]),
        ("$ActionExecOnlyWhenPreviousIsSuspended on\n*.* @@logs.example.org\n", [(1, None, None)]),
        ('template(name="t" type="string" string="hello")\n*.* @@logs.example.org;t\n', [(1, None, None)]),
        ("*.* :omrelp:logs.example.org:2514\n", []),  # the module is not loaded
        ('module(load="omrelp")\n*.* :omrelp:logs.example.org:2514\n', SENT),
        ('module(load="omkafka")\naction(type="omkafka" broker="k:9092" topic="logs")\n', [(None, None, None)]),
        ("$IncludeConfig /etc/rsyslog.d/*.conf\n", SENT),
        ('include(file="/etc/rsyslog.d/*.conf")\n', SENT),
        ('include(file="/etc/nothing.d/*.conf" mode="optional")\n', []),
    ],
)
def test_what_is_sent_and_to_whom(root_of: RootOf, text: str, expected: list[object]) -> None:
    more = {
        "/etc/rsyslog.d/90.conf": "*.* @@logs.example.org\n",
        "/etc/hosts": "127.0.0.1 localhost looped\n",
        "/etc/hostname": "me\n",
    }
    assert _answers(_rows(root_of, text, **more)) == expected


def test_a_configuration_that_is_not_understood_answers_nothing(root_of: RootOf) -> None:
    for text in ("!prog\n*.* @@a\n", "if $msg then {\n", "*.* @@a\nmail.nonsense /x\n", "/* without end\n*.* @@a\n"):
        (row,) = _rows(root_of, text)
        assert row["why"]
        assert row.get("login") is None


@pytest.mark.parametrize(
    ("files", "login"),
    [
        ({"/etc/systemd/journald.conf": "[Journal]\nForwardToSyslog=no\n"}, 1),  # the drop-in of Debian comes later
        ({"/etc/systemd/journald.conf.d/zz.conf": "[Journal]\nForwardToSyslog=no\n"}, 0),
        ({"/etc/systemd/journald.conf.d/zz.conf": "[Journal]\nMaxLevelSyslog=err\n"}, 0),
        ({"/etc/systemd/journald.conf.d/syslog.conf": "[Journal]\n"}, None),  # takes the place of Debian's
    ],
)
def test_what_journald_keeps_back_is_not_sent(root_of: RootOf, files: dict[str, str], login: object) -> None:
    (row,) = _rows(root_of, "*.* @@logs.example.org\n", **files)
    assert row["login"] == login


def test_a_rsyslog_that_hears_nobody_sends_nothing(root_of: RootOf) -> None:
    for head in ("", 'module(load="imuxsock" SysSock.Use="off")\n', 'module(load="imudp")\n'):
        target = root_of({"/etc/rsyslog.conf": head + "*.* @@logs.example.org\n", **JOURNALD})
        assert [row["login"] for row in rempart_rsyslog_action.rows(target, Query())] == [0]
    journal = root_of({"/etc/rsyslog.conf": 'module(load="imjournal")\n*.* @@logs.example.org\n', **JOURNALD})
    assert [row["login"] for row in rempart_rsyslog_action.rows(journal, Query())] == [1]


def test_a_driver_that_is_not_installed_sends_nothing(root_of: RootOf) -> None:
    action = 'action(type="omfwd" target="logs.example.org" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1")\n'
    folder = "/usr/lib/x86_64-linux-gnu/rsyslog"
    assert _answers(_rows(root_of, action, **{f"{folder}/imuxsock.so": "", f"{folder}/imklog.so": ""})) == [(1, 0, 0)]
    there = {f"{folder}/imuxsock.so": "", f"{folder}/imklog.so": "", f"{folder}/lmnsd_gtls.so": ""}
    assert _answers(_rows(root_of, action, **there)) == SENT


def test_no_rsyslog_gives_no_rows(root_of: RootOf) -> None:
    assert list(rempart_rsyslog_action.rows(root_of({"/etc/": ""}), Query())) == []


def test_the_latest_change_of_a_file_is_told(root_of: RootOf) -> None:
    target = root_of({"/etc/rsyslog.conf": HEAD + "$IncludeConfig /etc/rsyslog.d/*\n", "/etc/rsyslog.d/a": "*.* @a\n"})
    os.utime(f"{target.root}/etc/rsyslog.conf", (1, 1_000))
    os.utime(f"{target.root}/etc/rsyslog.d/a", (1, 2_000))
    assert [row["changed_at"] for row in rempart_rsyslog_action.rows(target, Query())] == [2_000]


@given(st.text(alphabet="*.@/&{}()\"'#~\\$:!+-,;=<>[]\n abcif", max_size=120))
def test_any_text_is_read_or_not_understood(text: str) -> None:
    try:
        parser.read("main", text, lambda _: [])
    except Unclear:
        pass


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "{" * 50_000, "if " * 20_000, ':a,b,"' * 20_000, "/*" * 60_000, '"' * 100_000]
)
def test_hostile_text_takes_no_time_to_speak_of(text: str) -> None:
    with pytest.raises(Unclear):
        parser.read("main", "if $msg == 'a' then {\n" + text, lambda _: [])


def test_names_of_this_machine(root_of: RootOf) -> None:
    names = Names(root_of({"/etc/hosts": "192.0.2.1 other\n::1 six\n", "/etc/hostname": "me.example.org\n"}))
    assert names.place("other") == (1, "192.0.2.1")
    assert names.place("six") == (0, "::1")
    assert names.place("ME") == (0, "")
    assert names.place("::ffff:127.0.0.1") == (0, "127.0.0.1")
    assert names.place("logs.example.org.") == (1, "")
    assert names.place("") == (None, "")


def test_what_our_own_fix_of_log_03_writes_is_understood(root_of: RootOf) -> None:
    text = """# Rempart, LOG-03
global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="/etc/ssl/certs/ca-certificates.crt")
action(type="omfwd" target="logs.example.org" port="6514"
       protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"
       StreamDriverPermittedPeers="logs.example.org" queue.type="LinkedList"
       queue.filename="rempart-forward" queue.maxDiskSpace="1g" queue.saveOnShutdown="on" action.resumeRetryCount="-1")
"""
    files = "*.*;auth,authpriv.none -/var/log/syslog\nauth,authpriv.* /var/log/auth.log\n"
    own = "$IncludeConfig /etc/rsyslog.d/*.conf\n" + files
    rows = _rows(root_of, own, **{"/etc/rsyslog.d/90-rempart-log-03.conf": text})
    assert [(row["kind"], row["remote"], row["login"], row["privilege"]) for row in rows] == [
        ("omfwd", 1, 1, 1),
        ("omfile", 0, 0, 0),
        ("omfile", 0, 1, 1),
    ]
