"""What bytes are read from: an image file, what a disk format makes of it, a partition, a volume of LVM.

A layer stands on the one below it. It is read at an offset and knows its size; it never returns less than was asked.
"""

from rempart_agent.source.contract import Unfit


class Layer:
    """Bytes at offsets.

    Attributes:
        name: How a report calls it: ``disk.qcow2``, ``disk.qcow2 partition 2``, ``disk.qcow2 vg/root``.
        size: How many bytes it has.
        below: The layers that it is read from; none for a file.
    """

    name: str
    size: int
    below: "tuple[Layer, ...]" = ()

    def read_at(self, offset: int, size: int) -> bytes:
        """Return exactly ``size`` bytes from ``offset`` on.

        Raises:
            Unfit: they are not all there (a cut file, an error of the disk below).
            Malformed: what says where they lie can't be understood.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what the layer holds, and of the layers below. It may be called twice."""

    def expect(self, offset: int, size: int) -> None:
        """Raise ``Unfit`` unless ``size`` bytes from ``offset`` on lie within the layer."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Unfit(
                "{name}: {size} bytes at {offset} lie beyond its end at {size_2}",
                name=self.name,
                size=size,
                offset=offset,
                size_2=self.size,
            )
