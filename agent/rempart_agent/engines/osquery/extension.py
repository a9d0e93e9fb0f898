"""An osquery extension that serves our extra tables: registered with a running osquery, and answering its calls.

The agent does this by itself for the time of a run; ``rempart-agent extension`` does it for as long as osqueryd runs.
osquery gives each extension a number and calls it over a socket beside its own, ``<socket>.<number>``.
"""

import socket
import sys
import threading
import time
from typing import NamedTuple

from rempart_agent.channels import unix_socket
from rempart_agent.channels.stream import Gone, Refused, StreamError
from rempart_agent.engines.osquery import wire
from rempart_agent.engines.osquery.served import ERRORS, Served
from rempart_core.messages.message import Message, message_of
from rempart_core.version import VERSION

assert sys.platform != "win32"  # noqa: S101 - our tables are Linux's; this is how a type checker is told

_IDLE = 3600.0  # seconds that one of osquery's connections may stay
_REGISTERED = "SELECT name FROM osquery_registry WHERE registry = 'table' AND active = 1 AND name LIKE 'rempart_%'"
_INSTANCE = "SELECT instance FROM rempart_errors WHERE number = 0"


class Provider(NamedTuple):
    """Who serves the extra tables to an osquery.

    Attributes:
        instance: The serving process's own name; ``""`` where nobody serves them.
        reason: Why nobody does; None where somebody does.
    """

    instance: str
    reason: Message | None = None


class Extension:
    """Our tables, registered with one osquery."""

    def __init__(self, served: Served, path: str, name: str) -> None:
        """Prepare; nothing is registered yet.

        Args:
            served: The tables.
            path: osquery's own socket.
            name: What osquery calls the extension; it takes a name once.
        """
        self.served = served
        self.stopped = threading.Event()
        """Set once osquery has asked the extension to end."""
        self._socket = path
        self._name = name
        self._number = 0
        self._path = ""
        self._listening: socket.socket | None = None

    @property
    def registered(self) -> bool:
        """Tell whether osquery has taken the tables."""
        return bool(self._number)

    def provide(self, manager: wire.Manager, until: float) -> Provider:
        """Make sure that somebody serves the extra tables: whoever does already, else this extension.

        Args:
            manager: A connection to osquery.
            until: The moment (``time.monotonic``) at which waiting ends: the tables of an extension that died stay
                registered until osquery has noticed.

        Raises:
            WireError: osquery gave no valid answer.
            StreamError: it gave none.
        """
        while True:
            registered = manager.query(_REGISTERED, until)
            if registered.error:
                return Provider("", Message("engine.extra_unlisted", error=registered.error))
            names = {row.get("name") for row in registered.rows}
            if not names:
                return self.register(manager, until)
            if ERRORS in names:
                answer = manager.query(_INSTANCE, until)
                if answer.rows and answer.rows[0].get("instance"):
                    return Provider(answer.rows[0]["instance"])
                reason = Message("engine.extra_silent")
            else:
                reason = Message("engine.extra_other", table=ERRORS)
            if time.monotonic() + 0.5 >= until:
                return Provider("", reason)
            time.sleep(0.25)

    def register(self, manager: wire.Manager, until: float) -> Provider:
        """Register this extension and serve its tables; raises as ``provide``.

        Args:
            manager: A connection to osquery.
            until: The moment (``time.monotonic``) at which waiting ends.
        """
        if self._number:
            manager.deregister(self._number, until)
            self.withdraw()
        number, refused = manager.register(self._name, VERSION, self.served.routes(), until)
        if refused:
            return Provider("", Message("engine.extra_refused", error=refused))
        path = f"{self._socket}.{number}"
        try:
            listening = unix_socket.listen(path, manager.stream.peer())
        except Refused as error:
            manager.deregister(number, until)
            return Provider("", Message("engine.extra_no_call", error=message_of(error)))
        self._number, self._path, self._listening = number, path, listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        return Provider(self.served.instance)

    def close(self, manager: wire.Manager | None, until: float) -> None:
        """Take the tables away again; may be called twice.

        Args:
            manager: A connection to osquery; None where there is none any more.
            until: The moment at which waiting ends.
        """
        if manager is not None and self._number:
            try:
                manager.deregister(self._number, until)
            except (wire.WireError, StreamError):
                pass  # osquery finds out by itself
        self.withdraw()

    def withdraw(self) -> None:
        """Listen no more and leave no socket behind."""
        listening, self._listening = self._listening, None
        self._number = 0
        if listening is not None:
            unix_socket.withdraw(listening, self._path)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                stream = unix_socket.accept(listening, _IDLE)
            except Gone:
                return
            threading.Thread(target=wire.serve, args=(stream, self.served.call, self.stopped.set), daemon=True).start()
