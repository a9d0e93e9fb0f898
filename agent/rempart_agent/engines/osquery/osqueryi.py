"""The engine osqueryi: osquery's shell in a child process, one for all statements of a run.

Statements go to its standard input, answers come back as JSON. Two marks tell one answer from the next: ``.print MARK``
on standard output, and a statement that can't but fail, ``SELECT MARK``, on standard error: what was complained of
before it belongs to the statement. Past the deadline the child is killed, and a new one takes over.

Source: osquery's ``shell.cpp``; SQL on the command line would be taken for an option where it begins with ``--``.
"""

import os
import re
import secrets
import shutil
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from rempart_agent.channels.child import Child, ChildError, Heavy, Slow
from rempart_agent.channels.stream import StreamError
from rempart_agent.engines.osquery.answers import AskError, Osquery, Told, own_identity
from rempart_agent.engines.osquery.program import OSQUERYI
from rempart_agent.engines.sql import dialect
from rempart_core.error import EngineError
from rempart_core.messages.message import Message, message_of
from rempart_core.model.result import EngineIdentity

if TYPE_CHECKING:
    from rempart_agent.engines.sql.database import Reader
    from rempart_core.model.update_history import UpdateHistory

MEMORY = 1 << 30
"""Bytes of memory that the child may take."""

OUTPUT = 256 << 20
"""Bytes that one answer may take."""

_STARTING = 15.0  # seconds in which a child must have begun to answer
_SETTLING = 5.0  # seconds in which it must have taken our tables
_ERROR = re.compile(r"^Error: ?(?:near line \d+: ?)?(.*)$", re.MULTILINE)


class Osqueryi(Osquery):
    """osquery's shell."""

    def __init__(
        self,
        program: str,
        reader: "Reader | None" = None,
        *,
        redact: bool = True,
        history: "UpdateHistory | None" = None,
    ) -> None:
        """Start it, and prove that it answers.

        Args:
            program: The program.
            reader: Where the extra tables come from; None for this machine's own, on Linux.
            redact: Whether the extra tables redact secrets.
            history: What earlier runs saw of this machine, a ``history.UpdateHistory``; None for nothing.

        Raises:
            EngineError: it can't be started, is not to be trusted, or does not answer.
        """
        super().__init__()
        self._program = program
        self._child: Child | None = None
        self._folder = ""
        self._number = 0
        self._nonce = secrets.token_hex(6)
        self._extension: Any = None
        self._manager: Any = None
        if sys.platform == "linux":
            from rempart_agent.engines.osquery.served import LiveReader, Served

            if reader is None:
                from rempart_agent.targets.live import LiveTarget

                reader = LiveReader(LiveTarget(), redact, history)
            self._served = Served(reader)
        else:
            self._unserved = Message("engine.extension_linux")
        try:
            if not os.environ.get(OSQUERYI):
                _check_trust(program)
            self.ready()
        except AskError as error:
            self.close()
            raise EngineError(message_of(error)) from error

    def ready(self) -> None:
        """See Osquery.ready: starts a child where there is none."""
        if self._child is not None:
            return
        until = time.monotonic() + _STARTING
        self._folder = tempfile.mkdtemp(prefix="rempart-")
        command = [self._program, "--json"]
        environment = dict(os.environ)
        if sys.platform == "linux":
            command += ["--disable_extensions=false", f"--extensions_socket={self._socket}"]
        else:
            command += ["--disable_extensions"]
        if sys.platform != "win32":
            environment["HOME"] = self._folder  # it keeps a folder of its own there
        try:
            self._child = Child(command, environment, MEMORY, OUTPUT)
        except ChildError as error:
            self._end()
            raise AskError("engine", Message("engine.osqueryi_start", error=message_of(error))) from error
        told = self.ask("SELECT version FROM osquery_info", until, 10)
        version = told.rows[0].get("version", "") if told.rows else ""
        if not version:
            self._end()
            raise AskError(
                "engine", Message("engine.osqueryi_silent", error=told.error or Message("engine.no_osquery_info"))
            )
        user, privileged = own_identity()
        self._identity = EngineIdentity("osqueryi", version, user, privileged)
        self.provide(until)

    @property
    def _socket(self) -> str:
        return os.path.join(self._folder, "osquery.em")

    def ask(self, sql: str, until: float, max_rows: int) -> Told:
        """See Osquery.ask."""
        text = flatten(sql)
        if not text:
            return Told([])
        if not is_complete(text):
            return Told([], "incomplete input")
        child = self._child
        if child is None:
            raise AskError("engine", Message("engine.osqueryi_ended"))
        self._number += 1
        mark = f"rempart_{self._nonce}_{self._number}"
        child.say(script(text, mark))
        try:
            printed, complained = child.hear(mark.encode(), until)
        except Slow as error:
            self._end()
            raise AskError("timeout", Message("engine.osqueryi_late")) from error
        except Heavy as error:
            self._end()
            raise AskError("limit", Message("engine.osqueryi", error=message_of(error))) from error
        except ChildError as error:
            self._end()
            said = message_of(error)
            if "signal" in str(error):
                raise AskError("engine", Message("engine.osqueryi_memory", error=said, size=MEMORY >> 20)) from error
            raise AskError("engine", Message("engine.osqueryi", error=said)) from error
        try:
            return read_answer(printed, complained)
        except ValueError as error:
            self._end()
            raise AskError("engine", Message("engine.osqueryi_invalid", error=str(error))) from error

    def provide(self, until: float) -> None:
        """See Osquery.provide."""
        if sys.platform == "linux":
            from rempart_agent.channels import unix_socket
            from rempart_agent.engines.osquery import wire
            from rempart_agent.engines.osquery.extension import Extension

            until = min(until, time.monotonic() + _SETTLING)
            self._provider, self._unserved = "", None
            try:
                if self._manager is None:
                    self._manager = wire.Manager(unix_socket.connect_when_there(self._socket, until))
                    self._extension = Extension(self._served, self._socket, f"rempart-{os.getpid()}")
                provider = self._extension.provide(self._manager, until)
            except (StreamError, wire.WireError) as error:
                self._unserved = Message("engine.extra_absent", error=message_of(error))
                return
            self._provider = provider.instance
            if provider.reason:
                self._unserved = Message("engine.extra_absent", error=provider.reason)

    def close(self) -> None:
        """See Engine.close."""
        self._end()

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None
        if self._extension is not None:
            self._extension.withdraw()
            self._extension = None
        if self._manager is not None:
            self._manager.close()
            self._manager = None
        self._provider = ""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def flatten(sql: str) -> str:
    """Return SQL as one line without comments, but for line ends within quotes, and without a semicolon at its end."""
    return dialect.without_comments(sql).strip().rstrip("; ").replace("\0", "")


