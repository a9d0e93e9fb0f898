"""A stand-in of osqueryd: the real protocol, by the osquery package's own Thrift processors, over given tables.

It registers extensions and calls them, and misbehaves on demand: ``daemon.on("etc_hosts", "half")`` makes it give half
an answer to each statement that names that table. It runs in threads of the test, or as a process of its own that can
be killed and frozen: ``python -m rempart_testing.osqueryd --socket PATH [--tables FILE | --live]``.
"""

from __future__ import annotations

import argparse
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Collection, Mapping
from typing import Any

from osquery.extensions import ExtensionManager
from osquery.extensions.ttypes import ExtensionResponse, ExtensionStatus
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TMemoryBuffer, TTransportException

from rempart_agent.engines.sql.database import Reader
from rempart_testing.osquery_tables import VERSION, Given, Live, Registry, Shell, Tables, read_given

MISBEHAVIOURS = (
    "slow",  # answers after 0.3 s
    "stuck",  # never answers
    "drip",  # sends a byte now and then
    "die",  # goes away in the middle of the statement and comes back
    "dead",  # goes away in the middle of the statement for good
    "half",  # sends half of the answer and closes
    "garbage",  # sends what is no Thrift
    "wrong number",
    "wrong method",
    "not whole",  # a well-formed answer without a result
    "no status",
    "no rows field",
    "exception",  # Thrift's own exception
    "error",  # an error status
    "error without words",
    "endless text",  # a text that says it has 2 GiB
    "endless rows",  # a list that says it has 2 billion rows
    "flood",  # a text of 200 MB that does come
    "twice",  # the answer, twice
)


