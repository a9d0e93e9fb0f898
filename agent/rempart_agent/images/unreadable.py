"""A volume that is known and can't be put together: whoever needs it learns why."""

from typing import NoReturn

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import SourceError


class Unreadable(Layer):
    """Bytes that are nowhere to be had.

    Args:
        name: How a report calls it.
        size: How many it would have.
        why: What every read raises; its words name the volume.
    """

    def __init__(self, name: str, size: int, why: SourceError) -> None:
        self.name, self.size, self.why = name, max(size, 1), why

    def read_at(self, offset: int, size: int) -> NoReturn:
        """See Layer.read_at: it raises why the volume can't be read."""
        raise self.why.again()
