"""The volumes of a machine's disks: what may hold a file system."""

from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.images.partition import Partition, list_partitions


class Volume(NamedTuple):
    """One area that may hold a file system.

    Attributes:
        name: How a report calls it: its layer's name.
        layer: Its bytes; a volume that can't be put together raises on every read.
        disk: Which disk it lies on, counted from 0; the first one for a volume of LVM.
        partition: What the partition table says of it; None for a whole disk and a volume of LVM.
        mapper: Its name below ``/dev/mapper``; ``""`` where it is no volume of LVM.
    """

    name: str
    layer: Layer
    disk: int
    partition: Partition | None = None
    mapper: str = ""


def list_volumes(disks: Sequence[Layer]) -> list[Volume]:
    """Return every volume of several disks of one machine, in their order.

    Raises:
        Malformed: a partition table contradicts itself.
        Unfit: a part of it lies beyond the end of its disk.
    """
    found = []
    for index, disk in enumerate(disks):
        partitions = list_partitions(disk)
        if partitions is None:
            found.append(Volume(disk.name, disk, index))
        found.extend(Volume(one.layer.name, one.layer, index, one) for one in partitions or ())
    return found