class Osqueryd:
    """One daemon, in threads of this process."""

    def __init__(
        self,
        path: str,
        given: Reader | None = None,
        *,
        version: str = VERSION,
        mode: int = 0o700,
        pid: int = 0,
        lacking: Collection[str] = (),
    ) -> None:
        """Listen at ``path`` and answer from ``given`` tables; ``lacking``: ``table`` or ``table.column``."""
        self.lacking = lacking
        self.path = path
        self.given = given if given is not None else Given({})
        self.version = version
        self.mode = mode
        self.pid = pid or os.getpid()
        self.asked: list[str] = []
        self.times: list[float] = []
        self._rules: dict[str, str] = {}
        self._open: set[socket.socket] = set()
        self.start()

    def on(self, part: str, misbehaviour: str) -> None:
        """Misbehave at each statement that holds ``part``; ``""`` for the misbehaviour ends it."""
        assert misbehaviour in {"", *MISBEHAVIOURS}, misbehaviour
        self._rules[part] = misbehaviour

    def start(self) -> None:
        """Listen; nothing is registered any more."""
        self.registry = Registry(self.path)
        self.shell = Shell(Tables(self, self.registry, self.pid, self.version))
        if os.path.lexists(self.path):
            os.unlink(self.path)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        os.chmod(self.path, self.mode)
        self._listening.listen(16)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def stop(self) -> None:
        """Go away, with all connections."""
        for one in [self._listening, *self._open]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        if os.path.lexists(self.path):
            os.unlink(self.path)

    def restart(self, pause: float = 0.0) -> None:
        """Go away and come back."""
        self.stop()
        time.sleep(pause)
        self.start()

    # The tables: whatever was given last; see ``database.Reader``.

    def names(self) -> Any:
        return [name for name in self.given.names() if name not in self.lacking]

    def columns(self, table: str) -> Any:
        return tuple(c for c in self.given.columns(table) if f"{table}.{c.name}" not in self.lacking)

    def read(self, requests: Any) -> Any:
        return self.given.read(requests)

    @property
    def named(self) -> Any:
        return getattr(self.given, "named", ())

    @property
    def shape(self) -> Any:
        given = getattr(self.given, "shape", None)
        return (given, tuple(self.lacking)) if given else None

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connected, _ = listening.accept()
            except OSError:
                return
            self._open.add(connected)
            threading.Thread(target=self._serve, args=(connected,), daemon=True).start()

    def _serve(self, connected: socket.socket) -> None:
        handler = _Handler(self, self.shell, self.registry)
        transport = TSocket()
        transport.setHandle(connected)
        question = TBinaryProtocol(TBufferedTransport(transport))
        processor = ExtensionManager.Processor(handler)
        try:
            while True:
                answer = TMemoryBuffer()
                handler.misbehaviour = ""
                processor.process(question, TBinaryProtocol(answer))
                self._send(connected, answer.getvalue(), handler.misbehaviour)
        except (OSError, EOFError, TTransportException):
            pass
        finally:
            connected.close()
            self._open.discard(connected)

    def misbehaviour(self, sql: str) -> str:
        return next((rule for part, rule in self._rules.items() if part in sql and rule), "")

    def _send(self, connected: socket.socket, data: bytes, misbehaviour: str) -> None:
        if misbehaviour == "slow":
            time.sleep(0.3)
        elif misbehaviour == "stuck":
            while connected.recv(1):
                pass
            raise OSError
        elif misbehaviour == "drip":
            for byte in data:
                connected.sendall(bytes([byte]))
                time.sleep(0.05)
            return
        elif misbehaviour == "die":
            self.restart(0.2)
            raise OSError
        elif misbehaviour == "dead":
            self.stop()
            raise OSError
        elif misbehaviour == "half":
            connected.sendall(data[: len(data) // 2])
            connected.shutdown(socket.SHUT_RDWR)
            raise OSError
        elif misbehaviour == "flood":
            connected.sendall(data[:-2] + struct.pack("!bhbi", 15, 2, 13, 4))
            for _ in range(4):
                connected.sendall(struct.pack("!bbii", 11, 11, 1, 1) + b"a" + struct.pack("!i", 50_000_000))
                for _part in range(50):
                    connected.sendall(b"x" * 1_000_000)
            raise OSError
        elif misbehaviour in _BYTES:
            data = _BYTES[misbehaviour](data)
        connected.sendall(data)


# A message begins with version and type (4 bytes), the method's name (4 + length) and the number (4).
def _after_name(data: bytes) -> int:
    size: int = struct.unpack("!i", data[4:8])[0]
    return 8 + size


def _head(data: bytes) -> bytes:
    return data[: _after_name(data) + 4]


_STATUS = struct.pack("!bh", 12, 1) + struct.pack("!bhi", 8, 1, 0) + b"\0"  # field 1, a struct: code = 0
_SUCCESS = struct.pack("!bh", 12, 0)
_BYTES: dict[str, Any] = {
    "": lambda data: data,
    "garbage": lambda _data: b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3,
    "wrong number": lambda data: data[: _after_name(data)] + b"\x7f\0\0\1" + data[_after_name(data) + 4 :],
    "wrong method": lambda data: data.replace(b"query", b"other", 1),
    "exception": lambda data: (
        b"\x80\x01\0\x03" + _head(data)[4:] + struct.pack("!bhi", 11, 1, 4) + b"oops" + struct.pack("!bhib", 8, 2, 6, 0)
    ),
    "not whole": lambda data: _head(data) + b"\0",
    "no status": lambda data: _head(data) + _SUCCESS + struct.pack("!bhbi", 15, 2, 13, 0) + b"\0\0",
    "no rows field": lambda data: _head(data) + _SUCCESS + _STATUS + b"\0\0",
    "endless text": lambda data: (
        _head(data)
        + _SUCCESS
        + _STATUS
        + struct.pack("!bhbi", 15, 2, 13, 1)
        + struct.pack("!bbii", 11, 11, 1, 0x7FFFFFFF)
        + b"x" * 100_000
    ),
    "endless rows": lambda data: _head(data) + _SUCCESS + _STATUS + struct.pack("!bhbi", 15, 2, 13, 0x7FFFFFFF),
    "twice": lambda data: data + data,
}


class _Handler(ExtensionManager.Iface):  # type: ignore[misc]
    def __init__(self, daemon: Osqueryd, shell: Shell, registry: Registry) -> None:
        self._daemon = daemon
        self._shell = shell
        self._registry = registry
        self.misbehaviour = ""

    def ping(self) -> Any:
        return ExtensionStatus(code=0, message="pong", uuid=0)

    def extensions(self) -> Any:
        return self._registry.extensions

    def options(self) -> Any:
        return {}

    def registerExtension(self, info: Any, registry: Mapping[str, Any]) -> Any:  # noqa: N802
        number, refused = self._registry.add(info, registry)
        return ExtensionStatus(code=1 if refused else 0, message=refused or "OK", uuid=number)

    def deregisterExtension(self, uuid: int) -> Any:  # noqa: N802
        known = self._registry.remove(uuid)
        return ExtensionStatus(code=0 if known else 1, message="OK" if known else "No extension UUID registered")

    def query(self, sql: str) -> Any:
        self._daemon.asked.append(sql)
        self.misbehaviour = self._daemon.misbehaviour(sql)
        if self.misbehaviour.startswith("error"):
            words = "" if "without" in self.misbehaviour else "the table broke"
            return ExtensionResponse(ExtensionStatus(1, words, 0), [])
        if self.misbehaviour == "flood":
            return ExtensionResponse(ExtensionStatus(0, "OK", 0), None)
        began = time.perf_counter()
        rows, failure = self._shell.answer(sql)
        self._daemon.times.append(time.perf_counter() - began)
        if failure is not None:
            return ExtensionResponse(ExtensionStatus(1, failure.message, 0), [])
        return ExtensionResponse(ExtensionStatus(0, "OK", 0), rows)

    def getQueryColumns(self, sql: str) -> Any:  # noqa: N802
        return ExtensionResponse(ExtensionStatus(0, "OK", 0), [{name: "TEXT"} for name in self._shell.columns(sql)])


def main() -> None:
    """Run as a process of its own until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", required=True)
    parser.add_argument("--tables", default="")
    parser.add_argument("--live", action="store_true")
    options = parser.parse_args()
    given: Reader = Given({})
    if options.live:
        given = Live()
    elif options.tables:
        with open(options.tables, encoding="utf-8") as file:
            given = read_given(file.read())
    Osqueryd(options.socket, given)
    print("ready", flush=True)
    while sys.stdin.read(1):
        pass


if __name__ == "__main__":
    main()
