"""The engine on a shell that misbehaves, and where the shell is looked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.osqueryi import MISBEHAVIOURS

from rempart_agent.engines.osquery import osqueryi
from rempart_agent.engines.osquery.osqueryi import Osqueryi, flatten, read_frames
from rempart_agent.engines.osquery.program import OSQUERYI
from rempart_core.error import EngineError

USERS = "SELECT username FROM users WHERE uid = 0"


@pytest.mark.parametrize(
    ("misbehaviour", "kind", "said"),
    [
        ("please_hang", "timeout", "did not answer within 0.7 s"),
        ("please_die", "engine", "exit status 3"),
        ("please_chatter", "", ""),
        ("please_garble", "engine", "no valid answer"),
        ("please_swallow", "engine", "1 frames"),
        ("please_eat", "engine", "MemoryError"),
        ("please_gush", "limit", "MiB"),
        ("please_part", "sql", "broke in the middle"),
    ],
)
def test_a_misbehaviour_costs_one_statement_and_is_said(
    shell: Callable[[], Osqueryi],
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    misbehaviour: str,
    kind: str,
    said: str,
) -> None:
    monkeypatch.setattr(osqueryi, "OUTPUT", 4 << 20)
    (place / "one").write_text("first\n")
    engine = shell()
    answer = engine.query(f"SELECT '{misbehaviour}' AS a", deadline=0.7 if kind == "timeout" else 20)
    if kind:
        assert answer.rows == []
        assert answer.failure is not None
        assert answer.failure.kind == kind
        assert said in answer.failure.message
    else:
        assert answer.rows == [(misbehaviour,)]
    assert engine.query(USERS).rows == [("root",)]
    assert engine.query(f"SELECT text FROM rempart_lines WHERE path = '{place}/one'").rows == [("first",)]


def test_every_misbehaviour_is_tried() -> None:
    tried = {case[0] for case in test_a_misbehaviour_costs_one_statement_and_is_said.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert tried == set(MISBEHAVIOURS)


def test_one_process_answers_a_whole_run_and_leaves_nothing_behind(
    shell: Callable[[], Osqueryi], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place / "scratch"))
    engine = shell()
    pids = {engine.query("SELECT pid FROM osquery_info").rows[0][0] for _ in range(3)}
    assert len(pids) == 1
    assert len(list((place / "scratch").iterdir())) == 1
    engine.close()
    engine.close()
    assert list((place / "scratch").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(pids.pop()), 0)


def test_a_shell_that_was_killed_is_replaced(shell: Callable[[], Osqueryi]) -> None:
    engine = shell()
    os.kill(int(engine.query("SELECT pid FROM osquery_info").rows[0][0]), 9)
    answer = engine.query(USERS)
    assert answer.failure is not None
    assert answer.failure.kind == "engine"
    assert engine.query(USERS).rows == [("root",)]


def test_a_program_that_is_no_osqueryi_is_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OSQUERYI, "given")
    with pytest.raises(EngineError, match="no such file"):
        Osqueryi(str(place / "nothing"))
    with pytest.raises(EngineError, match=r"ended \(exit status 1\)"):
        Osqueryi("/bin/false")
    (place / "other").write_text("#!/bin/sh\necho no\necho no >&2\nexit 4\n")
    (place / "other").chmod(0o755)
    with pytest.raises(EngineError, match=r"ended \(exit status 4\): no"):
        Osqueryi(str(place / "other"))


def test_a_program_that_others_can_write_is_not_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OSQUERYI, raising=False)
    program = place / "osqueryi"
    program.write_text("#!/bin/sh\ntouch ran\n")
    place.chmod(0o755)
    program.chmod(0o777)
    with pytest.raises(EngineError, match="others can write it"):
        Osqueryi(str(program))
    assert not (place / "ran").exists()


def test_sql_goes_as_one_line_without_comments() -> None:
    assert flatten("SELECT 1, -- it's\n  2 /* ; */\n;;") == "SELECT 1,   2"
    assert flatten("-- nothing") == ""
    assert flatten("SELECT '--;\n.exit'") == "SELECT '--;\n.exit'"


@pytest.mark.parametrize("printed", [b"", b"[]", b'[{"a":"1"}]', b'[]{"a":1}', b"[1][]", b'[{"a":"1"}'])
def test_what_are_no_frames_is_refused(printed: bytes) -> None:
    with pytest.raises(ValueError, match=r"frame|row|JSON|Expecting"):
        read_frames(printed)


def test_frames_give_rows_of_text() -> None:
    printed = b'[\n  {"a":"1","b":"\xff"}\n]\n[\n  {"a":2}\n]\n[\n\n]\n'
    assert read_frames(printed) == [{"a": "1", "b": "\ufffd"}, {"a": "2"}]
