"""The volumes of a machine's disks: what may hold a file system."""

from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.images.lvm import list_logical_volumes
from rempart_agent.images.partition import Partition, list_partitions
from rempart_agent.images.recognise import is_lvm, recognise
from rempart_agent.images.unreadable import Unreadable
from rempart_agent.source.contract import Malformed


class Volume(NamedTuple):
    """One area that may hold a file system.

    Attributes:
        name: How a report calls it: its layer's name; a volume of LVM as in ``/dev/vg/root``, without ``/dev/``.
        layer: Its bytes; a volume that can't be put together raises on every read.
        disk: Which disk it lies on, counted from 0; -1 for a volume of LVM.
        partition: What the partition table says of it; None for a whole disk and a volume of LVM.
        mapper: Its name below ``/dev/mapper``; ``""`` where it is no volume of LVM.
        physical: It is a physical volume of LVM: what it holds is listed as volumes of their own.
    """

    name: str
    layer: Layer
    disk: int
    partition: Partition | None = None
    mapper: str = ""
    physical: bool = False


def list_volumes(disks: Sequence[Layer]) -> list[Volume]:
    """Return every volume of several disks of one machine: in their order, those of LVM after all others.

    Raises:
        Malformed: a partition table or the metadata of LVM contradict themselves.
        Unfit: a part of a disk that is needed to know its volumes is missing.
    """
    found = []
    for index, disk in enumerate(disks):
        partitions = list_partitions(disk)
        if partitions is None:
            found.append(Volume(disk.name, disk, index))
        elif (kind := recognise(disk)) != "partitions":
            raise Malformed(
                "{name}: it has a partition table, and is {kind} as well: which of them counts is open",
                name=disk.name,
                kind=kind,
            )
        found.extend(Volume(one.layer.name, one.layer, index, one) for one in partitions or ())
    found = [one._replace(physical=_is_physical(one.layer)) for one in found]
    logical = list_logical_volumes([one.layer for one in found if one.physical])
    return found + [Volume(one.layer.name, one.layer, -1, mapper=one.mapper) for one in logical]


def _is_physical(layer: Layer) -> bool:
    """Return whether a layer is a physical volume, and nothing else; one that can't be read is left to its readers."""
    return not isinstance(layer, Unreadable) and is_lvm(layer) and recognise(layer) == "lvm"
