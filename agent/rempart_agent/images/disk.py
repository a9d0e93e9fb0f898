"""A disk image of whatever format, as the disk that a machine would see."""

import os
from collections.abc import Iterator

from rempart_agent.images.disk_format import QCOW2, RAW, VDI, VHD, VHDX, VMDK, tell_format
from rempart_agent.images.layer import Layer
from rempart_agent.images.raw import RawFile, open_raw
from rempart_agent.source.contract import Unfit


def open_disk(path: str) -> Layer:
    """Open a disk image; its format is told by its contents, and what has no format is a raw disk.

    Every file that it consists of is opened here, and none later.

    Raises:
        Missing, Denied: as the kernel says.
        Unfit: no regular file, cut, or of a format that is not read.
        Malformed: it contradicts its format.
    """
    file = open_raw(path)
    try:
        return _understood(file)
    except BaseException:
        file.close()
        raise


def _understood(file: RawFile) -> Layer:
    form = tell_format(file)
    if form == RAW:
        return file
    if form == QCOW2:
        from rempart_agent.images.qcow2 import Qcow2

        return Qcow2(file)
    if form == VMDK:
        from rempart_agent.images.vmdk import open_vmdk

        folder = os.path.dirname(file.path)
        return open_vmdk(file, lambda name: open_raw(os.path.join(folder, name), follow=False))
    if form == VHD:
        from rempart_agent.images.vhd import open_vhd

        return open_vhd(file)
    if form == VHDX:
        from rempart_agent.images.vhdx import Vhdx

        return Vhdx(file)
    if form == VDI:
        from rempart_agent.images.vdi import Vdi

        return Vdi(file)
    raise Unfit(f"{file.name}: of format {form}, which is not read; unpack it or convert it (qemu-img convert)")


def files_of(layer: Layer) -> Iterator[RawFile]:
    """Yield the files that a layer is read from, each once."""
    todo, seen = [layer], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, RawFile):
            yield one
        todo.extend(reversed(one.below))
