"""Where spooled documents come from: a host in, its signed documents out; and the word that they are stored.

An endpoint's spool that is fetched is one such source; a server to which agents push would be another. Whatever it is,
what it gives is not believed before :mod:`rempart_controller.agents.inspection` has seen it.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import ConnectionRequest
from rempart_core.model.history import Delivered

MAX_DOCUMENTS = 1000
"""Documents of one host that are taken at a time."""

MAX_TOTAL = 128 << 20
"""Bytes of one host's documents that are taken at a time."""


class Delivery(NamedTuple):
    """What waited of one host.

    Attributes:
        machine_id: The machine that it was fetched from, hashed, as it says now.
        key: The public key that it says it signs with now, in hex.
        documents: The signed documents, oldest first, as bytes that nobody has looked at.
        last: The newest one that was stored before, where no other waits; no bytes where there is none.
    """

    machine_id: str
    key: str
    documents: Sequence[bytes]
    last: bytes = b""


class Source(Protocol):
    """Where the documents of hosts come from."""

    def collect(self, host: Host, request: ConnectionRequest) -> Delivery:
        """Return what waits of a host.

        Args:
            host: The host.
            request: What is wanted of the connection.

        Raises:
            EndpointError: It can't be had.
        """

    def confirm(self, host: Host, stored: Sequence[Delivered], request: ConnectionRequest) -> list[int]:
        """Say that documents are stored, so that they need not be kept any more.

        Args:
            host: The host.
            stored: The documents.
            request: What is wanted of the connection.

        Returns:
            The numbers of those that are gone now.

        Raises:
            EndpointError: It can't be said.
        """
