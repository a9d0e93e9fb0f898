"""The engine osqueryd: a running osquery daemon, asked over its extension socket.

A statement that takes too long ends the wait, not the run: the connection is given up and the next statement opens
another one, which the daemon answers in another thread. A daemon that restarts in the middle is waited for, once, and
asked again. One that is frozen or gone for good costs :data:`PATIENCE` seconds in a run, and then a moment a statement.
"""

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from rempart_agent.channels.stream import Expired, Gone, Refused, Stream, StreamError
from rempart_agent.engines.osquery import wire
from rempart_agent.engines.osquery.answers import AskError, Osquery, Told, extra_tables, user_name
from rempart_agent.engines.osquery.served import LiveReader, Served
from rempart_core.error import EngineError
from rempart_core.messages.message import Message, message_of
from rempart_core.model.result import EngineIdentity

if TYPE_CHECKING:
    from rempart_agent.engines.sql.database import Reader
    from rempart_core.model.update_history import UpdateHistory

PATIENCE = 30.0
"""Seconds in one run that are spent waiting for a daemon that does not answer."""

_OPENING = 10.0  # seconds for the first connection, registration of our tables included
_LOOK = 2.0  # seconds for a daemon to show that it answers, and that an extension does not
_QUICK = 0.5  # seconds for an attempt once patience is spent
_SETTLING = 6.0  # seconds in which osquery notices that an extension has died
_WHO = "SELECT i.version, p.uid FROM osquery_info i LEFT JOIN processes p ON p.pid = i.pid"
_WHO_WINDOWS = (
    "SELECT i.version, p.uid, p.elevated_token, u.username FROM osquery_info i "
    "LEFT JOIN processes p ON p.pid = i.pid LEFT JOIN users u ON u.uid = p.uid"
)
_SYSTEM = "18"  # the last part of S-1-5-18, LocalSystem


