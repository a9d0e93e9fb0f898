"""The transport for Windows, against a server that speaks WS-Management: what it asks, sees, refuses and survives."""

from __future__ import annotations

import os
import time

import pytest
from rempart_testing.winrm_host import USERS, Connect, Make, host_of
from rempart_testing.wsman import ACCESS_DENIED, MAX_SHELLS, NOTHING_YET

from rempart_agent.audit.recognise import detect_role, recognise
from rempart_agent.engine import Deferred
from rempart_controller.transports import open_transport, winrm_limit, winrm_osqueryi, winrm_session
from rempart_controller.transports.contract import ConnectionRequest
from rempart_core.error import EndpointError


def test_a_french_windows_is_asked_in_utf_8_and_says_who_it_is(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    assert engine.identity() == ("osqueryi", "5.23.0", "centre\\hélène", True, "")
    assert engine.greeting.name == "poste-7"
    assert len(engine.greeting.machine_id) == 64
    answer = engine.query("SELECT username, description FROM users WHERE username = 'hélène'")
    assert answer.failure is None
    assert (answer.columns, answer.rows) == (("username", "description"), [("hélène", "Été €")])
    assert recognise(engine) == ("windows", "Microsoft Windows 11 Professionnel 10.0.26100")
    assert detect_role(engine, True, "windows") == "workstation"
    engine.close()
    assert server.shells == {}
    assert server.actions()[-1] == "Delete"


def test_a_filtered_administrator_has_no_privileges(make: Make, connect: Connect) -> None:
    assert not connect(make(administrator=False)).identity().privileged


def test_statements_of_a_run_share_their_messages(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    server.asked.clear()
    engine.defer(True)
    questions = [f"SELECT {number} AS n, username FROM users WHERE uid = '500'" for number in range(60)]
    for sql in questions:
        with pytest.raises(Deferred):
            engine.query(sql)
    engine.settle()
    assert [engine.query(sql).rows for sql in questions] == [[(str(n), "Administrateur")] for n in range(60)]
    assert server.actions().count("Send") < 12
    assert not {"Create", "Command"} & set(server.actions())


def test_a_statement_that_fails_is_told_as_osquery_words_it(make: Make, connect: Connect) -> None:
    engine = connect(make())
    failures = [
        ("SELECT * FROM nowhere", "no_table"),
        ("SELECT absent FROM users", "no_column"),
        ("SELECT 'a", "sql"),
        ("SELECT 'a\x1ab'", "sql"),
        ("SELECT path FROM file", "constraint"),
        ("SELECT path FROM rempart_lines", "no_table"),
    ]
    for sql, kind in failures:
        answer = engine.query(sql)
        assert answer.rows == []
        assert answer.failure is not None
        assert answer.failure.kind == kind, answer
    assert engine.query("-- nothing").rows == []
    assert tuple(engine.query(USERS, max_rows=1).failure or ())[:2] == ("limit", "more than 1 rows")
    assert len(engine.query(USERS + " -- again").rows) == 2
    assert engine.records(USERS)[0][0] == {"username": "Administrateur"}


@pytest.mark.parametrize(
    ("misbehaviour", "kind", "said"),
    [
        ("please_hang", "timeout", "did not answer within 1 s"),
        ("please_die", "engine", "exit status 3"),
        ("please_garble", "engine", "no valid answer"),
        ("please_gush", "limit", "more than 2 MiB"),
        ("please_part", "sql", "broke in the middle"),
    ],
)
def test_a_statement_that_takes_osqueryi_along_costs_itself_alone(
    make: Make, connect: Connect, monkeypatch: pytest.MonkeyPatch, misbehaviour: str, kind: str, said: str
) -> None:
    monkeypatch.setattr(winrm_osqueryi, "OUTPUT", 2 << 20)
    engine = connect(make())
    questions = [USERS, f"SELECT '{misbehaviour}' AS a", "SELECT hostname FROM system_info -- after"]
    engine.defer(True)
    for sql in questions:
        with pytest.raises(Deferred):
            engine.query(sql, deadline=1 if kind == "timeout" else 20)
    engine.settle()
    first, bad, after = [engine.query(sql, deadline=1 if kind == "timeout" else 20) for sql in questions]
    assert len(first.rows) == 2
    assert bad.failure is not None
    assert bad.failure.kind == kind
    assert said in bad.failure.message
    assert after.rows == [("poste-7",)]


def test_a_long_statement_goes_in_messages_that_an_old_host_takes(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    text = "é" * 150_000
    assert engine.query(f"SELECT '{text}' AS a").rows == [(text,)]
    assert server.actions().count("Send") > 5
    assert max(size for _, size in server.asked) < 100_000


def test_a_host_that_refuses_after_a_boot_is_tried_again(
    make: Make, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winrm_session, "_PAUSES", (0.01, 0.01))
    server = make()
    for trouble in ("refuse", "close", str(MAX_SHELLS), str(NOTHING_YET)):
        server.misbehave["Create"] = trouble
        with pytest.raises(EndpointError) as caught:
            connect(server)
        assert caught.value.kind == "refused", trouble
        server.misbehave["Create"] = trouble
        assert len(connect(server, patience=20).query(USERS).rows) == 2


def test_a_host_that_is_begun_anew_in_the_middle_is_asked_again(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    server.forget()
    assert len(engine.query(USERS).rows) == 2
    for action in ("Send", "Receive"):
        for trouble in ("close", "cut", "refuse", "170"):
            server.misbehave[action] = trouble
            assert len(engine.query(f"{USERS} -- {action} {trouble}").rows) == 2
    server.misbehave["Receive"] = "close*"
    with pytest.raises(EndpointError, match="no connection") as caught:
        engine.query("SELECT 1 AS a")
    assert caught.value.kind == "ended"


def test_nobody_at_home_is_told_with_the_words_of_the_system(make: Make, connect: Connect) -> None:
    server = make()
    server.stop()
    with pytest.raises(EndpointError, match="no connection: connection refused") as caught:
        connect(server)
    assert caught.value.kind == "refused"


def test_a_wrong_password_is_tried_once_and_never_told(make: Make, connect: Connect) -> None:
    server = make()
    with pytest.raises(EndpointError, match="login refused") as caught:
        connect(server, patience=20, remote_password="geheim")
    assert caught.value.kind == "auth"
    assert server.refusals == 1
    assert "geheim" not in str(caught.value)
    server.misbehave["Create"] = str(ACCESS_DENIED)
    with pytest.raises(EndpointError, match="Accès refusé") as caught:
        connect(server)
    assert caught.value.kind == "auth"
    with pytest.raises(EndpointError, match="cannot transmit") as caught:
        connect(server, remote_password="5€")
    assert caught.value.kind == "settings"


@pytest.mark.parametrize(
    ("action", "trouble", "kind"),
    [
        ("Create", "garbage", "protocol"),
        ("Create", "elsewhere", "protocol"),
        ("Create", "flood", "protocol"),
        ("Create", "hang", "timeout"),
        ("Create", "drip", "timeout"),
        ("Command", "garbage", "protocol"),
        ("Receive", "garbage", "protocol"),
        ("Receive", "hang", "timeout"),
        ("Receive", "drip", "timeout"),
        ("Receive", "2150858770", "protocol"),
    ],
)
def test_a_host_that_is_slow_endless_or_strange_harms_only_itself(
    make: Make, connect: Connect, monkeypatch: pytest.MonkeyPatch, action: str, trouble: str, kind: str
) -> None:
    monkeypatch.setattr(winrm_limit, "MAX_ANSWER", 1 << 20)
    server = make()
    server.misbehave[action] = trouble + "*"
    with pytest.raises(EndpointError) as caught:
        connect(server, seconds=2 if kind == "timeout" else 30)
    assert caught.value.kind == kind, str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_connection_that_falls_silent_costs_one_statement(make: Make, connect: Connect) -> None:
    server = make()
    engine = connect(server)
    server.misbehave["Receive"] = "drip"
    slow = engine.query(USERS, deadline=0.5)
    assert tuple(slow.failure or ())[:2] == ("timeout", "osqueryi did not answer within 0.5 s")
    assert len(engine.query(USERS + " -- again").rows) == 2


def test_windows_without_osquery_is_told_so(make: Make, connect: Connect) -> None:
    with pytest.raises(EndpointError, match="osquery is not installed at %ProgramFiles%") as caught:
        connect(make(program=""))
    assert caught.value.kind == "system"


def test_a_way_to_log_in_that_is_not_installed_is_named_and_the_next_is_taken(make: Make, connect: Connect) -> None:
    server = make()
    with pytest.raises(EndpointError, match=r"credssp: .*not installed") as caught:
        connect(server, transport=["credssp"])
    assert caught.value.kind == "settings"
    assert len(connect(server, transport=["credssp", "plaintext"]).query(USERS).rows) == 2


def test_another_engine_is_refused_before_anybody_is_asked(make: Make) -> None:
    server = make()
    with pytest.raises(EndpointError, match="only osqueryi can answer"):
        open_transport("winrm").open(host_of(server), ConnectionRequest(time.monotonic() + 5, engine="embedded"))
    assert server.asked == []


def test_nothing_of_winrm_is_imported_with_the_transports() -> None:
    import subprocess
    import sys

    modules = "sys, rempart_controller.commands.main, rempart_controller.transports as t"
    code = f"import {modules}; print({{'winrm'}} & {{*sys.modules}})"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert told.stdout == "set()\n"
