"""Details that were read once: most of them are those of many hosts."""

from typing import Protocol

from rempart_core.model.history import Detail
from rempart_store.schema.fingerprint import unpack

_MOST = 2_000  # that are kept; memory does not grow with the fleet


class DetailRow(Protocol):
    """A row with a detail, as a query gives it."""

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of the detail."""

    @property
    def content(self) -> bytes:
        """Return the detail as it is kept."""


class KeptDetails:
    """Reads the details of rows; equal ones are one object, and not to be changed."""

    def __init__(self) -> None:
        self._known: dict[bytes, Detail] = {}

    def read(self, row: DetailRow) -> Detail:
        """Return the detail of a row with its ``digest`` and ``content``."""
        digest = bytes(row.digest)
        found = self._known.get(digest)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[digest] = unpack(row.content)
        return found
