"""The contract that every transport fulfils: a host in, an engine out that answers SQL about it.

A transport is opened once, before worker processes are forked, and serves all hosts of its connection: what is read
once (known_hosts, the user's settings) is read then. Each module has ``open_transport() -> Transport``.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from rempart_agent.channels.stream import Stream
from rempart_agent.engine import DEADLINE, Engine
from rempart_agent.tables.read import Request
from rempart_controller.inventory.host import Host
from rempart_core.model.update_history import UpdateHistory

if TYPE_CHECKING:
    from rempart_agent.engines.sql.database import Database


class ConnectionRequest(NamedTuple):
    """What a caller wants of a connection.

    Attributes:
        until: The moment (``time.monotonic``) after which nothing is waited for any more.
        engine: What is to answer; see ``engines.NAMES``.
        first: Reads that are sure to be asked; they save a round trip.
        deadline: Seconds that one table or statement may take.
        redact: Whether secrets are redacted where they are read.
        database: A database of ``engines.remote.open_database`` for the engine to use.
        connected: Is called once the endpoint has let us in.
        history: What earlier runs saw of the endpoint; None for nothing.
    """

    until: float
    engine: str = "auto"
    first: Sequence[Request] = ()
    deadline: float = DEADLINE
    redact: bool = True
    database: "Database | None" = None
    connected: Callable[[], None] = lambda: None
    history: UpdateHistory | None = None


class Transport(Protocol):
    """How the controller reaches an endpoint."""

    def address(self, host: Host) -> str:
        """Return the address that a connection is made to first: few of them are begun at a time to one."""

    def open(self, host: Host, request: ConnectionRequest) -> Engine:
        """Connect, and return what answers SQL about the endpoint; closing it ends the connection.

        An engine of this package that knows the machine has ``greeting`` (``engines.collector.Greeting``).

        Args:
            host: The host.
            request: What is wanted of the connection.

        Raises:
            EndpointError: it can't be reached, or does not answer as it should.
        """


class Launched(NamedTuple):
    """A program that was started on an endpoint.

    Attributes:
        stream: Its standard input and output, what it complains of among its output; closing it ends the connection.
        prompt: The words in which a password may be asked for, before the program's own; ``""`` where none is.
        password: What is answered.
    """

    stream: Stream
    prompt: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Tell no password."""
        return f"Launched({self.prompt!r})"


@runtime_checkable
class Launcher(Protocol):
    """A transport that can start a program of the endpoint's own, too."""

    def launch(self, host: Host, command: Sequence[str], request: ConnectionRequest) -> Launched:
        """Connect, and start a program with the rights that the host's variables ask for.

        Args:
            host: The host.
            command: The program and its arguments; no shell of ours reads them.
            request: What is wanted of the connection.

        Raises:
            EndpointError: The endpoint can't be reached, or starts no program.
        """
