"""The comparison of two engines on one machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.check import write_check, write_profiles
from rempart_testing.osquery_tables import Given, Live
from rempart_testing.osqueryd import Osqueryd as Daemon

from rempart_agent.audit import pipeline
from rempart_agent.commands import main

ACCOUNT = (
    "SELECT username AS item, uid AS observed, 0 AS expected, uid = 0 AS ok FROM users "
    "WHERE username = 'root' AND :least"
)
LINES = (
    "SELECT path AS item, count(*) AS observed, 'some' AS expected, count(*) >= :least AS ok FROM rempart_lines "
    "WHERE path = '/etc/passwd' GROUP BY path"
)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rempart-test-") as name:
        folder = Path(name)
        write_profiles(folder / "checks")
        write_check(folder / "checks", 1, ACCOUNT, title="root is root")
        write_check(folder / "checks", 2, LINES, title="Lines are read")
        monkeypatch.setenv("REMPART_NO_CACHE", "1")
        monkeypatch.setattr(pipeline, "check_directories", lambda _own: [str(folder / "checks")])
        yield folder


def test_engines_that_agree_are_status_0(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = Daemon(str(place / "osquery.em"), Live())
    status = main.main(["compare-engines", "osqueryd", "--socket", daemon.path])
    daemon.stop()
    out = capsys.readouterr().out
    assert status == 0
    assert "2 checks, 0 with a different result" in out
    assert "embedded" in out
    assert "osqueryd 5.23.0" in out


def test_each_difference_is_printed_with_both_evidences(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = [{"name": "Debian", "version": "13", "platform": "debian"}]
    daemon = Daemon(str(place / "osquery.em"), Given({"users": [{"username": "root", "uid": 7}], "os_version": system}))
    status = main.main(["compare-engines", "osqueryd", "--socket", daemon.path])
    daemon.stop()
    out = capsys.readouterr().out
    assert status == 1
    assert "TST-01  root is root" in out
    assert "embedded: pass" in out
    assert "ok: root: 0, expected 0" in out
    assert "osqueryd: fail" in out
    assert "not ok: root: 7, expected 0" in out
    assert "TST-02" not in out
    assert "2 checks, 1 with a different result" in out


def test_an_engine_that_is_not_there_is_status_3(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["compare-engines", "osqueryd", "--socket", str(place / "no.em")]) == 3
    assert "no.em" in capsys.readouterr().err