def script(text: str, mark: str) -> str:
    """Return what the shell is told, so that it answers flat SQL and then says ``mark`` on both of its outputs.

    Args:
        text: Flat SQL: on one line, and without the semicolon at its end.
        mark: What is printed behind the answer; it may stand in no answer.
    """
    # A line that begins with a point would be a command of the shell: a blank before it makes it SQL.
    return f" {text};\nSELECT {mark};\n.print {mark}\n"


def read_answer(printed: bytes, complained: bytes) -> Told:
    """Return what the shell told between two marks.

    Args:
        printed: What it printed before the mark.
        complained: What it complained of before the mark, and the beginning of the complaint about that.

    Raises:
        ValueError: it is no answer.
    """
    errors = _ERROR.findall(complained.decode("utf-8", "replace").rpartition("\n")[0])
    if errors:
        return Told([], errors[0].strip() or "it failed without a reason")
    return Told(read_frames(printed))


def read_frames(printed: bytes) -> list[dict[str, str]]:
    """Return the rows of the frames that the shell printed, but for the last one, which is the mark's.

    Raises:
        ValueError: they are no frames.
    """
    import json

    decoder = json.JSONDecoder(strict=False)
    text = printed.decode("utf-8", "replace")
    frames: list[Any] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            break
        frame, at = decoder.raw_decode(text, at)
        frames.append(frame)
    if len(frames) < 2 or frames[-1] != []:
        raise ValueError(f"{len(frames)} frames where at least two were due")
    rows = [row for frame in frames[:-1] for row in frame]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a row that is none")
    return [{name: value if isinstance(value, str) else str(value) for name, value in row.items()} for row in rows]


def is_complete(text: str) -> bool:
    """Tell whether flat SQL is a statement that a semicolon ends."""
    import apsw

    return bool(apsw.complete(text + ";"))


def _check_trust(program: str) -> None:
    if sys.platform != "win32":
        from rempart_agent.channels import file_owner

        try:
            file_owner.check_place(program)
        except StreamError as error:
            raise AskError("engine", Message("engine.osqueryi_refused", error=message_of(error))) from error
