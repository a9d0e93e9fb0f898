"""The extension as a process of its own, beside the agent's: who serves the extra tables, and what if it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rempart_testing.osqueryd import Osqueryd as Daemon

from rempart_agent.commands import main
from rempart_agent.engines.osquery import wire
from rempart_agent.engines.osquery.extension import Extension
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_agent.engines.osquery.served import ERRORS, LiveReader, Served
from rempart_agent.targets.live import LiveTarget

BIN = Path(sys.executable).parent
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(daemon: Daemon) -> Iterator[Start]:
    """Start ``rempart-agent extension`` and wait until it serves."""
    started: list[subprocess.Popen[str]] = []

    def make(*command: str) -> subprocess.Popen[str]:
        program = command or (str(BIN / "rempart-agent"), "extension")
        options = ["--socket", daemon.path, "--timeout", "3", "--interval", "0.1", "--verbose"]
        one = subprocess.Popen([*program, *options], stderr=subprocess.PIPE, text=True)
        started.append(one)
        assert one.stderr is not None
        assert "serving" in one.stderr.readline()
        return one

    yield make
    for one in started:
        one.kill()
        one.communicate()


def sockets(daemon: Daemon) -> list[str]:
    folder = os.path.dirname(daemon.path)
    return sorted(name for name in os.listdir(folder) if name.startswith("osquery.em"))


def lines(engine: Osqueryd, path: Path) -> list[str]:
    answer = engine.query(f"SELECT text FROM rempart_lines WHERE path = '{path}'")
    assert answer.failure is None
    return [row[0] for row in answer.rows]


def test_tables_of_an_extension_that_is_there_are_used(
    daemon: Daemon, start: Start, connect: Callable[[], Osqueryd], place: Path
) -> None:
    (place / "one").write_text("first\n")
    start()
    assert daemon.registry.tables[ERRORS]
    engine = connect()
    assert lines(engine, place / "one") == ["first"]
    assert [info.name for info in daemon.registry.extensions.values()] == ["rempart"]
    (place / "large").write_bytes(b"x" * (5 << 20))
    answer = engine.query(f"SELECT count(*) AS n FROM rempart_lines WHERE path = '{place}/large'")
    assert answer.rows == []
    assert answer.failure is not None
    assert answer.failure.kind == "unfit"
    assert lines(engine, place / "one") == ["first"]
    engine.close()
    assert [info.name for info in daemon.registry.extensions.values()] == ["rempart"]


def test_an_extension_that_dies_in_the_middle_of_a_run_is_replaced(
    daemon: Daemon, start: Start, connect: Callable[[], Osqueryd], place: Path
) -> None:
    (place / "one").write_text("first\n")
    process = start()
    engine = connect()
    assert lines(engine, place / "one") == ["first"]
    process.kill()
    process.wait()
    number = next(iter(daemon.registry.extensions))
    threading.Timer(0.6, daemon.registry.remove, (number,)).start()  # osquery notices after a while
    assert lines(engine, place / "one") == ["first"]
    assert [info.name for info in daemon.registry.extensions.values()] == [f"rempart-{os.getpid()}"]


def test_the_tables_of_a_dead_extension_are_no_answer_of_no_rows(
    daemon: Daemon, start: Start, connect: Callable[[], Osqueryd], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rempart_agent.engines.osquery.osqueryd._SETTLING", 0.5)
    process = start()
    engine = connect()
    process.kill()
    process.wait()
    for _ in range(2):
        answer = engine.query("SELECT count(*) AS n FROM rempart_lines WHERE path = '/etc/hostname'")
        assert answer.rows == []
        assert answer.failure is not None
        assert answer.failure.kind == "engine"
        assert "serves the extra tables" in answer.failure.message or "does not answer" in answer.failure.message


def test_foreign_tables_that_hide_their_errors_are_not_trusted(
    daemon: Daemon, connect: Callable[[], Osqueryd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rempart_agent.engines.osquery.osqueryd._SETTLING", 0.3)
    routes = Served(LiveReader(LiveTarget())).routes()
    del routes[ERRORS]
    from osquery.extensions.ttypes import InternalExtensionInfo

    daemon.registry.add(InternalExtensionInfo(name="other"), {"table": routes})
    engine = connect()
    answer = engine.query("SELECT count(*) AS n FROM rempart_lines WHERE path = '/etc/hostname'")
    assert answer.rows == []
    assert answer.failure is not None
    assert "hide unreadable sources" in answer.failure.message
    assert engine.query("SELECT username FROM users WHERE uid = 0").rows == [("root",)]


def test_the_agent_registers_for_the_time_of_a_run_and_leaves_nothing_behind(
    daemon: Daemon, connect: Callable[[], Osqueryd]
) -> None:
    engine = connect()
    assert len(sockets(daemon)) == 2
    assert os.stat(f"{daemon.path}.{next(iter(daemon.registry.extensions))}").st_mode & 0o777 == 0o600
    engine.close()
    engine.close()
    assert sockets(daemon) == ["osquery.em"]
    assert daemon.registry.extensions == {}


def test_a_second_agent_uses_the_tables_of_the_first_and_serves_its_own_once_that_ends(
    daemon: Daemon, connect: Callable[[], Osqueryd], place: Path
) -> None:
    (place / "one").write_text("first\n")
    first, second = connect(), connect()
    assert len(daemon.registry.extensions) == 1
    assert lines(second, place / "one") == ["first"]
    first.close()
    assert lines(second, place / "one") == ["first"]
    assert len(daemon.registry.extensions) == 1


def test_where_no_socket_can_be_made_the_tables_are_missing_and_it_is_said_why(
    daemon: Daemon, connect: Callable[[], Osqueryd], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rempart_agent.channels import unix_socket
    from rempart_agent.channels.stream import Refused

    def refuse(path: str, user: int | None) -> None:
        raise Refused(f"{path}: Permission denied")

    monkeypatch.setattr(unix_socket, "listen", refuse)
    engine = connect()
    answer = engine.query("SELECT count(*) AS n FROM rempart_lines WHERE path = '/etc/hostname'")
    assert answer.failure is not None
    assert answer.failure.kind == "no_table"
    assert "Permission denied" in answer.failure.message
    assert daemon.registry.extensions == {}


def test_the_extension_ends_with_osqueryd_and_when_it_is_told_to(daemon: Daemon, start: Start) -> None:
    process = start()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert sockets(daemon) == ["osquery.em"]
    assert daemon.registry.extensions == {}
    process = start()
    daemon.stop()
    assert process.wait(60) == 0
    assert sockets(daemon) == []


def test_an_extension_that_is_told_so_comes_back_after_a_restart_of_osqueryd(
    daemon: Daemon, start: Start, connect: Callable[[], Osqueryd], place: Path
) -> None:
    (place / "one").write_text("first\n")
    process = start(str(BIN / "rempart-agent"), "extension", "--reconnect")
    daemon.restart(pause=0.5)
    until = time.monotonic() + 60
    while [info.name for info in daemon.registry.extensions.values()] != ["rempart"]:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.1)
    assert lines(connect(), place / "one") == ["first"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def test_a_frozen_extension_is_told_from_a_frozen_daemon(
    daemon: Daemon, start: Start, connect: Callable[[], Osqueryd], place: Path
) -> None:
    process = start()
    engine = connect()
    process.send_signal(signal.SIGSTOP)
    try:
        answer = engine.query("SELECT text FROM rempart_lines WHERE path = '/etc/hostname'", deadline=2)
    finally:
        process.send_signal(signal.SIGCONT)
    assert answer.failure is not None
    assert answer.failure.kind == "timeout"
    assert "the extension that serves the extra tables" in answer.failure.message


def test_osquery_can_ask_it_to_end(daemon: Daemon, start: Start) -> None:
    from osquery.extensions import Extension as Package
    from thrift.protocol.TBinaryProtocol import TBinaryProtocol
    from thrift.transport.TSocket import TSocket
    from thrift.transport.TTransport import TBufferedTransport, TTransportException

    process = start()
    transport = TBufferedTransport(TSocket(unix_socket=f"{daemon.path}.{next(iter(daemon.registry.extensions))}"))
    transport.open()
    client = Package.Client(TBinaryProtocol(transport))
    assert client.ping().code == 0
    try:
        client.shutdown()
    except TTransportException:  # it may be gone before its answer is
        pass
    transport.close()
    assert process.wait(60) == 0


def test_it_says_why_it_cannot_serve(
    daemon: Daemon, start: Start, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ["extension", "--socket", str(place / "no.em"), "--timeout", "0.1"]
    assert main.main(nowhere) == 3
    assert "no such file" in capsys.readouterr().err
    start()
    assert main.main(["extension", "--socket", daemon.path]) == 3
    assert "Duplicate extension registered" in capsys.readouterr().err


def test_the_program_for_autoload_is_written_and_serves(
    daemon: Daemon, start: Start, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = place / "rempart.ext"
    assert main.main(["extension", "--write", str(program)]) == 0
    assert str(program) in capsys.readouterr().out
    assert program.stat().st_mode & 0o777 == 0o755
    process = start(str(program))
    assert ERRORS in daemon.registry.tables
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert main.main(["extension", "--write", str(place / "rempart.sh")]) == 2
    assert main.main(["extension", "--write", str(place / "no" / "x.ext")]) == 2
    assert ".ext" in capsys.readouterr().err


def test_a_table_that_hangs_costs_one_statement(
    daemon: Daemon, connect: Callable[[], Osqueryd], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    real = LiveReader.read

    def read(self: LiveReader, requests: list[object]) -> object:
        if "hang" in str(requests):
            release.wait(30)
        return real(self, requests)  # type: ignore[arg-type]

    monkeypatch.setattr(LiveReader, "read", read)
    (place / "one").write_text("first\n")
    engine = connect()
    answer = engine.query("SELECT text FROM rempart_lines WHERE path = '/hang'", deadline=0.3)
    assert answer.failure is not None
    assert answer.failure.kind == "timeout"
    other = engine.query(f"SELECT text FROM rempart_lines WHERE path = '{place}/one'", deadline=60)
    assert tuple(other.failure or ())[:2] == ("timeout", "rempart_lines did not answer within the deadline before")
    assert engine.query(f"SELECT value FROM rempart_ini WHERE path = '{place}/one'").failure is None
    release.set()
    until = time.monotonic() + 60
    while engine.query(f"SELECT text FROM rempart_lines WHERE path = '{place}/one'").rows != [("first",)]:
        assert time.monotonic() < until


def test_registering_twice_takes_the_first_one_back(daemon: Daemon) -> None:
    from rempart_agent.channels import unix_socket

    until = time.monotonic() + 60
    manager = wire.Manager(unix_socket.connect(daemon.path, until))
    extension = Extension(Served(LiveReader(LiveTarget())), daemon.path, "one")
    assert extension.register(manager, until).reason is None
    assert extension.register(manager, until).reason is None
    assert len(daemon.registry.extensions) == 1
    assert len(sockets(daemon)) == 2
    extension.close(manager, until)
    manager.close()
    assert sockets(daemon) == ["osquery.em"]