class Osqueryd(Osquery):
    """A running daemon."""

    def __init__(
        self, path: str, reader: "Reader | None" = None, *, redact: bool = True, history: "UpdateHistory | None" = None
    ) -> None:
        r"""Connect, and prove that osquery answers.

        Args:
            path: Its extension socket, or on Windows its pipe (``\\.\pipe\osquery.em``).
            reader: Where the extra tables come from; None for this machine's own, on Linux.
            redact: Whether the extra tables redact secrets.
            history: What earlier runs saw of this machine, a ``history.UpdateHistory``; None for nothing.

        Raises:
            EngineError: nothing that can be trusted answers there.
        """
        super().__init__()
        self._path = path
        self._manager: wire.Manager | None = None
        self._extension: Any = None
        self._patience = PATIENCE
        if reader is None and sys.platform == "linux":
            from rempart_agent.targets.live import LiveTarget

            reader = LiveReader(LiveTarget(), redact, history)
        if reader is not None:
            self._served = Served(reader)
        else:
            self._unserved = Message("engine.extension_linux")
        try:
            self._connect(time.monotonic() + _OPENING)
        except (StreamError, wire.WireError, AskError) as error:
            self.close()
            raise EngineError(Message("engine.osqueryd", error=message_of(error))) from error

    def ask(self, sql: str, until: float, max_rows: int) -> Told:
        """See Osquery.ask."""
        again = False
        while True:
            manager = self._connected(until)
            try:
                return Told(*manager.query(sql, until, max_rows))
            except Expired as error:
                self._drop()
                raise AskError("timeout", self._who_hangs(sql)) from error
            except Gone as error:
                self._drop()
                if again:
                    raise AskError("engine", Message("engine.osqueryd_twice", error=message_of(error))) from error
                again = True
            except wire.TooMuch as error:
                self._drop()
                raise AskError("limit", Message("engine.answer_large", error=message_of(error))) from error
            except (wire.WireError, StreamError) as error:
                self._drop()
                raise AskError("engine", Message("engine.osqueryd", error=message_of(error))) from error

    def _who_hangs(self, sql: str) -> Message:
        """Return who did not answer: a daemon waits for an extension that hangs, and looks frozen itself."""
        if not extra_tables(sql):
            return Message("engine.osqueryd_late")
        try:
            manager = wire.Manager(_open(self._path, time.monotonic() + _LOOK))
        except StreamError:
            return Message("engine.osqueryd_late")
        try:
            manager.query("SELECT 1", time.monotonic() + _LOOK, 1)
        except (StreamError, wire.WireError):
            return Message("engine.osqueryd_late")
        finally:
            manager.close()
        return Message("engine.extension_late")

    def names_of_columns(self, sql: str, until: float) -> tuple[str, ...]:
        """See Osquery.names_of_columns."""
        try:
            return tuple(self._connected(until).columns(sql, until))
        except (wire.WireError, StreamError):
            self._drop()
            return ()

    def provide(self, until: float) -> None:
        """See Osquery.provide."""
        try:
            self._provide(self._connected(until), until)
        except (wire.WireError, StreamError) as error:
            self._drop()
            raise AskError("engine", Message("engine.osqueryd", error=message_of(error))) from error

    def close(self) -> None:
        """See Engine.close."""
        if self._extension is not None:
            self._extension.close(self._manager, time.monotonic() + 1)
        self._drop()

    def _connected(self, until: float) -> wire.Manager:
        """Return a connection; waits for a daemon that restarts, as long as patience lasts."""
        if self._manager is not None and not self._manager.in_step():
            self._drop()
        if self._manager is not None:
            return self._manager
        began = time.monotonic()
        end = min(until, began + max(_QUICK, self._patience))
        try:
            while True:
                try:
                    return self._connect(end)
                except Gone as error:
                    if time.monotonic() + 0.1 >= end:
                        raise AskError("engine", Message("engine.osqueryd_gone", error=message_of(error))) from error
                    time.sleep(0.1)
        except (StreamError, wire.WireError) as error:
            raise AskError("engine", Message("engine.osqueryd_gone", error=message_of(error))) from error
        finally:
            self._patience = max(0.0, self._patience - (time.monotonic() - began))

    def _connect(self, until: float) -> wire.Manager:
        manager = wire.Manager(_open(self._path, until))
        try:
            self._identity = _identify(manager, until)
            self._manager = manager
            if self._served is not None:
                self._provide(manager, until)
        except BaseException:
            self._manager = None
            manager.close()
            raise
        return manager

    def _provide(self, manager: wire.Manager, until: float) -> None:
        if sys.platform == "linux":
            from rempart_agent.engines.osquery.extension import Extension

            if self._extension is None:
                self._extension = Extension(self._served, self._path, f"rempart-{os.getpid()}")
            self._provider, self._unserved = "", None
            provider = self._extension.provide(manager, min(until, time.monotonic() + _SETTLING))
            self._provider = provider.instance
            if provider.reason:
                self._unserved = Message("engine.extra_absent", error=provider.reason)

    def _drop(self) -> None:
        manager, self._manager = self._manager, None
        if manager is not None:
            manager.close()


def _open(path: str, until: float) -> Stream:
    if sys.platform == "win32":
        from rempart_agent.channels import named_pipe

        return named_pipe.connect(path, until)
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        from rempart_agent.channels import unix_socket

        return unix_socket.connect(path, until)


def _identify(manager: wire.Manager, until: float) -> EngineIdentity:
    """Prove by a query that osquery answers, and return as whom it does."""
    windows = sys.platform == "win32"
    reply = manager.query(_WHO_WINDOWS if windows else _WHO, until, 10)
    if reply.error or not reply.rows:
        reply = manager.query("SELECT version FROM osquery_info", until, 10)
    if reply.error or not reply.rows or not reply.rows[0].get("version"):
        why = reply.error or Message("engine.no_osquery_info")
        raise Refused(Message("engine.no_osquery", error=why))
    row = reply.rows[0]
    version = row["version"]
    if windows:
        system = row.get("uid") == _SYSTEM
        user = "SYSTEM" if system else row.get("username") or row.get("uid", "")
        return EngineIdentity("osqueryd", version, user, system or row.get("elevated_token") == "1")
    peer = manager.stream.peer()  # the kernel's word before the daemon's own
    if peer is None and row.get("uid", "").isdigit():
        peer = int(row["uid"])
    if peer is None:
        return EngineIdentity("osqueryd", version, "", privileged=False)
    return EngineIdentity("osqueryd", version, user_name(peer), privileged=peer == 0)
