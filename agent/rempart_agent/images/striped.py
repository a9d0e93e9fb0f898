"""A striped volume: its bytes go over several layers in turn."""

from collections.abc import Sequence

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed


class Striped(Layer):
    """Columns of the same length, read in turn.

    Args:
        name: How a report calls it.
        columns: The layers and the offset at which each column begins.
        length: Bytes of each column; whole stripes.
        stripe: Bytes that are read of one before the next one has its turn.

    Raises:
        Unfit: a column does not lie on its layer.
        Malformed: there is no column, or no whole stripe.
    """

    def __init__(self, name: str, columns: Sequence[tuple[Layer, int]], length: int, stripe: int) -> None:
        if not columns or stripe <= 0 or length % stripe:
            raise Malformed(
                "{name}: {count} columns of {length} bytes in stripes of {stripe}",
                name=name,
                count=len(columns),
                length=length,
                stripe=stripe,
            )
        for layer, offset in columns:
            layer.expect(offset, length)
        self.name, self.size = name, length * len(columns)
        self._columns, self._stripe = tuple(columns), stripe
        self.below = tuple(dict.fromkeys(layer for layer, _ in columns))

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        self.expect(offset, size)
        parts = []
        while size:
            number, inside = divmod(offset, self._stripe)
            row, column = divmod(number, len(self._columns))
            layer, start = self._columns[column]
            length = min(size, self._stripe - inside)
            parts.append(layer.read_at(start + row * self._stripe + inside, length))
            offset += length
            size -= length
        return b"".join(parts)

    def close(self) -> None:
        """See Layer.close."""
        for layer in self.below:
            layer.close()
