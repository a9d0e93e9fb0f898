"""A disk image of whatever format, as the disk that a machine would see."""

import os
from collections.abc import Iterator, Sequence

from rempart_agent.images.disk_format import QCOW2, RAW, VDI, VHD, VHDX, VMDK, tell_format
from rempart_agent.images.layer import Layer
from rempart_agent.images.raw import RawFile, open_raw
from rempart_agent.source.contract import Unfit


def open_disk(path: str) -> Layer:
    """Open a disk image; its format is told by its contents, and what has no format is a raw disk.

    Raises:
        Missing, Denied: as the kernel says.
        Unfit: no regular file, cut, or of a format that is not read.
        Malformed: it contradicts its format.
    """
    return read_disk(open_files(path))


def open_files(path: str) -> tuple[RawFile, ...]:
    """Open every file that an image consists of, the one that was named first; no other one is needed later.

    Nothing is read of them but what their format is, and the names in a descriptor: the rest can wait until this
    process has locked itself in.

    Raises:
        Missing, Denied: as the kernel says.
        Unfit: no regular file, or an extent that does not lie beside its descriptor.
        Malformed: a descriptor that can't be understood.
    """
    files = [open_raw(path)]
    try:
        if tell_format(files[0]) == VMDK:
            from rempart_agent.images.vmdk import extent_names

            folder = os.path.dirname(path)
            for name in extent_names(files[0]):
                files.append(open_raw(os.path.join(folder, name), follow=False))  # noqa: PERF401 - all are closed below
    except BaseException:
        _close(files)
        raise
    return tuple(files)


def read_disk(files: Sequence[RawFile]) -> Layer:
    """Return the disk that files hold; they are closed with it, and at once where it can't be read.

    Args:
        files: As ``open_files`` opened them.

    Raises:
        Unfit: cut, or of a format that is not read.
        Malformed: it contradicts its format.
    """
    try:
        return _understood(files[0], files[1:])
    except BaseException:
        _close(files)
        raise


def _close(files: Sequence[RawFile]) -> None:
    for file in files:
        file.close()


def _understood(file: RawFile, beside: Sequence[RawFile]) -> Layer:
    form = tell_format(file)
    if form == RAW:
        if file.name.lower().endswith(".vhd"):  # a fixed one has its only mark at its end
            raise Unfit(
                "{name}: no footer of VHD at its end: the file is cut, or a raw disk by another name", name=file.name
            )
        return file
    if form == QCOW2:
        from rempart_agent.images.qcow2 import Qcow2

        return Qcow2(file)
    if form == VMDK:
        from rempart_agent.images.vmdk import open_vmdk

        return open_vmdk(file, {one.name: one for one in beside})
    if form == VHD:
        from rempart_agent.images.vhd import open_vhd

        return open_vhd(file)
    if form == VHDX:
        from rempart_agent.images.vhdx import Vhdx

        return Vhdx(file)
    if form == VDI:
        from rempart_agent.images.vdi import Vdi

        return Vdi(file)
    raise Unfit(
        "{name}: of format {form}, which is not read; unpack it or convert it (qemu-img convert)",
        name=file.name,
        form=form,
    )


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
