"""The engine osqueryi on an endpoint: the shell of the endpoint's own osquery, spoken to through a connection.

It has no extra tables: checks that need one say that there is no such table.
"""

import secrets
import time
from collections.abc import Callable
from typing import Any, Protocol

from rempart_agent.channels.child import ChildError
from rempart_agent.engines.osquery.answers import AskError, Osquery
from rempart_agent.engines.osquery.osqueryi import Osqueryi
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message, message_of
from rempart_core.model.result import EngineIdentity

COMMAND = "PATH=$PATH:/usr/bin:/usr/local/bin:/opt/osquery/bin; export PATH; exec osqueryi --json --disable_extensions"
"""What a shell on the endpoint runs; the places are those of osquery's own packages."""

_STARTING = 20.0  # seconds in which it must have begun to answer
_WHO = (
    "SELECT i.version, p.euid, u.username FROM osquery_info i LEFT JOIN processes p ON p.pid = i.pid "
    "LEFT JOIN users u ON u.uid = p.euid"
)


class Speaker(Protocol):
    """A program somewhere else; as ``engines.child.Child``, and raises as it does."""

    def say(self, text: str) -> None:
        """See Child.say."""

    def hear(self, mark: bytes, until: float) -> tuple[bytes, bytes]:
        """See Child.hear."""

    def kill(self) -> None:
        """See Child.kill."""


class OsqueryiElsewhere(Osqueryi):
    """osquery's shell on an endpoint."""

    def __init__(self, start: Callable[[], Speaker], close: Callable[[], None]) -> None:
        """Start it, and prove that it answers.

        Args:
            start: Starts the shell; again after one that did not answer was killed.
            close: Ends the connection.

        Raises:
            EndpointError: it is not there, or does not answer.
        """
        Osquery.__init__(self)
        self._unserved = Message("engine.extra_elsewhere")
        self._start_shell = start
        self._end_connection = close
        self._child: Any = None
        self._number = 0
        self._nonce = secrets.token_hex(6)
        self._extension = self._manager = None
        self._folder = ""
        try:
            self.ready()
        except AskError as error:
            raise EndpointError(message_of(error), "no_osqueryi") from error

    def ready(self) -> None:
        """See Osquery.ready: starts a shell where there is none."""
        if self._child is not None:
            return
        try:
            self._child = self._start_shell()
        except ChildError as error:
            raise AskError("engine", Message("engine.osqueryi_start", error=message_of(error))) from error
        told = self.ask(_WHO, time.monotonic() + _STARTING, 10)
        row = told.rows[0] if told.rows else {}
        if not row.get("version"):
            self._end()
            raise AskError(
                "engine", Message("engine.osqueryi_silent", error=told.error or Message("engine.no_osquery_info"))
            )
        user = row.get("username") or row.get("euid") or "unknown"
        self._identity = EngineIdentity("osqueryi", row["version"], user, row.get("euid") == "0")

    def provide(self, until: float) -> None:
        """See Osquery.provide: nobody does."""

    def close(self) -> None:
        """See Engine.close."""
        self._end()
        self._end_connection()
