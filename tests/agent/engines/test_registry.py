"""Which engine answers, what the user is told of it, and what the report says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.check import write_check, write_profiles
from rempart_testing.osquery_tables import Given
from rempart_testing.osqueryd import Osqueryd as Daemon
from rempart_testing.osqueryi import install

from rempart_agent.audit import pipeline
from rempart_agent.cli import base
from rempart_agent.commands import main
from rempart_agent.engines import registry
from rempart_agent.engines.osquery import program
from rempart_core.error import EngineError, UsageError


@pytest.fixture(autouse=True)
def nothing_installed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_SOCKETS", {"linux": (str(place / "no.em"), str(place / "osquery.em"))})
    monkeypatch.setattr(program, "_PROGRAMS", {"linux": (str(place / "no"), str(place / "usual"))})
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.delenv(program.OSQUERYI, raising=False)


def opened(engine: str = "auto", socket: str = "", root: str | None = None) -> tuple[str, list[str]]:
    notes: list[str] = []
    found = registry.open_engine(engine, socket, root, True, lambda note: notes.append(str(note)))
    try:
        return found.identity().name, notes
    finally:
        found.close()


def test_auto_takes_a_running_osqueryd_then_osqueryi_then_the_embedded_engine(place: Path) -> None:
    assert opened() == ("embedded", [])
    install(place)
    assert opened() == ("osqueryi", [])
    daemon = Daemon(str(place / "osquery.em"))
    assert opened() == ("osqueryd", [])
    daemon.stop()
    assert opened() == ("osqueryi", [])


def test_auto_passes_over_what_is_not_to_be_trusted_and_says_so(place: Path) -> None:
    place.chmod(0o755)
    daemon = Daemon(str(place / "osquery.em"), mode=0o777)
    install(place).chmod(0o777)
    name, notes = opened()
    daemon.stop()
    assert name == "embedded"
    assert ["others can write it" in note for note in notes] == [True, True]
    assert [note.split(":")[0] for note in notes] == ["not asked", "not asked"]


def test_an_engine_that_is_asked_for_by_name_is_not_replaced(place: Path) -> None:
    with pytest.raises(EngineError, match="no such file"):
        opened("osqueryd")
    with pytest.raises(EngineError, match="osqueryi was not found"):
        opened("osqueryi")
    with pytest.raises(EngineError, match=r"other\.em"):
        opened("auto", str(place / "other.em"))
    with pytest.raises(UsageError, match="--socket"):
        opened("osqueryi", str(place / "osquery.em"))
    daemon = Daemon(str(place / "else.em"))
    assert opened("auto", daemon.path)[0] == "osqueryd"
    daemon.stop()
    assert opened("embedded") == ("embedded", [])


def test_a_root_filesystem_is_answered_by_the_embedded_engine_which_is_said(place: Path) -> None:
    assert opened("auto", "", str(place)) == ("embedded", [])
    for engine, socket in (("osqueryd", ""), ("osqueryi", ""), ("auto", "/x.em")):
        name, notes = opened(engine, socket, str(place))
        assert name == "embedded"
        assert "embedded engine" in notes[0]
    with pytest.raises(UsageError, match="--root"):
        opened("auto", "", str(place / "nowhere"))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_need_an_osquery(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr("sys.platform", platform)
    with pytest.raises(EngineError, match="only osquery can answer"):
        opened()
    with pytest.raises(UsageError, match="Linux only"):
        opened("embedded")


def test_where_the_shell_is_looked_for(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert program.find_osqueryi() == ""
    for name in ("osqueryi", "usual"):
        (place / name).write_text("#!/bin/sh\n")
        (place / name).chmod(0o755)
    assert program.find_osqueryi() == str(place / "usual")
    (place / "usual").chmod(0o644)
    assert program.find_osqueryi() == str(place / "osqueryi")
    monkeypatch.setenv(program.OSQUERYI, "/else/where")
    assert program.find_osqueryi() == "/else/where"


def test_query_answers_through_osqueryd(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["query", "--socket", daemon.path, "--json", "SELECT uid, username FROM users ORDER BY uid"])
    assert status == 0
    assert json.loads(capsys.readouterr().out) == [
        {"uid": "0", "username": "root"},
        {"uid": "1000", "username": "alice"},
    ]
    assert main.main(["query", "--socket", daemon.path, "SELECT * FROM etc_hosts"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["address", "hostnames"]
    assert main.main(["query", "--socket", daemon.path, "SELECT 1 FROM nope"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Error: no such table: nope",
        "Neither Rempart nor osquery 5.23 has a table of this name.",
    ]
    assert main.main(["query", "--socket", daemon.path, "SELECT path FROM file"]) == 19
    assert main.main(["query", "--engine", "osqueryd", "SELECT 1"]) == (0 if daemon.path.endswith("osquery.em") else 3)


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    write_profiles(place / "checks")
    monkeypatch.setenv("REMPART_NO_CACHE", "1")
    monkeypatch.setattr(pipeline, "check_directories", lambda _own: [str(place / "checks")])

    def call(*arguments: str) -> Any:
        main.main(["run", *arguments])
        return json.loads(capsys.readouterr().out)

    return call


def test_the_run_document_says_which_engine_answered_and_as_whom(
    place: Path, daemon: Daemon, run: Callable[..., Any]
) -> None:
    write_check(place / "checks", 1)
    daemon.given = Given(
        {"users": [{"uid": 0}], "os_version": [{"name": "Debian", "version": "13", "platform": "debian"}]}
    )
    document = run("--engine", "osqueryd")
    assert document["engine"]["name"] == "osqueryd"
    assert document["engine"]["version"] == "5.23.0"
    assert document["engine"]["privileged"] == (os.geteuid() == 0)
    assert document["results"][0]["state"] == "pass"


@pytest.mark.parametrize(
    ("system", "platform", "role"),
    [
        ({"name": "Debian GNU/Linux", "version": "13", "platform": "debian"}, "linux", "server"),
        ({"name": "macOS", "version": "15.1", "platform": "darwin"}, "darwin", "workstation"),
        ({"name": "Microsoft Windows 11 Pro", "version": "10.0", "platform": "windows"}, "windows", "workstation"),
        ({"name": "Microsoft Windows Server 2022", "version": "10.0", "platform": "windows"}, "windows", "server"),
    ],
)
def test_platform_and_role_are_recognised_through_osquery(
    place: Path, daemon: Daemon, run: Callable[..., Any], system: dict[str, str], platform: str, role: str
) -> None:
    write_check(place / "checks", 1)
    daemon.given = Given({"users": [{"uid": 0}], "os_version": [system]}, platform)
    document = run("--engine", "osqueryd")
    assert (document["target"]["platform"], document["role"]) == (platform, role)
    assert document["results"][0]["state"] == ("pass" if platform == "linux" else "not_applicable")


def test_a_battery_makes_a_workstation_where_osquery_knows_no_chassis(
    place: Path, daemon: Daemon, run: Callable[..., Any]
) -> None:
    write_check(place / "checks", 1)
    daemon.given = Given(
        {
            "os_version": [{"name": "Debian", "version": "13", "platform": "debian"}],
            "file": [{"path": "/sys/class/power_supply/BAT0"}],
        }
    )
    assert run("--engine", "osqueryd")["role"] == "workstation"


def test_a_daemon_without_root_lacks_privileges(place: Path, daemon: Daemon, run: Callable[..., Any]) -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    write_check(place / "checks", 1, privilege="root")
    daemon.given = Given({"os_version": [{"name": "Debian", "version": "13", "platform": "debian"}]})
    import rempart_agent.channels.unix_socket as door

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door.UnixStream, "peer", lambda _self: None)  # as where the kernel does not say
        document = run("--engine", "osqueryd")
    assert document["engine"]["privileged"] is False
    assert document["results"][0]["state"] == "not_checked"


def test_on_windows_a_pipe_takes_text_of_any_language(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    import io
    import sys

    out = io.BytesIO()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="cp1252"))
    assert base.guard(lambda: print("état ✗ \udcff") or 0) == 0
    sys.stdout.flush()
    assert out.getvalue().decode().strip() == "état ✗ ?"
